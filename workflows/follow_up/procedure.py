"""The name-plate of the follow-up."""

from __future__ import annotations

from casework.engine.following import FOLLOW_UP
from casework.engine.language import _
from casework.engine.registry import Procedure
from casework.models import Procedure as Record
from casework.models import User
from casework.services import errands
from workflows.follow_up import facts
from workflows.follow_up.clocks import CLOCKS
from workflows.follow_up.flow import ACTIVE_IN, FLOWS
from workflows.follow_up.guards import Following
from workflows.follow_up.lifecycle import FOLLOWING_UP, OPEN_FOLLOW_UP


def keep_them_apart(record: object, told: object, actor: object) -> None:
    """She told of violence: nobody mediates between her and him in her other cases (rule 14)."""
    if not isinstance(told, facts.Talking | facts.BreakingOff) or not told.new_incident:
        return
    assert isinstance(record, Record)
    assert isinstance(actor, User)
    row = FOLLOWING_UP.talk if isinstance(told, facts.Talking) else FOLLOWING_UP.break_off
    errands.leave(record.case, actor, row.label.text)


PROCEDURE = Procedure(
    key=FOLLOW_UP,
    title=_("回访"),
    lifecycle=FOLLOWING_UP,
    opener=OPEN_FOLLOW_UP,
    opens_in={
        "domestic_violence": ("responding", "monitoring", "lost_contact"),
        "petition": ("handling", "assigned"),
    },
    ender=FOLLOWING_UP.stop,
    proceeding=Following,
    flows=FLOWS,
    active_in=ACTIVE_IN,
    stands=frozenset({"followed"}),
    clocks=CLOCKS,
    also=keep_them_apart,
)
