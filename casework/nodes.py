"""What flows are made of: a person's task, background work, and the base of every flow.

viewflow says what people do next; a node never writes a status. Its tasks are claimed, executed
and cancelled by `services.flows` only, under the lock of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.db.migrations import RunPython
from viewflow.workflow import nodes
from viewflow.workflow.exceptions import FlowRuntimeError
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.nodes.job import AbstractJob, AbstractJobActivation
from viewflow.workflow.status import STATUS

from casework.engine import moment
from casework.engine.language import Sentence
from casework.engine.limits import Limit
from casework.engine.moves import Move
from casework.engine.people import Permission
from casework.models import CaseProcess


class Person(nodes.View):  # type: ignore[misc]  # viewflow is untyped
    """A task of somebody who holds `by`: she makes one of `rows`, and the flow goes on.

    `given` are facts that the node itself tells (which side is heard); nobody is asked for them.
    `limit` says until when it is hers to do; `why` is the sentence of her todo.
    """

    def __init__(
        self,
        title: Sentence,
        by: Permission,
        rows: tuple[Move, ...],
        limit: Limit,
        why: Sentence | None = None,
        given: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(view=None)
        self.task_title = title
        self.by = by
        self.rows = {row.name: row for row in rows}
        self.limit = limit
        self.why = why or title
        self.given = dict(given)


class _BackgroundActivation(AbstractJobActivation):  # type: ignore[misc]  # viewflow is untyped
    """Waits as a row until a worker takes it: a lost message means late, never lost."""

    @AbstractJobActivation.status.transition(source=STATUS.NEW, target=STATUS.SCHEDULED)  # type: ignore[untyped-decorator]  # as above
    def activate(self) -> None:
        """Wait for a worker."""
        self.task.scheduled = moment.now()
        self.task.save()

    @AbstractJobActivation.status.transition(  # type: ignore[untyped-decorator]  # as above
        source=[STATUS.NEW, STATUS.SCHEDULED, STATUS.STARTED, STATUS.ERROR],
        target=STATUS.CANCELED,
    )
    def cancel(self) -> None:
        """The procedure ended first."""
        self.task.finished = moment.now()
        self.task.save()

    @AbstractJobActivation.status.transition(source=STATUS.STARTED, target=STATUS.SCHEDULED)  # type: ignore[untyped-decorator]  # as above
    def postpone(self) -> None:
        """Failed, to be tried again at `task.scheduled`."""
        self.task.save()

    @AbstractJobActivation.status.transition(source=STATUS.STARTED, target=STATUS.ERROR)  # type: ignore[untyped-decorator]  # as above
    def give_up(self) -> None:
        """Failed too often: somebody must look. Stays unfinished, so that the flow does not end."""
        self.task.save()

    @AbstractJobActivation.status.transition(source=STATUS.ERROR, target=STATUS.SCHEDULED)  # type: ignore[untyped-decorator]  # as above
    def retry(self) -> None:
        """Somebody looked."""
        self.task.scheduled = moment.now()
        self.task.save()


class Background(AbstractJob):  # type: ignore[misc]  # viewflow is untyped
    """Work for a worker, named in `services.jobs`: a letter, a notice."""

    activation_class = _BackgroundActivation
    bpmn_element = "serviceTask"

    def __init__(self, title: Sentence, work: str) -> None:
        super().__init__()
        self.task_title = title
        self.work = work


def renamed(old: str, new: str) -> RunPython:
    """A step of a migration: tasks and their history follow a node that got another name or flow.

    Both are references as viewflow stores them, e.g. ``workflows/mediation.flow.MediationV1.hear``.
    Only needed when a released node must change its name after all; a V2 needs none.
    """

    def rename(here: str, there: str) -> Callable[[Any, Any], None]:
        def run(apps: Any, _schema: Any) -> None:
            for app, model in (("viewflow", "Task"), ("casework", "HistoricalTask")):
                apps.get_model(app, model).objects.filter(flow_task=here).update(flow_task=there)

        return run

    return RunPython(rename(old, new), rename(new, old))


class CaseFlow:
    """Mixed into every flow class: its process belongs to a case, and it is never cancelled by
    itself. (A flow is never subclassed: viewflow would share its nodes.)"""

    process_class = CaseProcess
    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)

    def cancel(self, process: CaseProcess) -> None:
        """Refused: a process ends with its procedure, when `advance` makes the ending row."""
        raise FlowRuntimeError("a process is cancelled by ending its procedure")
