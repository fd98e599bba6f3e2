"""Tasks of procedures: claimed, handed back, assigned, done. The address is that of the todo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Router

from casework.api import schemas
from casework.api.cases import Key, made, seen
from casework.api.house import Caller
from casework.api.telling import filled
from casework.engine.language import _, listed
from casework.engine.moves import Move
from casework.models import Event, Procedure, Todo
from casework.queries import moves
from casework.queries.procedures import Doing, doing, doings, procedure_of, procedures_of
from casework.services import tasks
from casework.services.refusals import Refused
from casework.services.verbs import advance

router = Router(tags=["tasks"])


@router.post("/tasks/{uuid:uid}", response=schemas.MadeOut)
def do_task(request: Caller, uid: UUID, body: schemas.TaskIn, key: Key = "") -> dict[str, Any]:
    """Do a task (`do` = execute): make one of its moves, telling its facts; an unclaimed task
    becomes the caller's. Or claim it, hand it back, assign it `to` somebody, or let background
    work that failed be tried again."""
    found = _task(request, uid)
    match body.do:
        case "claim":
            return made(tasks.claim(uid, request.user, key), request.user)
        case "hand_back":
            return made(tasks.hand_back(uid, request.user, key), request.user)
        case "assign":
            return made(tasks.assign(uid, request.user, body.to, key), request.user)
        case "retry":
            return made(tasks.retry(uid, request.user, key), request.user)
    return made(_execute(request, found, body, key), request.user)


def _task(request: Caller, uid: UUID) -> Doing:
    """The task, if the caller may know of its case. Raises Http404."""
    todo = Todo.objects.filter(uid=uid).exclude(task=None).select_related("case").first()
    found = doing(seen(request, todo.case.uid), uid, request.user) if todo else None
    if found is None:
        raise Http404
    return found


def _execute(request: Caller, found: Doing, body: schemas.TaskIn, key: str) -> Event:
    row, given = _row(found, body.move), getattr(found.task.flow_task, "given", {})
    form = filled(row, found.record, request.user, body, given)
    return advance(
        found.record,
        row,
        form.facts(),
        actor=request.user,
        reason=form.reason,
        version=body.version,
        key=key,
        task=found.todo.uid,
    )


def _row(found: Doing, name: str) -> Move:
    """The move that is meant; when the task has only one, it need not be named."""
    rows: dict[str, Move] = getattr(found.task.flow_task, "rows", {})
    if name and name not in rows:
        raise Refused([_("此任务没有名为“%(move)s”的步骤。", move=name)])
    if not rows:
        raise Refused([_("此任务所属的步骤已不存在，只能终止程序。")])
    if not name and len(rows) != 1:
        raise Refused([_("请说明要办理哪一步：%(moves)s。", moves=listed(rows))])
    return rows[name] if name else next(iter(rows.values()))


@router.get("/cases/{uuid:uid}/procedures", response=list[schemas.ProcedureOut])
def list_procedures(request: Caller, uid: UUID) -> list[dict[str, Any]]:
    """The procedures of a case, the latest first, with the tasks that wait."""
    return [_shown(each, request) for each in procedures_of(seen(request, uid), request.user)]


def _shown(record: Procedure, request: Caller) -> dict[str, Any]:
    return {
        "uid": record.uid,
        "kind": record.kind,
        "status": record.status,
        "open": record.open,
        "carrier": record.carrier.username if record.carrier else "",
        "version": record.version,
        "tasks": [
            {
                "uid": each.todo.uid,
                "title": str(each.title),
                "owner": each.owner.username if each.owner else "",
                "due_at": each.todo.due_at,
                "moves": [offer.move.name for offer in each.rows],
            }
            for each in doings(record, request.user)
        ],
        "chases": [
            {
                "about": each.clock.rule if each.clock else "",
                "how": each.how,
                "outcome": each.outcome,
                "answer_by": each.answer_by,
                "at": each.made_at,
                "by": each.by.username,
            }
            for each in record.chases.select_related("clock", "by").order_by("pk")
        ],
    }


@router.post("/cases/{uuid:uid}/procedures/{uuid:which}/moves/{move}", response=schemas.MadeOut)
def move_procedure(
    request: Caller, uid: UUID, which: UUID, move: str, body: schemas.MoveIn, key: Key = ""
) -> dict[str, Any]:
    """Make a move of a procedure: one that no task carries, or the one of the open task."""
    found = procedure_of(seen(request, uid), which, request.user)
    if found is None:
        raise Http404
    row = moves.row(found, move)
    if row is None:
        raise Refused([_("没有名为“%(move)s”的步骤。", move=move)])
    form = filled(row, found, request.user, body)
    event = advance(
        found,
        row,
        form.facts(),
        actor=request.user,
        reason=form.reason,
        version=body.version,
        key=key,
    )
    return made(event, request.user)
