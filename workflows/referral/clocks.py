"""The deadlines of a referral: those that run in it, and those that wait for their record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.engine.clocks import Among, ClockRule, Step, Trigger
from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours, WorkingDays
from workflows.referral import facts
from workflows.referral.guards import Referring
from workflows.referral.lifecycle import RECEIPT_WITHIN


def _referral(step: Step) -> Referring:
    assert isinstance(step.procedure, Referring)
    return step.procedure


def _urgency(step: Step) -> Mapping[str, str]:
    return {"urgency": _referral(step).urgency}


def _sent(step: Step) -> datetime | None:
    return step.at if step.move == "referral.send" else None


def _sent_unapproved(step: Step) -> datetime | None:
    return _sent(step) if not _referral(step).approver else None


def _ratified(step: Step) -> datetime | None:
    return step.at if step.move == "referral.ratify" else None


def _received(step: Step) -> datetime | None:
    told = step.facts
    return told.received_at if isinstance(told, facts.Acknowledging) else None


def _answered(step: Step) -> datetime | None:
    told = step.facts
    return told.answered_at if isinstance(told, facts.Answering) else None


def _heard_of(step: Step) -> datetime | None:
    """A receipt, or an answer without one."""
    return _received(step) or _answered(step)


def _lacking(step: Step) -> datetime | None:
    told = step.facts
    return told.asked_at if isinstance(told, facts.Lacking) else None


def _completed(step: Step) -> datetime | None:
    told = step.facts
    return told.brought_at if isinstance(told, facts.Completing) else None


def _granted(step: Step) -> datetime | None:
    return _answered(step) if step.move == "referral.accept" else None


def _finished(step: Step) -> datetime | None:
    return step.at if step.move == "referral.finish" else None


def _objected(step: Step) -> datetime | None:
    told = step.facts
    return told.objected_at if isinstance(told, facts.Objecting) else None


def _settled(step: Step) -> datetime | None:
    told = step.facts
    return told.objection_answered_at if isinstance(told, facts.Settling) else None


def _of_legal_aid(trigger: Trigger) -> Trigger:
    """Only the offices of legal aid have these deadlines."""

    def only(step: Step) -> datetime | None:
        return trigger(step) if _referral(step).service == "legal_aid" else None

    return only


CLOCKS = (
    ClockRule(
        key="referral.receipt",
        label=_("回执"),
        version=1,
        own=False,
        limit=Among("urgency", RECEIPT_WITHIN),
        source=_("内部目标：按紧急程度 4 小时、1 日、3 或 5 个工作日"),
        starts=_sent,
        stops=_heard_of,
        tells=_urgency,
        internal=True,
    ),
    ClockRule(
        key="referral.ratify",
        label=_("补审"),
        version=1,
        own=True,
        limit=Hours(24),
        source=_("内部目标：紧急发出后 24 小时内补审"),
        starts=_sent_unapproved,
        stops=_ratified,
        internal=True,
    ),
    ClockRule(
        key="referral.answer",
        label=_("转介答复"),
        version=1,
        own=False,
        limit=CalendarDays(30),
        source=_("内部目标：签收后 30 日内答复"),
        starts=_received,
        stops=_answered,
        internal=True,
    ),
    ClockRule(
        key="legalaid.decision",
        label=_("法律援助审查"),
        version=1,
        own=False,
        limit=WorkingDays(7),
        source=_(
            "法律援助法第四十三条：7 日内决定（自然日预警，工作日判超期）；"
            "要求补正至材料补齐期间不计算（新法下尚未核实）"
        ),
        warns=CalendarDays(7),
        starts=_of_legal_aid(_received),
        stops=_answered,
        pauses=_lacking,
        resumes=_completed,
    ),
    ClockRule(
        key="legalaid.assign",
        label=_("法律援助指派"),
        version=1,
        own=False,
        limit=WorkingDays(3),
        source=_("法律援助法第四十三条：3 日内指派（自然日预警，工作日判超期）"),
        warns=CalendarDays(3),
        starts=_of_legal_aid(_granted),
        stops=_finished,
    ),
    ClockRule(
        key="legalaid.objection",
        label=_("法律援助异议审查"),
        version=1,
        own=False,
        limit=WorkingDays(5),
        source=_("法律援助法第四十九条：5 日内审查（自然日预警，工作日判超期）"),
        warns=CalendarDays(5),
        starts=_objected,
        stops=_settled,
    ),
)

_RECORD = _("相应记录")

WAITING = (
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
