"""The sweep: tell whoever must know of the milestones that are due. Celery's beat, the executor of
the demo and `manage.py sweep` all come here; whatever is not told stands in the rows, so a lost
bell means late, never lost.

Clocks are taken in portions, each with its case, passing over what somebody else holds: whoever
moves a case decides first. What a portion tells is written in one transaction with the clocks'
next milestones, so that each is told once, whenever a process dies.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from casework.engine import moment
from casework.engine.calendar import WEEKDAYS
from casework.engine.clocks import ClockRule
from casework.engine.limits import Counting
from casework.engine.milestones import Audience, Milestone, schedule, since
from casework.engine.people import Permission
from casework.engine.ticking import Tick
from casework.models import Case, Clock, ClockEvent, Heartbeat, Reminder, User, arrays, plain
from casework.models.base import new_uid
from casework.models.desk import LIVE
from casework.queries.calendars import HomeDays
from casework.queries.clocks import asks_calendar, counting, declared, rule_of, state_of
from casework.queries.staff import HANDLERS
from casework.services import clocks, delivering, todos
from casework.services.procedures import carried_by

log = logging.getLogger(__name__)

PORTION = 1_000
HEARTBEAT = "sweep"
TOO_LATE = timedelta(minutes=10)
"""When the oldest milestone has waited so long, somebody must look after the workers."""

READ = (
    "rule", "rule_version", "state", "limit", "spells", "provisional", "started_at", "calendar",
    "original_due_at", "due_at", "told_until", "stopped_at", "breached_at",
    "case__organisation_path", "case__handler", "case__registered_by", "case__conflicted",
    "case__sealed", "case__safety_sensitive", "procedure__kind", "procedure__carrier",
)  # fmt: skip
"""All that a sweep reads of a clock, its case and its procedure."""

A_DAY = timedelta(days=1)

UPWARDS = {
    Audience.HANDLER: (Audience.HANDLER,),
    Audience.SUPERVISOR: (Audience.HANDLER, Audience.SUPERVISOR),
    Audience.SUPERIOR: (Audience.HANDLER, Audience.SUPERVISOR, Audience.SUPERIOR),
}
"""Who hears of a milestone: what is late goes up one step, and the steps below know that."""


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    clocks: int
    """Clocks of which something was told."""
    milestones: int
    reminders: int
    recounted: int
    """Clocks counted again because a notice about working days came."""
    sent: int
    """Deliveries that left the house."""
    set_aside: int
    """Deliveries that failed too often and wait for somebody to look."""


def sweep() -> Swept:
    """Tell everything that is due now, once."""
    recounted = _recount_what_is_behind()
    told = milestones_told = reminders = 0
    while True:
        portion = _portion(moment.now())
        if portion is None:
            break
        told, milestones_told = told + portion[0], milestones_told + portion[1]
        reminders += portion[2]
    Heartbeat.objects.update_or_create(name=HEARTBEAT, defaults={"at": moment.now()})
    sent = delivering.deliver()
    return Swept(told, milestones_told, reminders, recounted, sent, delivering.set_aside())


def due(now: datetime) -> QuerySet[Clock]:
    """The clocks of which something must be told by now, the oldest first: all that a sweep ever
    reads, by one index."""
    return Clock.objects.filter(state="running", next_fire_at__lte=now).order_by("next_fire_at")


@transaction.atomic
def _portion(now: datetime) -> tuple[int, int, int] | None:
    """Tell of the oldest clocks that are due; None when none is, or all are held by somebody."""
    free = (
        due(now)
        .select_related("case", "procedure")
        .only(*READ)
        .select_for_update(
            of=("self", "case"), skip_locked=connection.features.has_select_for_update_skip_locked
        )
    )
    rows = plain.light(free[:PORTION])
    if not rows:
        return None
    days, whom = HomeDays(), _Addresses(rows)
    schedules = _Schedules(days)
    events: list[tuple[Clock, Milestone]] = []
    reminders: list[_Said] = []
    for clock in rows:
        passed = _passed(clock, now, schedules.of(clock))
        events += [(clock, milestone) for milestone in passed]
        if passed:
            reminders += _reminders(clock, passed[-1], whom)
    _write_events(events, now)
    uids = _write_reminders(reminders, now)
    delivering.send_out(uids, days)
    told = {name: [getattr(row, name) for row in rows] for name in ("next_fire_at", "told_until")}
    arrays.update(Clock, [row.pk for row in rows], told)
    return len(rows), len(events), len(reminders)


class _Schedules:
    """When clocks are spoken of. Days end at midnight, so that many clocks of a rule share a date
    and all its milestones; what is alike is worked out once."""

    def __init__(self, days: HomeDays) -> None:
        self.days = days
        self.ways: dict[tuple[object, ...], tuple[ClockRule, Counting] | None] = {}
        self.known: dict[tuple[object, ...], list[Milestone] | None] = {}

    def of(self, clock: Clock) -> list[Milestone] | None:
        """The milestones of a clock, the earliest first; None when nobody declares its rule."""
        alike = clock.rule, clock.rule_version, clock.limit, str(clock.spells)
        if alike not in self.ways:
            self.ways[alike] = self._way(clock)
        way = self.ways[alike]
        if way is None:
            return None
        key = *alike, clock.due_at, since(way[0], clock.started_at, clock.due_at)
        if key not in self.known:
            self.known[key] = schedule(way[0], state_of(clock), way[1])
        return self.known[key]

    def _way(self, clock: Clock) -> tuple[ClockRule, Counting] | None:
        """The rule of a clock and how its days are counted."""
        if not declared(clock):
            log.error("nobody declares the clock rule %s %s", clock.rule, clock.rule_version)
            return None
        rule, state = rule_of(clock), state_of(clock)
        asks = asks_calendar(rule, state.limit, *state.extended)
        return rule, counting(rule, self.days if asks else WEEKDAYS)


def _passed(clock: Clock, now: datetime, known: list[Milestone] | None) -> list[Milestone]:
    """The milestones that have come since the last one told; the clock waits for its next one.
    After an outage several have: all are noted, the last one is told."""
    if known is None:
        clock.next_fire_at = now + A_DAY  # somebody must put the rule back; the others go on
        return []
    told = clock.told_until or clock.started_at
    left = [m for m in known if m.at > told]
    passed = [m for m in left if m.at <= now]
    clock.told_until = passed[-1].at if passed else now
    clock.next_fire_at = left[len(passed)].at if len(passed) < len(left) else None
    return passed


def _write_events(events: list[tuple[Clock, Milestone]], now: datetime) -> None:
    told = {
        "clock_id": [clock.pk for clock, _milestone in events],
        "kind": Tick.FIRE.value,
        "at": [milestone.at for _clock, milestone in events],
        "made_at": now,
        "milestone": [milestone.name for _clock, milestone in events],
        "due_at": [clock.due_at for clock, _milestone in events],
    }
    arrays.insert(ClockEvent, told)


class _Said(NamedTuple):
    """A reminder to be written."""

    clock: Clock
    milestone: str
    audience: str
    assignee: UUID | None
    role: str
    path: str


def _write_reminders(said: list[_Said], now: datetime) -> list[UUID]:
    uids = [new_uid() for _one in said]
    told = {
        "uid": uids,
        "made_at": now,
        "clock_id": [one.clock.pk for one in said],
        "case_id": [one.clock.case_id for one in said],
        "milestone": [one.milestone for one in said],
        "due_at": [one.clock.due_at for one in said],
        "audience": [one.audience for one in said],
        "assignee_id": [one.assignee for one in said],
        "role": [one.role for one in said],
        "organisation_path": [one.path for one in said],
    }
    arrays.insert(Reminder, told)
    return uids


def _reminders(clock: Clock, milestone: Milestone, whom: _Addresses) -> Iterator[_Said]:
    told = set()
    for audience in UPWARDS[milestone.tells]:
        address = assignee, role, path = whom.of(clock, audience)
        if address in told:  # the highest organisation is its own superior
            continue
        told.add(address)
        yield _Said(clock, milestone.name, audience.value, assignee, role, path)


class _Addresses:
    """Who is told, for the clocks of one portion: what many have in common is asked once."""

    def __init__(self, rows: list[Clock]) -> None:
        people = {row.case.handler_id or row.case.registered_by_id for row in rows}
        able = User.objects.filter(uid__in=people, is_active=True, roles__role__in=HANDLERS)
        self.able = set(able.values_list("uid", flat=True))
        self.known: dict[tuple[object, ...], tuple[str, str]] = {}

    def of(self, clock: Clock, audience: Audience) -> tuple[UUID | None, str, str]:
        """A person, or a role in an organisation."""
        case, permission, path = clock.case, Permission.SUPERVISE, clock.case.organisation_path
        if audience is Audience.HANDLER:
            person = clock.procedure.carrier_id if clock.procedure else self._carrier(case)
            if person:
                return person, "", path
            if clock.procedure:
                permission = carried_by(clock.procedure) or permission
        if audience is Audience.SUPERIOR:
            path = _above(path)
        hidden = case.sealed or case.safety_sensitive
        return None, *self._role(permission, path, case.conflicted, hidden=hidden)

    def _carrier(self, case: Case) -> UUID | None:
        person = case.handler_id or case.registered_by_id
        return todos.carrier(case, person) if person in self.able else None

    def _role(
        self, permission: Permission, path: str, conflicted: str, *, hidden: bool
    ) -> tuple[str, str]:
        asked = (permission, path, conflicted, hidden)
        if asked not in self.known:
            shut_out = [UUID(uid) for uid in conflicted.split()]
            self.known[asked] = todos.address(permission, path, shut_out, hidden=hidden)
        return self.known[asked]


def _above(path: str) -> str:
    """The organisation above; the highest one has none, and hears of it itself."""
    codes = path.strip("/").split("/")
    return "/" + "/".join(codes[:-1]) + "/" if len(codes) > 1 else path


def _recount_what_is_behind() -> int:
    """A notice about working days came: count again what was counted without it."""
    version = HomeDays().version
    behind = Clock.objects.filter(state__in=LIVE, calendar__gt=0, calendar__lt=version)
    cases = list(behind.order_by("case_id").values_list("case_id", flat=True).distinct())
    return sum(_recount(pk, version) for pk in cases)


@transaction.atomic
def _recount(pk: int, version: int) -> int:
    case = Case.objects.select_related("subject").select_for_update(of=("self",)).get(pk=pk)
    rows = case.clocks.filter(state__in=LIVE, calendar__gt=0, calendar__lt=version).order_by("pk")
    behind = [clock for clock in rows if declared(clock)]
    clocks.recount(behind)
    todos.keep(case, clocks.running(case))
    return len(behind)


@dataclass(frozen=True)
class Pulse:
    """Does the sweep live?"""

    last: datetime | None
    oldest_due: datetime | None
    alarm: bool
    set_aside: int
    """Deliveries that wait for somebody to look."""


def pulse() -> Pulse:
    """When the sweep last ended, and since when something waits for it."""
    now = moment.now()
    last = Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()
    oldest = due(now).values_list("next_fire_at", flat=True).first()
    late = bool(oldest and now - oldest > TOO_LATE)
    return Pulse(last, oldest, late, delivering.set_aside())


def note(user: User, reminder: Reminder) -> None:
    """Somebody took note of a reminder; the first who did is remembered."""
    unread = Reminder.objects.filter(pk=reminder.pk, read_at=None)
    unread.update(read_at=moment.now(), read_by=str(user.uid))
