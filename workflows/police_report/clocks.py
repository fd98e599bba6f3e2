"""The deadlines of the police after a report. They run on after the case is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.engine.clocks import Among, ClockRule, Step
from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours
from casework.models.procedure import BETWEEN_VISITS, TO_A_WARNING
from workflows.police_report import facts
from workflows.police_report.guards import Reported

VISIT, END_VISITS = "police_report.visit", "police_report.end_visits"


def _accepted(step: Step) -> datetime | None:
    told = step.facts
    return told.accepted_at if isinstance(told, facts.Accepting) else None


def _warned(step: Step) -> datetime | None:
    told = step.facts
    return told.warned_at if isinstance(told, facts.Warned) else None


def _decided(step: Step) -> datetime | None:
    told = step.facts
    return told.decided_at if isinstance(told, facts.Deciding) else _warned(step)


def _visited(step: Step) -> datetime | None:
    told = step.facts
    return told.visited_at if isinstance(told, facts.Visiting) else None


def _over(step: Step) -> datetime | None:
    return step.at if step.move == END_VISITS else None


def _which(step: Step) -> Mapping[str, str]:
    assert isinstance(step.procedure, Reported)
    return {"visit": "next" if step.procedure.visits else "first"}


CLOCKS = (
    ClockRule(
        key="dv.police_decision",
        label=_("告诫决定"),
        version=1,
        own=False,
        limit=Hours(72),
        source=_("公通字〔2024〕34 号第八条：72 小时内作出处理决定；部分省份更短"),
        regions={
            "44": Hours(24),  # 广东
            "53": Hours(24),  # 云南
            "41": Hours(24),  # 河南
            "62": Hours(24),  # 甘肃
            "23": Hours(24),  # 黑龙江
            "22": CalendarDays(3),  # 吉林
        },
        starts=_accepted,
        stops=_decided,
    ),
    ClockRule(
        key="dv.warning_visit",
        label=_("告诫查访"),
        version=1,
        own=False,
        limit=Among("visit", {"first": TO_A_WARNING, "next": BETWEEN_VISITS}, "first"),
        source=_("公通字〔2024〕34 号第十二条：7 日内首次查访，此后每 3 个月一次"),
        starts=_warned,
        stops=_visited,
        renewed_by=frozenset({VISIT}),
        cancels=_over,
        tells=_which,
    ),
)
