"""The deadlines of a domestic-violence case: those that run today, and those that wait for their
record."""

from __future__ import annotations

from datetime import datetime

from casework.engine.clocks import CANCELLING, CLOSING, OPENING, Among, ClockRule, Step
from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours, Months
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

_RECORD = _("相应记录")

WAITING = (
    ClockRule(
        key="dv.police_feedback",
        label=_("公安反馈"),
        version=1,
        own=False,
        limit=CalendarDays(3),
        source=_("高检发〔2020〕9 号：受案、立案后 3 日内反馈"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="dv.police_decision",
        label=_("告诫决定"),
        version=1,
        own=False,
        limit=Hours(72),
        source=_("公通字〔2024〕34 号第八条：72 小时内作出处理决定；部分省份更短"),
        regions={
            "44": Hours(24),  # 广东
            "53": Hours(24),  # 云南
            "41": Hours(24),  # 河南
            "62": Hours(24),  # 甘肃
            "23": Hours(24),  # 黑龙江
            "22": CalendarDays(3),  # 吉林
        },
        waits_for=_RECORD,
    ),
    ClockRule(
        key="dv.warning_visit",
        label=_("告诫查访"),
        version=1,
        own=False,
        limit=Among("visit", {"first": CalendarDays(7), "next": Months(3)}, "first"),
        source=_("公通字〔2024〕34 号第十二条：7 日内首次查访，此后每 3 个月一次"),
        waits_for=_RECORD,
    ),
)
