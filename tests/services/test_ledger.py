"""Whatever happens to a clock, its row is what its events add up to: random lives, on real rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.engine import moment
from casework.engine.clocks import ClockRule
from casework.engine.limits import CalendarDays, Counting, Hours, Limit, WorkingDays, limit_from
from casework.engine.milestones import next_after
from casework.engine.moment import HOME
from casework.engine.registry import clock_rule
from casework.engine.ticking import ClockState, OutOfOrder, Tick, Ticked, replay
from casework.models import Case, Clock, ClockEvent
from casework.queries.calendars import shipped
from casework.queries.clocks import state_of
from casework.services.ticks import COLUMNS, Ledger
from tests.conftest import NewCase

WHILE_IT_LIVES = {Tick.RESTART, Tick.PAUSE, Tick.EXTEND, Tick.STOP, Tick.CANCEL, Tick.RECOUNT}
POSSIBLE = {
    "running": WHILE_IT_LIVES,
    "paused": WHILE_IT_LIVES | {Tick.RESUME},
    "met": {Tick.REVIVE},
    "breached": {Tick.REVIVE},
    "cancelled": set[Tick](),
}
"""What can happen to a clock in each state; it starts once."""

A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Happening:
    """Something happens `later` than what happened last, and is written down `noted` after it."""

    kind: Tick
    later: timedelta
    noted: timedelta
    limit: Limit | None = None

    @property
    def complete(self) -> bool:
        """An extension says by how much."""
        return self.kind is not Tick.EXTEND or self.limit is not None


def minutes(most: timedelta, least: int = 0) -> st.SearchStrategy[timedelta]:
    return st.integers(least, int(most.total_seconds()) // 60).map(lambda n: timedelta(minutes=n))


STEPS = st.one_of(*(minutes(timedelta(**{unit: 3}), 1) for unit in ("hours", "days", "weeks")))
LIMITS: st.SearchStrategy[Limit] = st.one_of(
    st.integers(1, 200).map(Hours),
    st.integers(1, 40).map(CalendarDays),
    st.integers(1, 25).map(WorkingDays),
)
OFTEN = [Tick.PAUSE, Tick.RESUME, Tick.RESUME, Tick.STOP, Tick.REVIVE]
KINDS = st.sampled_from([*(kind for kind in Tick if kind is not Tick.FIRE), *OFTEN])
"""Whatever a ledger writes; milestones are told by the sweep."""
HAPPENINGS = KINDS.flatmap(
    lambda kind: st.builds(
        Happening,
        st.just(kind),
        STEPS,
        minutes(timedelta(days=1)),
        st.one_of(st.none(), LIMITS, LIMITS) if kind is Tick.EXTEND else st.none(),
    )
)
BEGINNINGS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=HOME)
)
RULES = st.sampled_from(["petition.handling", "legalaid.decision", "mediation.confirm"])
"""One that is plain, one that warns before it is due, and one that rolls over days off."""


@pytest.fixture(autouse=True)
def by_the_shipped_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """No notice is stored here: the command shall not look for one."""
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def case(new_case: NewCase) -> Case:
    return new_case()


def put_down(clock: Clock, happening: Happening, at: datetime) -> None:
    """Through the ledger, in a transaction of its own, on the row as the next request reads it."""
    with moment.at(at + happening.noted), transaction.atomic():
        ledger = Ledger()
        ledger.tick(Clock.objects.get(pk=clock.pk), happening.kind, at, happening.limit)
        ledger.write()


def events_of(clock: Clock) -> list[ClockEvent]:
    return list(ClockEvent.objects.filter(clock=clock).order_by("pk"))


def life_of(events: list[ClockEvent]) -> list[Ticked]:
    """What is stored, as the engine knows it."""
    return [Ticked(Tick(e.kind), e.at, limit_from(e.limit) if e.limit else None) for e in events]


def counting(rule: ClockRule) -> Counting:
    return rule.counting(Counting(shipped()))


def replayed(rule: ClockRule, events: list[ClockEvent]) -> ClockState:
    return replay(limit_from(events[0].limit), counting(rule), life_of(events))


def told_until(rule: ClockRule, events: list[ClockEvent]) -> datetime | None:
    """Whenever the date moved, what came before that was noted, or the new date, is told."""
    told, due = None, replayed(rule, events[:1]).due_at
    for count, event in enumerate(events[1:], 2):
        now_due = replayed(rule, events[:count]).due_at
        if now_due != due:
            told, due = min(event.made_at, now_due - A_SECOND), now_due
    return told


def rebuilt(rule: ClockRule, events: list[ClockEvent]) -> dict[str, object]:
    """Every column of the row that an event may change, from the events alone."""
    state, told = replayed(rule, events), told_until(rule, events)
    asks = rule.rolls or any(li.by_calendar for li in (state.limit, *state.extended))
    fires = next_after(rule, state, counting(rule), told or state.started_at)
    return {
        "state": state.state,
        "spells": (state.paused, state.waiting, state.extended),
        "provisional": state.provisional,
        "calendar": shipped().version if asks else 0,
        "started_at": state.started_at,
        "original_due_at": state.original_due_at,
        "due_at": state.due_at,
        "next_fire_at": fires.at if fires and state.state == "running" else None,
        "told_until": told,
        "stopped_at": state.stopped_at,
        "breached_at": state.breached_at,
    }


def stored(clock: Clock) -> dict[str, object]:
    """The same columns as they are written."""
    row, kept = Clock.objects.get(pk=clock.pk), state_of(Clock.objects.get(pk=clock.pk))
    return {name: getattr(row, name) for name in COLUMNS} | {
        "spells": (kept.paused, kept.waiting, kept.extended)
    }


def told_by(*words: str) -> dict[str, Any]:
    """What a command tells; it exits 0."""
    out = StringIO()
    call_command(*words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def verdict(rule: ClockRule, events: list[ClockEvent], file: Path) -> dict[str, Any]:
    """What ``clock --replay`` says of these events. It knows one calendar, so nothing is counted
    again there."""
    with file.open("w", encoding="utf-8") as written:
        rows = csv.writer(written)
        rows.writerow(["event", "at", "by"])
        for event in events:
            by = event.limit if event.kind == Tick.EXTEND else ""
            if event.kind != Tick.RECOUNT:
                rows.writerow([event.kind, event.at.isoformat(), by])
    roll = ["--roll"] if rule.rolls else []
    return told_by("clock", "--replay", str(file), "--limit", events[0].limit, *roll)


def moments(answer: dict[str, Any], *names: str) -> Iterator[datetime | None]:
    yield from (datetime.fromisoformat(answer[n]) if answer[n] else None for n in names)


def agree(clock: Clock, rule: ClockRule, file: Path) -> None:
    """The row, its events, the check of all clocks and the replay of one tell the same."""
    events = events_of(clock)
    row, expected = stored(clock), rebuilt(rule, events)
    assert row == expected
    assert told_by("verify_clocks")["wrong"] == []
    answer = verdict(rule, events, file)
    assert (answer["verdict"], answer["provisional"]) == (row["state"], row["provisional"])
    assert list(moments(answer, "started", "original_due", "due", "stopped")) == [
        row[name] for name in ("started_at", "original_due_at", "due_at", "stopped_at")
    ]
    recounted = any(event.kind == Tick.RECOUNT for event in events)
    if row["stopped_at"] and row["state"] != "cancelled" or not recounted:
        # a count in between may have noticed what the replay has no occasion to notice
        assert list(moments(answer, "breached_at")) == [row["breached_at"]]


def lawful(rule: ClockRule, stood: Clock, kind: Tick, at: datetime) -> None:
    """What holds of every clock, whatever the engine says: its date is its limit walked from its
    start past its pauses, and then its extensions; and once it was late when something happened to
    it, it stays late from the moment it was due."""
    state = state_of(Clock.objects.get(pk=stood.pk))
    assert (state.stopped_at is None) == state.live
    assert state.live or not state.waiting
    if state.state not in ("paused", "cancelled"):  # a pause counts once it is over
        how = replace(counting(rule), paused=state.paused)
        date = original = state.limit.due(state.started_at, how).at
        for more in state.extended:
            date = more.due(date, how).at
        assert (state.original_due_at, state.due_at) == (original, date)
    stopped_in_a_pause = kind is Tick.STOP and stood.state == "paused"
    ran = stopped_in_a_pause or (stood.state == "running" and kind is not Tick.CANCEL)
    due = state.due_at if stopped_in_a_pause else stood.due_at
    assert state.breached_at == (stood.breached_at or (due if ran and at > due else None))
    if kind is Tick.STOP:
        assert state.state == ("breached" if state.breached_at else "met")


def untouched(clock: Clock) -> list[object]:
    """The whole row and all its events, as the database has them."""
    return [
        *Clock.objects.filter(pk=clock.pk).values(),
        *ClockEvent.objects.filter(clock=clock).order_by("pk").values(),
    ]


@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(RULES, LIMITS, BEGINNINGS, st.lists(HAPPENINGS, max_size=12))
def test_a_row_is_what_its_events_add_up_to_and_the_impossible_leaves_it_alone(
    case: Case,
    tmp_path: Path,
    key: str,
    limit: Limit,
    at: datetime,
    happenings: list[Happening],
) -> None:
    rule, file = clock_rule(key), tmp_path / "life.csv"
    with transaction.atomic():
        with moment.at(at):
            ledger = Ledger()
            clock = ledger.start(case, rule, limit, at)
            ledger.write()
        agree(clock, rule, file)
        for happening in happenings:
            at += happening.later
            before, stood = untouched(clock), Clock.objects.get(pk=clock.pk)
            if happening.kind in POSSIBLE[stood.state] and happening.complete:
                put_down(clock, happening, at)
                assert len(events_of(clock)) == len(before)  # the row, and now one event more
                agree(clock, rule, file)
                lawful(rule, stood, happening.kind, at)
            else:
                with pytest.raises(OutOfOrder):
                    put_down(clock, happening, at)
                assert untouched(clock) == before
        transaction.set_rollback(True)  # the next life begins on the same case
