"""The only door: who may know of which case, also in lists, counts and searches."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine.case_acts import Assigning, Noting
from casework.engine.people import Role
from casework.models import Case, Organisation, Todo, User
from casework.queries.cases import find_case, register
from casework.queries.search import known_to_the_desk
from casework.services import staffing
from casework.services.refusals import NotVisible
from casework.services.verbs import lock
from tests.conftest import NewCase, NewStaff
from tests.services.steps import go

DESK = ("officer", "colleague", "supervisor", "chief", "deputy", "archivist")
EVERYBODY = (*DESK, "stranger", "auditor", "security", "system")
SUPERVISORS = {"supervisor", "chief", "deputy"}


def fresh(user: User) -> User:
    """The account as the next request reads it."""
    return User.objects.get(pk=user.pk)


def who_sees(case: Case, people: SimpleNamespace) -> set[str]:
    """Who finds the case, by every way of finding."""
    seen = set()
    for name in EVERYBODY:
        user, row = fresh(getattr(people, name)), Case.objects.get(pk=case.pk)
        ways = {
            Case.objects.visible_to(user).filter(pk=case.pk).exists(),
            find_case(user, case.number) is not None,
            find_case(user, str(case.uid)) is not None,
            case in register(user),
            case in register(user, word=case.number[-5:]),
            register(user, word=case.number).count() == 1,
            known_to_the_desk(user, phone="13800001111"),
            row.is_plainly_for(user),
            row.locked_for(user) is not None,
        }
        assert len(ways) == 1, f"the ways to find a case differ for {name}"
        if ways == {True}:
            seen.add(name)
    return seen


def test_a_plain_petition_is_seen_by_the_desks_of_its_organisation_and_above(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(phone="13800001111")
    assert who_sees(case, people) == set(DESK)


def test_a_case_of_another_township_does_not_exist_here(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(by=people.stranger, phone="13800001111")
    assert who_sees(case, people) == {"stranger", "chief", "deputy", "archivist"}


def test_a_sensitive_case_is_seen_by_its_registrar_and_supervisors_only(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", phone="13800001111")
    assert who_sees(case, people) == {"officer"} | SUPERVISORS


def test_the_handler_of_a_sensitive_case_sees_it_from_the_next_request(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", phone="13800001111")
    go(case, "assign", Assigning(str(people.colleague.uid)), by=people.supervisor)
    assert who_sees(case, people) == {"officer", "colleague"} | SUPERVISORS


def test_sealing_hides_a_petition_and_unsealing_shows_it(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(phone="13800001111")
    go(case, "seal", by=people.supervisor)
    assert who_sees(case, people) == {"officer"} | SUPERVISORS
    go(case, "unseal", by=people.supervisor)
    assert who_sees(case, people) == set(DESK)


def test_what_was_sealed_since_she_read_it_is_not_locked_for_her(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    read = new_case()
    assert read.locked_for(people.colleague) == read
    go(read, "seal", by=people.supervisor)
    assert not read.sealed
    assert read.locked_for(people.colleague) is None
    with pytest.raises(NotVisible):
        go(read, "note", Noting("内容"), by=people.colleague)


def test_whoever_has_an_interest_or_sits_elsewhere_locks_nothing(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    assert case.locked_for(people.stranger) is None
    Case.objects.filter(pk=case.pk).update(conflicted=str(people.supervisor.uid))
    assert case.locked_for(people.supervisor) is None


def test_a_todo_of_hers_opens_what_the_row_alone_does_not(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    Todo.objects.create(
        case=case, subject="x", assignee=people.colleague, organisation_path=case.organisation_path
    )
    assert case.locked_for(people.colleague) is None
    assert lock(case, people.colleague) == case


@pytest.mark.parametrize(
    "role", [Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.INTAKE_POINT, Role.PARTNER]
)
def test_a_role_without_a_desk_sees_nothing(
    role: Role, new_case: NewCase, new_staff: NewStaff, township: Organisation
) -> None:
    case = new_case()
    other = new_staff("other", township, role)
    assert not Case.objects.visible_to(other).exists()
    assert find_case(other, case.number) is None


def test_an_intake_point_does_not_see_even_its_own_reports(
    new_case: NewCase, people: SimpleNamespace, new_staff: NewStaff, township: Organisation
) -> None:
    reporter = new_staff("home", township, Role.DESK_OFFICER)
    case = new_case(by=reporter)
    staffing.set_roles(people.security, reporter, [Role.INTAKE_POINT])
    assert find_case(fresh(reporter), case.number) is None


def test_who_left_sees_nothing(new_case: NewCase, people: SimpleNamespace) -> None:
    new_case()
    staffing.set_active(people.security, people.officer, False)
    assert not Case.objects.visible_to(fresh(people.officer)).exists()


def test_a_village_whose_code_begins_alike_is_another_organisation(
    new_case: NewCase, people: SimpleNamespace, new_staff: NewStaff, county: Organisation
) -> None:
    longer = staffing.add_organisation(
        None, code="4401019", name="另一个镇", level="township", parent=county
    )
    case = new_case(by=new_staff("neighbour", longer, Role.DESK_OFFICER))
    assert find_case(people.supervisor, case.number) is None
    assert find_case(people.chief, case.number) == case


@pytest.mark.parametrize("word", ["", "2026", "-", "%", "_", "00001\x00"])
def test_a_searched_word_opens_no_other_door(
    word: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case(by=people.stranger)
    assert list(register(people.officer, word=word.replace("\x00", ""))) == []
