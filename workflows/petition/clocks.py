"""The deadlines of a petition, each with its law: those that run today, and those that wait for
their record or for the calendar."""

from __future__ import annotations

from datetime import datetime

from casework.engine.clocks import CLOSING, OPENING, ClockRule, Named, Step
from casework.engine.language import _, pgettext
from casework.engine.limits import CalendarDays, Hours, Months, WorkingDays
from casework.engine.owed_clocks import REPORTING
from workflows.petition import facts


def _received(step: Step) -> datetime | None:
    """Not owed to somebody who gave no name on an item she brought directly (信访工作条例 23)."""
    return step.received_at if step.move == OPENING and step.notice_owed else None


def _notified(step: Step) -> datetime | None:
    """Only a written notice stops the clock (信访工作条例 23)."""
    told = step.facts
    if isinstance(told, facts.Notifying):
        return told.served_at
    if isinstance(told, facts.Answering) and told.notice == "handed_over":
        return step.at
    return None


def _accepted_as_statutory(step: Step) -> datetime | None:
    told = step.facts
    statutory = isinstance(told, facts.Accepting) and told.handling_type == "statutory"
    return step.at if statutory else None


def _reply_served(step: Step) -> datetime | None:
    told = step.facts
    return told.reply_served_at if isinstance(told, facts.RequestingClosure) else None


def _accepted_as_help(step: Step) -> datetime | None:
    told = step.facts
    help_ = isinstance(told, facts.Accepting) and told.handling_type == "help"
    return step.at if help_ else None


def _forwarded(step: Step) -> datetime | None:
    return step.received_at if step.move == OPENING and step.forwarded else None


def _taken_or_objected(step: Step) -> datetime | None:
    """Whatever is done with it shows whether we take it as ours."""
    left = step.before == "registered" and step.after != "registered"
    return step.at if left else None


def _extended(step: Step) -> CalendarDays | None:
    """By what another person allowed (信访工作条例 34)."""
    told = step.facts
    return CalendarDays(told.days) if isinstance(told, facts.Extending) else None


NOTICE = ClockRule(
    key="petition.notice",
    label=_("受理告知"),
    version=1,
    own=True,
    limit=CalendarDays(15),
    source=_("信访工作条例第二十三条：收到之日起 15 日内书面告知"),
    starts=_received,
    stops=_notified,
    survives=True,
    todo=_("须书面告知信访人（口头告知不算）"),
)

HANDLING = ClockRule(
    key="petition.handling",
    label=pgettext("clock", "办结"),
    version=1,
    own=True,
    limit=CalendarDays(60),
    source=_("信访工作条例第三十四条：受理之日起 60 日内办结"),
    starts=_accepted_as_statutory,
    stops=_reply_served,
    resumed_by=frozenset({"send_back"}),
    renewed_by=frozenset({"reopen"}),
    extension=facts.LONGEST_EXTENSION,
    extends=_extended,
)

SERVICE = ClockRule(
    key="petition.service",
    label=_("服务目标"),
    version=1,
    own=True,
    limit=CalendarDays(30),
    source=_("内部目标：帮助服务类 30 日内答复"),
    starts=_accepted_as_help,
    stops=_reply_served,
    internal=True,
    resumed_by=frozenset({"send_back"}),
    renewed_by=frozenset({"reopen"}),
)

OBJECTION = ClockRule(
    key="petition.objection",
    label=_("转办异议"),
    version=1,
    own=True,
    limit=WorkingDays(5),
    source=_("信访工作条例第二十三条：不属本单位职权的，5 个工作日内提出异议"),
    starts=_forwarded,
    stops=_taken_or_objected,
)

CLOCKS = (NOTICE, HANDLING, SERVICE, OBJECTION, *REPORTING, CLOSING)

_RECORD = _("相应记录")

WAITING = (
    ClockRule(
        key="petition.review",
        label=_("复查、复核"),
        version=1,
        own=False,
        hers=True,
        limit=CalendarDays(30),
        source=_("信访工作条例第三十五条、第三十六条：收到书面答复之日起 30 日内"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="external.due",
        label=_("交办期限"),
        version=1,
        own=True,
        limit=Named(),
        source=_("交办函载明的日期"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="urgent.report",
        label=_("重大紧急报告"),
        version=1,
        own=True,
        limit=Hours(2),
        source=_("信访工作条例第二十五条：及时报告；2 小时为内部目标"),
        internal=True,
        waits_for=_RECORD,
    ),
    ClockRule(
        key="supervision.answer",
        label=_("督促答复"),
        version=1,
        own=False,
        limit=Named(CalendarDays(30)),
        source=_("发函载明的日期，未载明的按内部默认 30 日；妇女权益保障法第七十三条未规定期限"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="divorce.cooling",
        label=_("离婚冷静期"),
        version=1,
        own=False,
        hers=True,
        limit=CalendarDays(60),
        warns=CalendarDays(30),
        source=_("民法典第一千零七十七条：30 日内可撤回，届满后 30 日内领证"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="divorce.refile",
        label=_("再次起诉离婚"),
        version=1,
        own=False,
        hers=True,
        limit=Months(6),
        source=_("民事诉讼法第一百二十七条第七项：判决不准离婚后 6 个月"),
        waits_for=_RECORD,
    ),
    ClockRule(
        key="labour.arbitration",
        label=_("劳动仲裁时效"),
        version=1,
        own=False,
        hers=True,
        limit=Months(12),
        source=_("劳动争议调解仲裁法第二十七条：知道权利被侵害之日起 1 年"),
        waits_for=_RECORD,
    ),
)
