"""The outbox: what reminders leave the house, each at least once, whoever dies in between.

A delivery is a row with a key, written with its reminder. A worker takes it by one UPDATE with a
lease; one that dies leaves a lease that runs out, and the delivery is made again with the same key.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from casework.engine import moment
from casework.engine.quiet import next_loud, waits_for_morning
from casework.models import Case, Clock, Delivery, Reminder
from casework.queries.calendars import HomeDays
from casework.queries.clocks import declared, rule_of, state_of
from casework.services import channels
from casework.services.channels import Undelivered

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
TRIES = 5
PORTION = 100
LONGEST_SECONDS = 60


def send_out(reminders: list[UUID], days: HomeDays) -> None:
    """Keep the deliveries of new reminders (those of these uids): of what is due, each person is
    told once by each channel, however many of her roles hear of it; none goes out in quiet hours
    unless its deadline does not wait for the morning."""
    if not settings.REMINDER_CHANNELS:
        return
    made: dict[tuple[object, ...], Delivery] = {}
    kept = Reminder.objects.filter(uid__in=reminders).order_by("pk")
    for reminder in kept.select_related("clock"):
        due = _decent(reminder.clock, moment.now(), days)
        for channel in settings.REMINDER_CHANNELS:
            for person in channels.addresses(reminder, channel):
                name = str(person.uid) if person else "all"
                made[reminder.clock_id, reminder.milestone, channel, name] = Delivery(
                    key=f"{reminder.uid}.{channel}.{name}",
                    reminder=reminder,
                    channel=channel,
                    person=person,
                    not_before=due,
                )
    Delivery.objects.bulk_create(made.values())


def _decent(clock: Clock, now: datetime, days: HomeDays) -> datetime:
    """When word of this clock may go out: now, or when the quiet hours end."""
    quiet = waits_for_morning(rule_of(clock), state_of(clock).limit)
    return next_loud(now, days) if quiet else now


def deliver() -> int:
    """Send what is due, the oldest first, for as long as a sweep may spend on it: a gateway that
    hangs must not hold up the milestones. The next sweep goes on. Answers how much was sent."""
    begun, sent = time.monotonic(), 0
    due = Delivery.objects.filter(_free(moment.now())).order_by("not_before", "pk")
    for pk in list(due.values_list("pk", flat=True)[:PORTION]):
        sent += _deliver(pk)
        if time.monotonic() - begun > LONGEST_SECONDS:
            break
    return sent


def set_aside() -> int:
    """How many could not be delivered and wait for somebody to look."""
    return Delivery.objects.filter(state="poison").count()


def try_again() -> int:
    """Send once more what was set aside; answers how much."""
    aside = Delivery.objects.filter(state="poison")
    return aside.update(state="waiting", attempts=0, not_before=moment.now())


def _free(now: datetime) -> Q:
    abandoned = Q(state="taken", taken_at__lt=now - LEASE)
    return Q(state="waiting", not_before__lte=now) | abandoned


def _deliver(pk: int) -> bool:
    """Send one, unless somebody else has it or what it tells is no longer so."""
    now = moment.now()
    if not Delivery.objects.filter(_free(now), pk=pk).update(state="taken", taken_at=now):
        return False
    row = Delivery.objects.select_related("reminder__clock", "person").get(pk=pk)
    if not declared(row.reminder.clock) or _stale(row.reminder) or not _hers(row):
        Delivery.objects.filter(pk=pk).update(state="dropped")
        return False
    later = _decent(row.reminder.clock, now, HomeDays())
    if later > now:  # it was to go out before night, and did not
        Delivery.objects.filter(pk=pk).update(state="waiting", not_before=later)
        return False
    try:
        channels.send(row)
    except Undelivered as error:
        _failed(row, str(error))
        return False
    except Exception as error:  # whatever it was: it is tried again, named without its text
        _failed(row, type(error).__name__)
        return False
    Delivery.objects.filter(pk=pk).update(state="sent", sent_at=moment.now(), error="")
    return True


def _stale(reminder: Reminder) -> bool:
    """The clock stopped, paused or moved meanwhile, or she has read it in the house."""
    clock = reminder.clock
    moved = clock.state != "running" or clock.due_at != reminder.due_at
    return moved or reminder.read_at is not None


def _hers(row: Delivery) -> bool:
    """May the person still see the case? It may have been sealed or handed on meanwhile."""
    if row.person is None:
        return True
    seen = Case.objects.visible_to(row.person).filter(pk=row.reminder.case_id)
    return row.person.is_active and seen.exists()


def _failed(row: Delivery, error: str) -> None:
    """Again after 1, 4, 9, 16 minutes; then it is set aside for somebody to look."""
    tries = row.attempts + 1
    log.warning("reminder %s was not delivered: %s", row.key, error)
    Delivery.objects.filter(pk=row.pk).update(
        attempts=tries,
        error=error[:80],
        state="waiting" if tries < TRIES else "poison",
        not_before=moment.now() + timedelta(minutes=tries * tries),
    )
