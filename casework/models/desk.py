"""What waits for whom, and what runs out when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task

from casework.engine import moment
from casework.models.base import Record
from casework.models.case import Case
from casework.models.procedure import Procedure

LIVE = ("running", "paused")
"""The states of a clock that is not over."""


class Clock(Record):
    """A deadline of a case, or of one of its procedures, as it stands: what its events add up to
    (`manage.py verify_clocks` counts again)."""

    STATES = [
        ("running", _("计时中")),
        ("paused", _("中止")),
        ("met", _("按期")),
        ("breached", _("逾期")),
        ("cancelled", _("取消")),
    ]

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, related_name="clocks")
    rule = models.CharField(max_length=40)
    rule_version = models.PositiveSmallIntegerField()
    cycle = models.PositiveSmallIntegerField(default=1)
    own = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=STATES, default="running")
    limit = models.CharField(max_length=40)
    """As commands write it, e.g. ``15 calendar_days``: what this clock began with."""
    spells = models.JSONField(default=dict)
    """When it stood still and by how much it was lengthened."""
    provisional = models.BooleanField(default=False)
    """Does it reach into a year whose working days are not published yet (暂定)?"""
    calendar = models.PositiveIntegerField(default=0)
    """The rank of the notice it was last counted by; 0: its limit asks no calendar."""
    started_at = models.DateTimeField()
    original_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_fire_at = models.DateTimeField(null=True)
    """Its next milestone."""
    told_until = models.DateTimeField(null=True)
    """Its milestones up to here have been told."""
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "rule", "cycle"],
                condition=Q(procedure=None),
                name="one_clock_a_cycle",
            ),
            models.UniqueConstraint(
                fields=["case", "rule"],
                condition=Q(procedure=None, state__in=LIVE),
                name="one_running_clock",
            ),
            models.UniqueConstraint(
                fields=["procedure", "rule", "cycle"],
                condition=Q(procedure__isnull=False),
                name="one_clock_a_cycle_here",
            ),
            models.UniqueConstraint(
                fields=["procedure", "rule"],
                condition=Q(procedure__isnull=False, state__in=LIVE),
                name="one_running_clock_here",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at"], condition=Q(state="running"), name="clock_to_fire"
            ),
            models.Index(
                fields=["calendar"],
                condition=Q(state__in=LIVE, calendar__gt=0),
                name="clock_by_calendar",
            ),
        ]


class ClockEvent(models.Model):
    """One thing that happened to a clock; only ever added. All of them, in order, are its life."""

    id = models.BigAutoField(primary_key=True)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    """The moment that counts; `made_at` is when it was written."""
    made_at = models.DateTimeField(default=moment.now, editable=False)
    limit = models.CharField(max_length=40, blank=True)
    """Of a start: how long it runs. Of an extension: by how much."""
    calendar = models.PositiveIntegerField(default=0)
    """The rank of the notice by which it was counted."""
    milestone = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True)
    """Of a milestone: the deadline it spoke of."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "due_at", "milestone"],
                condition=Q(kind="fire"),
                name="each_milestone_once",
            )
        ]


class Reminder(Record):
    """What was said of a clock, to a person or to whoever has a role in an organisation. It names
    the case by its number alone (rules 8, 9)."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="reminders")
    case = models.ForeignKey(Case, models.PROTECT, related_name="reminders")
    milestone = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    audience = models.CharField(max_length=12)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        to_field="uid",
        null=True,
        related_name="reminders",
    )
    role = models.CharField(max_length=20, blank=True)
    organisation_path = models.CharField(max_length=200)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "due_at", "milestone", "audience"], name="each_reminder_once"
            ),
            models.CheckConstraint(
                condition=Q(assignee=None) ^ Q(role=""), name="reminder_for_person_or_role"
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "-made_at"], name="reminder_of_person"),
            models.Index(fields=["role", "organisation_path", "-made_at"], name="reminder_of_role"),
        ]


class Delivery(Record):
    """A reminder on its way out of the house; the truth about it, whatever a broker loses."""

    STATES = [
        ("waiting", _("待发送")),
        ("taken", _("发送中")),
        ("sent", _("已发送")),
        ("dropped", _("已过时，未发送")),
        ("poison", _("发送失败，待处理")),
    ]

    key = models.CharField(max_length=100, unique=True)
    """Also told to the other side, so that a second delivery can be known as one."""
    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", null=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    not_before = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(state__in=("waiting", "taken")),
                name="delivery_to_make",
            )
        ]


class Heartbeat(models.Model):
    """When something that must go on happening last happened."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()


class Todo(Record):
    """Something that waits for a person: for one by name, or for a role in an organisation."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="todos")
    subject = models.CharField(max_length=60)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", null=True, related_name="todos"
    )
    role = models.CharField(max_length=20, blank=True)
    organisation_path = models.CharField(max_length=200)
    due_at = models.DateTimeField(null=True)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, related_name="todos")
    task = models.OneToOneField(Task, models.PROTECT, null=True, related_name="todo")
    """The task of a procedure's flow that waits here; its todo's uid is its address."""
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "subject"], condition=Q(done_at=None), name="one_open_todo"
            ),
            models.CheckConstraint(
                condition=Q(assignee=None) ^ Q(role=""), name="todo_for_person_or_role"
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_at", "id"],
                condition=Q(done_at=None, assignee__isnull=False),
                name="todo_of_person",
            ),
            models.Index(
                fields=["role", "organisation_path", "due_at", "id"],
                condition=Q(done_at=None, assignee=None),
                name="todo_of_role",
            ),
        ]
