"""Who could carry a case: the list to choose from and the check of one name agree."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine.people import Permission
from casework.models import Case
from casework.queries.staff import can_carry, handlers_for, roles_held
from casework.services import staffing
from tests.conftest import NewCase
from tests.services.steps import fresh


def plain(case: Case, people: SimpleNamespace) -> None:
    """Nothing is special about it."""


def sensitive(case: Case, people: SimpleNamespace) -> None:
    """It touches somebody's safety."""
    Case.objects.filter(pk=case.pk).update(safety_sensitive=True)


def conflicted(case: Case, people: SimpleNamespace) -> None:
    """Two of the staff have an interest in it."""
    uids = f"{people.colleague.uid} {people.chief.uid}"
    Case.objects.filter(pk=case.pk).update(conflicted=uids)


def left(case: Case, people: SimpleNamespace) -> None:
    """Somebody left."""
    staffing.set_active(people.security, people.colleague, False)


@pytest.mark.parametrize("what", [plain, sensitive, conflicted, left])
@pytest.mark.parametrize(
    "able", [Permission.HANDLE, Permission.SUPERVISE, Permission.ARCHIVE, None]
)
@pytest.mark.parametrize("asking", ["officer", "chief"])
def test_whoever_is_listed_can_and_nobody_else(
    what: object, able: Permission | None, asking: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    assert callable(what)
    what(case, people)
    case, user = fresh(case), getattr(people, asking)
    listed = set(handlers_for(case, user, able))
    everybody = {str(person.uid) for person in vars(people).values()}
    assert {uid for uid in everybody if can_carry(case, uid, user, able)} == listed


def test_what_is_no_uid_is_nobody(new_case: NewCase, people: SimpleNamespace) -> None:
    assert not can_carry(new_case(), "周敏", people.chief)


def test_without_somebody_asking_everybody_is_in_reach(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case, chief = new_case(), str(people.chief.uid)
    assert can_carry(case, chief, None)
    assert not can_carry(case, chief, people.officer)


def test_who_left_holds_nothing_any_more(people: SimpleNamespace) -> None:
    assert roles_held(people.chief.uid) == [("/4401/", "supervisor")]
    staffing.set_active(people.security, people.chief, False)
    assert roles_held(people.chief.uid) == []
    assert roles_held(None) == []
