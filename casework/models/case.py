"""The one Case of all kinds, and what belongs to it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django_fsm import FSMField

from casework.engine.case_acts import CONSENT_SCOPES, OUTCOMES, PARTY_ROLES, RELATIONS
from casework.engine.owed import PLAN_TAKEN
from casework.engine.people import DESK, Role
from casework.engine.situation import Danger, Questions
from casework.models.base import Record, changes
from casework.models.fields import Sealed
from casework.models.keys import SubjectKey
from casework.models.organisation import Organisation
from casework.models.person import Person
from casework.models.plain import quoted, read_with
from casework.models.staff import User
from casework.models.staged import Staged, StagedQuerySet


class CaseQuerySet(StagedQuerySet["Case"]):
    """Cases, through the only door."""

    def visible_to(self, user: User) -> CaseQuerySet:
        """The cases this person may know of; outside it a case does not exist (rule 11).

        Staff of the desk see the cases of their subtree; a sealed or safety-sensitive one only
        its handler, whoever registered it, supervisors, and whoever has a task or carries a
        procedure in it; and the deputies of each. Whoever has an interest in a case sees nothing
        of it (rule 12).
        """
        actor = user.actor
        if not user.is_active or not actor.roles & DESK:
            return self.none()
        mine = self.filter(organisation_path__startswith=actor.path).exclude(
            conflicted__contains=actor.uid
        )
        if Role.SUPERVISOR in actor.roles:
            return mine
        hers: list[Any] = [actor.uid, *actor.deputises]  # uids, as the columns hold them
        involved = models.Q(handler__in=hers) | models.Q(registered_by__in=hers)
        tasks = apps.get_model("casework", "Todo").objects.filter(
            case=models.OuterRef("pk"), assignee__in=hers, done_at=None
        )
        carried = apps.get_model("casework", "Procedure").objects.filter(
            case=models.OuterRef("pk"), carrier__in=hers, ended_at=None
        )
        everyday = models.Q(sealed=False, safety_sensitive=False)
        return mine.filter(everyday | involved | models.Exists(tasks) | models.Exists(carried))

    def whole_for(self, user: User) -> CaseQuerySet:
        """Those of them that she may read whole. Whoever only carries a procedure in a sealed or
        safety-sensitive case sees the procedure and who takes part, and nothing else."""
        actor = user.actor
        if Role.SUPERVISOR in actor.roles:
            return self.visible_to(user)
        hers = [actor.uid, *actor.deputises]
        whole = models.Q(handler__in=hers) | models.Q(registered_by__in=hers)
        return self.visible_to(user).filter(whole | models.Q(sealed=False, safety_sensitive=False))


class Case(Staged, Record):
    """A petition or a domestic-violence case. Its status changes only through `advance`."""

    subject = models.ForeignKey(SubjectKey, models.PROTECT)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=30)
    status = FSMField(max_length=30, protected=True)
    status_since = models.DateTimeField()
    category = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases")
    organisation_path = models.CharField(max_length=200)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="registered_cases"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        to_field="uid",
        null=True,
        blank=True,
        related_name="handled_cases",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        to_field="uid",
        null=True,
        blank=True,
        related_name="+",
    )
    extension_by = models.CharField(max_length=64, blank=True)
    """The uid of whoever asked for a longer time, while nobody has decided on that."""
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        to_field="uid",
        null=True,
        blank=True,
        related_name="+",
    )
    danger = models.CharField(
        max_length=8, blank=True, choices=[(d.value, d.label.text) for d in Danger]
    )
    sealed = models.BooleanField(default=False)
    safety_sensitive = models.BooleanField(default=False)
    violence = models.BooleanField(default=False)
    alarming = models.BooleanField(default=False)
    minor = models.BooleanField(default=False)
    children = models.BooleanField(default=False)
    report_duty = models.BooleanField(default=False)
    questions = models.CharField(max_length=10, default=Questions.NOT_ASKED.value)
    consent_scopes = models.CharField(max_length=60, blank=True)
    """The scopes of her living consents, sorted, with spaces between; details are in Consent."""
    owed = models.CharField(max_length=60, blank=True)
    """What high danger or the duty to report demands and nobody has recorded, sorted, with spaces
    between (engine/owed.py)."""
    conflicted = models.TextField(blank=True)
    """The uids of staff with an interest in the case, with spaces between (rule 12)."""
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(k, v.text) for k, v in OUTCOMES.items()]
    )
    summary = Sealed()
    demands = Sealed()
    external_number = models.CharField(max_length=60, blank=True)
    event_count = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)

    objects = CaseQuerySet.as_manager()
    history = changes(without=("event_count", "chain_head"))

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=models.Q(version__gte=0), name="case_version")
        ]
        indexes = [
            models.Index(
                fields=["organisation_path", "-received_at"],
                name="case_register",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            ),
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            models.Index(fields=["handler", "-received_at"], name="case_of_handler"),
        ]

    def is_plainly_for(self, user: User) -> bool:
        """Does the row alone say that `visible_to` finds it for her? No is no refusal: a task or a
        procedure of hers may show her what the row does not."""
        actor = user.actor
        if not user.is_active or not actor.roles & DESK:
            return False
        if not self.organisation_path.startswith(actor.path) or actor.uid in self.conflicted:
            return False
        if Role.SUPERVISOR in actor.roles or not (self.sealed or self.safety_sensitive):
            return True
        hers = {actor.uid, *actor.deputises}
        return not hers.isdisjoint((str(self.handler_id), str(self.registered_by_id)))

    def locked_for(self, user: User) -> Case | None:
        """This case, fresh and locked until the transaction ends, with its key; None unless the
        row alone says, as it was read and as it is now, that she may know of it: then ask
        `visible_to`. In plain SQL, because every move begins with it."""
        if not self.is_plainly_for(user):
            return None
        table = quoted(self._meta.db_table)
        tail = f"WHERE {table}.{quoted('id')} = %s"
        if connection.features.has_select_for_update_of:
            tail += f" FOR UPDATE OF {table}"
        found = read_with(Case, "subject", tail, [self.pk])
        return found[0] if found and found[0].is_plainly_for(user) else None

    def keep_end_of_chain(self) -> None:
        """Write only how long the chain of this locked case is and where it ends: something was
        done in one of its procedures, and whoever has the case's page open is not out of date."""
        models.QuerySet(type(self)).filter(pk=self.pk).update(
            event_count=self.event_count, chain_head=self.chain_head
        )

    @property
    def region(self) -> str:
        """The administrative code of the place where it was opened, which its number tells."""
        return self.number.split("-")[1]


class CaseParty(Record):
    """A person's part in a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    person = models.ForeignKey(Person, models.PROTECT, related_name="parts")
    role = models.CharField(max_length=20, choices=[(k, v.text) for k, v in PARTY_ROLES.items()])
    relation = models.CharField(
        max_length=20, blank=True, choices=[(k, v.text) for k, v in RELATIONS.items()]
    )
    history = changes()


class CaseLink(Record):
    """A tie from one case to another: same person, converted, merged, continues."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    relation = models.CharField(max_length=20)
    history = changes()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other", "relation"], name="each_link_once")
        ]


class Consent(Record):
    """What she agreed to, and until when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="consents")
    scope = models.CharField(
        max_length=20, choices=[(k, v.text) for k, v in CONSENT_SCOPES.items()]
    )
    detail = Sealed()
    in_writing = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    history = changes()

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject


class RiskAssessment(Record):
    """Answers to a risk instrument at a moment, and the level they gave."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assessments")
    instrument = models.CharField(max_length=30)
    instrument_version = models.PositiveSmallIntegerField()
    answers = Sealed()
    grounds = Sealed()
    score = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8, choices=[(d.value, d.label.text) for d in Danger])
    own = models.BooleanField()
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid")
    assessed_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    history = changes()

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject


class Evidence(Record):
    """Something that can prove what happened, and who holds it 证据."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    evidence = models.CharField(max_length=12)
    what = Sealed()
    holder = models.CharField(max_length=12)
    obtained_on = models.DateField(null=True)
    history = changes()

    class Meta:
        verbose_name_plural = "evidence"

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject


class SafetyPlan(Record):
    """A safety plan that was offered to her; `number` counts the versions of a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="safety_plans")
    number = models.PositiveSmallIntegerField()
    offered_at = models.DateTimeField()
    taken = models.CharField(max_length=10, choices=[(k, v.text) for k, v in PLAN_TAKEN.items()])
    words = Sealed()
    leave_no_paper = models.BooleanField(default=False)
    history = changes()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="each_plan_once")]

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject


class Incident(Record):
    """An act of violence that happened, as told."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="incidents")
    happened_at = models.DateTimeField(null=True)
    form = models.CharField(max_length=20)
    injury = models.BooleanField(default=False)
    children_present = models.BooleanField(default=False)
    by = models.ForeignKey(CaseParty, models.PROTECT, to_field="uid", null=True, related_name="+")
    """Who did it, when that was said; whatever the relation, she is not mediated with this one."""
    happened = Sealed()
    history = changes()

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject
