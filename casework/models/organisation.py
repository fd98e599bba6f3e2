"""The tree of organisations, the bodies we work with, and the code lists."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.base import Record, changes


class Organisation(Record):
    """A federation, desk or village point. `path` holds the codes from the root down: /44/4401/."""

    LEVELS = [
        ("province", _("省")),
        ("city", _("市")),
        ("county", _("县（区）")),
        ("township", _("乡镇（街道）")),
        ("village", _("村（社区）")),
    ]

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)
    level = models.CharField(max_length=10, choices=LEVELS)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    intake_point = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, blank=True)
    """Of the desk: it stands in letters, so that who answers reaches the desk and never her."""
    history = changes()

    class Meta:
        indexes = [
            models.Index(
                fields=["path"], name="organisation_prefix", opclasses=["varchar_pattern_ops"]
            )
        ]


class Body(Record):
    """A partner in the directory 协作单位名录: court, police, legal aid, shelter, hospital…"""

    SERVICES = [
        ("police", _("公安")),
        ("court", _("法院")),
        ("legal_aid", _("法律援助")),
        ("shelter", _("庇护")),
        ("hospital", _("医疗")),
        ("counselling", _("心理疏导")),
        ("civil_affairs", _("社会救助")),
        ("labour", _("劳动监察/仲裁")),
        ("prosecutors", _("检察院")),
        ("judicial_relief", _("司法救助")),
        ("federation", _("其他妇联组织")),
        ("other", _("其他")),
    ]

    name = models.CharField(max_length=100)
    service = models.CharField(max_length=20, choices=SERVICES)
    email = models.EmailField(blank=True)
    """Where a notice without any content may go (rule 9); empty: none is sent."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bodies")
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=100, blank=True)
    jurisdiction = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(default=True)
    history = changes()


class CodeItem(models.Model):
    """One entry of a configurable list, e.g. a category. `sensitive` ones bind the safety rules."""

    id = models.BigAutoField(primary_key=True)
    list = models.CharField(max_length=30)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80)
    parent = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    sensitive = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="one_code_per_list")]
        ordering = ["list", "position", "code"]


class NumberSeries(models.Model):
    """The last serial given by an organisation in a year, for cases or for a kind of letter; its
    row is locked to give the next."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    series = models.CharField(max_length=20, default="case")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "series"], name="one_series_a_year"
            )
        ]
