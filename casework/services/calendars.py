"""Notices about working days: brought in by one person, confirmed by another."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from casework.access import keeps_calendars
from casework.engine import moment
from casework.engine.calendar import SATURDAY, DayKind
from casework.engine.language import _
from casework.models import CalendarDay, CalendarNotice, User
from casework.queries.calendars import HOME_CALENDAR, SHIPPED, shipped_notices
from casework.services import events
from casework.services.refusals import Refused

YEARS = range(1990, 2101)
MOST_DAYS = 366
WORDS = {
    **{kind.value: kind for kind in DayKind},
    **{kind.label.text: kind for kind in DayKind},
    "workday": DayKind.MAKEUP,
    "off": DayKind.HOLIDAY,
}
"""How a file may call a kind of day."""


@dataclass(frozen=True)
class Told:
    """What a file says: one year and its days, each with its kind and perhaps a name."""

    year: int
    days: Mapping[date, tuple[DayKind, str]]


def load_shipped() -> int:
    """Store the calendars that come with the product, as far as they are not stored yet; answers
    how many notices were."""
    made = 0
    for path in sorted(SHIPPED.glob("*.json")):
        if CalendarNotice.objects.filter(calendar=path.stem).exists():
            continue
        for notice, title in shipped_notices(path.stem):
            row = CalendarNotice.objects.create(
                calendar=path.stem, year=notice.year, title=title, rank=notice.rank,
                confirmed_at=moment.now(),
            )  # fmt: skip
            CalendarDay.objects.bulk_create(
                CalendarDay(notice=row, date=day, kind=kind.value) for day, kind in notice.days
            )
            made += 1
    return made


def read(text: str) -> Told:
    """A file as offices have it: CSV with `date,kind`, or JSON with `year` and `days` (`date`,
    `isOffDay`, `name`). Raises `Refused` with a sentence for the first thing that is wrong."""
    try:
        told = _from_json(text) if text.lstrip().startswith("{") else _from_csv(text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused([_("文件读不懂：%(what)s", what=str(error)[:80])]) from None
    days = {day: what for day, what in told.days.items() if _tells_something(day, what[0])}
    if not days:
        raise Refused([_("文件中没有放假或调休的日期。")])
    if told.year not in YEARS or len(days) > MOST_DAYS:
        raise Refused([_("文件中的年份或天数不对。")])
    if any(abs(day.year - told.year) > 1 for day in days):
        raise Refused([_("一份通知只能写一个年份（可涉及前后年的个别日期）。")])
    return Told(told.year, days)


def _tells_something(day: date, kind: DayKind) -> bool:
    """A weekend that is off and a weekday that is worked need no notice."""
    return (kind is DayKind.MAKEUP) == (day.weekday() >= SATURDAY)


def _from_json(text: str) -> Told:
    told = json.loads(text)
    days = {}
    for entry in told["days"]:
        kind = DayKind.HOLIDAY if entry["isOffDay"] else DayKind.MAKEUP
        days[date.fromisoformat(entry["date"])] = (kind, str(entry.get("name", ""))[:40])
    return Told(int(told["year"]), days)


def _from_csv(text: str) -> Told:
    days = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))), 2):
        word = (row.get("kind") or "").strip()
        if word not in WORDS:
            raise ValueError(str(_("第 %(line)s 行的 kind“%(word)s”", line=line, word=word)))
        day = date.fromisoformat((row.get("date") or "").strip())
        if day in days:
            raise ValueError(str(_("第 %(line)s 行的日期重复", line=line)))
        days[day] = (WORDS[word], (row.get("name") or "").strip()[:40])
    years = [day.year for day in days]
    return Told(max(set(years), key=years.count) if years else 0, days)


@transaction.atomic
def propose(actor: User, told: Told, title: str, calendar: str = HOME_CALENDAR) -> CalendarNotice:
    """Bring a notice in. It counts only once another person confirmed it. Raises `Refused`."""
    if not keeps_calendars(actor):
        raise Refused([_("工作日历由系统管理员或负责人维护。")])
    if not title.strip() or len(title) > 100:
        raise Refused([_("请填写通知名称或文号，最多 100 字。")])
    made = CalendarNotice.objects.create(
        calendar=calendar, year=told.year, title=title.strip(), proposed_by=actor
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=made, date=day, kind=kind.value, name=name)
        for day, (kind, name) in sorted(told.days.items())
    )
    detail: dict[str, object] = {"notice": str(made.uid), "year": told.year, "days": len(told.days)}
    events.add_to_day(actor, "propose_calendar", detail=detail)
    return made


@transaction.atomic
def decide(actor: User, notice: CalendarNotice, *, right: bool) -> None:
    """A second person compared it with the notice: from now on it counts, or it is dropped. Raises
    `Refused`."""
    notice = CalendarNotice.objects.select_for_update().get(pk=notice.pk)
    if not keeps_calendars(actor):
        raise Refused([_("工作日历由系统管理员或负责人维护。")])
    if notice.confirmed_at or notice.dropped_at:
        raise Refused([_("这份通知已经核对过。")])
    if right and notice.proposed_by_id == actor.uid:
        raise Refused([_("须由导入人以外的另一人核对。")])
    if right:
        list(CalendarNotice.objects.filter(calendar=notice.calendar).select_for_update())
        last = CalendarNotice.objects.filter(calendar=notice.calendar).aggregate(r=Max("rank"))["r"]
        notice.rank, notice.confirmed_by = (last or 0) + 1, actor
        notice.confirmed_at = moment.now()
    else:
        notice.dropped_at = moment.now()
    notice.save(update_fields=["rank", "confirmed_by", "confirmed_at", "dropped_at"])
    detail: dict[str, object] = {"notice": str(notice.uid), "right": right}
    events.add_to_day(actor, "decide_calendar", detail=detail)
