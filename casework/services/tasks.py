"""Who does a task: claimed, assigned, handed back. The task itself is done by `advance`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.engine.language import _
from casework.engine.people import Permission
from casework.models import Case, CaseProcess, Event, Procedure, Todo, User
from casework.nodes import Background, Person
from casework.queries.staff import can_do, shut_out_from
from casework.services import events, flows, procedures, verbs
from casework.services.refusals import NotVisible, Refused

CLAIM, ASSIGN, HAND_BACK, RETRY = "claim", "assign_task", "hand_back", "retry"


@dataclass
class Held:
    """A task under the locks of its case and its procedure."""

    case: Case
    record: Procedure
    task: Task
    living: list[Task]
    """Every task of the procedure that still is to be done."""


Deed = Callable[[Held], dict[str, object]]


def claim(todo: UUID, actor: User, key: str = "") -> Event:
    """Take a task that waits for a role. Raises `Refused` when somebody was faster or may not."""

    def deed(held: Held) -> dict[str, object]:
        by = flows.permission_of(held.record, held.task)
        if held.task.owner:
            raise Refused([_("此任务已由%(name)s承担。", name=held.task.owner.name)])
        _demand(held, actor, by)
        _give(held, actor, actor)
        return {"to": str(actor.uid)}

    return _done(todo, actor, CLAIM, deed, key)


def assign(todo: UUID, actor: User, to: str, key: str = "") -> Event:
    """Give a task to somebody: a supervisor's to give, or its owner's to hand on. Raises `Refused`
    when the person is outside the organisation, deactivated or lacks the permission."""

    def deed(held: Held) -> dict[str, object]:
        by = flows.permission_of(held.record, held.task)
        owner = held.task.owner
        hers = owner and actor.actor.stands_for(str(owner.uid))
        if not (hers or _supervises(held.case, actor)):
            raise Refused([_("改派须由承担人本人或负责人办理。")])
        if not can_do(held.record, to, by):
            raise Refused([_("所选人员不能承担此任务（不在本组织、已停用或没有权限）。")])
        person = User.objects.get(uid=to)
        _not_her_own(held, person, by)
        _give(held, person, actor)
        return {"to": str(person.uid)}

    return _done(todo, actor, ASSIGN, deed, key, to)


def hand_back(todo: UUID, actor: User, key: str = "") -> Event:
    """Put a task back on the desk of its role, and with it whatever else its owner carries."""

    def deed(held: Held) -> dict[str, object]:
        owner = held.task.owner
        if owner is None:
            raise Refused([_("此任务尚无人承担。")])
        if not (actor.actor.stands_for(str(owner.uid)) or _supervises(held.case, actor)):
            raise Refused([_("只有承担人本人或负责人可以交回任务。")])
        with flows.acting(actor):
            for task in _going_together(held):
                if task.owner_id == owner.pk:
                    task.flow_task.activation_class(task).unassign()
        if held.record.carrier_id == owner.uid:
            held.record.carrier = None
            procedures.save_carrier(held.record, actor)
        return {"from": str(owner.uid)}

    return _done(todo, actor, HAND_BACK, deed, key)


def retry(todo: UUID, actor: User, key: str = "") -> Event:
    """Let background work that failed be tried again."""

    def deed(held: Held) -> dict[str, object]:
        if not isinstance(held.task.flow_task, Background) or held.task.status != STATUS.ERROR:
            raise Refused([_("没有可以重试的后台工作。")])
        _demand(held, actor, flows.permission_of(held.record, held.task))
        with flows.acting(actor):
            held.task.data = {}
            held.task.flow_task.activation_class(held.task).retry()
        flows.wake_after_commit()
        return {}

    return _done(todo, actor, RETRY, deed, key)


def _done(uid: UUID, actor: User, act: str, deed: Deed, key: str, *told_: str) -> Event:
    """Do it under the locks, with its event and the todos that follow; a refusal is logged, and a
    repetition with the same `key` answers with the first event."""
    mark = events.fingerprint(str(uid), act, *told_) if key else ""
    todo = Todo.objects.filter(uid=uid).exclude(task=None).select_related("case", "task").first()
    if todo is None or todo.task is None:
        raise NotVisible
    try:
        with transaction.atomic():
            case = verbs.lock(todo.case, actor)
            repeated = verbs.already_done(actor, key, mark)
            if repeated:
                return repeated
            process = CaseProcess.objects.select_related("procedure").get(pk=todo.task.process_id)
            record = procedures.lock(process.procedure, case)
            living = flows.living(record)
            task = next((t for t in living if t.pk == todo.task.pk), None)
            if task is None:
                raise Refused([_("此任务已经办结或取消。")])
            if act != RETRY and not isinstance(task.flow_task, Person):
                raise Refused([_("此任务无法认领或改派：它属于后台工作或已撤销的步骤。")])
            told = deed(Held(case, record, task, living))
            event = events.next_of_case(
                case, actor, act, record=record, before=record.status, after=record.status,
                told={"task": task.flow_task.name, **told}, key=key, mark=mark,
            )  # fmt: skip
            event.save(force_insert=True)
            case.keep_end_of_chain()
            flows.keep_todos(record, task.process)
    except Refused as refused:
        codes = [s.text for s in refused.sentences]
        detail: dict[str, object] = {"move": act, "sentences": codes}
        events.add_to_day(actor, "refused", case=todo.case, detail=detail)
        raise
    return event


def _demand(held: Held, person: User, by: Permission) -> None:
    """She may do such a task in this case, and is not the drafter of what is to be approved."""
    if not can_do(held.record, str(person.uid), by):
        raise Refused([_("这一步需要“%(permission)s”权限。", permission=by.label)])
    _not_her_own(held, person, by)


def _not_her_own(held: Held, person: User, by: Permission) -> None:
    """Whoever drafted, changed or sent a letter does not get its approval."""
    if person.uid in shut_out_from(held.record, by):
        raise Refused([_("审签须由拟稿人、修改人、发出人以外的另一人办理。")])


def _supervises(case: Case, actor: User) -> bool:
    return actor.actor.may(Permission.SUPERVISE) and actor.actor.oversees(case.organisation_path)


def _give(held: Held, person: User, actor: User) -> None:
    """The task becomes hers; one that belongs to whoever carries the procedure brings the whole
    procedure with it, or its tasks would be with somebody who may not do them."""
    flows.hand_over(_going_together(held), person, actor)
    carried = flows.permission_of(held.record, held.task) is procedures.carried_by(held.record)
    if carried and held.record.carrier_id != person.uid:
        held.record.carrier = person
        procedures.save_carrier(held.record, actor)


def _going_together(held: Held) -> list[Task]:
    """The task, and when it belongs to whoever carries the procedure, all that do."""
    by = flows.permission_of(held.record, held.task)
    if by is not procedures.carried_by(held.record):
        return [held.task]
    waiting = (task for task in held.living if isinstance(task.flow_task, Person))
    return [task for task in waiting if flows.permission_of(held.record, task) is by]
