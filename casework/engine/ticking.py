"""The life of one clock, as a pure function of its limit, the calendar and its events.

Production writes what `replay` answers, so a stored row can always be rebuilt from the events
alone (`manage.py verify_clocks`), and a verdict can be replayed (`manage.py clock --replay`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce

from casework.engine.limits import Counting, Limit, Span, merged


class Tick(StrEnum):
    """What can happen to a clock."""

    START = "start"
    RESTART = "restart"
    """Begun anew in the same cycle: a step was made (work.next)."""
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"
    REVIVE = "revive"
    """A stop did not hold (send_back): it runs on, and the time in between counts."""
    CANCEL = "cancel"
    RECOUNT = "recount"
    """Counted again by the calendar as it now is: a notice came."""
    FIRE = "fire"
    """A milestone was told; changes nothing."""


@dataclass(frozen=True)
class Ticked:
    """One event of a clock. `at` is the true moment; `limit` is how much an extension adds, or the
    limit of a start when it was told with it (the date in a letter)."""

    kind: Tick
    at: datetime
    limit: Limit | None = None


@dataclass(frozen=True)
class ClockState:
    """A clock as it stands. `original_due_at` leaves extensions out; `due_at` is what counts."""

    state: str
    limit: Limit
    started_at: datetime
    original_due_at: datetime
    due_at: datetime
    provisional: bool = False
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    """The moment it was due, once it was known to be late; nothing takes that back."""
    paused: tuple[Span, ...] = ()
    waiting: tuple[datetime, ...] = ()
    """When the pauses that still last began."""
    extended: tuple[Limit, ...] = ()

    @property
    def live(self) -> bool:
        """Is it running or paused?"""
        return self.state in ("running", "paused")


class OutOfOrder(ValueError):
    """An event that cannot happen to a clock in this state."""


def replay(limit: Limit, how: Counting, events: Iterable[Ticked]) -> ClockState:
    """The state after these events of one cycle, the first of which starts it. Raises `OutOfOrder`
    for an event that its state does not allow."""
    first, *rest = events
    if first.kind is not Tick.START:
        raise OutOfOrder(f"a clock cannot {first.kind} before it starts")
    return reduce(lambda state, event: tick(state, how, event), rest, begun(limit, how, first))


def begun(limit: Limit, how: Counting, start: Ticked) -> ClockState:
    """The state after its start."""
    return _counted(ClockState("running", start.limit or limit, start.at, start.at, start.at), how)


def tick(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    """The state after one more event."""
    return _AFTER[event.kind](state, how, event)


def _counted(state: ClockState, how: Counting) -> ClockState:
    """The same clock with its dates counted from the start: an extension counts from the original
    due date (信访工作条例 34)."""
    counting = replace(how, paused=state.paused) if state.paused else how
    original = state.limit.due(state.started_at, counting)
    due = reduce(lambda so_far, more: more.due(so_far.at, counting), state.extended, original)
    return replace(
        state,
        original_due_at=original.at,
        due_at=due.at,
        provisional=original.provisional or due.provisional,
    )


def _late(state: ClockState, at: datetime) -> ClockState:
    """Remember a breach that has happened by `at`, before anything moves the date."""
    if state.breached_at is None and state.state == "running" and at > state.due_at:
        return replace(state, breached_at=state.due_at)
    return state


def _restart(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    _demand(state, event, "running", "paused")
    return replace(begun(state.limit, how, event), breached_at=_late(state, event.at).breached_at)


def _pause(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    _demand(state, event, "running", "paused")
    late = _late(state, event.at)
    return replace(late, state="paused", waiting=(*state.waiting, event.at))


def _resume(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    """It runs again when the last of its overlapping pauses ends: they count as one."""
    _demand(state, event, "paused")
    waiting = state.waiting[:-1]
    if waiting:
        over = replace(
            state, waiting=waiting, paused=(*state.paused, (state.waiting[-1], event.at))
        )
        return _counted(over, how)
    return _counted(_unpaused(state, event.at), how)


def _unpaused(state: ClockState, at: datetime) -> ClockState:
    spans = (*state.paused, *((begin, at) for begin in state.waiting))
    union = tuple(merged(spans, state.started_at))
    return replace(state, state="running", waiting=(), paused=union)


def _extend(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    _demand(state, event, "running", "paused")
    if event.limit is None:
        raise OutOfOrder("an extension says by how much")
    late = _late(state, event.at)
    return _counted(replace(late, extended=(*state.extended, event.limit)), how)


def _stop(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    """The verdict falls here, at the move: late is late, whenever anybody looks."""
    _demand(state, event, "running", "paused")
    ran = _counted(_unpaused(state, event.at), how) if state.waiting else state
    late = _late(ran, event.at)
    verdict = "breached" if late.breached_at else "met"
    return replace(late, state=verdict, stopped_at=event.at)


def _revive(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    _demand(state, event, "met", "breached")
    return replace(state, state="running", stopped_at=None)


def _cancel(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    _demand(state, event, "running", "paused")
    return replace(state, state="cancelled", stopped_at=event.at, waiting=())


def _recount(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    _demand(state, event, "running", "paused")
    return _counted(_late(state, event.at), how)


def _unchanged(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    return state


def _never(state: ClockState, how: Counting, event: Ticked) -> ClockState:
    raise OutOfOrder("a clock starts once; a new cycle is another clock")


def _demand(state: ClockState, event: Ticked, *states: str) -> None:
    if state.state not in states:
        raise OutOfOrder(f"a clock that is {state.state} cannot {event.kind}")


_AFTER = {
    Tick.START: _never,
    Tick.RESTART: _restart,
    Tick.PAUSE: _pause,
    Tick.RESUME: _resume,
    Tick.EXTEND: _extend,
    Tick.STOP: _stop,
    Tick.REVIVE: _revive,
    Tick.CANCEL: _cancel,
    Tick.RECOUNT: _recount,
    Tick.FIRE: _unchanged,
}
