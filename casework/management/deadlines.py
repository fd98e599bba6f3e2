"""What the commands about deadlines share: reading what was asked, and telling why."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import CommandError

from casework.engine.calendar import Calendar
from casework.engine.limits import DESK_HOURS, Counting, Limit, Line, Windows, limit_from
from casework.engine.moment import HOME
from casework.queries.calendars import HOME_CALENDAR, UnknownCalendar, shipped, stored

WRONG = 2
"""The exit code for what was asked wrongly."""


def wrong(chinese: str, english: str) -> CommandError:
    """A refusal in both languages."""
    return CommandError(f"{chinese} {english}", returncode=WRONG)


def add_counting(parser: ArgumentParser) -> None:
    """How time is counted."""
    parser.add_argument("--tz", default=HOME.key, metavar="ZONE")
    parser.add_argument("--roll", action="store_true", help="a last day off rolls forward")
    parser.add_argument("--hours", default="", help="desk hours, e.g. 08:30-12:00,14:00-17:30")
    parser.add_argument("--calendar", default=HOME_CALENDAR, metavar="NAME")


def counting(options: dict[str, Any], **more: Any) -> Counting:
    """The counting that was asked for. Raises `CommandError`."""
    rolls = bool(options.get("roll")) or bool(more.pop("rolls", False))
    return Counting(
        days=calendar(options["calendar"]),
        zone=zone(options["tz"]),
        hours=windows(options["hours"]),
        rolls=rolls,
        **more,
    )


def calendar(name: str) -> Calendar:
    """As stored, when a database is named, else as shipped. Raises `CommandError`."""
    try:
        return stored(name) if os.environ.get("DATABASE_URL") else shipped(name)
    except UnknownCalendar:
        raise wrong(f"没有名为 {name} 的日历。", f"There is no calendar {name}.") from None


def zone(name: str) -> ZoneInfo:
    """The time zone called `name`. Raises `CommandError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(f"没有名为 {name} 的时区。", f"There is no time zone {name}.") from None


def windows(text: str) -> Windows:
    """Desk hours as ``08:30-12:00,14:00-17:30``, in order; the usual ones when empty. Raises
    `CommandError`."""
    if not text:
        return DESK_HOURS
    try:
        found = [_window(part) for part in text.split(",")]
    except ValueError:
        raise wrong(f"看不懂的时间段：{text}。", f"These are no desk hours: {text}.") from None
    ends = [moment for window in found for moment in window]
    if ends != sorted(ends):
        raise wrong(f"时间段须按先后顺序：{text}。", f"Out of order: {text}.")
    return tuple(found)


def _window(text: str) -> tuple[time, time]:
    opens, _dash, closes = text.strip().partition("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def instant(text: str, where: ZoneInfo) -> datetime:
    """A moment; without an offset it is local in `where`. Raises `CommandError`."""
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        raise wrong(f"看不懂的时间：{text}。", f"This is no ISO 8601 moment: {text}.") from None
    return told if told.tzinfo else told.replace(tzinfo=where)


def limit(text: str) -> Limit:
    """A limit, e.g. ``5 working_days``. Raises `CommandError`."""
    try:
        return limit_from(text)
    except ValueError:
        raise wrong(
            f"看不懂的期限：{text}（例如 5 working_days）。",
            f"This is no limit: {text} (e.g. 5 working_days).",
        ) from None


def shown(at: datetime, how: Counting) -> str:
    """A moment with the offset of the zone in which it was counted."""
    return at.astimezone(how.zone).isoformat()


def lines(found: Iterable[Line]) -> list[dict[str, object]]:
    """Why a date is what it is, day by day."""
    return [
        {
            "day": line.day.isoformat(),
            "count": line.count,
            "counted": line.count is not None,
            "why": str(line.why),
            "provisional": line.provisional,
        }
        for line in found
    ]
