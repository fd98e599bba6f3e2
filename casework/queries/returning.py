"""Has she been here before? What may be the same woman's, and what is decided to be hers.

Only inside one's scope: cases that one reads whole, and consultations of one's own subtree. What
lies outside is neither shown nor counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from casework.engine.names import form
from casework.engine.people import DESK
from casework.models import Case, CaseParty, Contact, Person, SamePerson, User, Visit
from casework.models.case import CaseQuerySet
from casework.queries.parties import HER_SIDE, records_of
from casework.queries.search import index_of, reached_by

MOST_ALIKE = 200
"""So many people of one short name index are looked at, newest first."""


@dataclass(frozen=True)
class Earlier:
    """A record that may be hers: the cases and consultations in scope that it has a part in."""

    person: Person
    parts: list[CaseParty]
    visits: list[Visit]


@dataclass(frozen=True)
class Known:
    """What is decided to be hers, in scope, beside the case that is read; how often she came."""

    person: Person
    visits: list[Visit]
    cases: list[Case]
    again: frozenset[int]
    """The visits (by key) that were not her first."""
    may_be_known: bool
    """Is there an earlier record that may be hers, too?"""


def visits_for(user: User) -> QuerySet[Visit]:
    """The visits of cases that this person may read whole, and the consultations of her subtree."""
    if not user.is_active or not user.actor.roles & DESK:
        return Visit.objects.none()
    alone = Q(case=None, organisation_path__startswith=user.actor.path)
    return Visit.objects.filter(alone | Q(case__in=Case.objects.whole_for(user)))


def within(user: User, people: Collection[int]) -> set[int]:
    """Those of these people (by key) of whom she may know."""
    whole = Case.objects.whole_for(user)
    parts = CaseParty.objects.filter(person__in=people, case__in=whole)
    came = visits_for(user).filter(person__in=people)
    return {*parts.values_list("person_id", flat=True), *came.values_list("person_id", flat=True)}


def person_for(user: User, uid: UUID) -> Person | None:
    """The person with this uid, if `user` may know of her."""
    person = Person.objects.select_related("subject").filter(uid=uid).first()
    return person if person and within(user, [person.pk]) else None


def known_to_the_desk(
    user: User, *, phone: str = "", id_number: str = "", name: str = "", born: str = ""
) -> bool:
    """Is there an earlier record in scope with this phone or ID number, or this name and year of
    birth? Only yes or no: families share phones, and the one at the window may be the abuser
    (rule 11)."""
    found = set(reached_by(phone=phone, id_number=id_number).values_list("pk", flat=True))
    namesakes = _namesakes(user, name, born.strip() or year_in(id_number))
    return bool(within(user, found) or namesakes)


def alike(user: User, person: Person) -> set[int]:
    """The earlier records in scope, by key, that have a phone or ID number of hers or her name and
    year of birth; without those that are decided to be hers, or stand against her in a case."""
    hers = records_of({person.pk})
    phones = Contact.objects.filter(person=person, kind="phone").exclude(value_index="")
    indexes = list(phones.values_list("value_index", flat=True))
    same = Contact.objects.filter(kind="phone", value_index__in=indexes)
    found = set(same.values_list("person_id", flat=True))
    if person.id_number_index:
        numbered = Person.objects.filter(id_number_index=person.id_number_index)
        found |= set(numbered.values_list("pk", flat=True))
    found = within(user, {pk for pk in found if pk < person.pk})
    found |= {pk for pk in _namesakes(user, person.name, born(person)) if pk < person.pk}
    found -= hers
    return found - standing_against(hers) if found else found


def _namesakes(user: User, name: str, year: str) -> set[int]:
    """People in scope of this name and year of birth."""
    if not name.strip() or not year:
        return set()
    index = index_of(Person, "name_index", name)
    rows = Person.objects.filter(name_index=index).select_related("subject")
    newest = {person.pk: person for person in rows.order_by("-pk")[:MOST_ALIKE]}
    wanted = form(name)
    return {
        pk
        for pk in within(user, newest.keys())
        if form(newest[pk].name) == wanted and born(newest[pk]) == year
    }


def born(person: Person) -> str:
    """Her year of birth, as told or as her ID number says; empty when neither does."""
    return person.birth_date[:4] or year_in(person.id_number)


def year_in(id_number: str) -> str:
    """The year of birth in an ID number of 18 characters; empty for anything else."""
    found = re.fullmatch(r"\d{6}((?:19|20)\d\d)\d{7}[\dXx]", "".join(id_number.split()))
    return found[1] if found else ""


def standing_against(people: Iterable[int]) -> set[int]:
    """Whoever stands on the other side of one of these people in any case, by key, with whatever
    is decided to be theirs."""
    mine = CaseParty.objects.filter(person__in=list(people))
    hers, his = mine.filter(role__in=HER_SIDE), mine.filter(role="respondent")
    others = CaseParty.objects.filter(
        Q(role="respondent", case__in=hers.values("case"))
        | Q(role__in=HER_SIDE, case__in=his.values("case"))
    )
    return records_of(set(others.values_list("person_id", flat=True)))


def earlier(user: User, person: Person) -> list[Earlier]:
    """What may be hers, oldest first. Only for whoever made sure who she is (rule 11)."""
    whole = Case.objects.whole_for(user)
    found = []
    for one in Person.objects.filter(pk__in=alike(user, person)).order_by("pk"):
        parts = CaseParty.objects.filter(person=one, case__in=whole).select_related("case")
        visits = visits_for(user).filter(person=one, case=None).select_related("organisation")
        found.append(Earlier(one, list(parts.order_by("id")), list(visits.order_by("received_at"))))
    return found


def decided(user: User, person: Person) -> list[SamePerson]:
    """The decisions that hold about her records, as far as both of their ends are in scope."""
    hers = records_of({person.pk})
    seen = within(user, hers)
    rows = SamePerson.objects.filter(undone_at=None, person__in=seen, into__in=seen)
    return list(rows.select_related("person__subject", "into", "decided_by").order_by("id"))


def visitors(case: Case) -> list[int]:
    """Those on whose behalf the case is, and whoever came about it, newest first, by key."""
    parts = case.parties.filter(role__in=HER_SIDE).values_list("person_id", flat=True)
    return sorted({*parts, *case.visits.values_list("person_id", flat=True)}, reverse=True)


def known(case: Case, user: User) -> Known | None:
    """What the page of a case, which `user` reads whole, tells of its woman's other visits; None
    when there is nothing to tell."""
    people = visitors(case)
    if not people:
        return None
    asked = Person.objects.filter(pk__in=people).select_related("subject").order_by("-pk")
    open_one = next((person for person in asked if alike(user, person)), None)
    hers = records_of(set(people))
    visits = list(visits_for(user).filter(person__in=hers).select_related("case", "organisation"))
    visits.sort(key=lambda visit: (visit.received_at, visit.pk))
    others = list(_cases_of(hers, user).exclude(pk=case.pk))
    again = frozenset(v.pk for n, v in enumerate(visits) if n or v.repeat)
    if not (open_one or others or again):
        return None
    return Known(open_one or asked[0], visits, others, again, open_one is not None)


def _cases_of(people: set[int], user: User) -> CaseQuerySet:
    """The cases, whole to her, in which one of these people is the woman."""
    parts = CaseParty.objects.filter(person__in=people, role__in=HER_SIDE)
    came = Visit.objects.filter(person__in=people).exclude(case=None)
    mine = Q(pk__in=parts.values("case")) | Q(pk__in=came.values("case"))
    return Case.objects.whole_for(user).filter(mine).order_by("-received_at", "-id")
