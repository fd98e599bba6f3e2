"""What high danger and the duty to report demand: owed from the moment it is known, until it is
recorded, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from types import SimpleNamespace

import pytest
from django.db import connection

from casework.engine import moment
from casework.engine.case_acts import (
    Asking,
    Assigning,
    Consenting,
    Incident,
    Joining,
    Levelling,
    Noting,
)
from casework.engine.moment import HOME
from casework.engine.owed import (
    OfferingPlan,
    ReportingMandatorily,
    ReportingPolice,
    ReportingUp,
)
from casework.models import Case, Clock, PoliceReport, User
from casework.queries.moves import offers
from casework.services import staffing
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.steps import (
    HIGH,
    LOW,
    MEDIUM,
    assess,
    complete,
    do_what_is_owed,
    fresh,
    go,
    respond,
    talk,
)
from workflows.domestic_violence import facts as dv

BEGIN = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)
HOUR = timedelta(hours=1)
ASKED = {"danger_safe_now": "yes", "danger_hurt": "yes", "danger_afraid": "yes"}
CHILD = Joining("child", "小红", minor=True)


@pytest.fixture
def case(new_case: NewCase) -> Case:
    """Violence, reported at half past nine; she was asked."""
    with moment.at(BEGIN):
        return new_case("domestic_violence", **ASKED)


def later(hours: float) -> moment.at:
    """So many hours after the case was opened."""
    return moment.at(BEGIN + hours * HOUR)


def owed(case: Case) -> set[str]:
    return set(fresh(case).owed.split())


def clock(case: Case, rule: str) -> Clock:
    return case.clocks.filter(rule=f"dv.{rule}").latest("cycle")


def todos(case: Case) -> dict[str, str]:
    """Its own open todos, and whose they are: a name, or a role."""
    rows = case.todos.filter(done_at=None, task=None).select_related("assignee")
    return {t.subject: t.assignee.username if t.assignee else t.role for t in rows}


def refused(case: Case, name: str, told: object, by: User) -> list[str]:
    with pytest.raises(Refused) as said:
        go(case, name, told, by=by)
    return [str(sentence) for sentence in said.value.sentences]


def police(hours: float = 0, **more: bool) -> ReportingPolice:
    return ReportingPolice(BEGIN + hours * HOUR, "城关派出所", told_first=True, **more)


def report_of(case: Case) -> PoliceReport:
    """The one report to the police of the case."""
    return case.procedures.get(kind="police_report").police_report


def becomes_high(case: Case, by: User) -> None:
    """An hour after it was reported."""
    with later(1):
        go(case, "record_assessment", HIGH, by=by)


# ---------------------------------------------------------------- owed, and recorded


def test_high_danger_owes_three_reports_and_a_handler_at_once(
    case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    assert owed(case) == {"police", "superior", "plan"}
    assert todos(case) == {
        "status:reported": "officer",
        "clock:dv.police_report": "officer",
        "clock:dv.superior_report": "officer",
        "owed:plan": "officer",
        "owed:handler": "supervisor",
    }
    assert clock(case, "police_report").due_at == BEGIN + 3 * HOUR
    assert clock(case, "superior_report").due_at == BEGIN + 25 * HOUR


def test_raising_the_level_owes_the_same(case: Case, people: SimpleNamespace) -> None:
    go(case, "raise_danger", Levelling("medium"), by=people.officer)
    assert owed(case) == {"plan"}
    go(case, "offer_plan", OfferingPlan(moment.now(), "refused"), by=people.officer)
    assert owed(case) == set()
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    assert owed(case) == {"police", "superior", "plan"}


def test_low_danger_owes_nothing(case: Case, people: SimpleNamespace) -> None:
    go(case, "record_assessment", LOW, by=people.officer)
    assert owed(case) == set()
    assert not case.clocks.filter(rule="dv.police_report").exists()


Doing = Callable[[Case, SimpleNamespace], object]
TASKS: dict[str, Doing] = {
    "police": lambda case, p: go(case, "report_police", police(1.5), by=p.officer),
    "superior": lambda case, p: go(
        case, "report_superior", ReportingUp(BEGIN + 1.5 * HOUR, "电话"), by=p.officer
    ),
    "plan": lambda case, p: go(
        case, "offer_plan", OfferingPlan(BEGIN + 1.5 * HOUR, "accepted"), by=p.officer
    ),
    "handler": lambda case, p: go(case, "assign", Assigning(str(p.officer.uid)), by=p.supervisor),
}


@pytest.mark.parametrize("order", [*permutations(TASKS)][::5], ids="-".join)
def test_the_four_tasks_are_done_in_any_order(
    order: tuple[str, ...], case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    with later(2):
        for task in order:
            TASKS[task](case, people)
            assert task not in owed(case)
    assert owed(case) == set()
    assert set(todos(case)) == {"status:reported"}
    for rule in ("police_report", "superior_report"):
        assert (clock(case, rule).state, clock(case, rule).stopped_at) == (
            "met",
            BEGIN + 1.5 * HOUR,
        )


def test_a_report_made_before_the_danger_was_known_is_in_time(
    case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    with later(1.2):
        go(case, "report_police", police(-3), by=people.officer)
    assert clock(case, "police_report").state == "met"


@pytest.mark.parametrize(("recorded", "state"), [(25.4, "met"), (25.6, "breached")])
def test_the_true_time_counts_when_it_is_recorded_within_a_day(
    recorded: float, state: str, case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    with later(recorded):
        go(case, "report_police", police(1.5), by=people.officer)
    assert clock(case, "police_report").state == state
    assert report_of(case).reported_at == BEGIN + 1.5 * HOUR


def test_a_late_report_is_late(case: Case, people: SimpleNamespace) -> None:
    becomes_high(case, people.officer)
    with later(5):
        go(case, "report_police", police(4), by=people.officer)
    assert clock(case, "police_report").state == "breached"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("report_police", police(9)),
        ("report_superior", ReportingUp(BEGIN + 9 * HOUR, "电话")),
        ("report_mandatory", ReportingMandatorily(BEGIN + 9 * HOUR, "派出所")),
        ("offer_plan", OfferingPlan(BEGIN + 9 * HOUR, "accepted")),
    ],
)
def test_nothing_is_recorded_that_is_still_to_come(
    name: str, told: object, case: Case, people: SimpleNamespace
) -> None:
    with later(2):
        assert refused(case, name, told, people.officer) == [
            "时间不能晚于现在：请先办理，再如实登记。"
        ]


def test_recording_is_never_refused_because_nothing_is_owed(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    for kind in ("petition", "domestic_violence"):
        case = new_case(kind)
        do_what_is_owed(case, people.officer)
        go(
            case,
            "report_mandatory",
            ReportingMandatorily(moment.now(), "派出所"),
            by=people.officer,
        )
        go(case, "offer_plan", OfferingPlan(moment.now(), "refused"), by=people.officer)
        assert [p.number for p in case.safety_plans.order_by("id")] == [1, 2]


# ---------------------------------------------------------------- what waits for it, and what never


def test_what_is_owed_closes_complete_and_nothing_that_rescues(
    case: Case, people: SimpleNamespace
) -> None:
    assess(case, people.officer, HIGH)
    before = {o.move.name for o in offers(fresh(case), people.supervisor) if o.open}
    assert {"respond", "escalate", "transfer_out", "mark_lost", "open_referral", "assign"} <= before
    respond(case, people)
    rows = {o.move.name: o for o in offers(fresh(case), people.supervisor)}
    shut = {name for name, o in rows.items() if name in ("complete", "open_mediation") and o.open}
    assert shut == set()
    rescuing = {
        "escalate", "transfer_out", "mark_lost", "open_referral", "assign", "report_police",
        "report_superior", "offer_plan", "record_incident", "record_assessment", "ask_danger",
        "note", "give_consent", "add_party",
    }  # fmt: skip
    assert {name for name in rescuing if not rows[name].open} == set()
    do_what_is_owed(case, people.officer)
    complete(case, people.officer)
    assert fresh(case).status == "monitoring"


@pytest.mark.parametrize("left", ["police", "superior", "plan"])
def test_each_task_alone_holds_back_the_case_and_a_mediation(
    left: str, case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    with later(2):
        for name in TASKS.keys() - {left}:
            TASKS[name](case, people)
        assess(case, people.officer, HIGH)
        respond(case, people)
        rows = {o.move.name: o.open for o in offers(fresh(case), people.officer)}
        assert (rows["complete"], rows["open_mediation"]) == (False, False)
        TASKS[left](case, people)
        rows = {o.move.name: o.open for o in offers(fresh(case), people.officer)}
        assert (rows["complete"], rows["open_mediation"]) == (True, True)


def test_danger_that_rises_while_closing_holds_the_closure_back(
    case: Case, people: SimpleNamespace
) -> None:
    assess(case, people.officer)
    respond(case, people)
    complete(case, people.officer)
    talk(case, people.officer)
    told = dv.RequestingClosure("resolved")
    go(case, "request_closure", told, by=people.officer)
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    assert refused(case, "close", None, people.supervisor) == [
        "高危个案须先向公安和上级妇联报告，并指定承办人。",
        "中危、高危须提供安全计划（本人可以不要，但须提供）。",
    ]
    do_what_is_owed(case, people.officer)
    go(case, "close", by=people.supervisor)
    assert fresh(case).status == "closed"


def test_she_ends_it_with_a_second_signature_and_the_reports_stay_owed(
    case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    ending = dv.EndingService(safety_information=True)
    assert len(refused(case, "decline_service", ending, people.officer)) == 1
    go(case, "countersign", by=people.supervisor)
    go(case, "decline_service", ending, by=people.officer)
    assert set(todos(case)) == {
        "status:declined_service", "clock:dv.police_report", "clock:dv.superior_report",
    }  # fmt: skip
    archive = dv.Archiving(complete=True)
    assert refused(case, "archive", archive, people.supervisor) == [
        "还有应当作出的报告没有登记，不能归档。"
    ]
    do_what_is_owed(case, people.officer)
    go(case, "archive", archive, by=people.supervisor)
    assert fresh(case).status == "archived"


# ---------------------------------------------------------------- lowering, and a second time


def test_a_lower_level_takes_the_reports_off_and_leaves_the_plan(
    case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    with later(2):
        go(case, "record_assessment", MEDIUM, by=people.officer)
        go(case, "lower_danger", Levelling("medium"), by=people.supervisor)
    assert owed(case) == {"plan"}
    assert clock(case, "police_report").state == "cancelled"
    assert clock(case, "superior_report").state == "cancelled"
    assert set(todos(case)) == {"status:reported", "owed:plan"}


def test_a_second_high_period_owes_anew(case: Case, people: SimpleNamespace) -> None:
    becomes_high(case, people.officer)
    with later(2):
        do_what_is_owed(case, people.officer)
        go(case, "record_assessment", LOW, by=people.officer)
        go(case, "lower_danger", Levelling("low"), by=people.supervisor)
    with later(48):
        go(case, "record_assessment", HIGH, by=people.officer)
    assert owed(case) == {"police", "superior", "plan"}
    found = clock(case, "police_report")
    assert (found.cycle, found.state, found.due_at) == (2, "running", BEGIN + 50 * HOUR)


def incident(hours: float | None) -> Incident:
    """Violence at so many hours after the case was opened; None: nobody said when."""
    return Incident(None if hours is None else BEGIN + hours * HOUR, form="physical")


@pytest.mark.parametrize(
    ("hours", "again"),
    [
        (30, {"police", "superior"}),  # he came again
        (None, {"police", "superior"}),
        (1.25, set()),  # what happened before was told then
    ],
)
def test_new_violence_is_to_be_reported_though_the_level_stands(
    hours: float | None, again: set[str], case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    with later(2):
        do_what_is_owed(case, people.officer)
    with later(31):
        go(case, "record_incident", incident(hours), by=people.officer)
        assert owed(case) == again
    if again:
        found = clock(case, "police_report")
        assert (found.cycle, found.state, found.due_at) == (2, "running", BEGIN + 33 * HOUR)


def test_new_violence_where_a_child_is_is_to_be_reported_again(
    case: Case, people: SimpleNamespace
) -> None:
    with later(0):
        child_saw_it(case, people)
        go(case, "report_police", police(0, as_mandatory=True), by=people.officer)
    assert owed(case) == set()
    with later(31):
        go(case, "record_incident", incident(30), by=people.officer)
    assert owed(case) == {"mandatory"}


@pytest.mark.parametrize(("hours", "counts"), [(-166, True), (-170, False)])
def test_a_report_of_long_ago_is_not_about_this_danger(
    hours: float, counts: bool, case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    go(case, "report_police", police(hours), by=people.officer)
    assert ("police" in owed(case)) is not counts
    assert case.procedures.count() == 1  # kept all the same


def test_a_report_made_before_the_latest_violence_is_not_about_it(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "record_incident", incident(-2), by=people.officer)
    becomes_high(case, people.officer)
    with later(2):
        go(case, "report_police", police(-3), by=people.officer)
        go(case, "report_superior", ReportingUp(BEGIN - 3 * HOUR, "电话"), by=people.officer)
        assert owed(case) >= {"police", "superior"}
        go(case, "report_police", police(-1), by=people.officer)
        assert "police" not in owed(case)


def test_she_is_told_first_or_it_says_why_not(case: Case, people: SimpleNamespace) -> None:
    silent = ReportingPolice(BEGIN, "城关派出所")
    assert refused(case, "report_police", silent, people.officer) == [
        "请先告知本人，或写明未先告知的原因。"
    ]
    why = replace(silent, why_not_told="当时联系不上她。")
    with later(1):
        go(case, "report_police", why, by=people.officer)
    assert report_of(case).why_not_told == "当时联系不上她。"


def test_a_case_older_than_the_clocks_has_its_todos(case: Case, people: SimpleNamespace) -> None:
    becomes_high(case, people.officer)
    with later(2):
        case.clocks.filter(rule="dv.police_report").update(state="cancelled")
        go(case, "note", Noting("电话联系。"), by=people.officer)
    assert todos(case)["owed:police"] == "officer"
    assert "clock:dv.superior_report" in todos(case)


# ---------------------------------------------------------------- the mandatory report


def child_first(case: Case, people: SimpleNamespace) -> None:
    go(case, "add_party", CHILD, by=people.officer)
    assert owed(case) == set()
    go(case, "record_incident", Incident(form="physical"), by=people.officer)


def violence_first(case: Case, people: SimpleNamespace) -> None:
    go(case, "record_incident", Incident(form="physical"), by=people.officer)
    assert owed(case) == set()
    go(case, "add_party", CHILD, by=people.officer)


def child_saw_it(case: Case, people: SimpleNamespace) -> None:
    go(case, "record_incident", Incident(form="threat", children_present=True), by=people.officer)


@pytest.mark.parametrize("known", [child_first, violence_first, child_saw_it])
def test_a_child_makes_the_report_owed_in_whichever_order_it_becomes_known(
    known: Doing, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    known(case, people)
    assert owed(case) == {"mandatory"}
    assert "clock:dv.mandatory_report" in todos(case)
    go(case, "report_mandatory", ReportingMandatorily(moment.now(), "派出所"), by=people.officer)
    assert owed(case) == set()
    go(case, "record_incident", Incident(form="physical"), by=people.officer)
    assert owed(case) == set()


def test_a_minor_at_the_window_makes_the_report_owed_from_the_first_moment(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(BEGIN):
        case = new_case("domestic_violence", minor=True)
    assert owed(case) == {"mandatory"}
    assert clock(case, "mandatory_report").due_at == BEGIN + 2 * HOUR


@pytest.mark.parametrize("both", [True, False])
def test_a_report_to_the_police_is_the_mandatory_one_when_it_says_so(
    both: bool, case: Case, people: SimpleNamespace
) -> None:
    with later(0.5):
        go(case, "add_party", CHILD, by=people.officer)
    becomes_high(case, people.officer)
    with later(1.5):
        go(case, "report_police", police(1.2, as_mandatory=both), by=people.officer)
    assert ("mandatory" in owed(case)) == (not both)
    assert clock(case, "mandatory_report").state == ("met" if both else "running")


def test_the_report_runs_on_in_the_case_that_a_petition_becomes(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(BEGIN):
        petition = new_case(minor=True)
    with later(1):
        go(petition, "convert", by=people.officer)
    became = Case.objects.get(kind="domestic_violence")
    assert (owed(petition), owed(became)) == (set(), {"mandatory"})
    assert clock(petition, "mandatory_report").state == "cancelled"
    assert clock(became, "mandatory_report").due_at == BEGIN + 2 * HOUR  # from the first moment


def test_a_merged_case_still_owes_its_reports(
    case: Case, new_case: NewCase, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    into = new_case("domestic_violence", **ASKED)
    go(case, "merge", dv.Merging(into.number, same_pair=True), by=people.supervisor)
    assert set(todos(case)) == {"clock:dv.police_report", "clock:dv.superior_report"}
    with later(3):
        go(case, "report_police", police(2.9), by=people.officer)
    assert clock(case, "police_report").state == "met"


def test_without_anybody_who_carries_it_the_tasks_wait_for_the_supervisors(
    case: Case, people: SimpleNamespace
) -> None:
    becomes_high(case, people.officer)
    staffing.set_active(people.security, people.officer, False)
    assert set(todos(case).values()) == {"supervisor"}


def test_nothing_of_it_stands_in_the_open(case: Case, people: SimpleNamespace) -> None:
    do_what_is_owed(case, people.officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT station FROM casework_policereport")
        stored = [bytes(row[0]) for row in cursor.fetchall()]
    assert stored and "城关".encode() not in stored[0]
    report, plan = report_of(case), case.safety_plans.get()
    assert (report.station, plan.words) == ("城关派出所", "随身带证件")
    assert report.history.count() == plan.history.count() == 1


def test_calls_and_notes_go_on(case: Case, people: SimpleNamespace) -> None:
    becomes_high(case, people.officer)
    go(case, "note", Noting("已陪同就医"), by=people.officer)
    go(case, "ask_danger", Asking("yes", "yes", "yes"), by=people.officer)
    go(case, "give_consent", Consenting("share"), by=people.officer)
    told = dv.TransferringOut("邻县妇联", "consent")
    go(case, "transfer_out", told, by=people.officer)
    assert fresh(case).status == "transferring"
