"""When a running clock is spoken of, as dates alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from casework.engine.clocks import WORK_NEXT
from casework.engine.limits import PLAIN, CalendarDays, Hours, Limit, WorkingDays
from casework.engine.milestones import milestones
from casework.engine.moment import HOME
from casework.engine.ticking import Tick, Ticked, replay

LAW = replace(WORK_NEXT, key="legalaid.decision", limit=WorkingDays(7), warns=CalendarDays(7))


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def spoken_of(limit: Limit, *events: tuple[str, str]) -> dict[str, str]:
    """The milestones of a life, each with its day and hour."""
    begun = Ticked(Tick.START, on("2026-03-11 09:30"))  # a Wednesday
    state = replay(limit, PLAIN, [begun, *(Ticked(Tick(kind), on(at)) for kind, at in events)])
    rule = replace(LAW, limit=limit)
    return {m.name: f"{m.at.astimezone(HOME):%m-%d %H}" for m in milestones(rule, state, PLAIN)}


def test_a_duty_of_days_is_spoken_of_before_on_and_after_its_day() -> None:
    assert spoken_of(WorkingDays(7)) == {
        "before:3 calendar_days": "03-17 23",
        "warn": "03-18 23",
        "before:1 calendar_days": "03-19 23",
        "due": "03-20 23",
        "after:1 calendar_days": "03-21 23",
    }


def test_the_calendar_day_warning_stands_still_with_its_clock() -> None:
    paused = spoken_of(
        WorkingDays(7), ("pause", "2026-03-12 09:00"), ("resume", "2026-03-16 09:00")
    )
    assert (paused["warn"], paused["due"]) == ("03-22 23", "03-24 23")


def test_a_duty_of_hours_is_spoken_of_within_hours() -> None:
    assert list(spoken_of(Hours(24))) == [
        "before:4 hours",
        "before:1 hours",
        "due",
        "after:4 hours",
    ]


def test_nothing_is_spoken_of_before_it_began() -> None:
    assert list(spoken_of(CalendarDays(1))) == [
        "before:1 calendar_days",
        "due",
        "after:1 calendar_days",
    ]
    assert list(spoken_of(Hours(2))) == ["before:1 hours", "due", "after:4 hours"]
