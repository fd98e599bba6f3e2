"""Limits of time: how long a clock runs, when it is due, and why then. Pure arithmetic.

Days are never n × 24 hours: they are counted on the calendar of a zone, and end with their last
second (民法典 200-203). Time during which a clock was paused is taken out in the limit's own unit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from casework.engine.calendar import WEEKDAYS, Days
from casework.engine.language import Sentence, _
from casework.engine.moment import HOME

Span = tuple[datetime, datetime]
Windows = tuple[tuple[time, time], ...]

DESK_HOURS: Windows = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))
ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
FURTHEST = 36_525
"""No limit counts further than a century of days."""


@dataclass(frozen=True)
class Counting:
    """How time is counted: in which zone, by which calendar, within which desk hours, whether the
    first day counts and a last day off rolls forward, and when the clock stood still."""

    days: Days = WEEKDAYS
    zone: ZoneInfo = HOME
    hours: Windows = DESK_HOURS
    first_day_counts: bool = False
    rolls: bool = False
    paused: tuple[Span, ...] = ()


PLAIN = Counting()


@dataclass(frozen=True)
class Due:
    """When a limit is over; `provisional` while a year it counts through is not published."""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True)
class Line:
    """One line of "why this date?": a day and what became of it, or a stretch of time."""

    day: date
    count: int | None
    """The how-manieth day (or minute) it was; None: it was not counted."""
    why: Sentence
    provisional: bool = False


class Limit(ABC):
    """How long a clock runs, in one unit. `unit` is its name in commands and files."""

    unit: ClassVar[str]
    count: int
    by_calendar: ClassVar[bool] = False
    """Does it count by the notices about working days?"""

    @abstractmethod
    def due(self, start: datetime, how: Counting = PLAIN) -> Due:
        """When the limit that began at `start` (aware) is over."""

    @abstractmethod
    def explain(self, start: datetime, how: Counting = PLAIN) -> Iterator[Line]:
        """Why it is over then: what was counted and what was not."""

    @property
    @abstractmethod
    def label(self) -> Sentence:
        """The limit in words."""

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


@dataclass(frozen=True)
class Hours(Limit):
    """Hours run through nights and holidays and end at the instant."""

    count: int
    unit: ClassVar[str] = "hours"

    def due(self, start: datetime, how: Counting = PLAIN) -> Due:
        """The instant `count` hours of running after `start`."""
        at = start.astimezone(UTC) + timedelta(hours=self.count)
        for begin, end in merged(how.paused, start):
            if begin <= at:
                at += end - begin
        return Due(at.astimezone(start.tzinfo))

    def explain(self, start: datetime, how: Counting = PLAIN) -> Iterator[Line]:
        """Where it began, where it stood still."""
        yield Line(_day(start, how), None, _("自 %(at)s 起连续计时", at=_clock(start, how)))
        for begin, end in merged(how.paused, start):
            said = _("%(begin)s 至 %(end)s 中止", begin=_clock(begin, how), end=_clock(end, how))
            yield Line(_day(begin, how), None, said)
        yield Line(_day(self.due(start, how).at, how), self.count, self.label)

    @property
    def label(self) -> Sentence:
        """The limit in words."""
        return _("%(count)s 小时", count=self.count)


class _DayLimit(Limit):
    """What all limits of whole days share: they are walked, day by day."""

    def due(self, start: datetime, how: Counting = PLAIN) -> Due:
        """The last second of the last day."""
        last, provisional = None, False
        for line in self.explain(start, how):
            last, provisional = line.day, provisional or line.provisional
        assert last is not None
        return Due(datetime.combine(last, LAST_SECOND, tzinfo=how.zone), provisional)

    def explain(self, start: datetime, how: Counting = PLAIN) -> Iterator[Line]:
        """Every day from the first to the last, counted or not, and the days it rolled over."""
        line = None
        for line in self._walk(_day(start, how), how, paused_days(how, start)):
            yield line
        assert line is not None
        if not how.rolls:
            return
        day, rolled = line.day, line.provisional
        while not how.days.works(day):
            day += ONE_DAY
            yield Line(day, None, _("末日为休息日，顺延"), not how.days.published(day))
        if day == line.day and not rolled and not how.days.published(day):
            yield Line(day, line.count, line.why, provisional=True)

    def _walk(self, first: date, how: Counting, paused: set[date]) -> Iterator[Line]:
        left, day = self.count, first
        if not how.first_day_counts or not left:
            yield Line(day, None, _("当日不计") if left else _("当日"))
            day += ONE_DAY
        for _step in range(FURTHEST):
            if not left:
                return
            line = self._judged(day, self.count - left + 1, how, paused)
            left -= line.count is not None
            yield line
            day += ONE_DAY

    def _judged(self, day: date, nth: int, how: Counting, paused: set[date]) -> Line:
        if day in paused:
            return Line(day, None, _("中止期间，不计"))
        return Line(day, nth, _("计入"))


@dataclass(frozen=True)
class CalendarDays(_DayLimit):
    """Calendar days: holidays count (信访工作条例 names days without 工作日)."""

    count: int
    unit: ClassVar[str] = "calendar_days"

    def due(self, start: datetime, how: Counting = PLAIN) -> Due:
        """The last second of the day `count` days later; walked only where something intervenes."""
        if how.rolls or how.first_day_counts or how.paused:
            return super().due(start, how)
        last = _day(start, how) + timedelta(days=self.count)
        return Due(datetime.combine(last, LAST_SECOND, tzinfo=how.zone))

    @property
    def label(self) -> Sentence:
        """The limit in words."""
        return _("%(count)s 日", count=self.count)


@dataclass(frozen=True)
class WorkingDays(_DayLimit):
    """Working days 工作日: by the notices of the State Council, make-up days included."""

    count: int
    unit: ClassVar[str] = "working_days"
    by_calendar: ClassVar[bool] = True

    def _judged(self, day: date, nth: int, how: Counting, paused: set[date]) -> Line:
        provisional = not how.days.published(day)
        if day in paused:
            return Line(day, None, _("中止期间，不计"), provisional)
        said = how.days.kind(day)
        if how.days.works(day):
            return Line(day, nth, said.label if said else _("工作日"), provisional)
        return Line(day, None, said.label if said else _("周末"), provisional)

    @property
    def label(self) -> Sentence:
        """The limit in words."""
        return _("%(count)s 个工作日", count=self.count)


@dataclass(frozen=True)
class Months(_DayLimit):
    """Months end on the corresponding day, or on the last of a shorter month (民法典 202)."""

    count: int
    unit: ClassVar[str] = "months"

    def _walk(self, first: date, how: Counting, paused: set[date]) -> Iterator[Line]:
        last = months_later(first, self.count)
        yield Line(first, None, _("当日不计"))
        pauses = sorted(day for day in paused if day > first)
        while pauses and pauses[0] <= last:
            day = pauses.pop(0)
            yield Line(day, None, _("中止期间，不计"))
            last += ONE_DAY
        yield Line(last, self.count, _("到期月的对应日"))

    @property
    def label(self) -> Sentence:
        """The limit in words."""
        return _("%(count)s 个月", count=self.count)


@dataclass(frozen=True)
class BusinessMinutes(Limit):
    """Minutes within the desk's hours on working days; ends at the instant."""

    count: int
    unit: ClassVar[str] = "business_minutes"
    by_calendar: ClassVar[bool] = True

    def due(self, start: datetime, how: Counting = PLAIN) -> Due:
        """The instant at which `count` minutes of open desk have passed."""
        left, provisional = timedelta(minutes=self.count), False
        for day, span in self._open(start, how):
            provisional |= not how.days.published(day)
            if span is None:
                continue
            begin, end = span
            if end - begin >= left:
                return Due((begin + left).astimezone(how.zone), provisional)
            left -= end - begin
        raise OverflowError(f"{self} from {start} is beyond counting")

    def explain(self, start: datetime, how: Counting = PLAIN) -> Iterator[Line]:
        """Every stretch of open desk, and the days on which it was closed."""
        done, due = timedelta(), self.due(start, how).at
        for day, span in self._open(start, how):
            tentative = not how.days.published(day)
            if span is None:
                yield Line(day, None, _("休息日"), tentative)
                continue
            begin, end = span[0], min(span[1], due)
            done += end - begin
            said = _("%(begin)s 至 %(end)s", begin=_clock(begin, how), end=_clock(end, how))
            yield Line(day, done // timedelta(minutes=1), said, tentative)
            if span[1] >= due:
                return

    def _open(self, start: datetime, how: Counting) -> Iterator[tuple[date, Span | None]]:
        """The stretches of open desk after `start` that were not paused; none for a day off."""
        pauses, day, begun = merged(how.paused, start), _day(start, how), start.astimezone(UTC)
        for _step in range(FURTHEST):
            if not how.days.works(day):
                yield day, None
            for window in how.hours if how.days.works(day) else ():
                opens, closes = (
                    datetime.combine(day, at, how.zone).astimezone(UTC) for at in window
                )
                for piece in without((max(opens, begun), closes), pauses):
                    yield day, piece
            day += ONE_DAY

    @property
    def label(self) -> Sentence:
        """The limit in words."""
        return _("%(count)s 分钟（上班时间）", count=self.count)


@dataclass(frozen=True)
class Until(Limit):
    """Until the end of a day that somebody else named: in a letter, in a ruling."""

    day: date
    count: int = 0
    unit: ClassVar[str] = "until"

    def due(self, start: datetime, how: Counting = PLAIN) -> Due:
        """The last second of that day, whenever it began."""
        return Due(datetime.combine(self.day, LAST_SECOND, tzinfo=how.zone))

    def explain(self, start: datetime, how: Counting = PLAIN) -> Iterator[Line]:
        """It was named."""
        yield Line(self.day, None, self.label)

    @property
    def label(self) -> Sentence:
        """The limit in words."""
        return _("至 %(day)s", day=self.day.isoformat())

    def __str__(self) -> str:
        return f"{self.day.isoformat()} until"


UNITS: dict[str, type[Hours | CalendarDays | WorkingDays | Months | BusinessMinutes]] = {
    unit.unit: unit for unit in (Hours, CalendarDays, WorkingDays, Months, BusinessMinutes)
}


@cache
def limit_from(text: str) -> Limit:
    """Read a limit as commands and files write it, e.g. ``5 working_days``. ValueError if it is
    none, or counts further than a century."""
    number, _space, unit = text.strip().partition(" ")
    if unit == Until.unit:
        return Until(date.fromisoformat(number))
    if unit not in UNITS or not number.isascii() or not number.isdigit():
        raise ValueError(text)
    scale = {"hours": 24, "business_minutes": 24 * 60, "months": 1}.get(unit, 1)
    if int(number) > FURTHEST * scale // (31 if unit == "months" else 1):
        raise ValueError(text)
    return UNITS[unit](int(number))


def merged(spans: tuple[Span, ...], start: datetime) -> list[Span]:
    """The spans after `start` in UTC, overlapping ones as their union, the earliest first."""
    begun = start.astimezone(UTC)
    found: list[Span] = []
    for begin, end in sorted((max(b.astimezone(UTC), begun), e.astimezone(UTC)) for b, e in spans):
        if end <= begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def without(span: Span, pauses: list[Span]) -> Iterator[Span]:
    """What is left of a span when the pauses are taken out."""
    begin, end = span
    for pause_begin, pause_end in pauses:
        if pause_begin >= end:
            break
        if pause_end <= begin:
            continue
        if pause_begin > begin:
            yield begin, pause_begin
        begin = max(begin, pause_end)
    if begin < end:
        yield begin, end


def paused_days(how: Counting, start: datetime) -> set[date]:
    """The days that a day limit leaves out: as with every period, the day on which a pause begins
    is not part of it, the day on which it ends is."""
    found = set()
    for begin, end in merged(how.paused, start):
        day, last = _day(begin, how) + ONE_DAY, _day(end, how)
        while day <= last:
            found.add(day)
            day += ONE_DAY
    return found


def months_later(day: date, months: int) -> date:
    """The corresponding day, or the last day of a month that has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - ONE_DAY).day))


def _day(moment: datetime, how: Counting) -> date:
    return moment.astimezone(how.zone).date()


def _clock(moment: datetime, how: Counting) -> str:
    return f"{moment.astimezone(how.zone):%Y-%m-%d %H:%M}"
