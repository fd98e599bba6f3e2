"""The deadlines of a domestic-violence case: those that run today, and those that wait for their
record."""

from __future__ import annotations

from datetime import datetime

from casework.engine.clocks import CANCELLING, CLOSING, OPENING, ClockRule, Step
from casework.engine.language import _
from casework.engine.limits import Hours
from casework.engine.owed_clocks import REPORTING


def _reported(step: Step) -> datetime | None:
    """Opened here, or back here; a converted case keeps its first received time, but could not be
    assessed as violence before it was known to be."""
    arrived = step.after == "reported" and step.before != "reported"
    return step.at if arrived or step.move == OPENING else None


def _assessed(step: Step) -> datetime | None:
    return step.at if step.move == "assess" else None


ASSESSMENT = ClockRule(
    key="dv.assessment",
    label=_("危险评估"),
    version=1,
    own=True,
    limit=Hours(24),
    source=_("内部目标：登记后 24 小时内评估"),
    starts=_reported,
    stops=_assessed,
    cancelled_in=CANCELLING | {"declined_service", "transferring"},
    internal=True,
)

CLOCKS = (ASSESSMENT, *REPORTING, CLOSING)
