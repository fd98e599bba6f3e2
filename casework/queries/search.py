"""Searching: by number, phone, ID number and name, only inside one's scope and through indexes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from casework.engine.names import LONGEST, SHORTEST, form, keys_of
from casework.models import Case, CaseParty, Contact, Person, User
from casework.models.case import CaseQuerySet
from casework.models.fields import BlindIndex
from casework.models.person import name_key
from casework.queries.parties import HER_SIDE

MOST_HITS = 50
"""So many cases are shown; who wants another one tells more of it."""
MOST_OPENED = 500
"""So many sealed names are opened for one search: as many may share a short index."""
PORTION = 100

_NUMBER = re.compile(r"[0-9A-Za-z-]{2,30}")
_END_OF_NUMBER = re.compile(r"\d{3,6}|[0-9A-Za-z]*-\d{3,6}")


@dataclass(frozen=True)
class Hit:
    """A case that was found, and who is named in it, as far as the reader may know that."""

    case: Case
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What a word found, newest case first; `exact` is the one case that has it as its number.
    When `cut`, there may be more."""

    hits: list[Hit]
    exact: Case | None = None
    cut: bool = False


@dataclass(frozen=True)
class Named:
    """The cases (by key) in which somebody of a name takes part, and these people."""

    cases: list[int]
    people: list[int]
    cut: bool = False


def find(user: User, word: str) -> Found:
    """The cases that this person may know of and `word` means: a number or its beginning or end;
    and of those that she may read whole, those of a phone or ID number, a name, its pinyin or
    its initials."""
    word = word.strip()
    visible = Case.objects.visible_to(user)
    alike = visible.filter(number__in=[word, word.upper()]) if _NUMBER.fullmatch(word) else None
    exact = alike.first() if alike else None
    if exact:
        return Found([Hit(exact)], exact)
    named, numbered = by_name(user, word), _newest(visible.filter(by_number(word)))
    reached = _newest(Case.objects.whole_for(user).filter(_reached(word)))
    wanted = {*named.cases, *numbered, *reached}
    rows = visible.filter(pk__in=wanted).select_related("handler", "organisation")
    cases = list(rows.order_by("-received_at", "-id")[:MOST_HITS])
    cut = named.cut or max(len(wanted), len(numbered), len(reached)) > MOST_HITS
    return Found(_with_names(cases, user, named.people), cut=cut)


def matching(user: User, word: str, among: CaseQuerySet) -> Q:
    """What `find` finds, to narrow the cases of the register; names only `among` those, so that
    what is cut off is not what the register would have shown."""
    named = by_name(user, word, among).cases
    whole = Case.objects.whole_for(user).filter(_reached(word) | Q(pk__in=named))
    return by_number(word) | Q(pk__in=whole.values("pk"))


def by_number(word: str) -> Q:
    """Cases whose number begins or ends so."""
    found = Q(pk__in=[])
    if _NUMBER.fullmatch(word):
        found |= Q(number__startswith=word) | Q(number__startswith=word.upper())
    if _END_OF_NUMBER.fullmatch(word):
        found |= Q(number__endswith=word.upper())
    return found


def _newest(cases: CaseQuerySet) -> list[int]:
    """The keys of the newest of them, one more than is shown."""
    newest = cases.order_by("-received_at", "-id").values_list("pk", flat=True)
    return list(newest[: MOST_HITS + 1])


def _reached(word: str) -> Q:
    """Cases in which somebody takes part who has this phone or ID number."""
    parties = CaseParty.objects.filter(person__in=reached_by(phone=word, id_number=word))
    return Q(pk__in=parties.values("case"))


def reached_by(*, phone: str = "", id_number: str = "") -> QuerySet[Person]:
    """Whoever has this phone number, or this ID number."""
    found = Q(pk__in=[])
    if phone.strip():
        index = index_of(Contact, "value_index", phone)
        found |= Q(pk__in=Contact.objects.filter(value_index=index).values("person"))
    if id_number.strip():
        found |= Q(id_number_index=index_of(Person, "id_number_index", id_number))
    return Person.objects.filter(found)


def index_of(model: type[Contact] | type[Person], column: str, text: str) -> str:
    """The blind index of `text` in a column of `model`."""
    field = model._meta.get_field(column)
    assert isinstance(field, BlindIndex)
    return field.index_of(text)


def by_name(user: User, word: str, among: CaseQuerySet | None = None) -> Named:
    """The newest cases that she may read whole (of those `among` which it is looked for) in which
    somebody has this name, pinyin or initials.

    The index is short, so that names are opened and compared, newest case first: no more than
    MOST_OPENED, and none after MOST_HITS cases.
    """
    meant = form(word)
    if not SHORTEST <= len(meant) <= LONGEST or not any(sign.isalpha() for sign in meant):
        return Named([], [])
    rows = _candidates(user, meant)
    if among is not None:
        rows = rows.filter(case__in=among)
    cases: dict[int, None] = {}
    people: list[int] = []
    for start in range(0, MOST_OPENED, PORTION):
        portion = list(rows[start : start + PORTION])
        for party in portion:
            if len(cases) == MOST_HITS:
                return Named(list(cases), people, cut=True)
            if meant in keys_of(party.person.name):
                cases[party.case_id] = None
                people.append(party.person_id)
        if len(portion) < PORTION:
            return Named(list(cases), people)
    return Named(list(cases), people, cut=rows[MOST_OPENED:].exists())


def _candidates(user: User, meant: str) -> QuerySet[CaseParty]:
    """Parties whose name may be this, newest case first."""
    whole = Case.objects.whole_for(user)
    found = CaseParty.objects.filter(person__name_keys__value=name_key(meant), case__in=whole)
    return (
        found.select_related("person__subject")
        .only(
            "case",
            "person__uid",
            "person__name",
            "person__subject__uid",
            "person__subject__wrapped",
        )
        .order_by("-case__received_at", "-case_id", "id")
    )


def _with_names(cases: Iterable[Case], user: User, people: Iterable[int]) -> list[Hit]:
    """Each case with the names of her side, and of those who were found by theirs; none where the
    reader does not read the case whole."""
    whole = Case.objects.whole_for(user).filter(pk__in=[case.pk for case in cases])
    shown = Q(role__in=HER_SIDE) | Q(person__in=list(people))
    parties = CaseParty.objects.filter(shown, case__in=whole).select_related("person__subject")
    names: dict[int, list[str]] = {}
    for party in parties.order_by("id"):
        if party.person.name:
            names.setdefault(party.case_id, []).append(party.person.name)
    return [Hit(case, names.get(case.pk, [])) for case in cases]


def known_to_the_desk(user: User, *, phone: str = "", id_number: str = "") -> bool:
    """Is there an earlier case, whole to this person, with this phone or ID number?

    Only yes or no: families share phones, and the one at the window may be the abuser (rule 11).
    """
    found = reached_by(phone=phone, id_number=id_number)
    parties = CaseParty.objects.filter(person__in=found)
    return Case.objects.whole_for(user).filter(pk__in=parties.values("case")).exists()
