"""The life of a clock: pauses, extensions, verdicts, each from its events alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.limits import PLAIN, CalendarDays, Hours, WorkingDays
from casework.engine.moment import HOME
from casework.engine.ticking import OutOfOrder, Tick, Ticked, replay, tick


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def life(*told: tuple[str, str] | tuple[str, str, int]) -> list[Ticked]:
    """Events in short: ``("stop", "2026-03-20 09:00")``, and by how many days an extension is."""
    return [
        Ticked(Tick(kind), on(at), CalendarDays(by[0]) if by else None) for kind, at, *by in told
    ]


TEN = CalendarDays(10)
START = ("start", "2026-03-02 09:00")  # a Monday; due on the 12th


@pytest.mark.parametrize(
    ("events", "due", "verdict"),
    [
        ([], "2026-03-12", "running"),
        ([("stop", "2026-03-12 23:59:59")], "2026-03-12", "met"),  # the last second
        ([("stop", "2026-03-13 00:00")], "2026-03-12", "breached"),
        ([("pause", "2026-03-04 10:00"), ("resume", "2026-03-09 16:00")], "2026-03-17", "running"),
        ([("pause", "2026-03-04 10:00"), ("resume", "2026-03-04 16:00")], "2026-03-12", "running"),
        (  # overlapping pauses count once
            [
                ("pause", "2026-03-04 10:00"),
                ("pause", "2026-03-06 10:00"),
                ("resume", "2026-03-07 10:00"),
                ("resume", "2026-03-09 10:00"),
            ],
            "2026-03-17",
            "running",
        ),
        ([("extend", "2026-03-05 09:00", 30)], "2026-04-11", "running"),  # from the original date
        ([("extend", "2026-03-13 09:00", 30), ("stop", "2026-03-20 09:00")], "2026-04-11",
         "breached"),  # too late an extension takes nothing back
        ([("stop", "2026-03-10 09:00"), ("revive", "2026-03-11 09:00")], "2026-03-12", "running"),
        ([("stop", "2026-03-10 09:00"), ("revive", "2026-03-11 09:00"),
          ("stop", "2026-03-14 09:00")], "2026-03-12", "breached"),
        ([("restart", "2026-03-09 09:00")], "2026-03-19", "running"),
        ([("cancel", "2026-03-20 09:00")], "2026-03-12", "cancelled"),
        ([("pause", "2026-03-04 10:00"), ("stop", "2026-04-20 09:00")], "2026-04-28", "met"),
        ([("pause", "2026-03-15 10:00"), ("resume", "2026-03-20 10:00"),
          ("stop", "2026-03-21 09:00")], "2026-03-12", "breached"),  # it was late before the pause
    ],
)  # fmt: skip
def test_a_life_gives_its_date_and_its_verdict(
    events: list[tuple[str, str]], due: str, verdict: str
) -> None:
    state = replay(TEN, PLAIN, life(START, *events))
    assert (state.due_at.date().isoformat(), state.state) == (due, verdict)
    assert state.breached_at is None or verdict == "breached"


def test_what_is_late_was_late_from_the_moment_it_was_due() -> None:
    state = replay(TEN, PLAIN, life(START, ("stop", "2026-05-01 09:00")))
    assert state.breached_at == on("2026-03-12 23:59:59")


def test_an_extension_keeps_both_dates() -> None:
    state = replay(TEN, PLAIN, life(START, ("extend", "2026-03-05 09:00", 30)))
    assert [d.date().isoformat() for d in (state.original_due_at, state.due_at)] == [
        "2026-03-12",
        "2026-04-11",
    ]


def test_pauses_are_taken_out_in_the_limits_own_unit() -> None:
    weekend = life(START, ("pause", "2026-03-06 18:00"), ("resume", "2026-03-08 18:00"))
    assert replay(WorkingDays(5), PLAIN, weekend).due_at == on("2026-03-09 23:59:59")
    assert replay(CalendarDays(5), PLAIN, weekend).due_at == on("2026-03-09 23:59:59")
    assert replay(Hours(200), PLAIN, weekend).due_at == on("2026-03-02 09:00") + timedelta(
        hours=248
    )


def test_pauses_that_overlap_stop_hours_only_once() -> None:
    events = life(
        START,
        ("pause", "2026-03-04 10:00"),
        ("pause", "2026-03-05 10:00"),
        ("resume", "2026-03-06 10:00"),
        ("resume", "2026-03-07 10:00"),
    )
    due = replay(Hours(200), PLAIN, events).due_at
    assert due == on("2026-03-02 09:00") + timedelta(hours=200 + 72)


def test_counted_again_in_a_pause_within_a_pause_the_date_stays() -> None:
    events = life(
        START,
        ("pause", "2026-03-04 10:00"),
        ("pause", "2026-03-05 10:00"),
        ("resume", "2026-03-06 10:00"),
    )
    again = Ticked(Tick.RECOUNT, on("2026-03-06 11:00"))
    before, after = replay(Hours(200), PLAIN, events), replay(Hours(200), PLAIN, [*events, again])
    assert after == before


@pytest.mark.parametrize(
    "events",
    [
        [("start", "2026-03-03 09:00")],
        [("resume", "2026-03-03 09:00")],
        [("stop", "2026-03-03 09:00"), ("stop", "2026-03-04 09:00")],
        [("stop", "2026-03-03 09:00"), ("extend", "2026-03-04 09:00", 5)],
        [("revive", "2026-03-03 09:00")],
        [("cancel", "2026-03-03 09:00"), ("pause", "2026-03-04 09:00")],
        [("extend", "2026-03-03 09:00")],
    ],
)
def test_what_cannot_happen_to_a_clock_is_refused(events: list[tuple[str, str]]) -> None:
    with pytest.raises(OutOfOrder):
        replay(TEN, PLAIN, life(START, *events))


def test_nothing_happens_before_the_start() -> None:
    with pytest.raises(OutOfOrder):
        replay(TEN, PLAIN, life(("stop", "2026-03-03 09:00")))


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "extend", "stop", "revive", "cancel", "fire"]),
        st.integers(1, 200),
    ),
    max_size=12,
)


@given(MOVES, st.sampled_from([TEN, WorkingDays(5), Hours(72)]))
def test_step_by_step_and_all_at_once_agree_and_no_breach_is_taken_back(
    moves: list[tuple[str, int]], limit: CalendarDays | WorkingDays | Hours
) -> None:
    at = on("2026-03-02 09:00")
    events = [Ticked(Tick.START, at)]
    state = replay(limit, PLAIN, events)
    for kind, hours in moves:
        at += timedelta(hours=hours)
        event = Ticked(Tick(kind), at, CalendarDays(3) if kind == "extend" else None)
        try:
            following = tick(state, PLAIN, event)
        except OutOfOrder:
            continue
        assert state.breached_at is None or following.breached_at == state.breached_at
        assert following.due_at >= following.original_due_at
        events.append(event)
        state = following
    assert replay(limit, PLAIN, events) == state
