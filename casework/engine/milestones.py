"""When a running clock is spoken of, and to whom: before it is due, at that moment, and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from casework.engine.clocks import ClockRule
from casework.engine.language import Sentence, _
from casework.engine.limits import CalendarDays, Counting, Hours, Limit
from casework.engine.ticking import ClockState


class Audience(StrEnum):
    """Who is told. Each is told by the milestones of the ones before, too."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    SUPERIOR = "superior"
    """The supervisors of the organisation above."""


@dataclass(frozen=True)
class Milestone:
    """A moment of a running clock at which somebody is told."""

    at: datetime
    name: str
    """``before:3 calendar_days``, ``warn``, ``due`` or ``after:1 calendar_days``."""
    tells: Audience

    @property
    def label(self) -> Sentence:
        """What it tells."""
        return label_of(self.name)


HANDED_UP = "handed_up"
"""No moment of the clock's own: somebody asked the superior for help with what another owes."""

SHORT = (Hours(1), Hours(4))
LONG = (CalendarDays(1), CalendarDays(3))
LONGEST = (CalendarDays(1), CalendarDays(3), CalendarDays(7), CalendarDays(15))
A_MONTH = timedelta(days=28)


def label_of(name: str) -> Sentence:
    """What the milestone called `name` tells."""
    if name == HANDED_UP:
        return _("对方逾期未办，下级提请督办")
    if name == "due":
        return _("到期")
    if name == "warn":
        return _("按自然日已到期，请催办")
    when = name.partition(":")[0]
    return _("即将到期") if when == "before" else _("已超期")


def milestones(rule: ClockRule, state: ClockState, how: Counting) -> list[Milestone]:
    """All milestones of a clock, the earliest first; none before it began."""
    found = schedule(rule, state, how)
    return [m for m in found if m.at > state.started_at or m.name == "due"]


def schedule(rule: ClockRule, state: ClockState, how: Counting) -> list[Milestone]:
    """Also those that lie before its beginning: the same for all clocks of the rule that have the
    same limit, pauses, deadline and `since`."""
    return sorted(_all(rule, state, how), key=lambda m: m.at)


def since(rule: ClockRule, started: datetime, due: datetime) -> object:
    """What the milestones of a running clock take from its beginning: whether it is long; or the
    very moment, where a warning is counted from it."""
    return started if rule.warns else due - started > A_MONTH


def next_after(
    rule: ClockRule, state: ClockState, how: Counting, told: datetime
) -> Milestone | None:
    """The first milestone after the moment `told`, up to which everything has been told."""
    return next((m for m in milestones(rule, state, how) if m.at > told), None)


def _all(rule: ClockRule, state: ClockState, how: Counting) -> Iterator[Milestone]:
    due = state.due_at
    there = due.astimezone(how.zone)
    for lead in rule.leads or _leads(state):
        yield Milestone(_away(there, lead, -1), f"before:{lead}", Audience.HANDLER)
    if rule.warns and not state.extended:
        warned = rule.warns.due(state.started_at, replace(how, paused=state.paused)).at
        if warned < due:
            yield Milestone(warned, "warn", Audience.HANDLER)
    yield Milestone(due, "due", Audience.SUPERVISOR)
    late: Limit = Hours(4) if state.limit.unit == Hours.unit else CalendarDays(1)
    yield Milestone(_away(there, late, 1), f"after:{late}", Audience.SUPERIOR)


def _leads(state: ClockState) -> tuple[Limit, ...]:
    """Hours are spoken of within hours; a long duty early enough to do something about it."""
    if state.limit.unit == Hours.unit:
        return SHORT
    return LONGEST if state.due_at - state.started_at > A_MONTH else LONG


def _away(due: datetime, by: Limit, sign: int) -> datetime:
    """Days keep the time of the day of the zone that `due` is in; hours are hours."""
    if by.unit == Hours.unit:
        return due.astimezone(UTC) + sign * timedelta(hours=by.count)
    return (due + sign * timedelta(days=by.count)).astimezone(UTC)
