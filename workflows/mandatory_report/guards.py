"""What the rows about a mandatory report depend on; each reads as the sentence after "only if"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self

from casework.engine.language import Sentence
from casework.engine.moves import guard_of
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import in_order
from casework.engine.situation import Proceeding, Situation
from workflows.mandatory_report import facts


@dataclass(frozen=True)
class Reported(Proceeding):
    """A mandatory report as its guards see it. It never holds back the closure of its case."""

    carried_by: ClassVar[Permission | None] = Permission.HANDLE
    kind: str = "mandatory_report"
    open: bool = False
    reported_at: datetime | None = None
    received_at: datetime | None = None
    chased: int = 0
    climbed: frozenset[str] = frozenset()

    def canonical(self) -> Self:
        """Of its times only the order matters, and that its guards compare with what is told."""
        return replace(
            self,
            carrier="",
            opener="",
            reported_at=None,
            received_at=None,
            chased=0,
            climbed=frozenset(),
        )


def report_of(situation: Situation) -> Reported:
    """The report that is being moved."""
    assert isinstance(situation.procedure, Reported)
    return situation.procedure


@guard_of(facts.Receiving)
def received_after_the_report(
    told: facts.Receiving, situation: Situation, actor: Actor
) -> Sentence | None:
    """A receipt is for what was reported."""
    return in_order(told.received_at, report_of(situation).reported_at, situation)


@guard_of(facts.FeedingBack)
def fed_back_after_the_report(
    told: facts.FeedingBack, situation: Situation, actor: Actor
) -> Sentence | None:
    """They answer what was reported, and after they gave a receipt."""
    report = report_of(situation)
    return in_order(told.fed_back_at, report.received_at or report.reported_at, situation)


@guard_of(facts.Chasing)
def chased_after_the_report(
    told: facts.Chasing, situation: Situation, actor: Actor
) -> Sentence | None:
    """They are asked about what was reported."""
    return in_order(told.chased_at, report_of(situation).reported_at, situation)
