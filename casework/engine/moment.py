"""The one clock source of the product; tests, stories and demo data set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Shanghai")
"""Days of Chinese law are counted here."""

_fixed: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment in UTC (aware), or the one set by `at`."""
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """Today's date in Shanghai."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day in Shanghai on which an aware `moment` falls."""
    return moment.astimezone(HOME).date()


def end_of(day: date) -> datetime:
    """The last second of a day in Shanghai."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=HOME)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` (aware) within the block."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
