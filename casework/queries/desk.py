"""The desk: what waits for a person, nearest deadline first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from casework.engine import moment, registry
from casework.engine.language import Sentence, _
from casework.engine.owed import TASKS
from casework.engine.people import DESK
from casework.models import Todo, User
from casework.queries.cases import whole_to
from casework.queries.remaining import remaining

PAGE = 50


class Waiting(NamedTuple):
    """An open todo with what its line on the desk shows. The danger is told only to whoever may
    read the whole case."""

    due_at: datetime | None
    id: int
    uid: UUID
    subject: str
    case_uid: UUID
    number: str
    kind: str
    status: str
    danger: str
    sealed: bool
    mine: bool
    """Hers by name; otherwise it waits for whoever of her role takes it."""

    @property
    def task(self) -> bool:
        """Is it a task of a procedure, with a page of its own?"""
        return self.subject.startswith("task:")

    @property
    def claimable(self) -> bool:
        """Is it a task that nobody has yet?"""
        return self.task and not self.mine


_RANGE = """
SELECT * FROM (
  SELECT due_at, id, uid, subject, case_id, assignee_id FROM casework_todo
  WHERE done_at IS NULL AND {whose}{only} ORDER BY due_at NULLS LAST, id LIMIT %s
) AS range_{n}
"""
_INBOX = """
SELECT t.due_at, t.id, t.uid, t.subject, c.uid, c.number, c.kind, c.status, c.danger, c.sealed,
  t.assignee_id, c.safety_sensitive, c.handler_id, c.registered_by_id
FROM ({ranges}) AS t JOIN casework_case AS c ON c.id = t.case_id
WHERE (t.assignee_id IS NOT NULL OR c.requested_by_id IS NULL OR c.requested_by_id <> %s)
  AND (c.conflicted = '' OR c.conflicted NOT LIKE %s)
ORDER BY t.due_at NULLS LAST, t.id LIMIT %s
"""
_MINE = "assignee_id = %s"
_MY_ROLE = "assignee_id IS NULL AND role = %s AND organisation_path = %s"


ONLY = {
    "": "",
    "overdue": " AND due_at < %s",
    "provisional": " AND clock_id IN (SELECT id FROM casework_clock WHERE provisional)",
}
"""How the desk may be narrowed."""


def inbox(user: User, limit: int = PAGE, skip: int = 0, only: str = "") -> list[Waiting]:
    """`limit` open todos of this person after the first `skip`: her own, those of whom she stands
    in for, and those of her roles in her organisation, but for closures she asked for herself and
    cases in which she has an interest; narrowed to `only` (one of `ONLY`).

    Written by hand, because it is the page everybody opens all day: one index range for each
    person and for each of her roles, cut before they are merged, so that the cost does not grow
    with the desk. Django's ORM cannot say that in one statement on SQLite (docs/decisions/0007).
    """
    if not user.actor.roles & DESK:
        return []
    limit += skip
    away = [UUID(uid) for uid in sorted(user.actor.deputises)]
    whose = [*[_MINE] * (1 + len(away)), *[_MY_ROLE] * len(user.actor.roles)]
    ranges = " UNION ALL ".join(
        _RANGE.format(whose=w, n=n, only=ONLY[only]) for n, w in enumerate(whose)
    )
    assignee = Todo._meta.get_field("assignee")
    me = assignee.get_db_prep_value(user.uid, connection)
    now = connection.ops.adapt_datetimefield_value(moment.now())
    late = [now] if only == "overdue" else []
    told: list[Any] = []
    for person in (user.uid, *away):
        told += [assignee.get_db_prep_value(person, connection), *late, limit]
    for role in sorted(user.actor.roles):
        told += [role.value, user.actor.path, *late, limit]
    with connection.cursor() as cursor:
        cursor.execute(_INBOX.format(ranges=ranges), [*told, me, f"%{user.uid}%", limit])
        return [_waiting(user, *row) for row in cursor.fetchall()[skip:]]


def _waiting(
    user: User, due: datetime | None, row_id: int, uid: Any, subject: str, case: Any, *rest: Any
) -> Waiting:
    """A row as read: SQLite gives moments without their zone (UTC) and uids as text."""
    if due and due.tzinfo is None:
        due = due.replace(tzinfo=UTC)
    number, kind, status, danger, sealed, assignee, sensitive, handler, registrar = rest
    hers = [_uid(person) for person in (handler, registrar) if person]
    whole = whole_to(user, guarded=bool(sealed or sensitive), hers=hers)
    return Waiting(
        due,
        row_id,
        _uid(uid),
        subject,
        _uid(case),
        number,
        kind,
        status,
        danger if whole else "",
        bool(sealed),
        assignee is not None,
    )


def _uid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


def why(kind: str, subject: str) -> Sentence:
    """The sentence that says why a todo about `subject`, on a case of `kind`, is hers."""
    what, _colon, name = subject.partition(":")
    if what == "status":
        status = registry.kind(kind).lifecycle.statuses[name]
        return status.waits.why if status.waits else status.label
    if what == "task":
        return waits(name.partition(":")[2])
    if what == "asked":
        return _("有延长办理期限的申请，请审批")
    if what == "owed":
        return _("尚未落实：%(task)s", task=TASKS[name])
    rule = registry.clock_rule(name)
    return rule.todo or rule.label


def waits(step: str) -> Sentence:
    """Why somebody has a task: `step` is ``<procedure>.<node>``. A node of a flow that is gone
    still says what it belonged to."""
    kind, _dot, node = step.partition(".")
    plate = registry.procedure(kind)
    for flow in reversed(plate.flows):
        found = flow.instance._nodes_by_name.get(node)  # type: ignore[attr-defined]  # viewflow's
        if found is not None:
            said: Sentence = getattr(found, "why", None) or found.task_title
            return said
    return plate.title


@dataclass(frozen=True)
class Line:
    """One line of the desk."""

    todo: Waiting
    why: Sentence
    overdue: bool
    left: Sentence | None


def lines(user: User, limit: int = PAGE, skip: int = 0, only: str = "") -> Iterator[Line]:
    """The desk of `user`, ready to be shown; narrowed to `only` (one of `ONLY`)."""
    now = moment.now()
    for todo in inbox(user, limit, skip, only):
        overdue = bool(todo.due_at and todo.due_at < now)
        yield Line(todo, why(todo.kind, todo.subject), overdue, remaining(todo.due_at, now))
