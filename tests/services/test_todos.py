"""The desk is true: whatever waits, waits for the right person."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from casework.engine import moment
from casework.engine.case_acts import Assigning
from casework.engine.moment import HOME
from casework.engine.people import Role
from casework.models import Case, Organisation, Todo, User
from casework.queries.desk import inbox, why
from casework.services import staffing
from tests.conftest import NewCase, NewStaff
from tests.services.steps import (
    accept,
    assess,
    complete,
    fresh,
    go,
    lose,
    request_closure,
    respond,
)
from workflows.domestic_violence import facts as dv
from workflows.petition import facts as petition

Address = tuple[str, str, str]
"""Whose a todo is: a username, or a role and the path of an organisation."""

TOWNSHIP, COUNTY = "/4401/440101/", "/4401/"
SUPERVISORS: Address = ("", "supervisor", TOWNSHIP)
COUNTY_SUPERVISORS: Address = ("", "supervisor", COUNTY)
NOTICE = "clock:petition.notice"


def open_todos(case: Case) -> dict[str, Address]:
    """What waits on the case, for whom."""
    return {
        t.subject: (t.assignee.username, "", TOWNSHIP)
        if t.assignee
        else ("", t.role, t.organisation_path)
        for t in case.todos.filter(done_at=None).select_related("assignee")
    }


def waits(case: Case) -> Address:
    """For whom the status itself waits."""
    return open_todos(case)[f"status:{fresh(case).status}"]


def person(user: User) -> Address:
    return (user.username, "", TOWNSHIP)


def test_a_new_petition_waits_for_the_supervisor_and_its_notice_for_the_registrar(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    assert open_todos(new_case()) == {
        "status:registered": SUPERVISORS,
        NOTICE: person(people.officer),
    }


def test_each_status_of_a_petition_waits_for_the_right_people(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case, seen = new_case(channel="forwarded"), {}

    def step(name: str, told: object = None, by: User = people.supervisor) -> None:
        go(case, name, told, by=by)
        seen[fresh(case).status] = waits(case)

    step("object")
    step("refuse", petition.SenderAnswering("不同意"))
    step("accept", petition.Accepting("help", str(people.officer.uid)))
    step("assign_down", petition.AssigningDown("村", "交1号", moment.today(), told_her=True))
    step("report_back", petition.ReportingBack("已办"))
    told = petition.RequestingClosure("resolved", moment.now(), report_sent=True)
    step("request_closure", told, people.officer)
    step("close")
    officer = person(people.officer)
    assert seen == {
        "objecting": SUPERVISORS,
        "registered": SUPERVISORS,
        "handling": officer,
        "assigned": officer,
        "closing": SUPERVISORS,
        "closed": SUPERVISORS,
    }


def test_each_status_of_a_violence_case_waits_for_the_right_people(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    seen = {"reported": waits(case)}
    for step in (
        lambda: assess(case, people.officer),
        lambda: respond(case, people),
        lambda: complete(case, people.officer),
        lambda: lose(case, people.officer),
    ):
        step()
        seen[fresh(case).status] = waits(case)
    officer = person(people.officer)
    assert seen == {
        "reported": officer,
        "assessed": officer,
        "responding": officer,
        "monitoring": officer,
        "lost_contact": SUPERVISORS,
    }


def test_an_archived_case_waits_for_nobody(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    go(case, "answer", petition.Answering("答复", "handed_over"), by=people.officer)
    assert open_todos(case) == {"status:closed": SUPERVISORS}
    go(case, "archive", petition.Archiving(complete=True), by=people.archivist)
    assert open_todos(case) == {}


def test_a_merged_case_rests_but_for_its_notice(new_case: NewCase, people: SimpleNamespace) -> None:
    case, into = new_case(), new_case()
    go(case, "merge", petition.Merging(into.number, same_matter=True), by=people.supervisor)
    assert open_todos(case) == {NOTICE: person(people.officer)}


def test_what_is_done_is_kept_with_its_time(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    later = moment.now()
    with moment.at(later):
        accept(case, people)
    done = case.todos.get(subject="status:registered")
    assert done.done_at == later


def test_a_todo_that_is_still_open_stays_the_same_todo(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    before = case.todos.get(subject="status:registered")
    go(case, "seal", by=people.supervisor)
    assert case.todos.get(subject="status:registered", done_at=None) == before


def test_assigning_brings_the_todos_to_the_new_handler(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    go(case, "assign", Assigning(str(people.colleague.uid)), by=people.supervisor)
    colleague = person(people.colleague)
    assert open_todos(case) == {"status:handling": colleague, NOTICE: colleague}


def test_closure_asked_for_by_the_only_supervisor_waits_for_the_county(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    request_closure(case, people.supervisor)
    assert waits(case) == COUNTY_SUPERVISORS
    assert [t.case_uid for t in inbox(people.chief)] == [case.uid]
    assert case.uid not in [t.case_uid for t in inbox(people.supervisor)]


def test_closure_asked_for_by_one_of_two_supervisors_stays_in_the_township(
    new_case: NewCase, people: SimpleNamespace, new_staff: NewStaff, township: Organisation
) -> None:
    new_staff("second", township, Role.SUPERVISOR)
    case = new_case()
    accept(case, people)
    request_closure(case, people.supervisor)
    assert waits(case) == SUPERVISORS


def test_archiving_waits_for_the_archivist_before_a_supervisor_of_the_same_office(
    new_case: NewCase, people: SimpleNamespace, new_staff: NewStaff, township: Organisation
) -> None:
    case = new_case()
    go(case, "not_ours", petition.Directing("litigation"), by=people.supervisor)
    assert waits(case) == SUPERVISORS  # the county has an archivist, but she is further away
    new_staff("archives", township, Role.ARCHIVIST)
    assert waits(case) == ("", "archivist", TOWNSHIP)


# ---------------------------------------------------------------- people come and go


def test_a_supervisor_who_leaves_leaves_no_todo_behind(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    staffing.set_active(people.security, people.supervisor, False)
    assert waits(case) == COUNTY_SUPERVISORS
    staffing.set_active(people.security, people.supervisor, True)
    assert waits(case) == SUPERVISORS


def test_a_handler_who_leaves_hands_her_todos_to_the_supervisors(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    staffing.set_active(people.security, people.officer, False)
    assert open_todos(case) == {"status:handling": SUPERVISORS, NOTICE: SUPERVISORS}


def test_a_role_that_is_taken_away_moves_the_todo(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    staffing.set_roles(people.security, people.supervisor, [Role.MEDIATOR])
    assert waits(case) == COUNTY_SUPERVISORS


def test_a_first_supervisor_takes_over_what_waited_above(
    people: SimpleNamespace, new_staff: NewStaff, other_township: Organisation, new_case: NewCase
) -> None:
    case = new_case(by=people.stranger)
    assert waits(case) == COUNTY_SUPERVISORS
    new_staff("first", other_township, Role.SUPERVISOR)
    assert waits(case) == ("", "supervisor", "/4401/440102/")


def test_without_any_supervisor_the_todo_waits_for_the_first_to_come(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    for supervisor in (people.supervisor, people.chief, people.deputy):
        staffing.set_active(people.security, supervisor, False)
    assert waits(case) == SUPERVISORS


# ---------------------------------------------------------------- deadlines and the desk


def test_a_todo_carries_the_nearest_deadline(new_case: NewCase, people: SimpleNamespace) -> None:
    wednesday = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)
    with moment.at(wednesday):
        case = new_case("domestic_violence")
    todo = case.todos.get(subject="status:reported")
    assert todo.clock == case.clocks.get(rule="dv.assessment")
    assert todo.due_at == datetime(2026, 3, 12, 9, 30, tzinfo=HOME)


def test_a_todo_follows_its_clock(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case("domestic_violence")
    assess(case, people.officer)
    todo = case.todos.get(subject="status:assessed")
    assert (todo.clock.rule, todo.due_at) == ("work.next", todo.clock.due_at)


def test_the_desk_shows_the_nearest_deadline_first(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    petition_case = new_case()
    violence = new_case("domestic_violence")
    assert [(t.case_uid, t.subject) for t in inbox(people.officer)] == [
        (violence.uid, "status:reported"),
        (petition_case.uid, NOTICE),
    ]


def test_the_desk_shows_only_what_is_open_and_hers(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case("domestic_violence")
    for person_ in (people.colleague, people.stranger, people.chief, people.auditor):
        assert inbox(person_) == []


def test_every_todo_says_why(new_case: NewCase, people: SimpleNamespace) -> None:
    new_case()
    assert {str(why(t.case.kind, t.subject)) for t in Todo.objects.filter(done_at=None)} == {
        "新登记的信访事项，等待受理、转送或告知",
        "须书面告知信访人（口头告知不算）",
    }


def test_receiving_and_declining_service_end_the_waiting_of_the_handler(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(
        "domestic_violence", danger_safe_now="yes", danger_hurt="no", danger_afraid="no"
    )
    told = dv.EndingService(safety_information=True)
    go(case, "decline_service", told, by=people.officer)
    assert open_todos(case) == {"status:declined_service": SUPERVISORS}
