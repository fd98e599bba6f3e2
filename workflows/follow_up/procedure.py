"""The name-plate of the follow-up."""

from __future__ import annotations

from casework.engine.following import FOLLOW_UP
from casework.engine.language import _
from casework.engine.registry import Procedure
from workflows.follow_up.clocks import CLOCKS
from workflows.follow_up.flow import ACTIVE_IN, FLOWS
from workflows.follow_up.guards import Following
from workflows.follow_up.lifecycle import FOLLOWING_UP, OPEN_FOLLOW_UP

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
)
