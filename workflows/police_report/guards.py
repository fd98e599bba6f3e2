"""What the rows about a report to the police depend on; each reads as the sentence after "only if".

Nothing here asks for a danger level or an assessment: what others did is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self

from casework.engine.language import Sentence, _
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import in_order
from casework.engine.situation import Proceeding, Situation
from casework.models.procedure import CLEAN_VISITS
from workflows.police_report import facts


@dataclass(frozen=True)
class Reported(Proceeding):
    """A report to the police, and the warning that came of it, as its guards see it. It never
    holds back the closure of its case. `clean_visits` counts the latest visits in a row that found
    nothing; `violence_seen`: one found violence that is still to be written down."""

    carried_by: ClassVar[Permission | None] = Permission.HANDLE
    kind: str = "police_report"
    open: bool = False
    against: str = ""
    reported_at: datetime | None = None
    accepted_at: datetime | None = None
    warned_at: datetime | None = None
    visits: int = 0
    clean_visits: int = 0
    visited_at: datetime | None = None
    violence_seen: bool = False
    chased: int = 0
    climbed: frozenset[str] = frozenset()

    def canonical(self) -> Self:
        """What guards read: how many clean visits there were, up to the number that is enough; of
        its times only the order matters."""
        return replace(
            self,
            carrier="",
            opener="",
            reported_at=None,
            accepted_at=None,
            warned_at=None,
            visits=0,
            clean_visits=min(self.clean_visits, CLEAN_VISITS),
            visited_at=None,
            chased=0,
            climbed=frozenset(),
        )


def report_of(situation: Situation) -> Reported:
    """The report that is being moved."""
    assert isinstance(situation.procedure, Reported)
    return situation.procedure


@guard_of(facts.Accepting)
def accepted_after_the_report(
    told: facts.Accepting, situation: Situation, actor: Actor
) -> Sentence | None:
    """The police take on what was reported."""
    return in_order(told.accepted_at, report_of(situation).reported_at, situation)


@guard_of(facts.Deciding)
def decided_after_the_report(
    told: facts.Deciding, situation: Situation, actor: Actor
) -> Sentence | None:
    """They decide on what was reported, and after they took it on."""
    report = report_of(situation)
    return in_order(told.decided_at, report.accepted_at or report.reported_at, situation)


@guard_of(facts.Warned)
def warned_after_the_report(
    told: facts.Warned, situation: Situation, actor: Actor
) -> Sentence | None:
    """They warn after they heard of it, and after they took it on."""
    report = report_of(situation)
    return in_order(told.warned_at, report.accepted_at or report.reported_at, situation)


@guard_of(facts.Visiting)
def visited_after_the_warning(
    told: facts.Visiting, situation: Situation, actor: Actor
) -> Sentence | None:
    """Visits follow the warning, one the other: how many in a row were clean depends on it."""
    report = report_of(situation)
    return in_order(told.visited_at, report.visited_at or report.warned_at, situation)


@guard_of(facts.Visiting)
def clean_or_not(told: facts.Visiting, situation: Situation, actor: Actor) -> Sentence | None:
    """New violence was found or it was not."""
    if told.clean and told.found_violence:
        return _("“未发现”和“发现新的家庭暴力”只能选一项。")
    return None


@guard()
def three_clean_visits(situation: Situation, actor: Actor) -> Sentence | None:
    """The visits stop after three in a row that found no new violence (公通字〔2024〕34号 12)."""
    if report_of(situation).clean_visits < CLEAN_VISITS:
        return _("连续三次查访未再发生家庭暴力，才能结束查访（公通字〔2024〕34 号第十二条）。")
    return None


@guard()
def violence_written_down(situation: Situation, actor: Actor) -> Sentence | None:
    """What a visit found is an incident of the case, before nobody looks any more."""
    if report_of(situation).violence_seen:
        return _("查访发现的家庭暴力尚未登记：请先在案件中“登记暴力事件”。")
    return None


@guard_of(facts.Chasing)
def chased_after_the_report(
    told: facts.Chasing, situation: Situation, actor: Actor
) -> Sentence | None:
    """They are asked about what was reported."""
    return in_order(told.chased_at, report_of(situation).reported_at, situation)
