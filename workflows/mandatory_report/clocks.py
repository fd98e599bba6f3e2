"""The deadline of those who received a mandatory report."""

from __future__ import annotations

from datetime import datetime

from casework.engine.clocks import ClockRule, Step
from casework.engine.language import _
from casework.engine.limits import CalendarDays
from workflows.mandatory_report import facts


def _received(step: Step) -> datetime | None:
    told = step.facts
    return told.received_at if isinstance(told, facts.Receiving) else None


def _fed_back(step: Step) -> datetime | None:
    told = step.facts
    return told.fed_back_at if isinstance(told, facts.FeedingBack) else None


CLOCKS = (
    ClockRule(
        key="dv.police_feedback",
        label=_("公安反馈"),
        version=1,
        own=False,
        limit=CalendarDays(3),
        source=_("高检发〔2020〕9 号：受案、立案后 3 日内反馈"),
        starts=_received,
        stops=_fed_back,
    ),
)
