"""What a follow-up's moves depend on; each reads as the sentence after "only if"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Self

from casework.engine.facts import SAMPLE_NOW
from casework.engine.following import FOLLOW_UP, REASSESSMENT
from casework.engine.language import Sentence, _
from casework.engine.moment import day_of
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import in_order
from casework.engine.situation import Proceeding, Situation
from workflows.follow_up import facts

RUNNING = frozenset({"planned", "followed"})


@dataclass(frozen=True)
class Following(Proceeding):
    """A follow-up as its guards see it. `rhythm` is the danger by which the next talk, due by
    `next_on`, is counted; `missed` on how many days in a row she was not reached, `missed_on` the
    last of them; `incident_seen`: she told of violence that is still to be written down."""

    carried_by: ClassVar[Permission | None] = Permission.HANDLE
    kind: str = FOLLOW_UP
    planned_at: datetime | None = None
    next_on: date | None = None
    rhythm: str = ""
    welfare_check: bool = False
    talks: int = 0
    talked_at: datetime | None = None
    tried_at: datetime | None = None
    missed: int = 0
    missed_on: date | None = None
    incident_at: datetime | None = None
    incident_seen: bool = False

    @property
    def ends_on(self) -> frozenset[str]:
        """Once she must be assessed or found again, she is not asked by the old measure."""
        return frozenset({REASSESSMENT} if self.status in RUNNING else ())

    @property
    def last(self) -> datetime | None:
        """When something was last heard or tried."""
        return max(filter(None, (self.planned_at, self.talked_at, self.tried_at)), default=None)

    def canonical(self) -> Self:
        """What guards read: whether violence was told of."""
        return replace(
            self,
            carrier="",
            opener="",
            planned_at=None,
            next_on=None,
            welfare_check=False,
            talks=0,
            talked_at=None,
            tried_at=None,
            missed=0,
            missed_on=None,
            incident_at=self.incident_at and SAMPLE_NOW,
        )

    def as_time_passes(self) -> tuple[Self, ...]:
        """What she told is written down in the case."""
        return (replace(self, incident_seen=False),) if self.incident_seen else ()


def follow_up_of(situation: Situation) -> Following:
    """The follow-up that is being moved."""
    assert isinstance(situation.procedure, Following)
    return situation.procedure


@guard()
def her_safety_is_touched(situation: Situation, actor: Actor) -> Sentence | None:
    """Only where her safety is touched is she followed up."""
    if situation.safety_sensitive:
        return None
    return _("本件不涉及人身安全，不需要安排安全回访。")


@guard_of(facts.Talking, 8)
def talked_safely(told: facts.Talking, situation: Situation, actor: Actor) -> Sentence | None:
    """Only a talk in a safe setting is one (rule 8)."""
    if told.safe_setting:
        return None
    return _("不是在安全环境中的交谈不算回访：请登记“未能安全交谈”。")


@guard_of(facts.Talking)
def talked_by_now(told: facts.Talking, situation: Situation, actor: Actor) -> Sentence | None:
    """It took place, after what went before."""
    return in_order(told.talked_at, follow_up_of(situation).last, situation)


@guard_of(facts.BreakingOff)
def broken_off_by_now(
    told: facts.BreakingOff, situation: Situation, actor: Actor
) -> Sentence | None:
    """It took place, after what went before."""
    return in_order(told.tried_at, follow_up_of(situation).last, situation)


@guard_of(facts.Missing)
def tried_by_now(told: facts.Missing, situation: Situation, actor: Actor) -> Sentence | None:
    """She was tried, after what went before."""
    return in_order(told.tried_at, follow_up_of(situation).last, situation)


@guard_of(facts.Missing, 8)
def tried_safely(told: facts.Missing, situation: Situation, actor: Actor) -> Sentence | None:
    """Only through her safe channel; where there is none, somebody went and looked (rule 8)."""
    if told.safe_channel or follow_up_of(situation).welfare_check:
        return None
    return _("只能通过她的安全联系方式、在安全时段联系。")


@guard_of(facts.Missing)
def once_a_day(told: facts.Missing, situation: Situation, actor: Actor) -> Sentence | None:
    """Several attempts on one day are one: she is lost after three different days (rule 8)."""
    if told.tried_at and follow_up_of(situation).missed_on == day_of(told.tried_at):
        return _("当日未联系上已经登记：请换一天再试。")
    return None


@guard()
def nothing_left_to_write_down(situation: Situation, actor: Actor) -> Sentence | None:
    """New violence is in the case before she is asked no more."""
    if follow_up_of(situation).incident_seen:
        return _("回访发现新的暴力事件：请先在案件中登记，并重新评估危险。")
    return None
