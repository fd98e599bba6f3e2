"""`bench sweep`: telling of 100,000 milestones that are due at once (or of --size).

The floor, in the same run, is the same rows written by set statements: INSERT…SELECT of the
events and of the reminders, UPDATE of the clocks. Beside it stands the same sweep with Django's own
bulk operations. Each is rolled back, so that all of them find the same rows.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.core.management.base import CommandError
from django.db import connection, transaction

from benchmarks.bulk import fill, how_many
from casework.engine import moment
from casework.management.county import found_county, known_county
from casework.models import Clock, ClockEvent, Reminder, arrays
from casework.services import sweeping
from casework.services.reference import mark_installation

SIZE = 100_000
ROUNDS = 3

_CLOCKS = """
INSERT INTO casework_clock (uid, made_at, rule, rule_version, cycle, own, state, "limit", spells,
  provisional, calendar, started_at, original_due_at, due_at, next_fire_at, told_until, case_id)
SELECT gen_random_uuid(), now(), 'petition.notice', 1, 1, true, 'running', '15 calendar_days',
  '{}', false, 0, due - interval '15 days', due, due, due - interval '3 days',
  due - interval '15 days', id
FROM (SELECT id, %(now)s::timestamptz + interval '3 days' - id * interval '100 ms' AS due
      FROM casework_case WHERE number LIKE 'bulk-%%' ORDER BY id LIMIT %(size)s) AS made
"""
_FLOOR = (
    """
INSERT INTO casework_clockevent (kind, at, made_at, "limit", calendar, milestone, due_at, clock_id)
SELECT 'fire', next_fire_at, %(now)s, '', 0, 'before:3 calendar_days', due_at, id
FROM casework_clock WHERE state = 'running' AND next_fire_at <= %(now)s
""",
    """
INSERT INTO casework_reminder (uid, made_at, milestone, due_at, audience, role, organisation_path,
  read_by, assignee_id, case_id, clock_id)
SELECT gen_random_uuid(), %(now)s, 'before:3 calendar_days', c.due_at, 'handler', '',
  k.organisation_path, '', k.handler_id, k.id, c.id
FROM casework_clock c JOIN casework_case k ON k.id = c.case_id
WHERE c.state = 'running' AND c.next_fire_at <= %(now)s
""",
    """
UPDATE casework_clock SET told_until = next_fire_at, next_fire_at = due_at - interval '1 day'
WHERE state = 'running' AND next_fire_at <= %(now)s
""",
)


def measure(size: int) -> dict[str, Any]:
    """The ratio of a sweep to the floor, medians of three. PostgreSQL only."""
    if connection.vendor != "postgresql":
        raise CommandError("此项测量须用 PostgreSQL。 This one needs PostgreSQL.")
    size = size or SIZE
    mark_installation(demo=True)
    county = known_county() or found_county(secrets.token_urlsafe(12))
    if how_many() < size:
        fill(county, how_many() + 1, size)
    now = moment.now()
    Clock.objects.filter(case__number__startswith="bulk-").delete()
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS, {"now": now, "size": size})
        cursor.execute("ANALYZE casework_clock")
    orm = SimpleNamespace(insert=arrays.insert_by_orm, update=arrays.update_by_orm)
    floor, ours, bulk = [], [], []
    with moment.at(now):
        for _ in range(ROUNDS):
            floor.append(_taken(lambda: _by_hand(now), size))
            ours.append(_taken(sweeping.sweep, size))
        with mock.patch.object(sweeping, "arrays", orm):
            bulk.append(_taken(sweeping.sweep, size))
    least = sorted(floor)[ROUNDS // 2]
    taken = sorted(ours)[ROUNDS // 2]
    return {
        "ratio": round(taken / least, 2),
        "mark": 3,
        "floor_ms": round(least * 1000),
        "ours_ms": round(taken * 1000),
        "orm_bulk_ms": round(bulk[0] * 1000),
        "orm_bulk_ratio": round(bulk[0] / least, 2),
        "n": size,
        "reads": {},
        "writes": {"casework_clockevent": size, "casework_reminder": size, "casework_clock": size},
    }


def _taken(job: Callable[[], object], size: int) -> float:
    """Seconds of a job that is rolled back; it must have told of all."""
    with transaction.atomic():
        begun = time.perf_counter()
        job()
        taken = time.perf_counter() - begun
        told = ClockEvent.objects.filter(kind="fire").count()
        assert told == Reminder.objects.count() == size, f"{told} of {size} were told"
        transaction.set_rollback(True)
    return taken


def _by_hand(now: datetime) -> None:
    with connection.cursor() as cursor:
        for statement in _FLOOR:
            cursor.execute(statement, {"now": now})
