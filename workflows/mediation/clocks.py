"""The deadlines of a mediation; they run with the deadline engine."""

from __future__ import annotations

from casework.engine.clocks import ClockRule
from casework.engine.language import _
from casework.engine.limits import Months
from workflows.mediation.guards import CONFIRMED_WITHIN

_RECORD = _("截止日期引擎")

WAITING = (
    ClockRule(
        key="mediation.finish",
        label=_("调解期限"),
        version=1,
        own=True,
        limit=Months(1),
        source=_("司法部令第 75 号第三十三条：一般在一个月内调结，经双方同意可以延长"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="mediation.confirm",
        label=_("司法确认"),
        version=1,
        own=False,
        limit=CONFIRMED_WITHIN,
        source=_(
            "人民调解法第三十三条、民事诉讼法第二百零五条：协议生效之日起 30 日内共同申请，末日顺延"
        ),
        rolls=True,
        waits_for=_RECORD,
    ),
)
