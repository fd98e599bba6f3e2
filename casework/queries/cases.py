"""Finding cases, always through `visible_to`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q

from casework.engine.people import Role
from casework.models import Case, Contact, Person, User
from casework.models.case import CaseQuerySet
from casework.models.fields import BlindIndex
from casework.queries.filters import EVERYTHING, Filters, narrowed


def find_case(user: User, word: str) -> Case | None:
    """The visible case with this uid or number, or None."""
    try:
        where = Q(uid=uuid.UUID(word))
    except ValueError:
        where = Q(number=word.strip())
    return Case.objects.visible_to(user).filter(where).first()


def visible_case(user: User, uid: uuid.UUID) -> Case | None:
    """The case with this uid and its people, if this person may know of it."""
    cases = Case.objects.visible_to(user).select_related(
        "subject", "organisation", "handler", "registered_by"
    )
    return cases.filter(uid=uid).first()


def whole_to(user: User, *, guarded: bool, hers: Iterable[object]) -> bool:
    """Is a visible case whole to `user`, who may be one of those whose it is (`hers`, uids)? When
    it is `guarded` (sealed, safety-sensitive), whoever else sees it only carries a part of it."""
    involved = any(user.actor.stands_for(str(uid)) for uid in hers if uid)
    return involved or not guarded or user.has_role(Role.SUPERVISOR)


def register(user: User, by: Filters = EVERYTHING, *, word: str = "") -> CaseQuerySet:
    """The register 台账, newest first: what this person may see, narrowed `by` filters.

    `word` is a number or its beginning or end, a phone number or an ID number.
    """
    cases = narrowed(user, by).select_related("handler", "organisation")
    if word.strip():
        cases = cases.filter(_matches(user, word.strip()))
    return cases.order_by("-received_at", "-id")


def _matches(user: User, word: str) -> Q:
    """By number; and by who takes part, where she may read how to reach them."""
    people = Case.objects.whole_for(user).filter(_of_person(word))
    number = Q(number__istartswith=word) | Q(number__endswith=word)
    return number | Q(pk__in=people.values("pk"))


def _of_person(word: str) -> Q:
    """Cases of whoever has this phone or ID number."""
    phone = index_of(Contact, "value_index", word)
    id_number = index_of(Person, "id_number_index", word)
    people = Person.objects.filter(
        Q(pk__in=Contact.objects.filter(value_index=phone).values("person"))
        | Q(id_number_index=id_number)
    )
    return Q(pk__in=Case.objects.filter(parties__person__in=people).values("pk"))


def index_of(model: type[Contact] | type[Person], column: str, text: str) -> str:
    """The blind index of `text` in a column of `model`."""
    field = model._meta.get_field(column)
    assert isinstance(field, BlindIndex)
    return field.index_of(text)


def known_to_the_desk(user: User, *, phone: str = "", id_number: str = "") -> bool:
    """Is there an earlier record, visible to this person, with this phone or ID number?

    Only yes or no: families share phones, and the one at the window may be the abuser (rule 11).
    """
    words = [word for word in (phone, id_number) if word.strip()]
    cases = Case.objects.whole_for(user)
    return any(cases.filter(_of_person(word)).exists() for word in words)
