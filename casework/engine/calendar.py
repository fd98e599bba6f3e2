"""Which days are worked: holiday notices laid over weekends, published year by year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from casework.engine.language import Sentence, _

SATURDAY = 5


class DayKind(StrEnum):
    """What a notice says of a day. `holiday` and `rest` are off, `makeup` (调休上班) is worked."""

    HOLIDAY = "holiday"
    REST = "rest"
    MAKEUP = "makeup"

    @property
    def label(self) -> Sentence:
        """The kind as shown."""
        return _LABELS[self.value]


_LABELS = {"holiday": _("放假"), "rest": _("调休休息"), "makeup": _("调休上班")}


class Days(Protocol):
    """What counting asks a calendar."""

    @property
    def version(self) -> int:
        """Grows with every notice."""

    def works(self, day: date) -> bool:
        """Is it a working day?"""

    def published(self, day: date) -> bool:
        """Is the notice of that year out? Without it an answer about its days is provisional."""

    def kind(self, day: date) -> DayKind | None:
        """What a notice says of this very day, if any does."""


@dataclass(frozen=True)
class Calendar:
    """Notices over weekends. A year without a notice is counted by weekends alone: every holiday
    that its notice may bring only pushes a date later, so this is the earlier candidate."""

    name: str
    days: dict[date, DayKind] = field(hash=False)
    years: frozenset[int] | None
    """The years whose notice is out; None: nobody publishes any, weekends are all there is."""
    version: int = 0

    def works(self, day: date) -> bool:
        """Is it a working day?"""
        said = self.days.get(day)
        return day.weekday() < SATURDAY if said is None else said is DayKind.MAKEUP

    def published(self, day: date) -> bool:
        """Is the notice of that year out?"""
        return self.years is None or day.year in self.years

    def kind(self, day: date) -> DayKind | None:
        """What a notice says of this very day, if any does."""
        return self.days.get(day)


WEEKDAYS = Calendar("weekdays", {}, None)
"""Monday to Friday, no holidays: other regions, tests, and whatever needs no calendar."""


@dataclass(frozen=True)
class DayNotice:
    """What one notice (通知) says of the days of one year; of two, the higher rank is right."""

    year: int
    rank: int
    days: tuple[tuple[date, DayKind], ...]


def calendar_of(name: str, notices: Iterable[DayNotice]) -> Calendar:
    """The calendar that results from these notices: later ones correct earlier ones, day by day."""
    ranked = sorted(notices, key=lambda notice: notice.rank)
    days = {day: kind for notice in ranked for day, kind in notice.days}
    years = frozenset(notice.year for notice in ranked)
    return Calendar(name, days, years, max((n.rank for n in ranked), default=0))
