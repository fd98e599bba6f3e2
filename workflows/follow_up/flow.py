"""Who does what next in a follow-up. Statuses are the table's business; this is the people's.

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
from workflows.follow_up.guards import RUNNING
from workflows.follow_up.lifecycle import FOLLOWING_UP

HANDLE = Permission.HANDLE
ROWS = (
    FOLLOWING_UP.talk,
    FOLLOWING_UP.miss,
    FOLLOWING_UP.break_off,
    FOLLOWING_UP.decline,
    FOLLOWING_UP.give_up,
    FOLLOWING_UP.finish,
)
"""What can be made at every step: how pressing it is is all that differs."""


def _goes_on(activation: Any) -> bool:
    return activation.process.procedure.status in RUNNING


def _incident_seen(activation: Any) -> bool:
    return _goes_on(activation) and activation.process.procedure.follow_up.incident_seen


def _long_silent(activation: Any) -> bool:
    return _goes_on(activation) and activation.process.procedure.follow_up.long_silent


class FollowUpV1(CaseFlow, Flow):  # type: ignore[misc]  # viewflow is untyped
    """The first flow of a follow-up."""

    process_title = _("回访")

    start = nodes.StartHandle().Annotation(title=_("安排回访")).Next(this.talking)
    talking = Person(
        _("安全回访"),
        HANDLE,
        ROWS,
        CalendarDays(30),
        _("请按期通过安全联系方式、在安全环境中回访"),
    ).Next(this.heard)
    heard = (
        nodes.Switch()
        .Annotation(title=_("结果？"))
        .Case(this.violence, _incident_seen)
        .Case(this.silence, _long_silent)
        .Case(this.talking, _goes_on)
        .Default(this.end)
    )
    violence = Person(
        _("回访发现新的暴力事件"),
        HANDLE,
        ROWS,
        Hours(2),
        _("回访发现新的暴力事件：请立即在案件中登记，并重新评估危险；随后尽快再次回访"),
    ).Next(this.heard)
    silence = Person(
        _("多次未联系上"),
        HANDLE,
        ROWS,
        CalendarDays(1),
        _("已在三个不同日期未联系上：请由负责人决定下一步如何寻找，是否开展隐秘探视"),
    ).Next(this.heard)
    end = nodes.End().Annotation(title=_("结束"))


FLOWS = (FollowUpV1,)

_ACTIVE = frozenset({"talking", "violence", "silence"})
ACTIVE_IN = {"planned": _ACTIVE, "followed": _ACTIVE}
"""Which nodes may be active in each status; in every other status, none."""
