"""Finding cases, always through `visible_to`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q

from casework.engine.people import Role
from casework.models import Case, User
from casework.models.case import CaseQuerySet
from casework.queries.filters import EVERYTHING, Filters, narrowed
from casework.queries.search import matching


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

    `word` is whatever the search takes: a number, phone, ID number or name.
    """
    cases = narrowed(user, by)
    if word.strip():
        cases = cases.filter(matching(user, word.strip(), cases))
    return cases.select_related("handler", "organisation").order_by("-received_at", "-id")
