"""What must hold after every kill, whatever was cut short, and at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Q
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework import audit
from casework.engine import registry
from casework.models import (
    Case,
    CaseProcess,
    Document,
    Event,
    NumberSeries,
    Procedure,
    Todo,
)
from casework.models.snapshot import one_moment
from casework.nodes import Background
from casework.queries import drift
from casework.queries.procedures import people_of
from casework.services.flows import LIVING
from casework.services.letters import SERIES
from tests.deep.clients import Told
from tests.deep.mail import Post

LETTERS = {"referral_letter", "mediation_record", "mediation_agreement"}


def check(made: list[Told]) -> Iterator[str]:
    """Everything that is wrong now; `made` is what the desk said to have done before."""
    yield from (f"{w.process}: {w.why}" for w in drift.verify().wrong)
    broken = audit.verify().first_broken
    if broken:
        yield f"{broken.table} {broken.id}: {broken.why}"
    with one_moment():
        yield from _lost_tasks()
        yield from _forgotten(made)
        yield from _steps()
        yield from _letters()
        yield from _numbers()


def _lost_tasks() -> Iterator[str]:
    """Whatever is not over has somebody's task, or a job."""
    waiting = Q(task__status__in=LIVING, task__flow_task_type__in=("HUMAN", "JOB"))
    for process in (
        CaseProcess.objects.filter(procedure__ended_at=None)
        .annotate(waits=Count("task", filter=waiting))
        .filter(waits=0)
    ):
        yield f"nobody has a task in procedure {process.procedure_id}"


def _forgotten(made: list[Told]) -> Iterator[str]:
    """What the desk said to have done it still knows."""
    said = {told.event: told for told in made if told.event}
    known = {str(uid) for uid in Event.objects.values_list("uid", flat=True)}
    for uid in said.keys() - known:
        yield f"an event that was answered is gone: {said[uid].about}"


def _steps() -> Iterator[str]:
    """Every task that was done is one event, and every event of a step one task."""
    rows = {
        plate.key: {name for flow in plate.flows for node in people_of(flow) for name in node.rows}
        - {plate.ender.name}
        for plate in registry.procedures()
    }
    done: Counter[int] = Counter()
    for task in Task.objects.filter(status=STATUS.DONE, flow_task_type="HUMAN").only("process_id"):
        done[task.process_id] += 1
    acts: Counter[str] = Counter()
    for record, act in Event.objects.exclude(record="").values_list("record", "act"):
        acts[record] += act in rows[record.partition(":")[0]]
    for process in CaseProcess.objects.select_related("procedure"):
        name = f"{process.procedure.kind}:{process.procedure.uid}"
        if acts[name] != done[process.pk]:
            yield f"{name} has {acts[name]} steps in its chain and {done[process.pk]} tasks done"


def _letters() -> Iterator[str]:
    """Every job that makes a letter made one, with one event."""
    kept = Counter(Document.objects.values_list("serial", flat=True))
    jobs = Task.objects.filter(flow_task_type="JOB")
    for task in jobs:
        writes = isinstance(task.flow_task, Background) and task.flow_task.work in LETTERS
        wanted = int(writes and task.status == STATUS.DONE)
        if kept.pop(str(task.pk), 0) != wanted:
            yield f"job {task.pk} ({task.status}) at {task.flow_task.name} made not {wanted} letter"
    for serial in kept:
        yield f"a letter belongs to no job: {serial}"
    told = Event.objects.filter(act="letter").count()
    if told != Document.objects.count():
        yield f"{told} events tell of {Document.objects.count()} letters"


def _numbers() -> Iterator[str]:
    """Numbers of cases and letters have no gaps."""
    for row in NumberSeries.objects.select_related("organisation"):
        if row.series == "case":
            given = set(
                Case.objects.filter(organisation=row.organisation).values_list("number", flat=True)
            )
        else:
            template = next(name for name, series in SERIES.items() if series == row.series)
            letters = Document.objects.filter(
                case__organisation=row.organisation, template=template
            )
            given = set(letters.values_list("number", flat=True))
        if len(given) != row.last:
            yield f"{row.series} of {row.organisation.name}: {row.last} numbers, {len(given)} used"


def check_the_end(told: list[Told], post: Post) -> Iterator[str]:
    """Everything is over, every key was one deed, and whoever was to be told was told."""
    for record in Procedure.objects.filter(ended_at=None):
        tasks = Task.objects.filter(process__caseprocess__procedure=record, status__in=LIVING)
        left = [f"{task.flow_task.name} ({task.status})" for task in tasks]
        yield f"{record.kind} {record.uid} hangs in {record.status}: {', '.join(left)}"
    for todo in Todo.objects.filter(done_at=None).exclude(task=None):
        yield f"a todo is left: {todo.subject}"
    keys = Counter(Event.objects.exclude(key="").values_list("actor", "key"))
    for one in told:
        keyed = keys[(one.actor, one.key)]
        if keyed != int(one.made):
            yield f"{keyed} events under the key of: {one.status} {one.about}"
    yield from _mail(post)


def _mail(post: Post) -> Iterator[str]:
    """Each notice that was to go out did; a second delivery bears the same identity."""
    jobs = Task.objects.filter(flow_task_type="JOB", status=STATUS.DONE)
    sent = {f"<{t.external_task_id}@notice.invalid>" for t in jobs if _notifies(t)}
    given = Counter(str(message["Message-ID"]) for message in post.messages)
    yield from (f"a notice never came: {identity}" for identity in sent - given.keys())


def _notifies(task: Task) -> bool:
    return isinstance(task.flow_task, Background) and task.flow_task.work == "referral_notice"
