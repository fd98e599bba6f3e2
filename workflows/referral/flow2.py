"""Who does what next in a referral since the second release: a refusal of legal aid leads to her
decision whether to object, and to what became of it.

A released flow class is never edited: its nodes and edges stay. What a task offers may grow by an
act that leads back to the same task (missing papers, at `answer`): stored tasks name their node,
never its rows, so running processes offer it at once.
"""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Flow

from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours, WorkingDays
from casework.nodes import Background, CaseFlow, Person
from workflows.referral.flow import LIAISE, SUPERVISE, escalated, is_in, unapproved, urgent
from workflows.referral.lifecycle import REFERRAL


def _may_object(activation: Any) -> bool:
    """The law gives the objection against a refusal of legal aid."""
    procedure = activation.process.procedure
    return bool(procedure.status == "refused" and procedure.referral.service == "legal_aid")


def _objected(activation: Any) -> bool:
    return bool(activation.process.procedure.referral.objected_at)


class ReferralV2(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """As the first, and what a refusal of legal aid leads to: she may object."""

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
        .Case(this.objection, _may_object)
        .Default(this.end)
    )
    objection = Person(
        _("是否提出异议"),
        LIAISE,
        (REFERRAL.object_to, REFERRAL.accept_refusal),
        CalendarDays(5),
        _("不予法律援助：请告知她可以提出异议，并登记她的决定（法律援助法第四十九条）"),
    ).Next(this.objected)
    objected = (
        nodes.Switch()
        .Annotation(title=_("提出异议？"))
        .Case(this.objection_result, _objected)
        .Default(this.end)
    )
    objection_result = Person(
        _("等待异议结果"),
        LIAISE,
        (REFERRAL.settle_objection,),
        WorkingDays(5),
        _("请登记司法行政机关对异议的答复；逾期未复的，请催办"),
    ).Next(this.end)
    answer = Person(
        _("等待答复"),
        LIAISE,
        (
            REFERRAL.accept,
            REFERRAL.refuse,
            REFERRAL.lack_papers,
            REFERRAL.bring_papers,
            REFERRAL.cancel,
        ),
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
