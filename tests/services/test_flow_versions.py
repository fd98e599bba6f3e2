"""A new flow is released: what runs ends as it began, what comes begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Flow

from casework.engine import registry
from casework.engine.language import _
from casework.engine.limits import CalendarDays
from casework.engine.people import Permission
from casework.nodes import CaseFlow, Person
from casework.queries.desk import waits
from tests.conftest import NewCase
from tests.services.proceedings import (
    BOTH_SCREENED,
    bring,
    faults,
    handled,
    hear,
    invite,
    plan,
    propose,
    tasks,
    todos,
    work,
)
from tests.services.steps import fresh, go
from workflows.mediation import flow
from workflows.mediation.facts import Failing
from workflows.mediation.lifecycle import MEDIATION

MEDIATE = Permission.MEDIATE
WEEK = CalendarDays(7)


class MediationV2(CaseFlow, Flow):
    """She is heard before anybody else hears of it, and nobody writes minutes."""

    __module__ = flow.__name__
    process_title = "调解"

    start = nodes.StartHandle().Next(this.invite_hers)
    invite_hers = Person(_("邀请她"), MEDIATE, (MEDIATION.invite,), WEEK, given={"side": "hers"})
    hear_hers = Person(_("会见她"), MEDIATE, (MEDIATION.hear,), WEEK, given={"side": "hers"})
    invite_other = Person(
        _("邀请对方"), MEDIATE, (MEDIATION.invite,), WEEK, given={"side": "other"}
    )
    hear_other = Person(_("会见对方"), MEDIATE, (MEDIATION.hear,), WEEK, given={"side": "other"})
    planning = Person(_("安排"), MEDIATE, (MEDIATION.schedule,), WEEK)
    opening = Person(_("开始"), MEDIATE, (MEDIATION.meet,), WEEK)
    debate = Person(_("商谈"), MEDIATE, (MEDIATION.agree, MEDIATION.fail), WEEK, _("请商谈"))
    end = nodes.End()

    invite_hers.Next(this.hear_hers)
    hear_hers.Next(this.invite_other)
    invite_other.Next(this.hear_other)
    hear_other.Next(this.planning)
    planning.Next(this.opening)
    opening.Next(this.debate)
    debate.Next(this.end)


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Release the second flow when called."""

    def now() -> None:
        plate = registry.procedure("mediation")
        in_session = plate.active_in["in_session"] | {"debate"}
        monkeypatch.setattr(flow, "MediationV2", MediationV2, raising=False)
        monkeypatch.setitem(
            registry._procedures,
            "mediation",
            replace(
                plate,
                flows=(*plate.flows, MediationV2),
                active_in={**plate.active_in, "in_session": in_session},
            ),
        )

    yield now


@pytest.mark.parametrize("status", ["proposed", "consented", "in_session", "agreed", "signed"])
def test_what_runs_ends_on_the_flow_on_which_it_began(
    status: str, new_case: NewCase, crew: SimpleNamespace, release: Any
) -> None:
    record = propose(handled(new_case, crew), crew)
    record = bring(record, crew, status)
    before = set(tasks(record))
    release()
    assert before and set(tasks(record)) == before
    assert faults() == []
    record = bring(record, crew, "performed")
    assert record.process.flow_class is flow.MediationV1
    assert (todos(record), faults()) == ({}, [])
    assert record.documents.exists()


def test_what_comes_begins_on_the_new_flow_and_ends_there(
    new_case: NewCase, crew: SimpleNamespace, release: Any
) -> None:
    older = propose(handled(new_case, crew), crew)
    release()
    record = propose(handled(new_case, crew), crew)
    assert record.process.flow_class is MediationV2
    assert (set(tasks(record)), set(tasks(older))) == (
        {"invite_hers"},
        {"invite_hers", "invite_other"},
    )
    for side in ("hers", "other"):
        invite(record, crew, side)
        hear(record, crew, side)
    plan(record, crew)
    go(record, "meet", BOTH_SCREENED, by=crew.mediator)
    assert (todos(record), faults()) == ({"debate": "mediator"}, [])
    go(record, "fail", Failing("谈不拢。", routes_told=True), by=crew.mediator)
    work()
    assert (fresh(record).status, todos(record), faults()) == ("not_agreed", {}, [])
    assert not record.documents.exists()


def test_a_row_that_only_an_older_flow_offers_has_no_task_on_the_new_one(
    new_case: NewCase, crew: SimpleNamespace, release: Any
) -> None:
    release()
    record = propose(handled(new_case, crew), crew)
    assert "hold" not in {row for node in tasks(record).values() for row in node.flow_task.rows}
    assert str(waits("mediation.debate")) == "请商谈"
    assert str(waits("mediation.session")) == "请记录本次调解的经过和结果"


def test_a_stopped_process_of_either_flow_leaves_nothing(
    new_case: NewCase, crew: SimpleNamespace, release: Any
) -> None:
    older = propose(handled(new_case, crew), crew)
    release()
    newer = propose(handled(new_case, crew), crew)
    for record in (older, newer):
        go(record, "stop", by=crew.supervisor)
        assert todos(record) == {}
    assert faults() == []
