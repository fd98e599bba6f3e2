"""Follow-up: planned with the end of the plan or alone, until she, her case or silence ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Asking, Incident, Levelling
from casework.engine.following import Planning
from casework.engine.moment import HOME, end_of
from casework.models import Case, Procedure
from casework.queries.clocks import verify
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.proceedings import (
    bring,
    faults,
    follow_up,
    party,
    propose,
    talking,
    tasks,
    todo,
    violent,
)
from tests.services.steps import (
    LOW,
    MEDIUM,
    accept,
    assess,
    complete,
    do_what_is_owed,
    fresh,
    go,
    lose,
    respond,
    talk,
)
from workflows.domestic_violence import facts as dv
from workflows.follow_up import facts as follow

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=HOME)  # a Monday
CLOSING = dv.RequestingClosure("resolved")
FIRST = "请先完成一次安全回访，或登记本人谢绝、无法回访；没有安排的，请先“安排回访”。"
WRITE_DOWN = "回访发现新的暴力事件：请先在案件中登记，并升级复评。"
AND_ASSESS = "回访发现新的暴力事件：请先在案件中登记，并重新评估危险。"
"""What fits a case of any kind: only one of violence is escalated."""


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A violent case of low danger that is worked on since Monday; she may be called."""
    with moment.at(BEGUN):
        return violent(new_case, crew)


@pytest.fixture
def planned(case: Case, crew: SimpleNamespace) -> Procedure:
    """On Monday the plan was done, and she is to be asked on Thursday."""
    with moment.at(BEGUN):
        complete(case, crew.officer)
    return fresh(case.procedures.get())


def states(record: Procedure) -> list[tuple[str, int]]:
    """How each cycle of its deadline stands, and on which day of March it was due."""
    found = record.clocks.filter(rule="followup.due").order_by("cycle")
    return [(clock.state, moment.day_of(clock.due_at).day) for clock in found]


def miss(record: Procedure, by: Any, at: str) -> None:
    with moment.at(on(at)):
        go(record, "miss", follow.Missing(moment.now(), safe_channel=True), by=by)


def refused(record: Case | Procedure, name: str, facts: object | None, by: Any) -> list[str]:
    with pytest.raises(Refused) as refusal:
        go(record, name, facts, by=by)
    return [str(sentence) for sentence in refusal.value.sentences]


# ---------------------------------------------------------------- planned


def test_the_end_of_the_plan_begins_it(planned: Procedure, crew: SimpleNamespace) -> None:
    assert (planned.kind, planned.status, planned.open) == ("follow_up", "planned", True)
    assert planned.carrier == crew.officer
    task = todo(planned, "talking")
    assert (task.assignee, task.due_at) == (crew.officer, on("2026-03-05 23:59:59"))
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


@pytest.mark.parametrize(("level", "days"), [("low", 30), ("medium", 7), ("high", 3)])
def test_the_deadline_of_the_first_talk_is_that_of_her_danger(
    level: str, days: int, case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN):
        if level != "low":
            go(case, "raise_danger", Levelling(level), by=crew.officer)
        record = follow_up(case, crew)
    clock = record.clocks.get(rule="followup.due")
    assert clock.due_at == end_of((BEGUN + timedelta(days=days)).date())
    assert todo(record, "talking").due_at == end_of(BEGUN.date())  # when it was agreed


def test_without_a_safe_channel_she_is_not_called_but_looked_after(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", phone="13900001111")  # nobody said that she may be called
    assess(case, crew.officer)
    respond(case, crew)
    plan = Planning(moment.today(), safely=True)
    done = dv.Completing(moment.today(), safely=True, plan_done=True)
    for name, told in (("open_follow_up", plan), ("complete", done)):
        assert refused(case, name, told, crew.officer) == [
            "没有记录她的安全联系方式：请先登记，或由负责人决定开展隐秘探视。"
        ]
    go(case, "open_follow_up", Planning(moment.today(), welfare_check=True), by=crew.officer)
    assert case.procedures.get().follow_up.welfare_check


def test_there_is_one_at_a_time(case: Case, crew: SimpleNamespace) -> None:
    record = follow_up(case, crew)
    again = Planning(moment.today(), safely=True)
    assert refused(case, "open_follow_up", again, crew.officer) == ["本案已有正在进行的回访。"]
    bring(record, crew, "followed")
    assert refused(case, "open_follow_up", again, crew.officer) == ["本案已有正在进行的回访。"]
    bring(record, crew, "finished")
    follow_up(case, crew)


def test_a_petition_is_followed_up_where_her_safety_is_touched(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, crew)
    told = Planning(moment.today(), safely=True, welfare_check=True)
    assert refused(case, "open_follow_up", told, crew.officer) == [
        "本件不涉及人身安全，不需要安排安全回访。"
    ]
    go(case, "ask_danger", Asking("no", "no", "no"), by=crew.officer)
    go(case, "open_follow_up", told, by=crew.officer)
    assert case.procedures.get().status == "planned"


# ---------------------------------------------------------------- talks and attempts


def test_a_talk_counts_at_its_true_time_and_begins_the_next_cycle(
    planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 18:00")):
        go(planned, "talk", talking(talked_at=on("2026-03-05 10:00")), by=crew.officer)
        assert (fresh(planned).status, fresh(planned).open) == ("followed", False)
    first, second = planned.clocks.order_by("cycle")
    assert (first.state, first.stopped_at) == ("met", on("2026-03-05 10:00"))
    assert (second.started_at, second.due_at) == (first.stopped_at, on("2026-04-04 23:59:59"))
    assert todo(planned, "talking").due_at == second.due_at
    assert verify().wrong == []


@pytest.mark.parametrize(
    ("level", "rose", "days"),
    [
        ("medium", "2026-03-04 10:00", [("cancelled", 1), ("running", 11)]),
        ("high", "2026-03-04 10:00", [("cancelled", 1), ("running", 7)]),
        ("high", "2026-03-30 10:00", [("running", 1)]),  # on the 1st of April, sooner than the 2nd
        ("high", "2026-04-03 10:00", [("running", 1)]),  # late is late
    ],
)
def test_danger_that_rises_brings_the_deadline_nearer(
    level: str, rose: str, days: Any, case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on(rose)):
        go(case, "raise_danger", Levelling(level), by=crew.officer)
    assert states(planned) == days
    assert fresh(planned).follow_up.next_on == on("2026-03-05 00:00").date()  # never later
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


def test_the_day_of_the_next_talk_comes_nearer_and_a_lower_danger_leaves_it(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 10:00")):
        talk(case, crew.officer)
    with moment.at(on("2026-03-10 10:00")):
        go(case, "record_assessment", MEDIUM, by=crew.officer)
    assert states(planned) == [("met", 1), ("cancelled", 4), ("running", 17)]
    assert todo(planned, "talking").due_at == on("2026-03-17 23:59:59")
    with moment.at(on("2026-03-12 10:00")):
        go(case, "record_assessment", LOW, by=crew.officer)
        go(case, "lower_danger", Levelling("low"), by=crew.supervisor)
    assert (states(planned)[-1], verify().wrong) == (("running", 17), [])
    assert todo(planned, "talking").due_at == on("2026-03-17 23:59:59")


def test_danger_that_rose_counts_from_the_next_talk_on(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-04 10:00")):
        go(case, "raise_danger", Levelling("high"), by=crew.officer)
        talk(case, crew.officer)
    assert states(planned) == [("cancelled", 1), ("met", 7), ("running", 7)]  # 3 days each


def test_a_talk_that_was_not_safe_stops_nothing(planned: Procedure, crew: SimpleNamespace) -> None:
    with moment.at(on("2026-03-05 10:00")):
        go(planned, "break_off", follow.BreakingOff(moment.now()), by=crew.officer)
        assert list(tasks(planned)) == ["talking"]
    assert (fresh(planned).status, states(planned)) == ("planned", [("running", 1)])


def test_after_three_days_of_silence_somebody_decides_and_a_talk_ends_it(
    planned: Procedure, crew: SimpleNamespace
) -> None:
    miss(planned, crew.officer, "2026-03-03 10:00")
    with pytest.raises(Refused, match="当日未联系上已经登记"):
        miss(planned, crew.officer, "2026-03-03 18:00")
    miss(planned, crew.officer, "2026-03-04 10:00")
    assert list(tasks(planned)) == ["talking"]
    miss(planned, crew.officer, "2026-03-06 10:00")
    assert todo(planned, "silence").due_at == on("2026-03-07 23:59:59")
    with moment.at(on("2026-03-07 10:00")):
        go(planned, "talk", talking(), by=crew.officer)
    assert list(tasks(planned)) == ["talking"]
    assert (fresh(planned).follow_up.missed, faults()) == (0, [])


def test_new_violence_presses_until_it_stands_in_the_case(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-04 10:00")):
        go(planned, "talk", talking(new_incident=True), by=crew.officer)
        assert todo(planned, "violence").due_at == on("2026-03-04 12:00")
        assert refused(case, "request_closure", CLOSING, crew.officer) == [WRITE_DOWN]
        assert refused(planned, "finish", None, crew.officer) == [AND_ASSESS]
    with moment.at(on("2026-03-04 11:00")):
        go(case, "record_incident", Incident(moment.now(), "threat"), by=crew.officer)
        assert not fresh(planned).follow_up.incident_seen
        go(planned, "talk", talking(), by=crew.officer)
        assert list(tasks(planned)) == ["talking"]
        go(planned, "finish", by=crew.officer)
    assert (fresh(planned).status, faults()) == ("finished", [])


def test_what_was_written_down_before_the_talk_was_presses_nobody(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-04 10:30")):
        go(case, "record_incident", Incident(moment.now(), "threat"), by=crew.officer)
    with moment.at(on("2026-03-04 11:00")):
        told = talking(talked_at=on("2026-03-04 10:00"), new_incident=True)
        go(planned, "talk", told, by=crew.officer)
        assert list(tasks(planned)) == ["talking"]


# ---------------------------------------------------------------- and its case


def test_a_case_is_closed_after_a_safe_talk_and_its_follow_up_ends_with_it(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 10:00")):
        assert refused(case, "request_closure", CLOSING, crew.officer) == [
            "尚有未办结的程序：回访。", FIRST,
        ]  # fmt: skip
        talk(case, crew.officer)
        go(case, "request_closure", CLOSING, by=crew.officer)
        assert fresh(planned).ended_at is None
        go(case, "close", by=crew.supervisor)
    assert (fresh(planned).status, tasks(planned)) == ("stopped", {})
    assert states(planned) == [("met", 1), ("cancelled", 4)]
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


@pytest.mark.parametrize(("row", "status"), [("decline", "declined"), ("give_up", "impossible")])
def test_a_case_is_closed_when_she_does_not_want_it_or_it_cannot_be(
    row: str, status: str, case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 10:00")):
        go(planned, row, by=crew.officer)
        assert (fresh(planned).status, states(planned)) == (status, [("cancelled", 1)])
        go(case, "request_closure", CLOSING, by=crew.officer)
    assert fresh(case).status == "closing"


def test_a_follow_up_that_was_stopped_or_never_planned_is_none(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 10:00")):
        go(planned, "stop", by=crew.officer)
        assert refused(case, "request_closure", CLOSING, crew.officer) == [FIRST]
        bring(follow_up(case, crew), crew, "followed")
        go(case, "request_closure", CLOSING, by=crew.officer)


@pytest.mark.parametrize("followed", [False, True])
@pytest.mark.parametrize("row", ["escalate", "mark_lost", "complete"])
def test_who_is_assessed_or_found_again_is_followed_up_anew(
    row: str, followed: bool, case: Case, crew: SimpleNamespace
) -> None:
    officer = crew.officer
    with moment.at(BEGUN):
        record = follow_up(case, crew)
    with moment.at(on("2026-03-05 10:00")):
        if followed:
            bring(record, crew, "followed")
        if row == "escalate":
            go(case, row, dv.Escalating("breach"), by=officer)
        else:
            (complete if row == "complete" else lose)(case, officer)
    assert fresh(record).status == "stopped"
    assert {state for state, _day in states(record)} - {"met"} == {"cancelled"}
    left = case.procedures.filter(ended_at=None)
    assert [p.status for p in left] == (["planned"] if row == "complete" else [])
    assert (faults(), verify().wrong) == ([], [])


def test_nothing_of_it_holds_back_new_danger(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 10:00")):
        go(case, "raise_danger", Levelling("high"), by=crew.officer)
        do_what_is_owed(case, crew.officer)
        go(case, "record_incident", Incident(moment.now(), "physical"), by=crew.officer)
        go(case, "escalate", dv.Escalating("new_incident"), by=crew.officer)
    assert fresh(case).status == "reported"


def test_the_end_of_the_service_ends_every_call(
    case: Case, planned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 10:00")):
        go(case, "ask_danger", Asking("yes", "no", "no"), by=crew.officer)
        go(case, "decline_service", dv.EndingService(safety_information=True), by=crew.officer)
    assert (fresh(planned).status, tasks(planned)) == ("stopped", {})


# ---------------------------------------------------------------- her other cases


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("row", ["talk", "break_off"])
def test_violence_told_in_a_follow_up_ends_the_mediation_with_him_elsewhere(
    row: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    """Before anybody has written it down, and whatever the kind of the case it was told in."""
    pair = {"phone": "13900002222", "respondent": "他", "relation": "spouse"}
    other, first = new_case(**pair), new_case(**pair)
    for case in (other, first):
        accept(case, crew)
    him = {"other": party(other, "spouse"), "unrelated": False}
    mediation = propose(other, crew, **him)
    go(first, "ask_danger", Asking("no", "no", "no"), by=crew.officer)
    plan = Planning(moment.today(), safely=True, welfare_check=True)
    go(first, "open_follow_up", plan, by=crew.officer)
    record = first.procedures.get()
    told = talking() if row == "talk" else follow.BreakingOff(moment.now())
    go(record, row, told, by=crew.officer)
    assert fresh(mediation).status == "proposed"
    again = replace(told, new_incident=True)
    with moment.at(moment.now() + timedelta(minutes=9)):
        go(record, row, again, by=crew.officer)
    assert fresh(mediation).status == "stopped"
    with pytest.raises(Refused, match="不得与施暴者"):
        propose(fresh(other), crew, **him)
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)
