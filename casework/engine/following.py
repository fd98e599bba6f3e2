"""Follow-up 回访 as every kind of case plans it (规程 2018, 13): how soon, through which channel.

A case that is complete plans one with the same words as the act that only plans; what a follow-up
is stands in its own table, found by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from casework.engine import registry
from casework.engine.facts import fact
from casework.engine.language import Sentence, _
from casework.engine.limits import CalendarDays, Limit
from casework.engine.moment import day_of
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor
from casework.engine.situation import Danger, Situation, without_those_that_end_on

FOLLOW_UP = "follow_up"

RHYTHM: Mapping[str, Limit] = {
    Danger.HIGH.value: CalendarDays(3),
    Danger.MEDIUM.value: CalendarDays(7),
    Danger.LOW.value: CalendarDays(30),
}
"""How soon she is asked how she is, each time, by danger (internal: 规程 13 names no number)."""

REASSESSMENT = "reassessment"
"""What ends a follow-up from the side of its case: she must be assessed, or found, again first."""

NEARER = "nearer"
"""The step by which a deadline begins anew because the danger rose, as its clock hears of it."""

INCIDENT_SEEN = "incident_seen"
DONE = frozenset({"followed", "finished", "declined", "impossible"})
"""She was asked in a safe setting, or it is written why not (domain §3, `request_closure`)."""


@dataclass(frozen=True)
class Planning:
    """On which day she is asked how she is, and how she is reached (rule 8)."""

    about_safety: ClassVar[bool] = True

    follow_up_on: date | None = fact(
        _("首次回访日期"),
        "date",
        required=True,
        help_text=_("高危 3 日、中危 7 日、低危或未评估 30 日以内。"),
    )
    safely: bool = fact(_("通过已登记的安全联系方式、在安全时段联系"), "yes")
    welfare_check: bool = fact(
        _("没有安全联系方式：负责人已决定开展隐秘探视"), "yes", samples=(False,)
    )


def rhythm_of(situation: Situation) -> str:
    """By which danger it is counted now; who is not assessed yet counts as low."""
    return (situation.danger or Danger.LOW).value


def rises(before: Situation, after: Situation) -> bool:
    """Is she to be asked more often than before?"""
    return Danger(rhythm_of(after)).rank > Danger(rhythm_of(before)).rank


def next_day(situation: Situation, rhythm: str) -> date:
    """The last day for the next talk, counted from now."""
    return day_of(RHYTHM[rhythm].due(situation.now, situation.counting).at)


@guard_of(Planning)
def follow_up_scheduled(told: Planning, situation: Situation, actor: Actor) -> Sentence | None:
    """The first follow-up has a day, not past and not later than her danger allows."""
    day, rhythm = told.follow_up_on, rhythm_of(situation)
    if day and day < day_of(situation.now):
        return _("首次回访日期不能早于今天。")
    if day and day > next_day(situation, rhythm):
        return _("按现在的危险等级，首次回访应在 %(days)s 日以内。", days=RHYTHM[rhythm].count)
    return None


@guard_of(Planning, 8)
def reached_safely(told: Planning, situation: Situation, actor: Actor) -> Sentence | None:
    """She is called only through a recorded safe channel; without one somebody goes and looks, by
    the supervisor's decision: never silence (rule 8)."""
    if told.welfare_check:
        return None
    if not situation.safe_channel:
        return _("没有记录她的安全联系方式：请先登记，或由负责人决定开展隐秘探视。")
    return None if told.safely else _("只能通过她的安全联系方式、在安全时段联系。")


@guard()
def no_other_follow_up(situation: Situation, actor: Actor) -> Sentence | None:
    """One at a time, from the first plan until it ends."""
    running = (*situation.procedures, *situation.standing)
    if any(proceeding.kind == FOLLOW_UP for proceeding in running):
        return _("本案已有正在进行的回访。")
    return None


@guard()
def followed_up_safely(situation: Situation, actor: Actor) -> Sentence | None:
    """One follow-up in a safe setting: done, declined, or impossible for a reason."""
    if situation.followed_up not in DONE | {INCIDENT_SEEN}:  # that is another guard's to say
        return _("请先完成一次安全回访，或登记本人谢绝、无法回访；没有安排的，请先“安排回访”。")
    return None


@guard()
def told_violence_is_written_down(situation: Situation, actor: Actor) -> Sentence | None:
    """What she told in a follow-up is in the case before it goes on to the next."""
    if situation.followed_up == INCIDENT_SEEN:
        return _("回访发现新的暴力事件：请先在案件中登记，并升级复评。")
    return None


def plans_follow_up(situation: Situation, actor: Actor) -> Situation:
    """A new one begins, as its own table says; what ran before ends."""
    then = registry.procedure(FOLLOW_UP).opener.then
    assert then
    return then(ends_follow_up(situation, actor), actor)


def ends_follow_up(situation: Situation, actor: Actor) -> Situation:
    """She must be assessed, or found, again: a follow-up by the old measure is over."""
    return without_those_that_end_on(situation, REASSESSMENT)
