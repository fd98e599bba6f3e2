"""`bench task`: one task of a mediation, claimed and done, with everything that is written.

Two floors in the same run: the very statements it writes, replayed as raw SQL (recorded from a run
that is rolled back, so that rows and uids are the same), and a bare viewflow task, claimed and
executed with nothing of ours around it. Ours and the floors alternate.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from viewflow import this
from viewflow.workflow import nodes
from viewflow.workflow.base import Flow
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Task

from benchmarks.counting import median
from casework.engine import registry
from casework.management.county import County, found_county, known_county
from casework.models import CaseParty, Procedure, Todo, User
from casework.services import intake, tasks
from casework.services.reference import mark_installation
from casework.services.verbs import advance

ROUNDS = 200
_TABLE = re.compile(r'(?:UPDATE|INTO)\s+"(\w+)"', re.IGNORECASE)


class Bare(Flow):  # type: ignore[misc]  # viewflow is untyped
    """Two people's tasks and nothing else."""

    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)
    start = nodes.StartHandle().Next(this.first)
    first = nodes.View(view=None).Next(this.second)
    second = nodes.View(view=None).Next(this.end)
    end = nodes.End()


def measure(rounds: int) -> dict[str, Any]:
    """Medians over `rounds` (at least 200): ours to the raw statements, and to a bare task."""
    if connection.vendor != "postgresql":
        raise CommandError("此项测量须用 PostgreSQL。 This one needs PostgreSQL.")
    rounds = max(rounds, ROUNDS)
    _make_importable()
    _keep_ids_apart()
    mark_installation(demo=True)
    county = known_county() or found_county(secrets.token_urlsafe(12))
    mediator = User.objects.select_related("organisation").get(username="meng")
    assert mediator.actor.roles
    ours: list[float] = []
    raw: list[float] = []
    bare: list[float] = []
    for turn in range(rounds + 10):
        recorded = _record(_proposed(county), mediator)
        timed = (
            _timed(recorded.replay),
            _timed(_ours(_proposed(county), mediator)),
            _timed(_bare(mediator)),
        )
        if turn >= 10:
            for kept, seconds in zip((raw, ours, bare), timed, strict=True):
                kept.append(seconds)
    return {
        "ratio": round(median(ours) / median(raw), 2),
        "ratio_to_bare_task": round(median(ours) / median(bare), 2),
        "floor_ms": round(median(raw) * 1000, 3),
        "bare_ms": round(median(bare) * 1000, 3),
        "ours_ms": round(median(ours) * 1000, 3),
        "n": rounds,
        "reads": recorded.reads,
        "writes": recorded.writes(),
    }


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _make_importable() -> None:
    """viewflow names a flow by the application it lies in."""
    Bare.__module__ = "workflows.bare"
    module = sys.modules.setdefault("workflows.bare", ModuleType("workflows.bare"))
    module.Bare = Bare  # type: ignore[attr-defined]  # what the reference is resolved to


def _proposed(county: County) -> Procedure:
    """A mediation that was just proposed; both invitations wait for a mediator."""
    lin, zhou = county.staff["lin"], county.staff["zhou"]
    note = intake.VisitNote(
        channel="visit", kind="petition", name="某女士", happened="虚构的测试事项。", asks="虚构。"
    )
    case = intake.log_visit(note, actor=lin).case
    assert case
    moves = registry.lifecycle("petition").moves

    def made(move: str, actor: User, **told: object) -> None:
        facts = moves[move].facts
        assert facts
        advance(case, moves[move], facts(**told), actor=actor)

    made("accept", zhou, handling_type="help", handler=str(lin.uid))
    made("add_party", lin, role="respondent", name="某单位", relation="other")
    other = str(CaseParty.objects.get(case=case, role="respondent").uid)
    made("open_mediation", lin, other=other, matter="虚构。", mode="joint", unrelated=True)
    return Procedure.objects.select_related("case").get(case=case)


def _ours(record: Procedure, mediator: User) -> Callable[[], None]:
    todo = Todo.objects.get(subject__endswith="mediation.invite_hers", case=record.case).uid
    row = registry.lifecycle("mediation").moves["invite"]
    assert row.facts
    facts = row.facts(side="hers", safely=True, how="电话")

    def work() -> None:
        tasks.claim(todo, mediator)
        advance(record, row, facts, actor=mediator, task=todo)

    return work


def _bare(mediator: User) -> Callable[[], None]:
    process = Bare.start.run()
    task = Task.objects.get(process_id=process.pk, status="NEW")

    def work() -> None:
        with task.activation() as activation:
            activation.assign(mediator)
        with task.activation() as activation:
            activation.start(None)
            activation.execute()

    return work


@dataclass
class _Recorded:
    """What one task wrote: statements with their parameters, and the id each insert gave."""

    statements: list[tuple[str, Any, int | None]] = field(default_factory=list)
    reads: int = 0
    locked: tuple[int, int, int] = (0, 0, 0)

    def writes(self) -> dict[str, int]:
        """How many statements went to each table."""
        found: dict[str, int] = {}
        for sql, _params, _id in self.statements:
            match = _TABLE.search(sql)
            if match:
                found[match.group(1)] = found.get(match.group(1), 0) + 1
        return found

    def replay(self) -> None:
        """Lock the three rows and write the same again, with the ids that come now."""
        fresh: dict[object, object] = {}
        with transaction.atomic(), connection.cursor() as cursor:
            for table, pk in zip(
                ("casework_case", "casework_procedure", "viewflow_process"),
                self.locked,
                strict=True,
            ):
                cursor.execute(f"SELECT id FROM {table} WHERE id = %s FOR UPDATE", [pk])
            for sql, params, given in self.statements:
                cursor.execute(sql, [fresh.get(p, p) if _is_id(p) else p for p in params])
                if given and "RETURNING" in sql:
                    fresh[given] = cursor.fetchone()[0]


APART = 10_000_000


def _keep_ids_apart() -> None:
    """Give each table ids of its own range, so that a replay can tell whose id a number is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_serial_sequence(quote_ident(table_name), column_name) AS name"
            " FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (is_identity = 'YES' OR column_default LIKE 'nextval%') ORDER BY name"
        )
        for place, (sequence,) in enumerate(cursor.fetchall(), 1):
            cursor.execute(
                "SELECT setval(%s, greatest(nextval(%s), %s))",
                [sequence, sequence, place * APART],
            )


def _is_id(value: object) -> bool:
    """Ids of this run are large; counters and versions are not."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= APART


def _record(record: Procedure, mediator: User) -> _Recorded:
    """Run the task, remember what it wrote, and roll it back."""
    recorded = _Recorded(
        locked=(record.case_id, record.pk, record.process.pk),
    )
    with transaction.atomic():
        with _listening(recorded):
            _ours(record, mediator)()
        transaction.set_rollback(True)
    return recorded


@contextmanager
def _listening(recorded: _Recorded) -> Iterator[None]:
    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        verb = sql.split(" ", 1)[0].upper()
        if verb == "SELECT":
            recorded.reads += 1
        elif verb in ("INSERT", "UPDATE", "DELETE"):
            given = None
            if verb == "INSERT" and "RETURNING" in sql:
                with connection.connection.cursor() as beside:
                    given = beside.execute("SELECT lastval()").fetchone()[0]
            recorded.statements.append((sql, list(params or ()), given))
        return answer

    with connection.execute_wrapper(note):
        yield
