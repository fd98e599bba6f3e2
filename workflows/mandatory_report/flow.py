"""Who does what next about a mandatory report. Statuses are the table's business; this is the
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
from casework.engine.limits import CalendarDays
from casework.engine.people import Permission
from casework.nodes import CaseFlow, Person
from workflows.mandatory_report.lifecycle import MANDATORY_REPORT

HANDLE = Permission.HANDLE


def _is(*statuses: str) -> Any:
    return lambda activation: activation.process.procedure.status in statuses


class MandatoryReportV1(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """The first flow of a mandatory report."""

    process_title = _("强制报告")

    start = nodes.StartHandle().Annotation(title=_("登记强制报告")).Next(this.acknowledgement)
    acknowledgement = Person(
        _("等待回执"),
        HANDLE,
        (MANDATORY_REPORT.acknowledge, MANDATORY_REPORT.feed_back, MANDATORY_REPORT.chase),
        CalendarDays(3),
        _("已作强制报告：请取得并登记接收机关的回执；没有答复的，请催办"),
    ).Next(this.acknowledged)
    acknowledged = (
        nodes.Switch()
        .Annotation(title=_("取得回执？"))
        .Case(this.acknowledgement, _is("reported"))
        .Case(this.feedback, _is("receipted"))
        .Default(this.end)
    )
    feedback = Person(
        _("等待反馈"),
        HANDLE,
        (MANDATORY_REPORT.feed_back, MANDATORY_REPORT.chase),
        CalendarDays(3),
        _("已取得回执：请登记公安机关的反馈；3 日内没有反馈的，请催办，必要时向检察机关反映"),
    ).Next(this.answered)
    answered = (
        nodes.Switch()
        .Annotation(title=_("收到反馈？"))
        .Case(this.feedback, _is("receipted"))
        .Default(this.end)
    )
    end = nodes.End().Annotation(title=_("结束"))


FLOWS = (MandatoryReportV1,)

ACTIVE_IN = {
    "reported": frozenset({"acknowledgement"}),
    "receipted": frozenset({"feedback"}),
}
"""Which nodes may be active in each status; in every other status, none."""
