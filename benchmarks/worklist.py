"""`bench worklist`: the first 50 todos of a township officer and of the county's supervisor.

At 1,000, 10,000 and 100,000 cases (or up to --size): our query against its own at 1,000, against
hand-written SQL of the same columns, and the page against the desk of somebody with nothing to do.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from benchmarks.bulk import fill, how_many
from benchmarks.counting import median, recording
from casework.management.county import County, found_county, known_county
from casework.models import User
from casework.queries.desk import inbox
from casework.services.reference import mark_installation

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 60

HAND_WRITTEN = """
SELECT t.uid, t.subject, t.due_at, c.uid, c.number, c.kind, c.status, c.danger, c.sealed
FROM (
  (SELECT * FROM casework_todo WHERE done_at IS NULL AND assignee_id = %(me)s
   ORDER BY due_at, id LIMIT 50)
  UNION ALL
  (SELECT * FROM casework_todo WHERE done_at IS NULL AND assignee_id IS NULL
     AND role = %(role)s AND organisation_path = %(path)s ORDER BY due_at, id LIMIT 50)
) t JOIN casework_case c ON c.id = t.case_id ORDER BY t.due_at, t.id LIMIT 50
"""


def measure(size: int) -> dict[str, Any]:
    """Ratios for both people at every size up to `size` (100,000 when 0). PostgreSQL only."""
    if connection.vendor != "postgresql":
        raise CommandError("此项测量须用 PostgreSQL。 This one needs PostgreSQL.")
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    mark_installation(demo=True)
    county = known_county() or found_county(secrets.token_urlsafe(12))
    runs = []
    for cases in (s for s in SIZES if s <= (size or SIZES[-1])):
        if how_many() < cases:
            fill(county, how_many() + 1, cases)
        runs += [_measure(county, who, cases) for who in ("tang", "zhou")]
    base = {run["who"]: run["query_ms"] for run in runs[:2]}
    for run in runs:
        run["against_1k"] = round(run["query_ms"] / base[run["who"]], 2)
    last = runs[-1]
    return {
        "ratio": max(run["against_sql"] for run in runs),
        "floor_ms": last["sql_ms"],
        "ours_ms": last["query_ms"],
        "n": ROUNDS,
        "reads": last.pop("reads"),
        "writes": {},
        "runs": runs,
    }


def _measure(county: County, who: str, cases: int) -> dict[str, Any]:
    user = User.objects.select_related("organisation").get(username=who)
    role = min(user.actor.roles).value
    told = {"me": user.uid, "role": role, "path": user.actor.path}
    with recording() as recorded:
        found = inbox(user)

    def by_hand() -> int:
        with connection.cursor() as cursor:
            cursor.execute(HAND_WRITTEN, told)
            return len(cursor.fetchall())

    assert by_hand() == len(found), "the hand-written query finds something else"
    query, sql = _alternate(lambda: inbox(user), by_hand)
    mine, nobody = _client(user), _client(county.staff["shen"])
    page, empty = _alternate(lambda: mine.get("/"), lambda: nobody.get("/"))
    return {
        "who": who,
        "cases": cases,
        "todos": len(found),
        "query_ms": _ms(query),
        "sql_ms": _ms(sql),
        "against_sql": round(query / sql, 2),
        "page_ms": _ms(page),
        "empty_page_ms": _ms(empty),
        "page_against_empty": round(page / empty, 2),
        "reads": recorded.per_table("SELECT"),
    }


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    assert client.get("/").status_code == 200
    return client


def _alternate(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Medians in seconds of two jobs that take turns, so that both meet the same weather."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for job, times in zip((ours, floor), taken, strict=True):
            begun = time.perf_counter()
            job()
            times.append(time.perf_counter() - begun)
    return median(taken[0]), median(taken[1])


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
