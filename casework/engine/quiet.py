"""Quiet hours: when word may go outside the house, and which deadlines do not wait for it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.engine.calendar import Days
from casework.engine.clocks import ClockRule
from casework.engine.limits import FURTHEST, Hours, Limit
from casework.engine.moment import HOME

LOUD = (time(8, 0), time(20, 0))
"""Within these hours of a working day."""

NEVER_WAIT = ("dv.", "order.", "urgent.")
"""Deadlines on which somebody's safety may hang; every clock counted in hours does not wait
either."""


def waits_for_morning(rule: ClockRule, limit: Limit) -> bool:
    """Does word about such a clock keep the quiet hours?"""
    return not rule.key.startswith(NEVER_WAIT) and not isinstance(limit, Hours)


def next_loud(at: datetime, days: Days, zone: ZoneInfo = HOME) -> datetime:
    """`at` itself when it is within working hours, else the morning of the next working day."""
    opens, closes = LOUD
    there = at.astimezone(zone)
    if days.works(there.date()) and opens <= there.time() < closes:
        return at
    day = there.date() if there.time() < opens else there.date() + timedelta(days=1)
    for _step in range(FURTHEST):
        if days.works(day):
            break
        day += timedelta(days=1)
    return datetime.combine(day, opens, tzinfo=zone).astimezone(UTC)
