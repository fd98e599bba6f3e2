"""The caller's desk."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from casework.api import schemas
from casework.api.house import Caller
from casework.queries import desk

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
