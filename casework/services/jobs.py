"""Background work of flows: letters and notices. What waits stands in the task rows.

A job is taken with a lease by one UPDATE, does what must happen outside the database, and is
finished under the lock of its case. A worker that dies in between leaves a lease that runs out;
every job may therefore happen twice and must not matter twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.engine import moment
from casework.models import Case, CaseProcess, Procedure
from casework.models.base import ACTING
from casework.models.plain import any_row
from casework.services import errands, events, flows, letters, notices, procedures

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
TRIES = 5


@dataclass(frozen=True)
class Work:
    """What a background node does: `outside` the database first, then `inside` under the lock."""

    inside: Callable[[Procedure, Task], None]
    outside: Callable[[Procedure, Task], None] = lambda record, task: None


WORK = {
    "referral_letter": Work(letters.referral),
    "mediation_record": Work(letters.mediation_record),
    "mediation_agreement": Work(letters.mediation_agreement),
    "referral_notice": Work(notices.keep, notices.send),
}


def run_due(limit: int = 100) -> int:
    """Do what is due now, the oldest first; answers how many jobs were finished."""
    done = errands.run_due()
    for pk in _due(limit):
        done += run(pk)
    return done


_LEFT = 'WHERE "flow_task_type" = %s AND "status" IN (%s, %s)'


def _due(limit: int) -> list[int]:
    """What is due now, the oldest first. Mostly no job is left at all: ask that first."""
    if not any_row(Task, _LEFT, ["JOB", STATUS.SCHEDULED.value, STATUS.STARTED.value]):
        return []
    now = moment.now()
    found = Task.objects.filter(flow_task_type="JOB").filter(
        Q(status=STATUS.SCHEDULED, scheduled__lte=now) | _abandoned(now)
    )
    return list(found.order_by("scheduled", "pk").values_list("pk", flat=True)[:limit])


def _abandoned(now: datetime) -> Q:
    """Taken by a worker that died: its lease ran out."""
    return Q(status=STATUS.STARTED, started__lt=now - LEASE)


def run(pk: int) -> bool:
    """Do one job, unless somebody else has it. Answers whether it was finished. What goes wrong is
    kept as the name of the error, never with its text: that may be about a person."""
    now = moment.now()
    free = Q(status=STATUS.SCHEDULED, scheduled__lte=now) | _abandoned(now)
    if not Task.objects.filter(free, pk=pk).update(status=STATUS.STARTED, started=now):
        return False
    process = CaseProcess.objects.select_related("procedure__case").get(task__pk=pk)
    task = Task.objects.get(pk=pk)
    try:
        work = WORK[task.flow_task.work]
        work.outside(process.procedure, task)
        return _finish(process, pk, work)
    except Exception as error:  # whatever it was: it is tried again, nobody is left waiting
        log.warning("background work %s failed: %s", task.flow_task, type(error).__name__)
        _failed(process, pk, type(error).__name__)
        return False


def _locked(process: CaseProcess, pk: int) -> tuple[Procedure, Task | None]:
    """The procedure and its job, locked case first; no job when it was cancelled meanwhile."""
    case = (
        Case.objects.select_related("subject")
        .select_for_update(of=("self",))
        .get(pk=process.procedure.case_id)
    )
    record = procedures.lock(process.procedure, case)
    living = {t.pk: t for t in flows.living(record) if t.status == STATUS.STARTED}
    return record, living.get(pk)


@transaction.atomic
def _finish(process: CaseProcess, pk: int, work: Work) -> bool:
    record, task = _locked(process, pk)
    if task is None:
        return False
    work.inside(record, task)
    token = ACTING.set(events.HOUSE)
    try:
        with task.flow_task.flow_class.lock(task.process_id):
            activation = task.flow_task.activation_class(task)
            activation.complete()
            activation.activate_next()
    finally:
        ACTING.reset(token)
    flows.after(record, task.process, None)
    record.case.keep_end_of_chain()
    flows.wake_after_commit()
    return True


@transaction.atomic
def _failed(process: CaseProcess, pk: int, error: str) -> None:
    """Try again after 1, 4, 9, 16 minutes; then somebody must look."""
    record, task = _locked(process, pk)
    if task is None:
        return
    tries = task.data.get("tries", 0) + 1
    task.data = {"tries": tries, "error": error}
    activation = task.flow_task.activation_class(task)
    if tries < TRIES:
        task.scheduled = moment.now() + timedelta(minutes=tries * tries)
        activation.postpone()
    else:
        activation.give_up()
        flows.keep_todos(record, task.process)
