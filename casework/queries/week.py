"""A week of mediation sessions, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casework.engine import moment
from casework.models import Session, User
from casework.queries.procedures import sessions

DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Day:
    """One day and its sessions, the earliest first."""

    date: date
    sessions: list[Session]

    @property
    def today(self) -> bool:
        """Is it today?"""
        return self.date == moment.today()


@dataclass(frozen=True)
class Week:
    """Monday to Sunday."""

    days: list[Day]

    @property
    def first(self) -> date:
        """Its Monday."""
        return self.days[0].date

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.days[-1].date

    @property
    def before(self) -> date:
        """A day of the week before."""
        return self.first - DAYS

    @property
    def after(self) -> date:
        """A day of the week after."""
        return self.first + DAYS

    @property
    def current(self) -> bool:
        """Is it this week?"""
        return any(day.today for day in self.days)


def week(user: User, day: date) -> Week:
    """The week of `day` as `user` may see it. Days begin at midnight in Shanghai."""
    first = day - timedelta(days=day.weekday())
    start = datetime.combine(first, time(), tzinfo=moment.HOME)
    found = sessions(user, start, start + DAYS)
    dates = [first + timedelta(days=n) for n in range(7)]
    return Week([Day(d, [s for s in found if moment.day_of(s.planned_at) == d]) for d in dates])
