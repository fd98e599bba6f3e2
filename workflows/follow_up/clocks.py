"""The deadline of a follow-up: each talk, and the first one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.engine.clocks import OPENING, Among, ClockRule, Step, Trigger
from casework.engine.following import NEARER, RHYTHM
from casework.engine.language import _
from workflows.follow_up import facts
from workflows.follow_up.guards import Following

TALK = "follow_up.talk"


def _danger(step: Step) -> Mapping[str, str]:
    assert isinstance(step.procedure, Following)
    return {"danger": step.procedure.rhythm}


def _made(*rows: str) -> Trigger:
    """When one of these rows was written down."""
    names = {f"follow_up.{row}" for row in rows}
    return lambda step: step.at if step.move in names else None


def _talked(step: Step) -> datetime | None:
    return step.facts.talked_at if isinstance(step.facts, facts.Talking) else None


CLOCKS = (
    ClockRule(
        key="followup.due",
        label=_("回访"),
        version=1,
        own=True,
        limit=Among("danger", RHYTHM),
        source=_("规程第十三条未规定期限；高危 3 日、中危 7 日、低危 30 日为内部目标"),
        starts=_made(OPENING, NEARER),
        stops=_talked,
        renewed_by=frozenset({TALK}),
        cancels=_made("decline", "give_up", "finish", "stop", NEARER),
        tells=_danger,
        internal=True,
    ),
)
