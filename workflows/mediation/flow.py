"""Who does what next in a mediation. Statuses are the table's business; this is the people's.

A released flow class is never edited: running processes finish on it, new ones start on the last
of `FLOWS`.
"""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Flow

from casework.engine.language import _
from casework.engine.limits import CalendarDays
from casework.engine.people import Permission
from casework.nodes import Background, CaseFlow, Person
from workflows.mediation.guards import CONFIRMED_WITHIN
from workflows.mediation.lifecycle import MEDIATION

MEDIATE, LIAISE = Permission.MEDIATE, Permission.LIAISE


def _is(*statuses: str) -> Any:
    return lambda activation: activation.process.procedure.status in statuses


def _screened(activation: Any) -> bool:
    """The session began; otherwise it was only put off."""
    return bool(activation.process.procedure.mediation.screened)


def _wants_confirmation(activation: Any) -> bool:
    return bool(activation.process.procedure.mediation.wants_confirmation)


def _owes(activation: Any) -> bool:
    return bool(activation.process.procedure.mediation.owes)


class MediationV1(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """The first mediation flow."""

    process_title = _("调解")

    start = nodes.StartHandle().Annotation(title=_("提出调解")).Next(this.sides)
    sides = (
        nodes.Split().Annotation(title=_("双方")).Always(this.invite_hers).Always(this.invite_other)
    )
    invite_hers = Person(
        _("邀请她"),
        MEDIATE,
        (MEDIATION.invite, MEDIATION.stop),
        CalendarDays(3),
        _("请通过安全方式邀请她"),
        {"side": "hers"},
    ).Next(this.hear_hers)
    hear_hers = Person(
        _("单独会见她"),
        MEDIATE,
        (MEDIATION.hear, MEDIATION.stop),
        CalendarDays(5),
        _("请单独会见她并征求是否同意调解"),
        {"side": "hers"},
    ).Next(this.joined)
    invite_other = Person(
        _("邀请对方"),
        MEDIATE,
        (MEDIATION.invite, MEDIATION.stop),
        CalendarDays(3),
        _("请邀请对方当事人"),
        {"side": "other"},
    ).Next(this.hear_other)
    hear_other = Person(
        _("单独会见对方"),
        MEDIATE,
        (MEDIATION.hear, MEDIATION.stop),
        CalendarDays(5),
        _("请单独会见对方并征求是否同意调解"),
        {"side": "other"},
    ).Next(this.joined)
    joined = nodes.Join().Annotation(title=_("双方同意")).Next(this.planning)
    planning = Person(
        _("安排调解"),
        MEDIATE,
        (MEDIATION.schedule, MEDIATION.stop),
        CalendarDays(3),
        _("请安排下一次调解的时间和地点"),
    ).Next(this.opening)
    opening = Person(
        _("开始调解"),
        MEDIATE,
        (MEDIATION.meet, MEDIATION.resume, MEDIATION.schedule, MEDIATION.stop),
        CalendarDays(10),
        _("调解前请再次单独会见双方"),
    ).Next(this.begun)
    begun = (
        nodes.Switch()
        .Annotation(title=_("已开始？"))
        .Case(this.session, _screened)
        .Default(this.opening)
    )
    session = Person(
        _("调解"),
        MEDIATE,
        (MEDIATION.agree, MEDIATION.hold, MEDIATION.fail, MEDIATION.stop),
        CalendarDays(2),
        _("请记录本次调解的经过和结果"),
    ).Next(this.minutes)
    minutes = Background(_("制作调解笔录"), "mediation_record").Next(this.outcome)
    outcome = (
        nodes.Switch()
        .Annotation(title=_("结果"))
        .Case(this.agreement, _is("agreed"))
        .Case(this.planning, _is("in_session"))
        .Default(this.end)
    )
    agreement = Background(_("制作调解协议书"), "mediation_agreement").Next(this.signing)
    signing = Person(
        _("签署协议"),
        MEDIATE,
        (MEDIATION.sign, MEDIATION.stop),
        CalendarDays(7),
        _("请各方签署协议"),
    ).Next(this.confirming)
    confirming = (
        nodes.Switch()
        .Annotation(title=_("申请司法确认？"))
        .Case(this.confirmation, _wants_confirmation)
        .Default(this.owing)
    )
    confirmation = Person(
        _("司法确认"),
        LIAISE,
        (MEDIATION.confirm, MEDIATION.lapse),
        CONFIRMED_WITHIN,
        _("请在协议生效 30 日内办理共同申请司法确认（人民调解法第三十三条）"),
    ).Next(this.owing)
    owing = (
        nodes.Switch()
        .Annotation(title=_("有待履行？"))
        .Case(this.performance, _owes)
        .Default(this.end)
    )
    performance = Person(
        _("核实履行"),
        MEDIATE,
        (MEDIATION.perform, MEDIATION.default),
        CalendarDays(30),
        _("请在履行期限后核实协议是否履行"),
    ).Next(this.end)
    end = nodes.End().Annotation(title=_("结束"))


FLOWS = (MediationV1,)

ACTIVE_IN = {
    "proposed": frozenset({"invite_hers", "hear_hers", "invite_other", "hear_other", "joined"}),
    "consented": frozenset({"planning", "opening"}),
    "in_session": frozenset({"planning", "opening", "session", "minutes"}),
    "agreed": frozenset({"minutes", "agreement", "signing"}),
    "not_agreed": frozenset({"minutes"}),
    "signed": frozenset({"confirmation", "performance"}),
    "confirmed": frozenset({"performance"}),
    "unconfirmed": frozenset({"performance"}),
}
"""Which nodes may be active in each status; in every other status, none."""
