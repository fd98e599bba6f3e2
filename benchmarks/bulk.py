"""Many cases at once, for benchmarks only: rows made by SQL, without events or history.

They look like the desk's own to a reader, and to nobody else: `verify_audit` names them at once,
which is why this lives here and refuses to be part of the product.
"""

from __future__ import annotations

import itertools

from django.db import connection

from casework.engine import registry
from casework.engine.people import Permission
from casework.management.county import County
from casework.models import Case, SubjectKey

OPEN_SHARE = 30
"""Of a hundred cases, so many are open; the rest are ended, in every status."""

_CASE = """
INSERT INTO casework_case (uid, made_at, version, number, kind, status, status_since, category,
  channel, organisation_path, danger, sealed, safety_sensitive, violence, alarming, minor,
  children, report_duty, questions, consent_scopes, received_at, outcome, summary, demands,
  external_number, extension_by, owed, conflicted, event_count, chain_head, organisation_id,
  registered_by_id, handler_id,
  subject_id)
SELECT gen_random_uuid(), now(), 0, 'bulk-' || n, %(kind)s, %(status)s, now(), 'land', 'visit',
  %(path)s, '', false, false, false, false, false, false, false, 'not_asked', '',
  now() - n * interval '3 minutes', '', ''::bytea, ''::bytea, '', '', '', '', 0, '',
  %(organisation)s, %(officer)s, %(officer)s, %(subject)s
FROM generate_series(%(first)s::int, %(last)s::int, %(step)s::int) AS n
"""

_TODO = """
INSERT INTO casework_todo (uid, made_at, subject, role, organisation_path, due_at, case_id,
  assignee_id)
SELECT gen_random_uuid(), now(), 'status:' || status,
  CASE WHEN %(role)s THEN 'supervisor' ELSE '' END, %(path)s,
  received_at + interval '15 days', id, CASE WHEN %(role)s THEN NULL ELSE handler_id END
FROM casework_case WHERE kind = %(kind)s AND status = %(status)s AND organisation_path = %(own)s
  AND number LIKE 'bulk-%%' AND NOT EXISTS (
    SELECT 1 FROM casework_todo t WHERE t.case_id = casework_case.id)
"""


def fill(county: County, first: int, last: int) -> None:
    """Insert the cases numbered `first`…`last` over all statuses, organisations and officers."""
    subject = SubjectKey.objects.first() or SubjectKey.fresh()
    subject.save()
    seat = county.organisations[0]
    spread = list(itertools.product(_statuses(), ("lin", "tang", "shi")))
    with connection.cursor() as cursor:
        for place, ((kind, status, waits_for_role), who) in enumerate(spread):
            officer = county.staff[who]
            row = {
                "kind": kind,
                "status": status,
                "path": officer.organisation.path,
                "organisation": officer.organisation_id,
                "officer": officer.uid,
                "subject": subject.pk,
                "first": first + place,
                "last": last,
                "step": len(spread),
            }
            cursor.execute(_CASE, row)
            if status in _open(kind):
                path = seat.path if waits_for_role else officer.organisation.path
                cursor.execute(
                    _TODO,
                    row | {"role": waits_for_role, "path": path, "own": officer.organisation.path},
                )
        cursor.execute("ANALYZE casework_case")
        cursor.execute("ANALYZE casework_todo")


def _statuses() -> list[tuple[str, str, bool]]:
    """Kind, status and whether it waits for a role, repeated so that 30 in a hundred are open."""
    rows = []
    for kind in registry.kinds():
        for status in kind.lifecycle.statuses.values():
            role = bool(
                status.waits and status.waits.by in (Permission.TRIAGE, Permission.SUPERVISE)
            )
            rows.append((kind.key, status.name, role, status.ended))
    open_rows = [row[:3] for row in rows if not row[3]]
    ended_rows = [row[:3] for row in rows if row[3]]
    wanted = len(open_rows) * (100 - OPEN_SHARE) // OPEN_SHARE
    return open_rows + list(itertools.islice(itertools.cycle(ended_rows), wanted))


def _open(kind: str) -> set[str]:
    statuses = registry.kind(kind).lifecycle.statuses.values()
    return {s.name for s in statuses if not s.ended}


def how_many() -> int:
    """How many bulk cases there are."""
    return Case.objects.filter(number__startswith="bulk-").count()
