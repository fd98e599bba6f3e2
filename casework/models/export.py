"""Exports of the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.models.base import Record
from casework.models.fields import Sealed
from casework.models.keys import SubjectKey


class Export(Record):
    """A file of the register that somebody asked for; the truth about it, whatever a broker
    loses. The row stays; the file is taken out of it after a day."""

    PURPOSES = [
        ("statistics", _("统计上报")),
        ("inspection", _("督导检查")),
        ("handover", _("工作交接")),
        ("audit", _("审计核查")),
        ("other", _("其他工作需要")),
    ]
    STATES = [
        ("waiting", _("等待生成")),
        ("running", _("正在生成")),
        ("done", _("已生成")),
        ("failed", _("生成失败")),
        ("gone", _("已删除")),
    ]

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="exports"
    )
    subject = models.ForeignKey(SubjectKey, models.PROTECT, related_name="+")
    filters = models.JSONField(default=dict)
    """By what the register was narrowed, as it stands in an address."""
    purpose = models.CharField(max_length=12, choices=PURPOSES)
    reason = Sealed()
    """In her own words, which may name somebody."""
    language = models.CharField(max_length=10)
    """In which the file is written."""
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    total = models.PositiveIntegerField()
    """The cases it had when it was asked for."""
    done = models.PositiveIntegerField(default=0)
    """Those that are written so far."""
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    """When its worker last gave a sign of life."""
    error = models.CharField(max_length=80, blank=True)
    content = Sealed()
    """The Excel file, base64."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=("waiting", "running", "done")),
                name="export_to_see_to",
            ),
            models.Index(fields=["owner", "-made_at"], name="export_of_owner"),
        ]

    @property
    def over(self) -> bool:
        """Does nobody work at it any more?"""
        return self.state not in ("waiting", "running")
