"""Short ways to bring a case where a test needs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

from casework.engine import case_acts, moment, owed
from casework.models import Case, Event, Procedure, User
from casework.services.verbs import advance
from tests.conftest import move_of
from workflows.domestic_violence import facts as dv
from workflows.follow_up import facts as follow
from workflows.petition import facts as petition

R = TypeVar("R", Case, Procedure)


def go(
    record: Case | Procedure,
    name: str,
    facts: object | None = None,
    *,
    by: User,
    reason: str = "因为",
    **more: Any,
) -> Event:
    """Make the row `name` on the case or procedure as it is now."""
    return advance(record, move_of(record, name), facts, actor=by, reason=reason, **more)


def fresh(record: R) -> R:
    """The case or procedure as it stands in the database."""
    found = type(record).objects.get(pk=record.pk)
    assert isinstance(found, type(record))
    return found


def accept(case: Case, people: SimpleNamespace, handling_type: str = "help") -> Event:
    """The supervisor accepts a petition; the officer carries it."""
    told = petition.Accepting(handling_type, str(people.officer.uid), violence_elsewhere=True)
    return go(case, "accept", told, by=people.supervisor)


def request_closure(case: Case, by: User) -> Event:
    """A petition's handler asks for closure; the reply was served just now."""
    return go(case, "request_closure", petition.RequestingClosure("resolved", moment.now()), by=by)


def answers(**yes_or_unknown: str) -> tuple[tuple[str, str], ...]:
    """Answers to the instrument: nothing special, all else no, but for what is given."""
    said = {"strangulation": "no", "lethal_act": "no"} | yes_or_unknown
    return tuple(said.items())


LOW = case_acts.Assessing("own", answers())
MEDIUM = case_acts.Assessing("own", answers(), injury=True)
HIGH = case_acts.Assessing("own", answers(strangulation="yes"))


def assess(case: Case, by: User, told: case_acts.Assessing = LOW) -> Event:
    """Record an assessment and make the move that rests on it."""
    go(case, "record_assessment", told, by=by)
    return go(case, "assess", dv.Evaluating(right_told=True), by=by)


def respond(case: Case, people: SimpleNamespace) -> Event:
    """The officer carries an assessed case."""
    return go(case, "respond", dv.Responding(str(people.officer.uid)), by=people.officer)


def complete(case: Case, by: User) -> Event:
    """A case goes over to follow-up, in three days, whether or not she can be called."""
    on = moment.today() + timedelta(days=3)
    told = dv.Completing(on, safely=True, welfare_check=True, plan_done=True)
    return go(case, "complete", told, by=by)


def talk(case: Case, by: User, **told: Any) -> Event:
    """She is asked how she is, now, in a safe setting."""
    record = case.procedures.filter(kind="follow_up").latest("pk")
    known = follow.Talking(moment.now(), safe_setting=True)
    return go(record, "talk", replace(known, **told), by=by)


def do_what_is_owed(case: Case, by: User) -> None:
    """Police, superior federation, mandatory report and plan, each recorded as done just now."""
    police = owed.ReportingPolice(moment.now(), "城关派出所", told_first=True, as_mandatory=True)
    go(case, "report_police", police, by=by)
    go(case, "report_superior", owed.ReportingUp(moment.now(), "电话报县妇联值班"), by=by)
    go(case, "offer_plan", owed.OfferingPlan(moment.now(), "accepted", "随身带证件"), by=by)


def lose(case: Case, by: User) -> Event:
    """Three attempts on three days of the past."""
    days = [moment.today() - timedelta(days=n) for n in (4, 3, 2)]
    return go(
        case, "mark_lost", dv.MarkingLost(*days, safe_channel=True, welfare_check="no"), by=by
    )


def tomorrow() -> date:
    """The day after today."""
    return moment.today() + timedelta(days=1)
