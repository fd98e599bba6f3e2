"""What waits for whom, and what runs out when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task

from casework.models.base import Record
from casework.models.case import Case


class Clock(Record):
    """A deadline of one case. `due_at` follows from the rule, its version and `started_at`."""

    STATES = [
        ("running", _("计时中")),
        ("met", _("按期")),
        ("breached", _("逾期")),
        ("cancelled", _("取消")),
    ]

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    rule = models.CharField(max_length=40)
    rule_version = models.PositiveSmallIntegerField()
    cycle = models.PositiveSmallIntegerField(default=1)
    own = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=STATES, default="running")
    started_at = models.DateTimeField()
    original_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    next_fire_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "rule", "cycle"], name="one_clock_a_cycle"),
            models.UniqueConstraint(
                fields=["case", "rule"], condition=Q(state="running"), name="one_running_clock"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at"], condition=Q(state="running"), name="clock_to_fire"
            )
        ]


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
