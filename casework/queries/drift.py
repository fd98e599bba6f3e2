"""Does every procedure's legal status still agree with the tasks of its flow? `verify_procedures`.

The table says what a procedure is, viewflow says what people do next, todos say whose it is;
whatever happens (a crash, a cancellation, a race), the three must tell the same story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q
from viewflow.workflow import nodes
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from casework.engine import registry
from casework.models import CaseProcess, Errand, Procedure, Todo
from casework.models.snapshot import one_moment
from casework.nodes import Background, Person
from casework.queries.parties import barred

ENDED_TASKS = (STATUS.DONE, STATUS.CANCELED, STATUS.REVIVED)


@dataclass(frozen=True)
class Wrong:
    """One thing that does not agree."""

    process: str
    why: str


@dataclass(frozen=True)
class Agreement:
    """The result: how many processes were looked at, and what is wrong with them."""

    processes: int
    wrong: list[Wrong]


def verify() -> Agreement:
    """Look at every process, as all of them stood at one moment: the desk goes on meanwhile."""
    with one_moment():
        wrong = [*_of_processes(), *_strays()]
        return Agreement(CaseProcess.objects.count(), wrong)


def _of_processes() -> Iterator[Wrong]:
    rows = CaseProcess.objects.select_related("procedure__case").order_by("pk")
    for process in rows.iterator(chunk_size=500):
        name = f"{process.procedure.kind}:{process.procedure.uid}"
        tasks = list(
            Task.objects.filter(process_id=process.pk)
            .select_related("owner", "todo")
            .prefetch_related("previous")
        )
        for why in _faults(process, tasks):
            yield Wrong(name, why)


def _faults(process: CaseProcess, tasks: list[Task]) -> Iterator[str]:
    if process.flow_class is None or any(_is_gone(task) for task in tasks):
        yield "its flow, or a node of it, is gone"
        return
    living = [task for task in tasks if task.status not in ENDED_TASKS]
    yield from _misplaced(process, living)
    yield from _stuck(process, living)
    yield from _forbidden(process)
    for task in living:
        yield from _todo_faults(process, task)


def _is_gone(task: Task) -> bool:
    """viewflow puts a stand-in where a flow knows its node no longer."""
    return task.flow_task is None or isinstance(task.flow_task, nodes.Obsolete)


def _misplaced(process: CaseProcess, living: list[Task]) -> Iterator[str]:
    """Only the nodes that the status allows are active, and only while the process runs."""
    record = process.procedure
    plate, running = registry.procedure(record.kind), process.status == PROCESS.NEW
    allowed = plate.active_in.get(record.status, frozenset())
    for task in living:
        if task.flow_task.name not in allowed:
            yield f"{task.flow_task.name} is active while the status is {record.status}"
    if not running and living:
        yield "it is over and has a task that is not"
    if running != (record.ended_at is None):
        yield "the process and the record do not agree whether it is over"
    case_over = registry.lifecycle(record.case.kind).statuses[record.case.status].ended
    if running and case_over and record.status not in plate.outlives:
        yield "its case is over and it is not"
    if record.open and not running:
        yield "it holds back its case, but nobody does anything"


def _stuck(process: CaseProcess, living: list[Task]) -> Iterator[str]:
    """A running process has a task, one a node, and no join waits for nobody."""
    if process.status != PROCESS.NEW:
        return
    if not living:
        yield "it runs and nobody has a task"
    names = [task.flow_task.name for task in living]
    if len(names) != len(set(names)):
        yield "a node is active twice"
    doing = [t for t in living if isinstance(t.flow_task, Person | Background)]
    if living and not doing:
        yield "only joins wait: it hangs"


def _forbidden(process: CaseProcess) -> Iterator[str]:
    """No joint mediation goes on between two with violence on record (rules 5, 14), unless it is
    about to be stopped."""
    record = process.procedure
    if record.kind != "mediation" or record.mediation.mode != "joint":
        return
    stoppable = {s.name for s in registry.procedure(record.kind).ender.source}
    if record.status not in stoppable or Errand.objects.filter(done_at=None).exists():
        return
    if str(record.mediation.other_id) in barred(record.case):
        yield "it goes on between two with violence on record"


def _todo_faults(process: CaseProcess, task: Task) -> Iterator[str]:
    """A person's task is exactly one open todo, of the same person, with a day."""
    waits = task.status in (STATUS.NEW, STATUS.ASSIGNED) and isinstance(task.flow_task, Person)
    waits = waits or task.status == STATUS.ERROR
    todo = getattr(task, "todo", None)
    name = task.flow_task.name
    if not waits:
        if todo and todo.done_at is None:
            yield f"{name} waits for nobody and has an open todo"
        return
    if todo is None or todo.done_at is not None:
        yield f"{name} waits for somebody and has no open todo"
        return
    if todo.due_at is None:
        yield f"the todo of {name} has no day"
    if todo.case_id != process.case_id:
        yield f"the todo of {name} belongs to another case"
    owner = task.owner.uid if task.owner else None
    if isinstance(task.flow_task, Person) and todo.assignee_id != owner:
        yield f"{name} is one person's task and another's todo"


def _strays() -> Iterator[Wrong]:
    """Procedures without a process, todos of tasks that are over."""
    for record in Procedure.objects.filter(process=None):
        yield Wrong(f"{record.kind}:{record.uid}", "it has no process")
    over = Todo.objects.filter(done_at=None, task__status__in=ENDED_TASKS)
    for todo in over.values_list("uid", flat=True):
        yield Wrong(f"todo:{todo}", "its task is over")
    other = CaseProcess.objects.filter(~Q(case=F("procedure__case")))
    for pk in other.values_list("pk", flat=True):
        yield Wrong(f"process:{pk}", "it belongs to another case than its procedure")
