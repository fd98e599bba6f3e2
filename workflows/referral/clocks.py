"""The deadlines of a referral; they run with the deadline engine."""

from __future__ import annotations

from casework.engine.clocks import Among, ClockRule, Named
from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours, WorkingDays
from workflows.referral.lifecycle import RECEIPT_WITHIN

_RECORD = _("截止日期引擎")

WAITING = (
    ClockRule(
        key="referral.receipt",
        label=_("回执"),
        version=1,
        own=False,
        limit=Among("urgency", RECEIPT_WITHIN),
        source=_("内部目标：按紧急程度 4 小时、1 日、3 或 5 个工作日"),
        internal=True,
        waits_for=_RECORD,
    ),
    ClockRule(
        key="referral.ratify",
        label=_("补审"),
        version=1,
        own=True,
        limit=Hours(24),
        source=_("内部目标：紧急发出后 24 小时内补审"),
        internal=True,
        waits_for=_RECORD,
    ),
    ClockRule(
        key="referral.answer",
        label=_("转介答复"),
        version=1,
        own=False,
        limit=Named(CalendarDays(30)),
        source=_("函件载明的日期，未载明的按内部目标 30 日"),
        internal=True,
        waits_for=_RECORD,
    ),
    ClockRule(
        key="legalaid.decision",
        label=_("法律援助审查"),
        version=1,
        own=False,
        limit=WorkingDays(7),
        source=_("法律援助法第四十三条：7 日内决定（自然日预警，工作日判超期）"),
        warns=CalendarDays(7),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="legalaid.assign",
        label=_("法律援助指派"),
        version=1,
        own=False,
        limit=WorkingDays(3),
        source=_("法律援助法第四十三条：3 日内指派（自然日预警，工作日判超期）"),
        warns=CalendarDays(3),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="legalaid.objection",
        label=_("法律援助异议审查"),
        version=1,
        own=False,
        limit=WorkingDays(5),
        source=_("法律援助法第四十九条：5 日内审查（自然日预警，工作日判超期）"),
        warns=CalendarDays(5),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="shelter.stay",
        label=_("庇护"),
        version=1,
        own=False,
        limit=CalendarDays(10),
        source=_("民发〔2015〕189 号：一般不超过 10 日"),
        waits_for=_RECORD,
    ),
)
