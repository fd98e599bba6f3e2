"""Between the tables and viewflow: starting, carrying on and cancelling the tasks of a procedure.

Called under the lock of the case. A flow never writes a status: a row that a task carries is made
by `services.verbs`, which then lets the flow go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from viewflow.workflow import nodes
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from casework.engine import moment, registry
from casework.engine.language import Sentence, _
from casework.engine.limits import Counting
from casework.engine.moves import Move
from casework.engine.people import Permission
from casework.models import CaseProcess, Procedure, Todo, User
from casework.models.base import ACTING
from casework.nodes import Person
from casework.queries.calendars import HomeDays
from casework.queries.procedures import carried_rows, hers_to_do
from casework.queries.staff import can_do, shut_out_from
from casework.services import waking
from casework.services.events import HOUSE
from casework.services.saving import save
from casework.services.todos import address

LIVING = (STATUS.NEW, STATUS.ASSIGNED, STATUS.SCHEDULED, STATUS.STARTED, STATUS.ERROR)
"""The states of a task that still is to be done."""


@contextmanager
def acting(actor: User | None) -> Iterator[None]:
    """Within the block viewflow's own rows are written in the name of `actor`, or of the house."""
    token = ACTING.set(str(actor.uid) if actor else HOUSE)
    try:
        yield
    finally:
        ACTING.reset(token)


def start(record: Procedure, actor: User) -> None:
    """Start the newest flow of this kind of procedure for `record`."""
    flow: Any = registry.procedure(record.kind).flows[-1]
    with acting(actor):
        activation = flow.start.activation_class.create(flow.start, None, None)
        activation.process.case, activation.process.procedure = record.case, record
        activation.execute()
    keep_todos(record, activation.process)
    wake_after_commit()


def living(record: Procedure) -> list[Task]:
    """The tasks that still are to be done, the oldest first. They share one process object, which
    knows this very `record`."""
    process = CaseProcess.objects.get(procedure=record)
    return _living(record, process)


def _living(record: Procedure, process: CaseProcess) -> list[Task]:
    process.procedure, process.case = record, record.case
    tasks = Task.objects.filter(process_id=process.pk, status__in=LIVING)
    found = list(tasks.select_related("owner", "todo").order_by("pk"))
    for task in found:
        task.process = process
    return found


def is_carried(record: Procedure, move: Move) -> bool:
    """Is the row made through a task? The ending row may be made at any time, and rows that no
    node names which may be active now, whenever the table allows."""
    ender = registry.procedure(record.kind).ender
    return move.name != ender.name and move.name in carried_rows(record)


def task_for(
    tasks: list[Task], move: Move, facts: object | None, actor: User, wanted: UUID | None
) -> tuple[Task | None, Sentence | None]:
    """The task that carries `move` with these facts for `actor`, or the sentence why none does.
    `wanted` is the address of the task that she has open."""
    fitting = [task for task in tasks if _fits(task, move, facts, wanted)]
    if not fitting:
        return None, _("这一步已经办过，或流程还没有到这一步。")
    mine = [task for task in fitting if hers_to_do(task, task.process.case, actor)]
    if not mine:
        return None, _("此任务由%(name)s承担；需要时请先改派。", name=fitting[0].owner.name)
    return mine[0], None


def _fits(task: Task, move: Move, facts: object | None, wanted: UUID | None) -> bool:
    node = task.flow_task
    if not isinstance(node, Person) or move.name not in node.rows:
        return False
    if wanted and task.todo.uid != wanted:
        return False
    return all(getattr(facts, name, told) == told for name, told in node.given.items())


def execute(record: Procedure, task: Task, actor: User) -> None:
    """The task is done: let the flow go on. viewflow's own lock on the process comes after ours on
    the case and the procedure."""
    with acting(actor), task.flow_task.flow_class.lock(task.process_id):
        activation = task.flow_task.activation_class(task)
        if task.status == STATUS.NEW:
            activation.assign(actor)
        activation.start(None)
        activation.execute()
    after(record, task.process, actor)
    wake_after_commit()


def hand_over(tasks: Iterable[Task], person: User, actor: User) -> None:
    """These tasks, which wait for somebody, are hers from now on."""
    with acting(actor):
        for task in tasks:
            activation = task.flow_task.activation_class(task)
            if task.status == STATUS.NEW:
                activation.assign(person)
            elif task.status == STATUS.ASSIGNED and task.owner_id != person.pk:
                activation.reassign(person)


def wake_after_commit() -> None:
    """There may be work for a worker once this is committed. Only a bell: what is to be done
    stands in the rows."""
    transaction.on_commit(waking.ring)


def cancel(record: Procedure, actor: User) -> None:
    """Cancel every living task and the process: its procedure was ended."""
    process = CaseProcess.objects.get(procedure=record)
    with acting(actor), process.flow_class.lock(process.pk):
        for task in _living(record, process):
            task.flow_task.activation_class(task).cancel()
        if process.status == PROCESS.NEW:
            process.status, process.finished = PROCESS.CANCELED, moment.now()
            process.save()
    after(record, process, actor)


def after(record: Procedure, process: CaseProcess, actor: User | None) -> None:
    """What follows from a step of the flow: todos, and the end of the process."""
    keep_todos(record, process)
    if process.status != PROCESS.NEW and record.ended_at is None:
        record.ended_at = moment.now()
        save(record, actor, "end_of_flow", ["ended_at"])


def hand_back_what_nobody_can_do(record: Procedure, actor: User | None) -> list[str]:
    """Tasks of somebody who can do them no longer wait for the role again; answers which. Every
    todo is addressed anew: the case may be seen by fewer than before."""
    tasks, names = living(record), []
    for task in tasks:
        owner = task.owner if isinstance(task.flow_task, Person) else None
        if owner and not can_do(record, str(owner.uid), task.flow_task.by):
            with acting(actor):
                task.flow_task.activation_class(task).unassign()
            names.append(str(task.flow_task.name))
    if tasks:
        keep_todos(record, tasks[0].process)
    return names


def keep_todos(record: Procedure, process: CaseProcess) -> None:
    """Every task that waits for a person is exactly one todo; what waits no more is done."""
    waiting = [task for task in _living(record, process) if waits_for_somebody(task)]
    Todo.objects.filter(done_at=None, task__process_id=process.pk).exclude(task__in=waiting).update(
        done_at=moment.now()
    )
    for task in waiting:
        keep_todo(record, task)


def waits_for_somebody(task: Task) -> bool:
    """A person's task, background work that failed so often that somebody must look, or a task of
    a node that is gone: it can only be ended with its procedure."""
    if isinstance(task.flow_task, Person | nodes.Obsolete):
        return task.status in (STATUS.NEW, STATUS.ASSIGNED)
    return bool(task.status == STATUS.ERROR)


def keep_todo(record: Procedure, task: Task) -> None:
    """The one todo of a task, addressed to its owner, or else to the carrier of the procedure, or
    to the role that may claim it."""
    assignee, role, path = _addressee(record, task)
    claimable = isinstance(task.flow_task, Person) and task.status == STATUS.NEW
    if assignee and task.owner is None and claimable:
        task.flow_task.activation_class(task).assign(assignee)
    values: dict[str, object] = {
        "assignee_id": assignee.uid if assignee else None,
        "role": role,
        "organisation_path": path,
        "done_at": None,
    }
    todo = getattr(task, "todo", None)
    if todo is None:
        Todo.objects.create(
            case=record.case,
            subject=f"task:{task.pk}:{record.kind}.{task.flow_task.name}",
            task=task,
            due_at=_due_of(record, task),
            **values,
        )
    elif any(getattr(todo, name) != value for name, value in values.items()):
        Todo.objects.filter(pk=todo.pk).update(**values)


def _due_of(record: Procedure, task: Task) -> datetime:
    """Until when the task is to be done: the moment that the record's details name for it
    (``<node>_due_at``), else so long after what it runs from (``<node>_from``) or after it came."""
    node = task.flow_task
    if not isinstance(node, Person):
        return moment.now()
    named: datetime | None = getattr(record.detail, f"{node.name}_due_at", None)
    begun: datetime = getattr(record.detail, f"{node.name}_from", None) or moment.now()
    return named or node.limit.due(begun, Counting(HomeDays())).at


def count_again(record: Procedure) -> None:
    """Something outside its rows changed until when its tasks are to be done."""
    for task in filter(waits_for_somebody, living(record)):
        Todo.objects.filter(task=task).update(due_at=_due_of(record, task))


def _addressee(record: Procedure, task: Task) -> tuple[User | None, str, str]:
    """Who is to do it: a person, or a role at an organisation."""
    case, by = record.case, permission_of(record, task)
    if task.owner:
        return task.owner, "", case.organisation_path
    shut_out = shut_out_from(record, by)
    carrier = record.carrier
    if carrier and carrier.uid not in shut_out and can_do(record, str(carrier.uid), by):
        return carrier, "", case.organisation_path
    hidden = case.sealed or case.safety_sensitive
    role, path = address(by, case.organisation_path, shut_out, hidden=hidden)
    return None, role, path


def permission_of(record: Procedure, task: Task) -> Permission:
    """What somebody must hold to do this task; work that failed is for whoever may open such a
    procedure."""
    node = task.flow_task
    return node.by if isinstance(node, Person) else registry.procedure(record.kind).opener.by
