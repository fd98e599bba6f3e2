"""How long each report may be owed. The rules are the same in a case of any kind: they bind every
case that is safety-sensitive, and run until they are met (domain §6)."""

from __future__ import annotations

from datetime import datetime

from casework.engine.clocks import ClockRule, Step, Trigger
from casework.engine.language import _
from casework.engine.limits import Hours
from casework.engine.owed import MANDATORY, POLICE, SUPERIOR


def _becomes_owed(task: str) -> Trigger:
    def starts(step: Step) -> datetime | None:
        new = task in step.owed_after - step.owed_before
        return step.owed_since.get(task, step.at) if new else None

    return starts


def _recorded(task: str) -> Trigger:
    """The true time that was told with it."""

    def stops(step: Step) -> datetime | None:
        gone = task in step.owed_before - step.owed_after
        return getattr(step.facts, "reported_at", None) if gone else None

    return stops


def _lifted(task: str) -> Trigger:
    """The level was lowered, or the duty went over to the case that this one became."""

    def lifts(step: Step) -> datetime | None:
        gone = task in step.owed_before - step.owed_after
        return step.at if gone and not getattr(step.facts, "reported_at", None) else None

    return lifts


POLICE_REPORT = ClockRule(
    key="dv.police_report",
    label=_("高危报案"),
    version=1,
    own=True,
    limit=Hours(2),
    source=_("规程第十一条：及时报告公安；2 小时为内部目标"),
    starts=_becomes_owed(POLICE),
    stops=_recorded(POLICE),
    cancels=_lifted(POLICE),
    survives=True,
    internal=True,
    todo=_("高危：请立即向公安机关报案，并登记实际时间"),
)

SUPERIOR_REPORT = ClockRule(
    key="dv.superior_report",
    label=_("向上级妇联报告"),
    version=1,
    own=True,
    limit=Hours(24),
    source=_("规程第十一条：及时报告上级妇联；24 小时为内部目标"),
    starts=_becomes_owed(SUPERIOR),
    stops=_recorded(SUPERIOR),
    cancels=_lifted(SUPERIOR),
    survives=True,
    internal=True,
    todo=_("高危：请向上级妇联报告，并登记实际时间"),
)

MANDATORY_REPORT = ClockRule(
    key="dv.mandatory_report",
    label=_("强制报告"),
    version=1,
    own=True,
    limit=Hours(2),
    source=_("高检发〔2020〕9 号第二、五条，规程第五条：立即报告；2 小时为内部目标"),
    starts=_becomes_owed(MANDATORY),
    stops=_recorded(MANDATORY),
    cancels=_lifted(MANDATORY),
    survives=True,
    internal=True,
    todo=_("涉及未成年人或无、限制行为能力人：请立即履行强制报告，并登记实际时间"),
)

OF_TASK = {MANDATORY: MANDATORY_REPORT, POLICE: POLICE_REPORT, SUPERIOR: SUPERIOR_REPORT}
"""The rule that runs while a task is owed, for those that have one."""

REPORTING = tuple(OF_TASK.values())
