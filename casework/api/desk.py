"""The caller's desk."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router

from casework.api import schemas
from casework.api.house import Caller
from casework.queries import desk
from casework.queries.reminders import Said, reminder_of, reminders, said_of
from casework.services import sweeping
from casework.services.refusals import NotVisible

FURTHEST = 10_000
"""Nobody has more todos than this."""

router = Router(tags=["desk"])


@router.get("/todos", response=list[schemas.TodoOut])
def todos(
    request: Caller,
    skip: Annotated[int, Query(ge=0, le=FURTHEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = desk.PAGE,
) -> list[dict[str, Any]]:
    """What waits for the caller, nearest deadline first: `limit` of them after the first `skip`."""
    return [
        {
            "uid": line.todo.uid,
            "case": line.todo.case_uid,
            "number": line.todo.number,
            "why": str(line.why),
            "due_at": line.todo.due_at,
            "task": line.todo.subject.startswith("task:"),
        }
        for line in desk.lines(request.user, limit, skip)
    ]


@router.get("/reminders", response=list[schemas.ReminderOut])
def list_reminders(request: Caller) -> list[dict[str, Any]]:
    """What was said to the caller of deadlines, those nobody took note of first."""
    return [_out(line) for line in reminders(request.user)]


@router.post("/reminders/{uuid:uid}/read", response=schemas.ReminderOut)
def read_reminder(request: Caller, uid: UUID) -> dict[str, Any]:
    """The caller takes note of a reminder; doing it again changes nothing."""
    found = reminder_of(request.user, uid)
    if found is None:
        raise NotVisible
    sweeping.note(request.user, found)
    found.refresh_from_db()
    return _out(said_of(found))


def _out(line: Said) -> dict[str, Any]:
    row = line.reminder
    return {
        "uid": row.uid,
        "case": row.case.uid,
        "number": row.case.number,
        "rule": line.rule.key,
        "said": str(line.said),
        "due_at": row.due_at,
        "made_at": row.made_at,
        "read_at": row.read_at,
        "over": line.over,
    }
