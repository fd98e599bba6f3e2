"""How long is left until a deadline, in words."""

from __future__ import annotations

from datetime import datetime

from casework.engine import moment
from casework.engine.language import Sentence, _
from casework.engine.limits import LAST_SECOND, ONE_DAY, WorkingDays
from casework.models import Clock
from casework.queries.calendars import HomeDays

TWO_DAYS = 48
"""In hours."""


def remaining(due: datetime | None, now: datetime) -> Sentence | None:
    """How long is left, in words: hours below two days, then days of the calendar in Shanghai. What
    is not due at the end of a day was counted in hours, and is late by hours at first."""
    if due is None:
        return None
    hours = int((due - now).total_seconds() // 3600)
    days = (due.astimezone(moment.HOME).date() - now.astimezone(moment.HOME).date()).days
    if due < now:
        if due.astimezone(moment.HOME).time() != LAST_SECOND and hours >= -TWO_DAYS:
            return _("已超期 %(hours)s 小时", hours=-hours)
        if days == 0:
            return _("今天已超期")
        return _("已超期 %(days)s 日", days=-days)
    if days == 0:
        return _("今天到期") if hours >= 12 else _("还剩 %(hours)s 小时", hours=hours)
    if hours < TWO_DAYS:
        return _("还剩 %(hours)s 小时", hours=hours)
    return _("还剩 %(days)s 日", days=days)


def remaining_of(clock: Clock) -> Sentence | None:
    """How long is left, in the unit of its limit where that is working days."""
    now = moment.now()
    if not clock.limit.endswith(WorkingDays.unit) or clock.due_at < now:
        return remaining(clock.due_at, now)
    known, day, last, left = HomeDays(), moment.day_of(now), moment.day_of(clock.due_at), 0
    while day < last:
        day += ONE_DAY
        left += known.works(day)
    return _("还剩 %(count)s 个工作日", count=left) if left else _("今天到期")
