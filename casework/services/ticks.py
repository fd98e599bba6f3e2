"""Writing what happens to clocks: the row as the engine says it now stands, and the event."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.engine import moment
from casework.engine.calendar import WEEKDAYS, Calendar
from casework.engine.clocks import ClockRule
from casework.engine.limits import Counting, Limit
from casework.engine.ticking import ClockState, Tick, Ticked, begun, tick
from casework.models import Case, Clock, ClockEvent, Procedure, plain
from casework.models.desk import LIVE
from casework.queries.calendars import HomeDays, home_at, notices_after
from casework.queries.clocks import asks_calendar, counting, next_fire, rule_of, spells_of, state_of

A_MOMENT = timedelta(seconds=1)

COLUMNS = (
    "state",
    "spells",
    "provisional",
    "calendar",
    "started_at",
    "original_due_at",
    "due_at",
    "next_fire_at",
    "told_until",
    "stopped_at",
    "breached_at",
)
"""What an event may change in the row of a clock."""


class Ledger:
    """What happens to the clocks of one case in one transaction, written together at its end: one
    statement for all events."""

    def __init__(self) -> None:
        self._days = HomeDays()
        self._events: list[ClockEvent] = []

    def start(
        self,
        case: Case,
        rule: ClockRule,
        limit: Limit,
        at: datetime,
        *,
        cycle: int = 1,
        record: Procedure | None = None,
    ) -> Clock:
        """A new clock of `rule`, with this limit, from `at` (aware) on."""
        how, rank = _how(self._days, rule, limit)
        state = begun(limit, how, Ticked(Tick.START, at))
        clock = Clock(
            case=case,
            procedure=record,
            rule=rule.key,
            rule_version=rule.version,
            cycle=cycle,
            own=rule.own,
            limit=str(limit),
        )
        _put(clock, rule, state, how, rank)
        plain.insert(clock)
        self._note(clock, Ticked(Tick.START, at, limit), rank)
        return clock

    def tick(self, clock: Clock, kind: Tick, at: datetime, limit: Limit | None = None) -> None:
        """Something happens to a clock, by the calendar as it is known now. Raises `OutOfOrder`
        when its state does not allow it."""
        if kind is Tick.REVIVE:
            self._put_down(clock, Ticked(kind, at), home_at(clock.calendar))
            self.catch_up(clock, at)
            return
        self.catch_up(clock, at)
        self._put_down(clock, Ticked(kind, at, limit), self._days)

    def catch_up(self, clock: Clock, by: datetime | None = None) -> None:
        """Count a live clock again by each notice that came since it was counted, as of the day
        of the notice (but not after `by`): what was late by then stays late, and what a sweep has
        not yet counted again is not judged by a date that no longer holds."""
        if clock.state not in LIVE or not 0 < clock.calendar < self._days.version:
            return
        as_shipped = [(self._days.version, moment.now())]
        for rank, known_at in notices_after(clock.calendar) or as_shipped:
            at = min(known_at, by or known_at)
            self._put_down(clock, Ticked(Tick.RECOUNT, at), home_at(rank))

    def _put_down(self, clock: Clock, event: Ticked, days: HomeDays | Calendar) -> None:
        """Row and event, counted by these days."""
        rule, stood = rule_of(clock), state_of(clock)
        limits = (*stood.extended, event.limit) if event.limit else stood.extended
        how, rank = _how(days, rule, stood.limit, *limits)
        _put(clock, rule, tick(stood, how, event), how, rank)
        plain.update(clock, *COLUMNS)
        self._note(clock, event, rank)

    def write(self) -> None:
        """Write the events."""
        if self._events:
            plain.insert(*self._events)
            self._events = []

    def _note(self, clock: Clock, event: Ticked, rank: int) -> None:
        self._events.append(
            ClockEvent(
                clock=clock,
                kind=event.kind.value,
                at=event.at,
                limit=str(event.limit) if event.limit else "",
                calendar=rank,
                made_at=moment.now(),
            )
        )


def _how(days: HomeDays | Calendar, rule: ClockRule, *limits: Limit) -> tuple[Counting, int]:
    """How to count, and the rank of the notice by which it is counted."""
    if asks_calendar(rule, *limits):
        return counting(rule, days), days.version
    return counting(rule, WEEKDAYS), 0


def _put(clock: Clock, rule: ClockRule, state: ClockState, how: Counting, rank: int) -> None:
    """Write a state into the row. What was told of an earlier date does not count for a new one,
    and what would have been told before now of the new one is not made up for."""
    moved = clock.pk is not None and clock.due_at != state.due_at
    clock.state, clock.spells, clock.calendar = state.state, spells_of(state), rank
    clock.started_at, clock.original_due_at = state.started_at, state.original_due_at
    clock.due_at, clock.provisional = state.due_at, state.provisional
    clock.stopped_at, clock.breached_at = state.stopped_at, state.breached_at
    if moved:
        clock.told_until = min(moment.now(), state.due_at - A_MOMENT)
    told = clock.told_until or state.started_at
    clock.next_fire_at = next_fire(rule, state, how, told)
