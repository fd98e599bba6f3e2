"""Procedures and their tasks as a person sees them, always through `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.engine import moment, registry
from casework.engine.facts import questions
from casework.engine.language import Sentence, _, listed
from casework.engine.moves import Move
from casework.engine.people import Permission, Role
from casework.models import Case, Document, Procedure, Session, Todo, User
from casework.nodes import Background, Person
from casework.queries.moves import Offer
from casework.queries.situations import situation_of, within
from casework.queries.staff import handlers_for, shut_out_from

ENDED = (STATUS.DONE, STATUS.CANCELED, STATUS.REVIVED)
REFUSED_STAYS = timedelta(days=30)
"""So long a refused referral stays in sight: she may object."""


@dataclass(frozen=True)
class Doing:
    """A task as somebody sees it: whose it is, until when, and what can be done in it."""

    todo: Todo
    task: Task
    record: Procedure
    user: User

    @property
    def node(self) -> Any:
        """The step of the flow; something else than a step when the flow lost it."""
        return self.task.flow_task

    @property
    def title(self) -> Sentence:
        """What it is called."""
        title: Sentence = _("已停用的步骤") if self.gone else self.node.task_title
        return title

    @property
    def why(self) -> Sentence:
        """What is to be done, as a sentence."""
        if self.failed:
            return _("后台工作多次失败，请查看后重试")
        return getattr(self.node, "why", self.title)

    @property
    def moves(self) -> Mapping[str, Move]:
        """The rows that it carries, also those that do not start in the present status."""
        return self.node.rows if isinstance(self.node, Person) else {}

    @property
    def given(self) -> Mapping[str, object]:
        """What the step itself tells."""
        return self.node.given if isinstance(self.node, Person) else {}

    @cached_property
    def rows(self) -> list[Offer]:
        """Those that start now, with every reason why she may not make them."""
        return [] if self.over else offers_in(self.record, self.user, self.moves.values())

    @property
    def by(self) -> Permission:
        """What somebody must hold to do it."""
        if isinstance(self.node, Person):
            return self.node.by
        return registry.procedure(self.record.kind).opener.by

    @property
    def owner(self) -> User | None:
        """Who has claimed it or got it assigned."""
        owner: User | None = self.task.owner
        return owner

    @property
    def mine(self) -> bool:
        """Is it hers, or of somebody for whom she stands in?"""
        return bool(self.owner and self.user.actor.stands_for(str(self.owner.uid)))

    @property
    def hers(self) -> bool:
        """May she do it, as far as whose it is matters?"""
        return hers_to_do(self.task, self.record.case, self.user)

    @property
    def over(self) -> bool:
        """Was it done, or cancelled?"""
        return self.task.status in ENDED

    @property
    def cancelled(self) -> bool:
        """Did it become superfluous?"""
        return bool(self.task.status == STATUS.CANCELED)

    @property
    def failed(self) -> bool:
        """Is it background work that failed so often that somebody must look?"""
        return isinstance(self.node, Background) and self.task.status == STATUS.ERROR

    @property
    def gone(self) -> bool:
        """Does its flow no longer know such a step? Then nobody can do it."""
        return not isinstance(self.node, Person | Background)

    @property
    def living(self) -> bool:
        """Does it wait for a person?"""
        return isinstance(self.node, Person) and not self.over

    @property
    def free(self) -> bool:
        """Could she claim it? Nobody approves her own draft."""
        shut_out = self.user.uid in shut_out_from(self.record, self.by)
        may = self.user.actor.may(self.by) and not shut_out
        return self.living and self.owner is None and may

    @property
    def returnable(self) -> bool:
        """May she put it back, or give it to somebody else?"""
        return self.living and self.owner is not None and (self.mine or self._supervised)

    @cached_property
    def handlers(self) -> dict[str, str]:
        """To whom she could give it, by uid."""
        if not (self.returnable or (self.living and self._supervised)):
            return {}
        found = handlers_for(self.record.case, self.user, self.by)
        if self.by is Permission.HANDLE:
            found |= handlers_for(self.record.case, self.user, Permission.LIAISE)
        for uid in (self.owner.uid if self.owner else None, *shut_out_from(self.record, self.by)):
            found.pop(str(uid), None)
        return found

    @property
    def _supervised(self) -> bool:
        return self.user.actor.may(Permission.SUPERVISE)


def hers_to_do(task: Task, case: Case, user: User) -> bool:
    """Its owner may do a task, anybody who is able while it has none, and what is handled in it
    also the handler of the case (domain: permission table)."""
    owners = {task.owner.uid} if task.owner else set()
    if owners and task.flow_task.by is Permission.HANDLE:
        owners.add(case.handler_id or case.registered_by_id)
    return not owners or any(user.actor.stands_for(str(uid)) for uid in owners)


def known_to(user: User) -> QuerySet[Procedure]:
    """The procedures this person may know of: every one of a case that she reads whole; in the
    other cases those that she carries or has a task in."""
    tasks = Todo.objects.filter(done_at=None, task__isnull=False, assignee__in=_hers(user))
    tasked = Q(pk__in=tasks.values("task__process__caseprocess__procedure"))
    concerned = tasked | Q(carrier__in=_hers(user))
    return Procedure.objects.filter(
        Q(case__in=Case.objects.whole_for(user).values("pk"))
        | (Q(case__in=Case.objects.visible_to(user).values("pk")) & concerned)
    )


def _hers(user: User) -> list[Any]:
    """Herself and those for whom she stands in, by uid."""
    return [user.uid, *user.actor.deputises]


def procedures_of(case: Case, user: User) -> list[Procedure]:
    """The procedures of a visible `case` that this person may know of, the latest first."""
    return _gathered(known_to(user), case)


def procedure_of(case: Case, uid: UUID, user: User) -> Procedure | None:
    """The one with this uid."""
    return next(iter(_gathered(known_to(user).filter(uid=uid), case)), None)


def _gathered(found: QuerySet[Procedure], case: Case) -> list[Procedure]:
    rows = found.filter(case=case).select_related(
        "carrier", "opened_by", "mediation__other__person__subject", "referral__body",
        "protection_order__respondent__person__subject", "follow_up", "mandatory_report",
        "police_report__against__person__subject", "process",
    )  # fmt: skip
    gathered = list(rows.order_by("-id"))
    for row in gathered:
        row.case = case
    return gathered


def offers_in(record: Procedure, user: User, rows: Iterable[Move]) -> list[Offer]:
    """The rows that start in the procedure's status, with every reason why this person may not."""
    lifecycle = registry.lifecycle(record.kind)
    situation = within(situation_of(record.case, opening=record.kind), record)
    status = lifecycle.statuses[record.status]
    return [
        Offer(row, lifecycle.refusals(situation, user.actor, row, asking=True))
        for row in rows
        if status in row.source
    ]


def free_rows(record: Procedure, user: User) -> list[Offer]:
    """The rows that no task carries: ending it early, an objection; and those that follow other
    rows by themselves, should one have been left behind."""
    plate = registry.procedure(record.kind)
    carried = carried_rows(record) - {plate.ender.name}
    rows = [m for m in plate.lifecycle.moves.values() if m.name not in carried]
    followers = [m.follow for m in plate.lifecycle.moves.values() if m.follow]
    found = offers_in(record, user, rows)
    return [offer for offer in found if offer.open or offer.move not in followers]


def carried_rows(record: Procedure) -> set[str]:
    """The rows that tasks of its flow carry (of every flow, when its own is gone), but for those
    that can be made now and that no node names which may be active now."""
    plate, own = registry.procedure(record.kind), record.process.flow_class
    flows: Any = (own,) if own else plate.flows
    active = plate.active_in.get(record.status, frozenset())
    here = plate.lifecycle.statuses[record.status]
    return {
        name
        for flow in flows
        for node in people_of(flow)
        for name, row in node.rows.items()
        if node.name in active or here not in row.source
    }


def people_of(flow: Any) -> Iterator[Person]:
    """The nodes of a flow class at which a person works."""
    return (node for node in flow.instance.nodes() if isinstance(node, Person))


def doing(case: Case, uid: UUID, user: User) -> Doing | None:
    """The task of a visible `case` whose address (its todo's uid) is this, also when it is over."""
    todo = Todo.objects.filter(case=case, uid=uid).exclude(task=None).first()
    if todo is None or todo.task_id is None:
        return None
    of_task = known_to(user).filter(process__task=todo.task_id)
    record = next(iter(_gathered(of_task, case)), None)
    task = Task.objects.select_related("owner").get(pk=todo.task_id)
    return Doing(todo, task, record, user) if record else None


def doings(record: Procedure, user: User) -> list[Doing]:
    """The tasks of a procedure that wait for somebody, the most urgent first."""
    todos = Todo.objects.filter(done_at=None, task__process__caseprocess__procedure=record)
    found = todos.select_related("task__owner").order_by("due_at", "pk")
    return [Doing(todo, todo.task, record, user) for todo in found if todo.task]


def known(record: Procedure, move: Move) -> dict[str, object]:
    """What the details already hold of that which `move` asks: a letter's words to be revised."""
    asked = questions(move.facts) if move.facts else ()
    return {q.name: _known(record, q) for q in asked if hasattr(record.detail, q.name)}


def _known(record: Procedure, question: Field[Any]) -> object:
    held: object = getattr(record.detail, question.name)
    return str(held).split() if question.metadata["kind"] == "several" else held


def word(record: Procedure, name: str) -> Sentence | str:
    """The word for a code among a procedure's details, or the words for several; the code itself
    when no question offered it."""
    found = words(record, name)
    if not found:
        return str(getattr(record.detail, name))
    return listed(found) if len(found) > 1 else found[0]


def words(record: Procedure, name: str) -> list[Sentence]:
    """The words for a code among a procedure's details, or for several, as the question asked for
    it."""
    plate, code = registry.procedure(record.kind), str(getattr(record.detail, name))
    for move in (plate.opener, *plate.lifecycle.moves.values()):
        for question in questions(move.facts) if move.facts else ():
            choices = question.metadata["choices"] if question.name == name else {}
            several = question.metadata["kind"] == "several"
            codes = code.split() if several else [code]
            found = [said for each, said in choices.items() if each in codes]
            if found:
                return found
    return []


def board(user: User) -> dict[str, list[Procedure]]:
    """The referrals this person may know of, by where they are: to be approved or sent, waiting
    for the receipt, waiting for the answer, overdue, answered. What was answered stays in sight
    while its result is awaited. Each knows in `due_at` what is due next."""
    waiting = Min("process__task__todo__due_at", filter=Q(process__task__todo__done_at=None))
    rows = (
        known_to(user)
        .filter(kind="referral")
        .exclude(status__in=["cancelled", "completed"])
        .filter(Q(ended_at=None) | Q(status="refused", ended_at__gte=moment.now() - REFUSED_STAYS))
        .annotate(due_at=waiting)
        .select_related("case", "referral__body", "carrier")
        .order_by("due_at", "id")
    )
    lanes: dict[str, list[Procedure]] = {
        name: [] for name in ("to_send", "sent", "received", "overdue", "answered")
    }
    for row in rows:
        if row.status in ("sent", "unanswered"):
            row.due_at = row.referral.receipt_due_at
        lanes[_lane(row, row.due_at)].append(row)
    return lanes


def _lane(row: Procedure, due: datetime | None) -> str:
    late = due is not None and due < moment.now()
    if row.status == "unanswered" or (late and row.status in ("sent", "received")):
        return "overdue"
    return {
        "drafted": "to_send",
        "approved": "to_send",
        "sent": "sent",
        "received": "received",
    }.get(row.status, "answered")


def sessions(user: User, first: datetime, last: datetime) -> list[Session]:
    """The mediation sessions between two moments, as far as this person may know: those that were
    held, and those planned in mediations that go on. Supervisors see everybody's."""
    lasting = Q(held_at__isnull=False) | Q(mediation__procedure__ended_at=None)
    found = Session.objects.filter(
        lasting,
        mediation__procedure__in=known_to(user).values("pk"),
        planned_at__gte=first,
        planned_at__lt=last,
    )
    if not user.has_role(Role.SUPERVISOR):
        found = found.filter(mediation__procedure__carrier__in=_hers(user))
    return list(
        found.select_related(
            "mediation__procedure__case__subject",
            "mediation__procedure__carrier",
            "mediation__other__person__subject",
        ).order_by("planned_at", "id")
    )


def documents_of(record: Procedure, user: User) -> list[Document]:
    """The letters of a procedure that this person may open, the latest first, unopened."""
    return list(letters(record.case, user).filter(procedure=record))


def letters(case: Case, user: User) -> QuerySet[Document]:
    """The letters of a visible `case` for whoever reads it whole; for others those of the
    procedures they carry. The latest first, unopened."""
    found = Document.objects.filter(case=case).defer("content").select_related("procedure")
    if not Case.objects.whole_for(user).filter(pk=case.pk).exists():
        hers = _hers(user)
        doing = Procedure.objects.filter(
            process__task__todo__assignee__in=hers, process__task__todo__done_at=None
        )
        found = found.filter(Q(procedure__carrier__in=hers) | Q(procedure__in=doing))
    return found.order_by("-id")
