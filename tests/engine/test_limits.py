"""When a limit is over: a table of starts and dues, all in Shanghai time."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from casework.engine.limits import (
    PLAIN,
    BusinessMinutes,
    CalendarDays,
    Counting,
    Hours,
    Limit,
    Months,
    Until,
    WorkingDays,
    limit_from,
)
from casework.engine.moment import HOME
from casework.queries.calendars import shipped


def shanghai(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=HOME)


@pytest.mark.parametrize(
    ("days", "start", "due"),
    [
        (1, "2026-03-11 12:00:00", "2026-03-12 23:59:59"),  # Wed: the first day is not counted
        (1, "2026-03-11 00:00:00", "2026-03-12 23:59:59"),  # nor when it begins at midnight
        (1, "2026-03-11 23:59:59", "2026-03-12 23:59:59"),  # nor when it is about to end
        (15, "2026-03-11 09:30:00", "2026-03-26 23:59:59"),  # two weekends are counted
        (60, "2026-03-11 09:30:00", "2026-05-10 23:59:59"),  # so is the May holiday; ends a Sunday
        (7, "2026-09-28 10:00:00", "2026-10-05 23:59:59"),  # ends inside the National Day week
        (15, "2026-12-25 10:00:00", "2027-01-09 23:59:59"),  # over the year's end
        (3, "2028-02-27 10:00:00", "2028-03-01 23:59:59"),  # 2028 has a 29 February
        (3, "2026-02-27 10:00:00", "2026-03-02 23:59:59"),  # 2026 has none
        (0, "2026-03-11 10:00:00", "2026-03-11 23:59:59"),  # "by today"
    ],
)
def test_calendar_days_end_with_their_last_second(days: int, start: str, due: str) -> None:
    assert CalendarDays(days).due(shanghai(start)).at == shanghai(due)


@pytest.mark.parametrize(
    ("start_utc", "due"),
    [
        ("2026-03-11 15:59:59", "2026-03-12 23:59:59"),  # still the 11th in Shanghai
        ("2026-03-11 16:00:00", "2026-03-13 23:59:59"),  # already the 12th
    ],
)
def test_the_day_of_the_start_is_the_day_in_shanghai(start_utc: str, due: str) -> None:
    start = datetime.strptime(start_utc, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert CalendarDays(1).due(start).at == shanghai(due)


@pytest.mark.parametrize(
    ("hours", "start", "due"),
    [
        (24, "2026-03-11 09:30:15", "2026-03-12 09:30:15"),  # to the second
        (2, "2026-03-11 23:00:00", "2026-03-12 01:00:00"),  # through the night
        (24, "2026-09-30 18:00:00", "2026-10-01 18:00:00"),  # through a holiday
        (72, "2026-03-13 18:00:00", "2026-03-16 18:00:00"),  # Fri to Mon: through a weekend
    ],
)
def test_hours_run_through_nights_and_holidays(hours: int, start: str, due: str) -> None:
    assert Hours(hours).due(shanghai(start)).at == shanghai(due)


def test_limits_say_their_unit() -> None:
    assert [str(Hours(24).label), str(CalendarDays(15).label)] == ["24 小时", "15 日"]


CHINA = shipped()
BY_NOTICES = Counting(days=CHINA)


def test_the_shipped_calendar_is_the_packages_day_by_day() -> None:
    day, last = date(2004, 1, 1), date(2026, 12, 31)
    while day <= last:
        assert CHINA.works(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_working_days_equal_a_count_day_by_day() -> None:
    dice = random.Random(20261125)
    for _ in range(3000):
        first = date(2004, 1, 1) + timedelta(days=dice.randrange(8300))
        count = dice.randrange(61)
        day, left = first, count
        while left:
            day += timedelta(days=1)
            left -= chinese_calendar.is_workday(day)
        start = datetime.combine(first, time(9, 30), tzinfo=HOME)
        due = WorkingDays(count).due(start, BY_NOTICES)
        assert (due.at.date(), due.provisional) == (day, False)


@pytest.mark.parametrize(
    ("limit", "start", "due", "provisional"),
    [
        (WorkingDays(5), "2026-09-29 09:00:00", "2026-10-12 23:59:59", False),  # a Saturday counts
        (WorkingDays(5), "2026-12-30 09:00:00", "2027-01-06 23:59:59", True),  # 2027: weekends only
        (WorkingDays(1), "2026-12-30 09:00:00", "2026-12-31 23:59:59", False),
        (Months(1), "2026-01-31 09:00:00", "2026-02-28 23:59:59", False),
        (Months(6), "2026-08-31 09:00:00", "2027-02-28 23:59:59", False),
        (Months(12), "2026-03-11 09:00:00", "2027-03-11 23:59:59", False),
        (BusinessMinutes(90), "2026-09-30 16:00:00", "2026-09-30 17:30:00", False),
        (BusinessMinutes(91), "2026-09-30 16:00:00", "2026-10-08 08:31:00", False),  # a week off
        (BusinessMinutes(211), "2026-11-25 08:30:00", "2026-11-25 14:01:00", False),  # over lunch
        (BusinessMinutes(420), "2026-12-31 08:30:00", "2026-12-31 17:30:00", False),
        (BusinessMinutes(421), "2026-12-31 08:30:00", "2027-01-01 08:31:00", True),
        (Until(date(2026, 5, 1)), "2026-03-11 09:00:00", "2026-05-01 23:59:59", False),
    ],
)
def test_every_unit_ends_where_it_should(
    limit: Limit, start: str, due: str, provisional: bool
) -> None:
    found = limit.due(shanghai(start), BY_NOTICES)
    assert (found.at, found.provisional) == (shanghai(due), provisional)
    assert list(limit.explain(shanghai(start), BY_NOTICES))[-1].day == found.at.date()


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-09-28 09:00:00", "2026-10-08 23:59:59"),  # the 3rd: rolls over the National Day
        ("2026-11-25 09:00:00", "2026-11-30 23:59:59"),  # the 30th is a Monday
        ("2026-05-04 09:00:00", "2026-05-09 23:59:59"),  # a Saturday that is worked
    ],
)
def test_a_last_day_off_rolls_forward_where_the_law_says_so(start: str, due: str) -> None:
    how = replace(BY_NOTICES, rolls=True)
    assert CalendarDays(5).due(shanghai(start), how).at == shanghai(due)


def test_the_first_day_counts_only_where_a_rule_says_so() -> None:
    how = replace(PLAIN, first_day_counts=True)
    start = shanghai("2026-03-11 09:00:00")
    assert CalendarDays(5).due(start, how).at == shanghai("2026-03-15 23:59:59")


@pytest.mark.parametrize(
    ("start", "day"),
    [("2026-01-28 23:30", "2026-03-29"), ("2026-08-26 00:30", "2026-10-25")],  # both change hours
)
def test_days_are_right_across_the_change_of_hours(start: str, day: str) -> None:
    rome = ZoneInfo("Europe/Rome")
    begun = datetime.fromisoformat(start).replace(tzinfo=rome)
    due = CalendarDays(60).due(begun, Counting(zone=rome)).at
    assert due.isoformat()[:19] == f"{day}T23:59:59"
    lasted = due.astimezone(UTC) - begun.astimezone(UTC)
    by_the_wall = due.replace(tzinfo=None) - begun.replace(tzinfo=None)
    assert abs(lasted - by_the_wall) == timedelta(hours=1)


@pytest.mark.parametrize("text", ["", "5", "5 weeks", "-1 hours", "٣ hours", "9999999 months", "x"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        limit_from(text)


@pytest.mark.parametrize("text", ["24 hours", "15 calendar_days", "5 working_days", "6 months",
                                  "90 business_minutes", "2026-05-01 until"])  # fmt: skip
def test_a_limit_is_read_as_it_is_written(text: str) -> None:
    assert str(limit_from(text)) == text
