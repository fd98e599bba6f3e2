"""Who does what next about a report to the police. Statuses are the table's business; this is the
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
from workflows.police_report.lifecycle import POLICE_REPORT

HANDLE = Permission.HANDLE


def _is(*statuses: str) -> Any:
    return lambda activation: activation.process.procedure.status in statuses


class PoliceReportV1(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """The first flow of a report to the police."""

    process_title = _("报案与告诫")

    start = nodes.StartHandle().Annotation(title=_("登记报案")).Next(this.acceptance)
    acceptance = Person(
        _("等待公安受案"),
        HANDLE,
        (POLICE_REPORT.accept, POLICE_REPORT.warn, POLICE_REPORT.decide, POLICE_REPORT.chase),
        CalendarDays(3),
        _("已报案：请登记公安机关是否受案、如何处理；没有答复的，请催办"),
    ).Next(this.taken_on)
    taken_on = (
        nodes.Switch()
        .Annotation(title=_("受案？"))
        .Case(this.acceptance, _is("reported"))
        .Case(this.decision, _is("accepted"))
        .Case(this.visits, _is("warned"))
        .Default(this.end)
    )
    decision = Person(
        _("等待公安处理"),
        HANDLE,
        (POLICE_REPORT.warn, POLICE_REPORT.decide, POLICE_REPORT.chase),
        Hours(72),
        _("公安机关已受案：请登记处理结果；逾期未作出决定的，请催办，必要时向其上级反映"),
    ).Next(this.outcome)
    outcome = (
        nodes.Switch()
        .Annotation(title=_("处理结果？"))
        .Case(this.decision, _is("accepted"))
        .Case(this.visits, _is("warned"))
        .Default(this.end)
    )
    visits = Person(
        _("告诫查访"),
        HANDLE,
        (POLICE_REPORT.visit, POLICE_REPORT.end_visits),
        CalendarDays(7),
        _(
            "已出具告诫书：请协助并登记查访，7 日内首次，此后每 3 个月一次；"
            "连续三次未再发生的，登记查访结束"
        ),
    ).Next(this.watched)
    watched = (
        nodes.Switch()
        .Annotation(title=_("查访结束？"))
        .Case(this.visits, _is("warned"))
        .Default(this.end)
    )
    end = nodes.End().Annotation(title=_("结束"))


FLOWS = (PoliceReportV1,)

ACTIVE_IN = {
    "reported": frozenset({"acceptance"}),
    "accepted": frozenset({"decision"}),
    "warned": frozenset({"visits"}),
}
"""Which nodes may be active in each status; in every other status, none."""
