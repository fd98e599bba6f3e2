"""Legal aid asks for missing papers: its time stands still until they are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment, registry
from casework.engine.limits import Counting
from casework.engine.milestones import milestones
from casework.engine.moment import HOME
from casework.models import Clock, Procedure
from casework.queries import clocks
from casework.queries.calendars import HomeDays
from casework.queries.procedures import free_rows
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.proceedings import (
    acknowledged,
    answered,
    bring,
    faults,
    handled,
    refer,
    tasks,
    todo,
    todos,
)
from tests.services.steps import fresh, go
from workflows.referral import facts as referral
from workflows.referral.flow import ReferralV1

RECEIVED = "2026-03-11 09:30"  # a Wednesday; due on Friday the 20th, after 7 working days


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def decision(record: Procedure) -> Clock:
    return record.clocks.get(rule="legalaid.decision")


def lack(record: Procedure, crew: SimpleNamespace, at: str, told: str = "") -> None:
    """The centre asks at this time; the liaison writes it down then, or `told` later."""
    with moment.at(on(told or at)):
        go(record, "lack_papers", referral.Lacking(on(at), "身份证明。"), by=crew.liaison)


def complete(record: Procedure, crew: SimpleNamespace, at: str) -> None:
    """The papers are there."""
    with moment.at(on(at)):
        go(record, "bring_papers", referral.Completing(on(at)), by=crew.liaison)


def answer(record: Procedure, crew: SimpleNamespace, at: str) -> None:
    """The centre answers."""
    with moment.at(on(at)):
        go(record, "accept", answered(), by=crew.liaison)


def received(new_case: NewCase, crew: SimpleNamespace, **told: str) -> Procedure:
    """A referral that the body acknowledged on the Wednesday."""
    with moment.at(on("2026-03-10 09:00")):
        record = bring(refer(handled(new_case, crew), crew, **told), crew, "sent")
    with moment.at(on(RECEIVED)):
        go(record, "acknowledge", acknowledged(), by=crew.liaison)
    return fresh(record)


@pytest.fixture
def record(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    return received(new_case, crew)


def test_the_time_of_legal_aid_stands_still_while_papers_are_missing(
    record: Procedure, crew: SimpleNamespace
) -> None:
    assert decision(record).due_at == on("2026-03-20 23:59:59")
    lack(record, crew, "2026-03-13 10:00", told="2026-03-13 16:00")
    paused = decision(record)
    assert (paused.state, paused.next_fire_at) == ("paused", None)
    assert [e.at for e in paused.events.filter(kind="pause")] == [on("2026-03-13 10:00")]
    complete(record, crew, "2026-03-17 10:00")  # two working days went by
    going = decision(record)
    assert (going.state, going.due_at) == ("running", on("2026-03-24 23:59:59"))
    told = milestones(clocks.rule_of(going), clocks.state_of(going), Counting(HomeDays()))
    warned = next(m.at for m in told if m.name == "warn")  # the seventh day, and the four
    assert warned == on("2026-03-22 23:59:59")
    assert record.clocks.get(rule="referral.answer").state == "running"  # our own aim goes on
    assert clocks.verify().wrong == []


def test_papers_can_be_asked_for_again_once_they_were_brought(
    record: Procedure, crew: SimpleNamespace
) -> None:
    lack(record, crew, "2026-03-13 10:00")
    with pytest.raises(Refused, match="尚未补齐"):
        lack(record, crew, "2026-03-14 10:00")
    complete(record, crew, "2026-03-17 10:00")
    with pytest.raises(Refused, match="上次补齐"):
        lack(record, crew, "2026-03-16 10:00", told="2026-03-18 10:00")
    with pytest.raises(Refused, match="没有待补正的材料"):
        complete(record, crew, "2026-03-18 09:00")
    lack(record, crew, "2026-03-18 10:00")
    kept = fresh(record).referral
    assert (kept.papers_asked_at, kept.papers_brought_at) == (on("2026-03-18 10:00"), None)
    assert decision(record).state == "paused"
    complete(record, crew, "2026-03-19 10:00")
    assert decision(record).due_at == on("2026-03-25 23:59:59")
    assert clocks.verify().wrong == []


@pytest.mark.parametrize(
    ("at", "verdict"), [("2026-03-24 23:59:59", "met"), ("2026-03-25 00:00", "breached")]
)
def test_the_answer_is_judged_by_the_days_that_count(
    at: str, verdict: str, record: Procedure, crew: SimpleNamespace
) -> None:
    lack(record, crew, "2026-03-13 10:00")
    complete(record, crew, "2026-03-17 10:00")
    answer(record, crew, at)
    assert decision(record).state == verdict


def test_an_answer_while_papers_are_missing_ends_the_wait(
    record: Procedure, crew: SimpleNamespace
) -> None:
    lack(record, crew, "2026-03-13 10:00")
    answer(record, crew, "2026-05-15 10:00")
    assert (decision(record).state, fresh(record).status) == ("met", "accepted")
    assert (faults(), clocks.verify().wrong) == ([], [])
    with pytest.raises(Refused):
        complete(record, crew, "2026-05-15 11:00")


def test_a_time_that_was_over_before_they_asked_stays_over(
    record: Procedure, crew: SimpleNamespace
) -> None:
    lack(record, crew, "2026-03-23 10:00")
    complete(record, crew, "2026-03-25 10:00")
    answer(record, crew, "2026-03-25 11:00")
    clock = decision(record)
    assert (clock.state, clock.breached_at) == ("breached", on("2026-03-20 23:59:59"))


def test_it_is_told_at_the_task_that_waits_for_the_answer(
    record: Procedure, crew: SimpleNamespace
) -> None:
    before = todo(record, "answer")
    lack(record, crew, "2026-03-13 10:00")
    after = todo(record, "answer")
    assert todos(record) == {"answer": "liaison"}
    assert (after.pk == before.pk, after.due_at) == (False, before.due_at)
    assert faults() == []


def test_other_bodies_ask_for_no_papers_here(new_case: NewCase, crew: SimpleNamespace) -> None:
    record = received(new_case, crew, service="shelter")
    with pytest.raises(Refused, match="只有法律援助机构"):
        lack(record, crew, "2026-03-13 10:00")


def test_a_process_of_the_first_flow_tells_it_beside_its_tasks(
    new_case: NewCase, crew: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    plate = registry.procedure("referral")
    first = replace(plate, flows=(ReferralV1,))
    monkeypatch.setitem(registry._procedures, "referral", first)
    record = received(new_case, crew)
    monkeypatch.setitem(registry._procedures, "referral", plate)
    assert fresh(record).process.flow_class is ReferralV1
    waiting = tasks(record)["answer"]
    offered = {offer.move.name for offer in free_rows(fresh(record), crew.liaison) if offer.open}
    assert "lack_papers" in offered
    lack(record, crew, "2026-03-13 10:00")
    assert (decision(record).state, tasks(record)["answer"]) == ("paused", waiting)
    complete(record, crew, "2026-03-14 10:00")
    answer(record, crew, "2026-03-16 10:00")
    assert (decision(record).state, faults()) == ("met", [])


def test_nothing_is_told_of_the_future(record: Procedure, crew: SimpleNamespace) -> None:
    with moment.at(on("2026-03-13 10:00")), pytest.raises(Refused, match="现在之前"):
        told = referral.Lacking(moment.now() + timedelta(hours=1), "身份证明。")
        go(record, "lack_papers", told, by=crew.liaison)
