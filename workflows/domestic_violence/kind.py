"""The name-plate of the domestic-violence case."""

from casework.engine.language import _
from casework.engine.registry import Kind
from workflows.domestic_violence.clocks import CLOCKS
from workflows.domestic_violence.lifecycle import DOMESTIC_VIOLENCE

KIND = Kind(
    key="domestic_violence",
    title=_("家暴个案"),
    short=_("家暴"),
    lifecycle=DOMESTIC_VIOLENCE,
    clocks=CLOCKS,
    always_sensitive=True,
    unread=("alarming", "violence", "safety_sensitive", "forwarded", "children"),
)
