"""Procedures inside a case: the one record with a status, and the details of each kind."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django_fsm import FSMField
from simple_history import register
from viewflow.workflow.models import Process, Task

from casework.engine import registry
from casework.engine.clocks import LEFT_ALONE
from casework.engine.limits import CalendarDays, Months
from casework.engine.moment import day_of, end_of
from casework.engine.owed import POLICE_OUTCOMES
from casework.models.base import Record, by_whom, changes, history_of
from casework.models.case import Case, CaseParty
from casework.models.fields import Sealed
from casework.models.keys import SubjectKey
from casework.models.organisation import Body
from casework.models.staged import Staged, StagedQuerySet

register(Task, app="casework", **history_of(get_user=by_whom))


class ProcedureQuerySet(StagedQuerySet["Procedure"]):
    """Procedures; who may see one follows from its case."""


class Procedure(Staged, Record):
    """A mediation, a referral, an order: what it legally is. Its status changes only through
    `advance`, its people's tasks are carried by its process."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="procedures")
    kind = models.CharField(max_length=30)
    status = FSMField(max_length=30, protected=True)
    status_since = models.DateTimeField()
    open = models.BooleanField(default=True)
    carrier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        to_field="uid",
        null=True,
        related_name="carried_procedures",
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    objects = ProcedureQuerySet.as_manager()
    history = changes()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=models.Q(version__gte=0), name="procedure_version")
        ]
        indexes = [
            models.Index(
                fields=["carrier"], condition=models.Q(ended_at=None), name="procedure_of_carrier"
            )
        ]

    @property
    def organisation_path(self) -> str:
        """Where its case belongs."""
        return self.case.organisation_path

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject

    @property
    def detail(self) -> Detail:
        """What only this kind of procedure has."""
        found: Detail = getattr(self, self.kind)
        return found


class CaseProcess(Process):  # type: ignore[misc]  # viewflow is untyped
    """The flow of people's tasks that carries one procedure."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="process")


class Detail(Record):
    """Base of what only one kind of procedure has."""

    class Meta:
        abstract = True

    procedure: models.OneToOneField[Procedure, Procedure]

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.procedure.case.subject


class Mediation(Detail):
    """Between whom, about what, with which result 调解."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="mediation")
    other = models.ForeignKey(CaseParty, models.PROTECT, to_field="uid", related_name="+")
    unrelated = models.BooleanField(default=False)
    mode = models.CharField(max_length=10)
    matter = Sealed()
    agreed = models.CharField(max_length=20, blank=True)
    """The sides that agreed to be mediated, with spaces between; likewise `screened`."""
    screened = models.CharField(max_length=20, blank=True)
    planned = models.BooleanField(default=False)
    planned_at = models.DateTimeField(null=True)
    """When the next session begins; likewise `began_at` is when the last one did."""
    began_at = models.DateTimeField(null=True)
    terms = Sealed()
    perform_by = models.DateField(null=True)
    owes = models.BooleanField(default=False)
    status_relation = models.BooleanField(default=False)
    wants_confirmation = models.BooleanField(default=False)
    oral = models.BooleanField(default=False)
    signed_on = models.DateField(null=True)
    court = models.CharField(max_length=200, blank=True)
    ruling = models.CharField(max_length=200, blank=True)
    performed_on = models.DateField(null=True)
    history = changes()

    @property
    def opening_due_at(self) -> datetime | None:
        """The next session begins when it is planned."""
        return self.planned_at

    @property
    def confirmation_from(self) -> datetime | None:
        """The time to ask the court runs from when the agreement came into force, not from when
        that was written down (人民调解法 33)."""
        return end_of(self.signed_on) if self.signed_on else None

    @property
    def performance_due_at(self) -> datetime | None:
        """What was agreed is due at the end of the day that was agreed."""
        return end_of(self.perform_by) if self.perform_by else None


class Session(Record):
    """One session of a mediation."""

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField()
    place = Sealed()
    held_at = models.DateTimeField(null=True)
    notes = Sealed()
    history = changes()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mediation", "number"], name="each_session_once")
        ]

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.mediation.subject


class Referral(Detail):
    """To whom she is referred, on what ground, and what came of it 转介."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="referral")
    body = models.ForeignKey(Body, models.PROTECT, to_field="uid", related_name="referrals")
    service = models.CharField(max_length=20)
    urgency = models.CharField(max_length=12)
    ground = models.CharField(max_length=20)
    why = Sealed()
    requests = Sealed()
    situation = Sealed()
    fee_asked = models.PositiveIntegerField(default=0)
    """Court-fee relief asked for, and granted, in yuan; 0 means none."""
    fee_granted = models.PositiveIntegerField(default=0)
    approver = models.CharField(max_length=64, blank=True)
    """The uid of whoever approved or ratified the letter."""
    reviser = models.CharField(max_length=64, blank=True)
    """The uid of whoever last changed the letter's words."""
    sender = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    sent_at = models.DateTimeField(null=True)
    receipt_due_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    receipt = Sealed()
    papers_asked_at = models.DateTimeField(null=True)
    """When missing papers were last asked for; `papers_brought_at` is when they were there."""
    papers_brought_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = Sealed()
    decision = models.CharField(max_length=200, blank=True)
    lawyer = Sealed()
    result = Sealed()
    chased = models.PositiveSmallIntegerField(default=0)
    climbed = models.CharField(max_length=500, blank=True)
    """The rungs of chasing that are behind us (engine/chasing.py), with spaces between."""
    escalated = models.BooleanField(default=False)
    objected_at = models.DateTimeField(null=True)
    objection_answered_at = models.DateTimeField(null=True)
    objection_outcome = models.CharField(max_length=12, blank=True)
    objection_answer = Sealed()
    history = changes()

    @property
    def objection_result_from(self) -> datetime | None:
        """The time to answer an objection runs from when it was made."""
        return self.objected_at

    @property
    def answer_from(self) -> datetime | None:
        """The time to answer runs from the receipt, not from when that was written down."""
        return self.received_at

    @property
    def body_active(self) -> bool:
        """Is the body still in the directory?"""
        return self.body.active


A_WEEK, VISITED_EVERY = timedelta(days=7), timedelta(days=30)


class ProtectionOrder(Detail):
    """Against whom, for what, by which court, and how it goes 人身安全保护令."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="protection_order")
    respondent = models.ForeignKey(CaseParty, models.PROTECT, to_field="uid", related_name="+")
    applicant = models.CharField(max_length=12)
    proxy_ground = models.CharField(max_length=20, blank=True)
    proxy_why = Sealed()
    urgent = models.BooleanField(default=False)
    measures_asked = models.CharField(max_length=200)
    """The codes of the measures, with spaces between; likewise those granted, and `served`."""
    measures_other = Sealed()
    grounds = Sealed()
    court = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField(null=True)
    filed_how = models.CharField(max_length=12, blank=True)
    accepted_at = models.DateTimeField(null=True)
    case_number = models.CharField(max_length=200, blank=True)
    turned_down_at = models.DateTimeField(null=True)
    turned_down = Sealed()
    ruling = models.CharField(max_length=200, blank=True)
    ruled_at = models.DateTimeField(null=True)
    """When the court ruled, whichever way; likewise `valid_until` is what holds after renewals."""
    measures_granted = models.CharField(max_length=200, blank=True)
    granted_other = Sealed()
    valid_until = models.DateField(null=True)
    denial_served_on = models.DateField(null=True)
    why_denied = Sealed()
    reconsidered_at = models.DateTimeField(null=True)
    reconsideration = Sealed()
    upheld_at = models.DateTimeField(null=True)
    upheld = Sealed()
    served = models.CharField(max_length=60, blank=True)
    served_at = models.DateTimeField(null=True)
    """When the respondent was given it."""
    visits = models.PositiveSmallIntegerField(default=0)
    visited_at = models.DateTimeField(null=True)
    needs = Sealed()
    breach_seen = models.BooleanField(default=False)
    """A visit found a breach that is still to be written down."""
    breaches = models.PositiveSmallIntegerField(default=0)
    breached_at = models.DateTimeField(null=True)
    breach = Sealed()
    """The latest one, with what was done about it; the earlier ones stand in the history."""
    police_told = models.BooleanField(default=False)
    why_not_told = Sealed()
    renewal_asked_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    """When she said that she asks for no longer time; `refused_at` is when the court refused it."""
    refused_at = models.DateTimeField(null=True)
    refusal = Sealed()
    renewals = models.PositiveSmallIntegerField(default=0)
    renewal_ruling = models.CharField(max_length=200, blank=True)
    renewed_at = models.DateTimeField(null=True)
    contested_at = models.DateTimeField(null=True)
    revoked_how = models.CharField(max_length=20, blank=True)
    revoked_at = models.DateTimeField(null=True)
    fed_back_at = models.DateTimeField(null=True)
    fed_back = Sealed()
    signed = models.BooleanField(default=False)
    climbed = models.CharField(max_length=500, blank=True)
    history = changes()

    @property
    def ruling_due_at(self) -> datetime | None:
        """The court has 72 hours from the acceptance, or 24 (反家庭暴力法 28)."""
        hours = timedelta(hours=24 if self.urgent else 72)
        return self.accepted_at + hours if self.accepted_at else None

    @property
    def reconsideration_from(self) -> datetime | None:
        """Her five days run from the day on which the denial was served."""
        return end_of(self.denial_served_on) if self.denial_served_on else None

    @property
    def renew_by(self) -> date | None:
        """Until when the court must be asked for a longer time: a lapse is not bridged. None when
        that is settled."""
        settled = self.renewal_asked_at or self.waived_at or self.refused_at
        if self.valid_until is None or settled:
            return None
        return self.valid_until - A_WEEK

    @property
    def watching_due_at(self) -> datetime | None:
        """What comes first: the next visit (unless she ended our help), the day to ask for a
        longer time, the last day; at once, when a visit found a breach."""
        begun, until = self.visited_at or self.ruled_at, self.renew_by or self.valid_until
        if begun is None or until is None:
            return None
        alone = self.procedure.case.status in LEFT_ALONE
        day = until if alone else min(day_of(begun) + VISITED_EVERY, until)
        return end_of(day_of(begun) if self.breach_seen else day)

    @property
    def feedback_from(self) -> datetime | None:
        """It is told to the court so long after its last day, or after it was revoked."""
        return self.revoked_at or (end_of(self.valid_until) if self.valid_until else None)


LONG = 3
"""So many days in a row without reaching her: whether she is lost is to be decided."""


class FollowUp(Detail):
    """How she is asked how she is, and what she said 回访."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="follow_up")
    planned_at = models.DateTimeField()
    next_on = models.DateField()
    """The day of the first talk, then the last day for the next one."""
    rhythm = models.CharField(max_length=6)
    """The danger by which the next talk is counted: as it was when the last one took place, or
    higher, when it rose since."""
    welfare_check = models.BooleanField(default=False)
    talks = models.PositiveSmallIntegerField(default=0)
    talked_at = models.DateTimeField(null=True)
    """When she was last spoken to in a safe setting; `tried_at` is when she was last not."""
    needs = Sealed()
    satisfaction = models.CharField(max_length=1, blank=True)
    tried_at = models.DateTimeField(null=True)
    missed = models.PositiveSmallIntegerField(default=0)
    """On how many days in a row she was not reached; `missed_on` is the last of them."""
    missed_on = models.DateField(null=True)
    incident_at = models.DateTimeField(null=True)
    """When she first told of violence that the case may not know of yet."""
    history = changes()

    @property
    def incident_seen(self) -> bool:
        """Did she tell of violence that is not written down in the case since?"""
        if self.incident_at is None:
            return False
        known = self.procedure.case.incidents.filter(made_at__gte=self.incident_at)
        return not known.exists()

    @property
    def long_silent(self) -> bool:
        """Was she not reached so often that somebody must decide?"""
        return self.missed >= LONG

    @property
    def talking_due_at(self) -> datetime:
        """The next talk is due at the end of its day."""
        return end_of(self.next_on)


TO_A_WARNING, BETWEEN_VISITS = CalendarDays(7), Months(3)
"""公通字〔2024〕34号 12."""
CLEAN_VISITS = 3
"""After so many in a row without new violence the visits stop (as above)."""


class PoliceReport(Detail):
    """A report to the police that was made, and what came of it 报案与告诫."""

    procedure = models.OneToOneField(  # type: ignore[assignment]  # older ones have none
        Procedure, models.PROTECT, null=True, related_name="police_report"
    )
    """None for what was recorded before reports were followed: then `case` is set."""
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="police_reports")
    reported_at = models.DateTimeField()
    station = Sealed()
    receipt = Sealed()
    against = models.ForeignKey(
        CaseParty, models.PROTECT, to_field="uid", null=True, related_name="+"
    )
    """Whom she reported, when that was said: with this one she is not mediated."""
    told_first = models.BooleanField(default=False)
    why_not_told = Sealed()
    as_mandatory = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    accepted_number = Sealed()
    outcome = models.CharField(
        max_length=12, blank=True, choices=[(k, v.text) for k, v in POLICE_OUTCOMES.items()]
    )
    decided_at = models.DateTimeField(null=True)
    number = Sealed()
    """Of the paper that tells the outcome, or of the warning."""
    warned_at = models.DateTimeField(null=True)
    served = models.CharField(max_length=60, blank=True)
    """Who has been given the warning: codes with spaces between."""
    visits = models.PositiveSmallIntegerField(default=0)
    clean_visits = models.PositiveSmallIntegerField(default=0)
    """How many of the latest ones in a row found no new violence."""
    visited_at = models.DateTimeField(null=True)
    visited = Sealed()
    """What the latest visit found; the earlier ones stand in the history."""
    violence_seen = models.BooleanField(default=False)
    """A visit found violence that is still to be written down as an incident of the case."""
    chased_at = models.DateTimeField(null=True)
    chased = models.PositiveSmallIntegerField(default=0)
    climbed = models.CharField(max_length=500, blank=True)
    answer = Sealed()
    history = changes()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(procedure=None) ^ models.Q(case=None),
                name="police_report_of_one",
            )
        ]

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject if self.case else super().subject

    @property
    def decision_due_at(self) -> datetime | None:
        """When the police must have decided, in this region; None when they were chased since."""
        if self.accepted_at is None or (self.chased_at and self.chased_at >= self.accepted_at):
            return None
        assert self.procedure
        limit = registry.clock_rule("dv.police_decision").limit_for(
            region=self.procedure.case.region
        )
        return limit.due(self.accepted_at).at

    @property
    def visits_due_at(self) -> datetime | None:
        """The next visit; at once, when the latest found violence, or was the last one due."""
        if self.visited_at is None:
            return TO_A_WARNING.due(self.warned_at).at if self.warned_at else None
        if self.violence_seen or self.clean_visits >= CLEAN_VISITS:
            return end_of(day_of(self.visited_at))
        return BETWEEN_VISITS.due(self.visited_at).at


class MandatoryReport(Detail):
    """A report that the law demands, its receipt, and what came back 强制报告."""

    procedure = models.OneToOneField(Procedure, models.PROTECT, related_name="mandatory_report")
    reported_at = models.DateTimeField()
    station = Sealed()
    receipt = Sealed()
    """What was said of a receipt when the report was recorded."""
    received_at = models.DateTimeField(null=True)
    number = Sealed()
    fed_back_at = models.DateTimeField(null=True)
    fed_back = Sealed()
    chased_at = models.DateTimeField(null=True)
    chased = models.PositiveSmallIntegerField(default=0)
    climbed = models.CharField(max_length=500, blank=True)
    answer = Sealed()
    history = changes()

    @property
    def feedback_from(self) -> datetime | None:
        """So long after the receipt they answer; then they are chased."""
        return max(filter(None, (self.received_at, self.chased_at)), default=None)


class Chase(Record):
    """That the other side was reminded of a deadline, how, and what came of it 催办; only ever
    added, by the row `chase` of its procedure."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="chases")
    clock = models.ForeignKey("casework.Clock", models.PROTECT, null=True, related_name="chases")
    """The deadline; None when the procedure as a whole was meant."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="+"
    )
    how = models.CharField(max_length=8)
    outcome = models.CharField(max_length=10, blank=True)
    answer_by = models.DateField(null=True)
    words = Sealed()
    history = changes()

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.procedure.case.subject


class Errand(Record):
    """Something found in one case that must be seen to in others: two cases are never locked
    together, so it is kept with the move that found it and done right after, or by whoever looks
    next."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="+"
    )
    reason = models.CharField(max_length=100)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(done_at=None), name="errand_to_do")
        ]


class Document(Record):
    """A letter 文书: numbered, sealed, with the hash of the file as it was made."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, related_name="documents")
    template = models.CharField(max_length=40)
    serial = models.CharField(max_length=40, blank=True)
    """Which one of its kind in the procedure: a letter is made once for each."""
    number = models.CharField(max_length=60)
    content = Sealed()
    """The Word file, base64."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    history = changes()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "template", "serial"], name="each_letter_once"
            )
        ]

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject


class Notice(Record):
    """Word that went outside the house (rule 9): never more than "you have a matter due"."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="notices")
    key = models.CharField(max_length=80, unique=True)
    """Also told to the mail server, so that a second delivery can be known as one."""
    sent_at = models.DateTimeField(null=True)
