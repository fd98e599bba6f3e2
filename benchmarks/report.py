"""`bench report`: the on-time rate of the whole county, against hand-written SQL.

At 1,000 and 100,000 cases (or up to --size), each petition with a clock; as of today, which is what
a page asks. The ratio is that of the largest: among few rows the wording of the statement and the
names of the organisations outweigh the counting.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from benchmarks.bulk import fill, how_many
from benchmarks.counting import recording
from benchmarks.worklist import _alternate
from casework.engine import moment
from casework.management.county import found_county, known_county
from casework.models import User
from casework.queries.figures import report
from casework.queries.figures.figure import Asked
from casework.services.reference import mark_installation

SIZES = (1_000, 100_000)

_CLOCK = """
INSERT INTO casework_clock (uid, made_at, rule, rule_version, cycle, own, state, "limit", spells,
  provisional, calendar, started_at, original_due_at, due_at, stopped_at, case_id)
SELECT gen_random_uuid(), received_at, 'petition.handling', 1, 1, true,
  CASE id %% 4 WHEN 0 THEN 'running' WHEN 1 THEN 'breached' WHEN 2 THEN 'met' ELSE 'cancelled' END,
  '60 calendar_days', '{}', false, 0, received_at, received_at - id %% 200 * interval '1 day',
  received_at - id %% 200 * interval '1 day',
  CASE WHEN id %% 4 = 0 THEN NULL ELSE received_at + (id %% 70) * interval '1 day' END, id
FROM casework_case c WHERE kind = 'petition' AND number LIKE 'bulk-%%'
  AND NOT EXISTS (SELECT 1 FROM casework_clock k WHERE k.case_id = c.id)
"""

HAND_WRITTEN = """
SELECT o.path, o.name, count(*), count(*) FILTER (WHERE k.state = 'met'),
  count(*) FILTER (WHERE k.state <> 'met' AND k.stopped_at IS NOT NULL),
  count(*) FILTER (WHERE k.state <> 'met' AND k.stopped_at IS NULL)
FROM casework_clock k JOIN casework_case c ON c.id = k.case_id
  JOIN casework_organisation o ON o.id = c.organisation_id
WHERE k.rule = 'petition.handling' AND k.state <> 'cancelled'
  AND k.due_at >= %(begin)s AND k.due_at <= %(end)s AND k.due_at < %(now)s
  AND k.made_at <= %(end)s AND c.organisation_path LIKE %(path)s
  AND position(%(me)s in c.conflicted) = 0
GROUP BY o.path, o.name ORDER BY o.path
"""


def measure(size: int) -> dict[str, Any]:
    """Ratios at every size up to `size` (100,000 when 0). PostgreSQL only."""
    if connection.vendor != "postgresql":
        raise CommandError("此项测量须用 PostgreSQL。 This one needs PostgreSQL.")
    mark_installation(demo=True)
    county = known_county() or found_county(secrets.token_urlsafe(12))
    runs = []
    for cases in (s for s in SIZES if s <= (size or SIZES[-1])):
        if how_many() < cases:
            fill(county, how_many() + 1, cases)
            with connection.cursor() as cursor:
                cursor.execute(_CLOCK, {})
                cursor.execute("ANALYZE casework_clock")
        runs.append(_measure(cases))
    last = runs[-1]
    return {
        "ratio": last["ratio"],
        "floor_ms": last["sql_ms"],
        "ours_ms": last["ours_ms"],
        "n": 60,
        "reads": last.pop("reads"),
        "writes": {},
        "runs": runs,
    }


def _measure(cases: int) -> dict[str, Any]:
    user = User.objects.select_related("organisation").get(username="zhou")
    today = moment.today()
    asked = Asked(user, today - timedelta(days=365), today, today, user.actor.path)
    told = {"begin": asked.begin, "end": asked.end, "now": asked.now, "me": user.actor.uid}
    told["path"] = f"{asked.path}%"

    def by_hand() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(HAND_WRITTEN, told)
            return list(cursor.fetchall())

    with recording() as recorded:
        rows = report("on_time", asked)["rows"][1:]
    names = ("row", "label", "due", "met", "late", "open")
    assert by_hand() == [tuple(row[n] for n in names) for row in rows], "something else is found"
    ours, sql = _alternate(lambda: report("on_time", asked), by_hand)
    return {
        "cases": cases,
        "due": sum(row["due"] for row in rows),
        "ours_ms": round(ours * 1000, 3),
        "sql_ms": round(sql * 1000, 3),
        "ratio": round(ours / sql, 2),
        "reads": recorded.per_table("SELECT"),
    }
