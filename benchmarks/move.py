"""`bench move`: petition.accept, actor loaded, all guards, no procedure.

The floor is the lock plus every row that the move writes, as raw SQL on the same connection in one
transaction: the very statements are recorded from one real move, the inserts and updates are
replayed with fresh values. Ours and floor alternate.
"""

from __future__ import annotations

import gc
import secrets
import time
import uuid
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction

from benchmarks.counting import Recorded, median, recording
from casework.engine import moment, registry
from casework.management.county import found_county, known_county
from casework.models import Case, User
from casework.services import intake
from casework.services.reference import mark_installation
from casework.services.verbs import advance

ROUNDS = 300
LOCK = "SELECT id FROM casework_case WHERE id = %s FOR UPDATE"


def measure(rounds: int) -> dict[str, Any]:
    """The ratio of `accept` to its floor, both as medians over `rounds` (at least 300)."""
    if connection.vendor != "postgresql":
        raise CommandError("此项测量须用 PostgreSQL。 This one needs PostgreSQL.")
    rounds = max(rounds, ROUNDS)
    mark_installation(demo=True)
    county = known_county() or found_county(secrets.token_urlsafe(12))
    officer, boss = county.staff["lin"], county.staff["zhou"]
    move = registry.kind("petition").lifecycle.moves["accept"]
    assert move.facts
    facts = move.facts(handling_type="statutory", handler=str(officer.uid))
    cases = [_registered(officer) for _ in range(rounds + 20)]
    boss = User.objects.select_related("organisation").prefetch_related("roles").get(pk=boss.pk)
    assert boss.actor.roles
    for case in cases[:19]:
        advance(case, move, facts, actor=boss)
    with recording() as recorded:
        advance(cases[19], move, facts, actor=boss)
    floor = _Floor(recorded)
    gc.freeze()  # as the server does
    ours: list[float] = []
    raw: list[float] = []
    for case in cases[20:]:
        begun = time.perf_counter()
        advance(case, move, facts, actor=boss)
        ours.append(time.perf_counter() - begun)
        raw.append(floor.run(_registered(officer)))
    return {
        "ratio": round(median(ours) / median(raw), 2),
        "floor_ms": round(median(raw) * 1000, 3),
        "ours_ms": round(median(ours) * 1000, 3),
        "n": rounds,
        "vendor": connection.vendor,
        "reads": recorded.per_table("SELECT"),
        "writes": recorded.per_table("INSERT", "UPDATE", "DELETE"),
    }


def _registered(officer: User) -> Case:
    note = intake.VisitNote(
        channel="visit", kind="petition", name="某女士", happened="虚构的测试事项。", asks="虚构。"
    )
    with moment.at(moment.now()):
        logged = intake.log_visit(note, actor=officer)
    assert logged.case
    return logged.case


class _Floor:
    """The raw statements of one move, aimed anew at another registered case."""

    def __init__(self, recorded: Recorded) -> None:
        self.writes = recorded.of("INSERT", "UPDATE")
        self.inserted = sorted(recorded.per_table("INSERT"))

    def run(self, case: Case) -> float:
        """Seconds for the lock and the writes, with values prepared beforehand."""
        aimed = [self._aim(sql, params, case) for sql, params in self.writes]
        with connection.cursor() as cursor:
            before = self._before(cursor, case)
            begun = time.perf_counter()
            with transaction.atomic():
                cursor.execute(LOCK, [case.pk])
                for sql, params in aimed:
                    cursor.execute(sql, params)
            seconds = time.perf_counter() - begun
            self._undo(cursor, before, case)
            return seconds

    def _before(self, cursor: Any, case: Case) -> dict[str, Any]:
        """What the floor is about to change: the rows of this case, and where each table ends."""
        rows = {}
        for table, column in (("casework_case", "id"), ("casework_todo", "case_id")):
            cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s", [case.pk])
            names = [part.name for part in cursor.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        ends = {}
        for table in self.inserted:
            cursor.execute(f"SELECT COALESCE(MAX({_key(table)}), 0) FROM {table}")
            ends[table] = cursor.fetchone()[0]
        return {"rows": rows, "ends": ends}

    def _undo(self, cursor: Any, before: dict[str, Any], case: Case) -> None:
        """Take back what was written, so that the audit of this database still holds."""
        with transaction.atomic():
            for table in sorted(self.inserted, key=lambda name: "todo" not in name):
                last = before["ends"][table]
                cursor.execute(f"DELETE FROM {table} WHERE {_key(table)} > %s", [last])
            for table, rows in before["rows"].items():
                for row in rows:
                    changed = ", ".join(f"{name} = %s" for name in row if name != "id")
                    values = [value for name, value in row.items() if name != "id"]
                    sql = f"UPDATE {table} SET {changed} WHERE id = %s"
                    cursor.execute(sql, [*values, row["id"]])

    def _aim(self, sql: str, params: Any, case: Case) -> tuple[str, list[Any]]:
        """The same statement for another case: fresh uids, its own keys, rows of its own."""
        fresh = list(params)
        columns = _columns(sql)
        for position, column in enumerate(columns):
            if column == "uid" and "historical" not in sql:
                fresh[position] = uuid.uuid4()
            elif column == "case_id":
                fresh[position] = case.pk
            elif column == "chain":
                fresh[position] = f"floor:{uuid.uuid4()}"
            elif column == "number":
                fresh[position] = f"floor-{uuid.uuid4().hex[:12]}"
        if sql.upper().startswith("UPDATE"):
            return self._aim_update(sql, fresh, case)
        return sql, fresh

    def _aim_update(self, sql: str, fresh: list[Any], case: Case) -> tuple[str, list[Any]]:
        if '"casework_case"' in sql:
            fresh[-2:] = [case.pk, case.version]
        elif '"casework_todo"' in sql:
            todo = case.todos.filter(done_at=None, subject__startswith="status").get()
            fresh[-1] = todo.pk
        return sql, fresh


def _key(table: str) -> str:
    return "history_id" if "historical" in table else "id"


def _columns(sql: str) -> list[str]:
    if sql.upper().startswith("INSERT"):
        inside = sql[sql.index("(") + 1 : sql.index(")")]
        return [c.strip().strip('"') for c in inside.split(",")]
    inside = sql[sql.index(" SET ") + 5 : sql.index(" WHERE ")]
    return [c.split("=")[0].strip().strip('"') for c in inside.split(", ")]
