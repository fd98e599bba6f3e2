"""Today's chasing 今日催办: what others owe by now, whom to call, what to say, what was done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from casework.engine import moment, registry
from casework.engine.calendar import WEEKDAYS, Days
from casework.engine.chasing import LETTER, PHONE, SUPERIOR, VISIT
from casework.engine.clocks import LEFT_ALONE, ClockRule
from casework.engine.language import Sentence, _
from casework.engine.milestones import milestones
from casework.engine.people import Permission, Role
from casework.models import Body, Chase, Clock, Procedure, User
from casework.queries.calendars import HomeDays
from casework.queries.clocks import asks_calendar, counting, rule_of, state_of
from casework.queries.parties import has_safe_channel
from casework.queries.procedures import known_to
from casework.queries.staff import ancestors

LONGEST_LEAD = timedelta(days=31)
"""No deadline is spoken of earlier than this."""
SHOWN = 100


@dataclass(frozen=True)
class Sent:
    """What we sent to another body, by which it finds the matter again: never by her name."""

    to: str
    service: str
    what: Sentence
    number: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Ladder:
    """How often the other side was called about one deadline, and what else was done."""

    calls: list[Chase] = field(default_factory=list)
    letters: list[Chase] = field(default_factory=list)
    handed_up: Chase | None = None
    escalated: bool = False
    """Handed up by the table's own row, which keeps no further record."""

    @property
    def last(self) -> Chase | None:
        """The latest call."""
        return self.calls[-1] if self.calls else None

    @property
    def up(self) -> bool:
        """Does the superior know?"""
        return self.escalated or self.handed_up is not None

    @property
    def promised(self) -> date | None:
        """Until when they said that they would answer."""
        return self.last.answer_by if self.last else None

    @property
    def next(self) -> str:
        """The next rung; empty at the top."""
        if not self.calls:
            return PHONE
        if not self.letters:
            return LETTER
        return "" if self.up else SUPERIOR


@dataclass(frozen=True)
class Line:
    """One deadline of another body: who owes what by which law, and what was done about it."""

    clock: Clock
    rule: ClockRule
    record: Procedure
    sent: Sent
    bodies: list[Body]
    """The one that owes it, as the directory knows it; else those that it may be."""
    known: bool
    """Is it the very one?"""
    ladder: Ladder
    script: Sentence
    late: bool
    may: bool
    """Could she log a call?"""
    key: str


@dataclass(frozen=True)
class Hers:
    """A time limit of the person herself: she is reminded, where a safe channel exists (rule 8)."""

    clock: Clock
    rule: ClockRule
    safe: bool
    late: bool

    @property
    def left_alone(self) -> bool:
        """She ended our help: nobody turns to her on our side (decision 21)."""
        return self.clock.case.status in LEFT_ALONE


@dataclass(frozen=True)
class Today:
    """All of one person's chasing."""

    lines: list[Line]
    hers: list[Hers]


def chasing(user: User) -> Today:
    """What this person must chase now, the earliest due first; as far as she may know of it."""
    now = moment.now()
    spoken = [clock for clock in _concerning(user, now) if is_spoken_of(clock, now)]
    others = [clock for clock in spoken if not registry.clock_rule(clock.rule).hers]
    hers = [clock for clock in spoken if registry.clock_rule(clock.rule).hers]
    return Today(
        lines=[line_of(clock, user, now) for clock in others[:SHOWN]],
        hers=[
            Hers(c, registry.clock_rule(c.rule), has_safe_channel(c.case), c.due_at < now)
            for c in hers[:SHOWN]
        ],
    )


def watched_by(user: User) -> QuerySet[Clock]:
    """The running deadlines of others in procedures that this person may know of: for whoever
    supervises, all; for everybody else those that she carries, that nobody carries, or whose case
    is hers."""
    found = Clock.objects.filter(state="running", own=False, procedure__in=known_to(user))
    if user.has_role(Role.SUPERVISOR):
        return found
    hers = [user.uid, *(UUID(uid) for uid in user.actor.deputises)]
    carried = Q(procedure__carrier__in=hers) | Q(procedure__carrier=None)
    handled = Q(case__handler__in=hers) | Q(case__handler=None, case__registered_by__in=hers)
    return found.filter(carried | handled)


def clock_to_chase(user: User, uid: UUID) -> Clock | None:
    """One of these, with its case and procedure."""
    return _gathered(watched_by(user)).filter(uid=uid).first()


def _concerning(user: User, now: datetime) -> list[Clock]:
    soon = watched_by(user).filter(due_at__lte=now + LONGEST_LEAD)
    chases = Chase.objects.select_related("by").order_by("pk")
    told = _gathered(soon).prefetch_related(Prefetch("chases", queryset=chases))
    return list(told.order_by("due_at", "id"))


def _gathered(rows: QuerySet[Clock]) -> QuerySet[Clock]:
    return rows.select_related(
        "case__subject", "case__organisation", "case__handler", "procedure__carrier",
        "procedure__referral__body", "procedure__protection_order", "procedure__police_report",
        "procedure__mandatory_report",
    )  # fmt: skip


def is_spoken_of(clock: Clock, now: datetime) -> bool:
    """Is it due today, past, or so near that it is warned about?"""
    if moment.day_of(clock.due_at) <= moment.day_of(now):
        return True
    rule, state = rule_of(clock), state_of(clock)
    days: Days = HomeDays() if asks_calendar(rule, state.limit, *state.extended) else WEEKDAYS
    return milestones(rule, state, counting(rule, days))[0].at <= now


def line_of(clock: Clock, user: User, now: datetime) -> Line:
    """A deadline of another body, ready to be shown."""
    assert clock.procedure
    record, rule = clock.procedure, registry.clock_rule(clock.rule)
    record.case = clock.case
    sent = sent_to(record)
    bodies = _bodies(record, sent)
    known = any(body.name == sent.to for body in bodies)
    return Line(
        clock=clock,
        rule=rule,
        record=record,
        sent=sent,
        bodies=[body for body in bodies if body.name == sent.to] if known else bodies,
        known=known,
        ladder=ladder_of(clock),
        script=script(clock, sent, rule, user),
        late=clock.due_at < now,
        may=_may(record, user),
        key=uuid.uuid4().hex,
    )


def _may(record: Procedure, user: User) -> bool:
    plate = registry.procedure(record.kind)
    row, here = plate.chaser, plate.lifecycle.statuses[record.status]
    if row is None or here not in row.source or not user.actor.may(row.by):
        return False
    others = record.carrier_id and not user.actor.stands_for(str(record.carrier_id))
    apart = row.by is Permission.LIAISE and others and not user.actor.may(Permission.SUPERVISE)
    return not apart


def ladder_of(clock: Clock) -> Ladder:
    """What was done so far about one deadline."""
    assert clock.procedure
    done = list(clock.chases.all())
    up = getattr(clock.procedure.detail, "escalated", False)
    return Ladder(
        calls=[one for one in done if one.how in (PHONE, VISIT)],
        letters=[one for one in done if one.how == LETTER],
        handed_up=next((one for one in done if one.how == SUPERIOR), None),
        escalated=bool(up) and clock.rule == "referral.receipt",
    )


def script(clock: Clock, sent: Sent, rule: ClockRule, user: User) -> Sentence:
    """What to say on the telephone. It names no more than the other side needs to find it."""
    told = {"place": clock.case.organisation.name, "who": user.name, "what": sent.what}
    day = f"{moment.day_of(sent.at):%m-%d}" if sent.at else ""
    number = _("，%(number)s", number=sent.number) if sent.number else ""
    told |= {"day": day, "number": number, "owed": rule.label}
    told |= {"due": f"{clock.due_at.astimezone(moment.HOME):%m-%d %H:%M}"}
    if day:
        return _(
            "您好，我是%(place)s的%(who)s。我们 %(day)s 提出的%(what)s%(number)s，"
            "“%(owed)s”期限是 %(due)s，请问办理到哪一步了？何时能书面告知我们？",
            **told,
        )
    return _(
        "您好，我是%(place)s的%(who)s。我们提出的%(what)s%(number)s，"
        "“%(owed)s”期限是 %(due)s，请问办理到哪一步了？何时能书面告知我们？",
        **told,
    )


def sent_to(record: Procedure) -> Sent:
    """What was sent in this procedure, to whom, and under which number."""
    if record.kind == "referral":
        one = record.referral
        letter = record.documents.filter(template="referral").defer("content").last()
        number = letter.number if letter else ""
        return Sent(one.body.name, one.service, _("转介函"), number, one.sent_at)
    if record.kind == "protection_order":
        order = record.protection_order
        at = order.accepted_at or order.filed_at
        return Sent(order.court, "court", _("人身安全保护令申请"), order.case_number, at)
    if record.kind == "police_report":
        report = record.police_report
        number = report.accepted_number or report.receipt
        return Sent(report.station, "police", _("报案"), number, report.reported_at)
    if record.kind == "mandatory_report":
        made = record.mandatory_report
        number = made.number or made.receipt
        return Sent(made.station, "police", _("强制报告"), number, made.reported_at)
    return Sent("", "", registry.procedure(record.kind).title)


def _bodies(record: Procedure, sent: Sent) -> list[Body]:
    """The body that owes it, else those of its kind that the case's desk works with."""
    if record.kind == "referral":
        return [record.referral.body]
    return list(
        Body.objects.filter(
            active=True,
            service=sent.service,
            organisation__path__in=ancestors(record.case.organisation_path),
        ).order_by("-organisation__path", "name")[:5]
    )
