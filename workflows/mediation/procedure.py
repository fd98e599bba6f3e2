"""The name-plate of mediation."""

from __future__ import annotations

from casework.engine import moment
from casework.engine.language import _
from casework.engine.registry import Procedure
from casework.models import Procedure as Record
from casework.models import Session, User
from casework.services.saving import save
from workflows.mediation import facts
from workflows.mediation.clocks import CLOCKS
from workflows.mediation.flow import ACTIVE_IN, FLOWS
from workflows.mediation.guards import Mediating
from workflows.mediation.lifecycle import MEDIATION, OPEN_MEDIATION


def keep_sessions(record: object, told: object, actor: object) -> None:
    """A session is a row of its own: planned, then held."""
    assert isinstance(record, Record)
    assert isinstance(actor, User)
    if isinstance(told, facts.Scheduling):
        known = record.mediation.sessions.filter(held_at=None).last()
        number = record.mediation.sessions.count() + 1
        planned = known or Session(mediation=record.mediation, number=number)
        planned.planned_at, planned.place = told.planned_at or moment.now(), told.place
        save(planned, actor, "schedule")
    elif isinstance(told, facts.Holding | facts.Agreeing | facts.Failing):
        held = record.mediation.sessions.order_by("number").last()
        assert held
        held.held_at, held.notes = record.mediation.began_at or moment.now(), told.notes
        save(held, actor, "hold")


PROCEDURE = Procedure(
    key="mediation",
    title=_("调解"),
    lifecycle=MEDIATION,
    opener=OPEN_MEDIATION,
    opens_in={
        "petition": ("handling",),
        "domestic_violence": ("responding", "monitoring"),
    },
    ender=MEDIATION.stop,
    proceeding=Mediating,
    flows=FLOWS,
    active_in=ACTIVE_IN,
    clocks=CLOCKS,
    also=keep_sessions,
)
