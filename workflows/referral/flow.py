"""Who does what next in a referral. Statuses are the table's business; this is the people's.

A released flow class is never edited: running processes finish on this one, new ones start on the
last of `FLOWS` (procedure.py).
"""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Flow

from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours
from casework.engine.people import Permission
from casework.nodes import Background, CaseFlow, Person
from workflows.referral.facts import URGENT
from workflows.referral.lifecycle import REFERRAL

LIAISE, SUPERVISE = Permission.LIAISE, Permission.SUPERVISE


def is_in(*statuses: str) -> Any:
    """Is the referral in one of these statuses?"""
    return lambda activation: activation.process.procedure.status in statuses


def urgent(activation: Any) -> bool:
    """May the letter go out before it is approved?"""
    return bool(activation.process.procedure.referral.urgency in URGENT)


def unapproved(activation: Any) -> bool:
    """Did it go out unapproved?"""
    return not activation.process.procedure.referral.approver


def escalated(activation: Any) -> bool:
    """Was the silence handed up?"""
    procedure = activation.process.procedure
    return bool(procedure.status == "unanswered" and procedure.referral.escalated)


class ReferralV1(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """The first referral flow."""

    process_title = _("转介")

    start = nodes.StartHandle().Annotation(title=_("提出转介")).Next(this.letter)
    letter = Background(_("制作转介函"), "referral_letter").Next(this.urgency)
    urgency = (
        nodes.Switch()
        .Annotation(title=_("紧急？"))
        .Case(this.dispatch_letter, urgent)
        .Default(this.approval)
    )
    approval = Person(
        _("审签"),
        SUPERVISE,
        (REFERRAL.approve, REFERRAL.give_back),
        CalendarDays(1),
        _("转介函等待审签"),
    ).Next(this.approved)
    approved = (
        nodes.Switch()
        .Annotation(title=_("同意发出？"))
        .Case(this.dispatch_letter, is_in("approved"))
        .Default(this.revision)
    )
    revision = Person(
        _("修改转介函"),
        LIAISE,
        (REFERRAL.revise, REFERRAL.cancel),
        CalendarDays(1),
        _("转介函被退回，请修改"),
    ).Next(this.letter)
    dispatch_letter = Person(
        _("发出转介函"),
        LIAISE,
        (REFERRAL.send, REFERRAL.cancel),
        Hours(24),
        _("请发出转介函"),
    ).Next(this.sending)
    sending = (
        nodes.Split()
        .Annotation(title=_("发出之后"))
        .Always(this.receipt)
        .Always(this.notice)
        .Next(this.ratification, case=unapproved)
    )
    notice = Background(_("通知转介单位"), "referral_notice").Next(this.end)
    ratification = Person(
        _("补审"),
        SUPERVISE,
        (REFERRAL.ratify,),
        Hours(24),
        _("紧急转介函已发出，请补审"),
    ).Next(this.end)
    receipt = Person(
        _("等待回执"),
        LIAISE,
        (REFERRAL.acknowledge, REFERRAL.accept, REFERRAL.refuse, REFERRAL.lapse, REFERRAL.cancel),
        CalendarDays(5),
        _("请登记对方回执；逾期未复的，请登记逾期"),
    ).Next(this.reply)
    reply = (
        nodes.Switch()
        .Annotation(title=_("答复"))
        .Case(this.result, is_in("accepted"))
        .Case(this.answer, is_in("received"))
        .Case(this.supervision, escalated)
        .Case(this.chasing, is_in("unanswered"))
        .Default(this.end)
    )
    answer = Person(
        _("等待答复"),
        LIAISE,
        (REFERRAL.accept, REFERRAL.refuse, REFERRAL.cancel),
        CalendarDays(30),
        _("请登记对方的书面答复"),
    ).Next(this.reply)
    chasing = Person(
        _("催办"),
        LIAISE,
        (
            REFERRAL.chase,
            REFERRAL.acknowledge,
            REFERRAL.accept,
            REFERRAL.refuse,
            REFERRAL.escalate,
            REFERRAL.cancel,
        ),
        CalendarDays(2),
        _("对方逾期未复，请催办"),
    ).Next(this.reply)
    supervision = Person(
        _("督办"),
        SUPERVISE,
        (
            REFERRAL.press,
            REFERRAL.acknowledge,
            REFERRAL.accept,
            REFERRAL.refuse,
            REFERRAL.cancel,
        ),
        CalendarDays(3),
        _("对方逾期未复，联络员提请督办"),
    ).Next(this.reply)
    result = Person(
        _("办结反馈"),
        LIAISE,
        (REFERRAL.finish,),
        CalendarDays(60),
        _("请登记办理结果"),
    ).Next(this.end)
    end = nodes.End().Annotation(title=_("结束"))


ACTIVE_IN = {
    "drafted": frozenset({"letter", "approval", "revision", "dispatch_letter"}),
    "approved": frozenset({"dispatch_letter"}),
    "sent": frozenset({"notice", "receipt", "ratification"}),
    "received": frozenset({"notice", "answer", "ratification"}),
    "unanswered": frozenset({"notice", "chasing", "supervision", "ratification"}),
    "accepted": frozenset({"notice", "result", "ratification"}),
    "refused": frozenset({"notice", "ratification", "objection", "objection_result"}),
    "completed": frozenset({"notice"}),
}
"""Which nodes may be active in each status; in every other status, none."""
