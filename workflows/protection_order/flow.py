"""Who does what next about a protection order. Statuses are the table's business; this is the
people's.

A released flow class is never edited: running processes finish on it, new ones start on the last
of `FLOWS`.
"""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Flow

from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours
from casework.engine.people import Permission
from casework.nodes import CaseFlow, Person
from workflows.protection_order.lifecycle import PROTECTION_ORDER

HANDLE = Permission.HANDLE


def _is(*statuses: str) -> Any:
    return lambda activation: activation.process.procedure.status in statuses


class ProtectionOrderV1(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """The first flow of a protection order."""

    process_title = _("人身安全保护令")

    start = nodes.StartHandle().Annotation(title=_("申请保护令")).Next(this.preparation)
    preparation = Person(
        _("准备并提出申请"),
        HANDLE,
        (PROTECTION_ORDER.file, PROTECTION_ORDER.withdraw),
        Hours(24),
        _("请备齐申请和证据，向法院提出申请；书面、口头、网上都可以"),
    ).Next(this.acceptance)
    acceptance = Person(
        _("等待法院受理"),
        HANDLE,
        (PROTECTION_ORDER.accept, PROTECTION_ORDER.turn_down, PROTECTION_ORDER.withdraw),
        CalendarDays(1),
        _("请登记法院是否受理；没有答复的，请催办"),
    ).Next(this.taken)
    taken = (
        nodes.Switch()
        .Annotation(title=_("受理？"))
        .Case(this.ruling, _is("accepted"))
        .Default(this.end)
    )
    ruling = Person(
        _("等待裁定"),
        HANDLE,
        (PROTECTION_ORDER.grant, PROTECTION_ORDER.deny, PROTECTION_ORDER.withdraw),
        Hours(72),
        _("请登记法院的裁定；逾期未作出的，请催办，必要时向上级法院或检察院反映"),
    ).Next(this.outcome)
    outcome = (
        nodes.Switch()
        .Annotation(title=_("作出保护令？"))
        .Case(this.watching, _is("in_force"))
        .Default(this.reconsideration)
    )
    reconsideration = Person(
        _("是否申请复议"),
        HANDLE,
        (PROTECTION_ORDER.reconsider, PROTECTION_ORDER.accept_denial),
        CalendarDays(5),
        _("保护令被驳回：请告知她可以在五日内申请复议，并登记她的决定（反家庭暴力法第三十一条）"),
    ).Next(this.asked_again)
    asked_again = (
        nodes.Switch()
        .Annotation(title=_("申请复议？"))
        .Case(this.second_ruling, _is("reconsidering"))
        .Default(this.end)
    )
    second_ruling = Person(
        _("等待复议结果"),
        HANDLE,
        (PROTECTION_ORDER.overturn, PROTECTION_ORDER.uphold),
        CalendarDays(5),
        _("请登记复议结果；没有答复的，请催办"),
    ).Next(this.second_outcome)
    second_outcome = (
        nodes.Switch()
        .Annotation(title=_("改判？"))
        .Case(this.watching, _is("in_force"))
        .Default(this.end)
    )
    watching = Person(
        _("执行与回访"),
        HANDLE,
        (
            PROTECTION_ORDER.serve,
            PROTECTION_ORDER.visit,
            PROTECTION_ORDER.breach,
            PROTECTION_ORDER.ask_renewal,
            PROTECTION_ORDER.waive_renewal,
            PROTECTION_ORDER.refuse_renewal,
            PROTECTION_ORDER.renew,
            PROTECTION_ORDER.contest,
            PROTECTION_ORDER.expire,
            PROTECTION_ORDER.revoke,
        ),
        CalendarDays(30),
        _(
            "保护令有效：请登记送达，按期安全回访（当事人已终止求助的，不主动联系）；"
            "需要延长的，最迟在到期前 7 日提出申请"
        ),
    ).Next(this.lasting)
    lasting = (
        nodes.Switch()
        .Annotation(title=_("仍然有效？"))
        .Case(this.watching, _is("in_force"))
        .Default(this.feedback)
    )
    feedback = Person(
        _("向法院反馈"),
        HANDLE,
        (PROTECTION_ORDER.feed_back,),
        CalendarDays(7),
        _("保护令已结束：请由她在回访单上签字，并向法院反馈执行情况"),
    ).Next(this.end)
    end = nodes.End().Annotation(title=_("结束"))


FLOWS = (ProtectionOrderV1,)

ACTIVE_IN = {
    "preparing": frozenset({"preparation"}),
    "filed": frozenset({"acceptance"}),
    "accepted": frozenset({"ruling"}),
    "in_force": frozenset({"watching"}),
    "denied": frozenset({"reconsideration"}),
    "reconsidering": frozenset({"second_ruling"}),
    "expired": frozenset({"feedback"}),
    "revoked": frozenset({"feedback"}),
}
"""Which nodes may be active in each status; in every other status, none."""
