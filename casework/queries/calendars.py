"""The calendars as they are known: shipped with the product, or stored and confirmed."""

from __future__ import annotations

import json
from calendar import Calendar as Months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from casework.engine import moment
from casework.engine.calendar import (
    WEEKDAYS,
    Calendar,
    DayKind,
    DayNotice,
    calendar_of,
)
from casework.models import CalendarDay, CalendarNotice, User

SHIPPED = Path(__file__).resolve().parents[2] / "fixtures" / "calendars"
HOME_CALENDAR = "china"


class UnknownCalendar(LookupError):
    """There is no calendar of this name."""


@cache
def shipped(name: str = HOME_CALENDAR) -> Calendar:
    """The calendar as it came with the product. Raises `UnknownCalendar`."""
    if name == WEEKDAYS.name:
        return WEEKDAYS
    return calendar_of(name, (notice for notice, _title in shipped_notices(name)))


def shipped_notices(name: str) -> Iterator[tuple[DayNotice, str]]:
    """The notices that came with the product, each with its title, the oldest first."""
    path = {known.stem: known for known in SHIPPED.glob("*.json")}.get(name)
    if path is None:
        raise UnknownCalendar(name)
    for rank, told in enumerate(json.loads(path.read_text("utf-8"))["years"], 1):
        days = tuple((date.fromisoformat(d), DayKind(kind)) for d, kind in told["days"].items())
        yield DayNotice(told["year"], rank, days), told["notice"]


def stored(name: str = HOME_CALENDAR) -> Calendar:
    """The calendar as it is stored, with every confirmed notice. Raises `UnknownCalendar`."""
    if name == WEEKDAYS.name:
        return WEEKDAYS
    confirmed = CalendarNotice.objects.filter(calendar=name, rank__isnull=False)
    last = confirmed.order_by("-rank").values_list("rank", "uid").first()
    if last is None:
        raise UnknownCalendar(name)
    return _up_to(name, *last)


@cache
def _up_to(name: str, rank: int, uid: UUID) -> Calendar:
    """A notice never changes once it is confirmed, so what was read up to it stays right."""
    notices = CalendarNotice.objects.filter(calendar=name, rank__lte=rank)
    told: dict[int, list[tuple[date, DayKind]]] = {}
    days = CalendarDay.objects.filter(notice__in=notices)
    for notice, day, kind in days.values_list("notice_id", "date", "kind"):
        told.setdefault(notice, []).append((day, DayKind(kind)))
    rows = notices.values_list("id", "year", "rank")
    return calendar_of(name, (DayNotice(y, r or 0, tuple(told.get(pk, ()))) for pk, y, r in rows))


def home_at(rank: int) -> Calendar:
    """The home calendar as it was known when the notice of this rank was the last."""
    notice = CalendarNotice.objects.filter(calendar=HOME_CALENDAR, rank=rank)
    uid = notice.values_list("uid", flat=True).first()
    return _up_to(HOME_CALENDAR, rank, uid) if uid else shipped()


def notices_after(rank: int) -> list[tuple[int, datetime]]:
    """The notices of the home calendar that count since the one of this rank, in order: the rank of
    each, and since when it is known."""
    later = CalendarNotice.objects.filter(calendar=HOME_CALENDAR, rank__gt=rank).order_by("rank")
    told = later.values_list("rank", "confirmed_at", "made_at")
    return [(place or 0, known or made) for place, known, made in told]


class HomeDays:
    """The home calendar, read when it is first asked: most limits ask no calendar."""

    @property
    def version(self) -> int:
        """Grows with every notice."""
        return self._known.version

    def works(self, day: date) -> bool:
        """Is it a working day?"""
        return self._known.works(day)

    def published(self, day: date) -> bool:
        """Is the notice of that year out?"""
        return self._known.published(day)

    def kind(self, day: date) -> DayKind | None:
        """What a notice says of this very day, if any does."""
        return self._known.kind(day)

    @property
    def _known(self) -> Calendar:
        known = self.__dict__.get("known")
        if known is None:
            try:
                known = stored()
            except UnknownCalendar:  # an installation that has not loaded it: as shipped
                known = shipped()
            self.__dict__["known"] = known
        return known


def notices(name: str = HOME_CALENDAR) -> list[CalendarNotice]:
    """Every notice that counts or waits for a second person, the latest year first."""
    found = CalendarNotice.objects.filter(calendar=name, dropped_at=None)
    return list(found.select_related("proposed_by", "confirmed_by").prefetch_related("days"))


@dataclass(frozen=True)
class Month:
    """A month as weeks of days; None where a week reaches beyond it."""

    number: int
    weeks: list[list[Square | None]]


@dataclass(frozen=True)
class Square:
    """A day: worked or not, and what a notice says of it."""

    day: date
    works: bool
    kind: DayKind | None


@dataclass(frozen=True)
class YearPage:
    """A year on the calendar page."""

    year: int
    published: bool
    working_days: int
    months: list[Month]
    notices: list[CalendarNotice]
    pending: list[CalendarNotice]
    mine: set[UUID]
    """The pending ones that this person brought in: another one confirms them."""


def year_page(text: str, user: User) -> YearPage:
    """The year `text`, or the present one."""
    known = HomeDays()
    year = int(text) if text.isdecimal() and int(text) in range(2000, 2101) else moment.today().year
    months = [
        Month(
            month,
            [
                [_square(day, known) if day.month == month else None for day in week]
                for week in Months().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]
    squares = [day for month in months for week in month.weeks for day in week if day]
    found = notices()
    pending = [notice for notice in found if notice.rank is None]
    return YearPage(
        year=year,
        published=known.published(date(year, 1, 1)),
        working_days=sum(day.works for day in squares),
        months=months,
        notices=[notice for notice in found if notice.rank is not None and notice.year == year],
        pending=pending,
        mine={notice.uid for notice in pending if notice.proposed_by_id == user.uid},
    )


def _square(day: date, known: HomeDays) -> Square:
    return Square(day, known.works(day), known.kind(day))


def notice_of(uid: UUID) -> CalendarNotice | None:
    """The notice with this uid."""
    return CalendarNotice.objects.filter(uid=uid).first()
