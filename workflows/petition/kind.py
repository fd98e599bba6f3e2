"""The name-plate of the petition."""

from casework.engine.language import _
from casework.engine.registry import Kind
from workflows.petition.clocks import CLOCKS, WAITING
from workflows.petition.lifecycle import PETITION

KIND = Kind(
    key="petition",
    title=_("信访事项"),
    short=_("信访"),
    lifecycle=PETITION,
    clocks=CLOCKS,
    waiting=WAITING,
    unread=("countersigner", "minor"),
)
