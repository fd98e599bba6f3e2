"""Which days are worked: notices as they were published, never changed afterwards."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from casework.engine.calendar import DayKind
from casework.models.base import Record


class CalendarNotice(Record):
    """One notice about one year. It counts from when a second person confirmed it; `rank` is then
    its place, and of two notices about one day the higher is right."""

    calendar = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=100)
    rank = models.PositiveIntegerField(null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", null=True, related_name="+"
    )
    """None: shipped with the product."""
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    """Looked through by a second person, and wrong."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "rank"], name="one_notice_a_rank")
        ]
        ordering = ["-year", "-rank", "-id"]


class CalendarDay(models.Model):
    """What a notice says of a day: off although a weekday, or worked although a weekend."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(CalendarNotice, models.PROTECT, related_name="days")
    date = models.DateField()
    kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.label.text) for kind in DayKind]
    )
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "date"], name="one_word_about_a_day")
        ]
        ordering = ["date"]
