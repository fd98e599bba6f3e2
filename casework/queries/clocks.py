"""Clocks as they stand, why they are due then, and whether their events add up to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, reduce
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet

from casework.engine import moment, registry
from casework.engine.calendar import WEEKDAYS, Days
from casework.engine.clocks import ClockRule
from casework.engine.limits import Counting, Limit, Line, limit_from, merged
from casework.engine.milestones import next_after
from casework.engine.ticking import ClockState, OutOfOrder, Tick, Ticked, begun, tick
from casework.models import Case, Clock, ClockEvent
from casework.models.desk import LIVE
from casework.models.snapshot import one_moment
from casework.queries.calendars import HomeDays, home_at

OVERDUE = Q(state="running", own=True)
"""With `due_at` in the past: what "overdue" means wherever it is asked (`overdue`)."""


def overdue(now: datetime | None = None) -> QuerySet[Clock]:
    """The clocks of ours that run and are late: the one definition of overdue."""
    return Clock.objects.filter(OVERDUE, due_at__lt=now or moment.now())


def provisional() -> QuerySet[Clock]:
    """The clocks whose date may still change: a year they reach into is not published (暂定)."""
    return Clock.objects.filter(state__in=LIVE, provisional=True)


def rule_of(clock: Clock) -> ClockRule:
    """The rule of a clock as it was when the clock began: a later version leaves it alone. Raises
    KeyError when nobody declares it."""
    rule = registry.clock_rule(clock.rule)
    if clock.rule_version == rule.version:
        return rule
    kept = _archive()[clock.rule][str(clock.rule_version)]
    return replace(
        rule,
        version=clock.rule_version,
        first_day_counts=bool(kept["first_day_counts"]),
        rolls=bool(kept["rolls"]),
        warns=limit_from(str(kept["warns"])) if kept["warns"] else None,
    )


def declared(clock: Clock) -> bool:
    """Is its rule among those that this release knows?"""
    try:
        rule_of(clock)
    except KeyError:
        return False
    return True


@cache
def _archive() -> dict[str, dict[str, dict[str, object]]]:
    """What every version of every rule said about dates (``fixtures/clocks.json``)."""
    path = Path(__file__).resolve().parents[2] / "fixtures" / "clocks.json"
    found: dict[str, dict[str, dict[str, object]]] = json.loads(path.read_text("utf-8"))
    return found


def asks_calendar(rule: ClockRule, *limits: Limit) -> bool:
    """Does a clock with these limits depend on the notices about working days?"""
    return rule.rolls or any(limit.by_calendar for limit in limits)


def counting(rule: ClockRule, days: Days) -> Counting:
    """How the days of a rule are counted, by this calendar."""
    return rule.counting(Counting(days))


def state_of(clock: Clock) -> ClockState:
    """The clock as the engine knows it."""
    kept = clock.spells
    return ClockState(
        state=clock.state,
        limit=limit_from(clock.limit),
        started_at=clock.started_at,
        original_due_at=clock.original_due_at,
        due_at=clock.due_at,
        provisional=clock.provisional,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        paused=tuple((_read(b), _read(e)) for b, e in kept.get("paused", ())),
        waiting=tuple(_read(b) for b in kept.get("waiting", ())),
        extended=tuple(limit_from(text) for text in kept.get("extended", ())),
    )


def spells_of(state: ClockState) -> dict[str, object]:
    """How the row keeps the pauses and extensions of a clock; empty for most."""
    kept: dict[str, object] = {
        "paused": [[_written(b), _written(e)] for b, e in state.paused],
        "waiting": [_written(b) for b in state.waiting],
        "extended": [str(limit) for limit in state.extended],
    }
    return {name: value for name, value in kept.items() if value}


def ticked(event: ClockEvent) -> Ticked:
    """The event as the engine knows it."""
    limit = limit_from(event.limit) if event.limit else None
    return Ticked(Tick(event.kind), event.at, limit)


def next_fire(rule: ClockRule, state: ClockState, how: Counting, told: datetime) -> datetime | None:
    """When the sweep must look at the clock again; never while it does not run."""
    if state.state != "running":
        return None
    found = next_after(rule, state, how, told)
    return found.at if found else None


# ---------------------------------------------------------------- why this date?


@dataclass(frozen=True)
class Why:
    """How the date of a clock came about."""

    clock: Clock
    rule: ClockRule
    limit: Limit
    lines: list[Line]
    extensions: list[tuple[Limit, list[Line]]] = field(default_factory=list)
    events: list[ClockEvent] = field(default_factory=list)


def why(clock: Clock) -> Why:
    """Every day that was counted and every day that was not, from the start to the date."""
    rule, state = rule_of(clock), state_of(clock)
    days: Days = home_at(clock.calendar) if clock.calendar else HomeDays()
    how = replace(counting(rule, days), paused=tuple(merged(state.paused, state.started_at)))
    found = Why(clock, rule, state.limit, list(state.limit.explain(state.started_at, how)))
    begin = state.original_due_at
    for more in state.extended:
        found.extensions.append((more, list(more.explain(begin, how))))
        begin = more.due(begin, how).at
    found.events.extend(clock.events.exclude(kind=Tick.FIRE).order_by("id"))
    return found


def clock_of(case: Case, uid: UUID) -> Clock | None:
    """A clock of a case."""
    return Clock.objects.filter(case=case, uid=uid).first()


# ---------------------------------------------------------------- do the events add up?


@dataclass(frozen=True)
class Wrong:
    """A clock whose row says something else than its events."""

    clock: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """How many clocks were counted again, and which are wrong."""

    clocks: int
    wrong: list[Wrong]


def verify() -> Verdict:
    """Count every clock again from its events alone, all as they stood at one moment."""
    with one_moment():
        rows = Clock.objects.prefetch_related("events").order_by("pk")
        count, wrong = 0, []
        for clock in rows.iterator(chunk_size=500):
            count += 1
            wrong += [Wrong(f"{clock.rule}:{clock.uid}", sentence) for sentence in faults(clock)]
        return Verdict(count, wrong)


def faults(clock: Clock) -> Iterator[str]:
    """What the row of a clock says that its events do not."""
    try:
        rule = rule_of(clock)
    except KeyError:
        yield "no rule of this name is declared"
        return
    events = sorted(clock.events.all(), key=lambda event: event.pk)
    try:
        told = rebuilt(rule, events)
    except (OutOfOrder, ValueError) as error:
        yield f"its events make no sense: {error}"
        return
    kept = state_of(clock)
    for name in ("state", "started_at", "original_due_at", "due_at", "provisional", "stopped_at",
                 "breached_at", "paused", "waiting", "extended"):  # fmt: skip
        if getattr(kept, name) != getattr(told, name):
            yield f"{name} is {getattr(kept, name)}, its events say {getattr(told, name)}"
    if (clock.next_fire_at is not None) and told.state != "running":
        yield "it does not run and would fire"
    yield from _untold(clock, rule, told)


def _untold(clock: Clock, rule: ClockRule, told: ClockState) -> Iterator[str]:
    how = counting(rule, home_at(clock.calendar) if clock.calendar else WEEKDAYS)
    expected = next_fire(rule, told, how, clock.told_until or told.started_at)
    if clock.next_fire_at != expected:
        yield f"next_fire_at is {clock.next_fire_at}, its milestones say {expected}"


def rebuilt(rule: ClockRule, events: list[ClockEvent]) -> ClockState:
    """The state that events in order add up to, each counted by the calendar of its day. Raises
    `OutOfOrder` or ValueError."""
    if not events or events[0].kind != Tick.START:
        raise OutOfOrder("it has no start")
    first, *rest = events
    start = ticked(first)
    if start.limit is None:
        raise OutOfOrder("its start names no limit")
    state = begun(start.limit, _how(rule, first), start)
    return reduce(lambda so_far, e: tick(so_far, _how(rule, e), ticked(e)), rest, state)


def _how(rule: ClockRule, event: ClockEvent) -> Counting:
    return counting(rule, home_at(event.calendar) if event.calendar else WEEKDAYS)


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _written(at: datetime) -> str:
    return at.isoformat()
