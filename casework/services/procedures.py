"""Opening, keeping and ending the records of procedures. Called by `services.verbs` only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from django.db import models

from casework.engine import moment, registry
from casework.engine.clocks import Step
from casework.engine.facts import questions, told
from casework.engine.people import Permission
from casework.engine.situation import Proceeding, Situation
from casework.models import (
    Case,
    Event,
    FollowUp,
    MandatoryReport,
    Mediation,
    PoliceReport,
    Procedure,
    ProtectionOrder,
    Referral,
    User,
)
from casework.models.procedure import Detail
from casework.queries.situations import proceeding_of, situation_of, within
from casework.queries.staff import can_do
from casework.services import clocks, events, flows, todos
from casework.services.judging import Asked, judge, transition, uuid_of
from casework.services.refusals import NotVisible, Refused
from casework.services.saving import save

DETAILS: dict[str, type[Detail]] = {
    "mediation": Mediation,
    "referral": Referral,
    "protection_order": ProtectionOrder,
    "follow_up": FollowUp,
    "police_report": PoliceReport,
    "mandatory_report": MandatoryReport,
}
HANDED_BACK = "hand_back"
OPENED, RELEASED = "open_procedure", "release"
"""Acts of a procedure that stand in no table: it begins; its case ended before its last task."""


def open_new(case: Case, after: Situation, facts: object | None, actor: User) -> list[Procedure]:
    """Make the records of the proceedings that a move of the case brought into being."""
    return [_open(case, p, facts, actor) for p in after.procedures if not p.uid]


def _open(case: Case, proceeding: Proceeding, facts: object | None, actor: User) -> Procedure:
    record = Procedure(
        case=case,
        kind=proceeding.kind,
        status=registry.lifecycle(proceeding.kind).initial.name,
        status_since=moment.now(),
        open=proceeding.open,
        carrier_id=uuid_of(proceeding.carrier),
        opened_by=actor,
    )
    event = events.next_of_case(case, actor, OPENED, record=record, after=record.status)
    why = f"{OPENED}#{event.sequence}"
    save(record, actor, why)
    detail = DETAILS[proceeding.kind](procedure=record)  # type: ignore[misc]  # each subclass has it
    _write(detail, proceeding, facts)
    save(detail, actor, why)
    event.save(force_insert=True)
    flows.start(record, actor)
    return record


def lock(record: Procedure, case: Case) -> Procedure:
    """The procedure, fresh and locked, under its locked case. Raises `NotVisible`."""
    rows = case.procedures.select_related(
        "carrier", "mediation", "referral__body", "protection_order", "follow_up",
        "police_report", "mandatory_report", "process",
    )  # fmt: skip
    try:
        locked = rows.select_for_update(of=("self",)).get(pk=record.pk)
    except Procedure.DoesNotExist:
        raise NotVisible from None
    locked.case = case
    locked.detail.procedure = locked
    return locked


def make(record: Procedure, asked: Asked, task: UUID | None) -> Event:
    """Make the move on the locked `record`, and let its flow go on. Raises `Refused`."""
    case, move, actor = record.case, asked.move, asked.actor
    situation = within(situation_of(case, asked.facts, opening=record.kind), record)
    judge(case, asked, situation)
    carried, doing = flows.is_carried(record, move), None
    if carried:
        doing, refused = flows.task_for(flows.living(record), move, asked.facts, actor, task)
        if refused:
            raise Refused([refused])
        if record.carrier_id is None and move.by is carried_by(record):
            record.carrier = actor
    event, after = _written(record, asked, situation)
    if move.follow:
        _follow(record, replace(asked, move=move.follow, facts=None, key="", mark=""))
    if doing:
        flows.execute(record, doing, actor)
    elif move.name == registry.procedure(record.kind).ender.name:
        flows.cancel(record, actor)
    _end(case, case.procedures.filter(uid__in=_gone(situation, after)), asked)
    case.keep_end_of_chain()
    step = Step(
        f"{record.kind}.{move.name}",
        case.status,
        case.status,
        event.at,
        case.received_at,
        asked.facts,
        procedure=proceeding_of(record),
    )
    todos.keep(case, clocks.run(case, step, record))
    return event


def carried_by(record: Procedure) -> Permission | None:
    """What its carrier holds: whoever does the first task of this permission carries it."""
    return registry.procedure(record.kind).proceeding.carried_by


def readdress(case: Case, actor: User | None) -> None:
    """Somebody left, changed roles or must stand aside: what she can do no longer is handed
    back."""
    for record in case.procedures.filter(ended_at=None).order_by("pk"):
        locked = lock(record, case)
        carrier, by = locked.carrier, carried_by(locked)
        if carrier and by and not can_do(locked, str(carrier.uid), by):
            locked.carrier = None
            save_carrier(locked, actor)
        names = flows.hand_back_what_nobody_can_do(locked, actor)
        if names:
            status = locked.status
            event = events.next_of_case(
                case, actor, HANDED_BACK, record=locked, before=status, after=status,
                told={"tasks": names},
            )  # fmt: skip
            event.save(force_insert=True)
            case.keep_end_of_chain()


def go_with_the_case(case: Case, before: UUID, actor: User) -> None:
    """What whoever handled the case before carried of it goes to its new handler, with the tasks
    (a mediator or a liaison keeps hers)."""
    assert case.handler
    for record in case.procedures.filter(ended_at=None, carrier__uid=before).order_by("pk"):
        if carried_by(record) is Permission.HANDLE:
            locked = lock(record, case)
            locked.carrier = case.handler
            save_carrier(locked, actor)
            tasks = flows.living(locked)
            hers = [task for task in tasks if task.owner and task.owner.uid == before]
            flows.hand_over(hers, case.handler, actor)
            for task in hers[:1]:
                flows.keep_todos(locked, task.process)


def save_carrier(record: Procedure, actor: User | None) -> None:
    """Somebody else carries the procedure from now on."""
    save(record, actor, "carrier", ["carrier"])


def _written(record: Procedure, asked: Asked, situation: Situation) -> tuple[Event, Situation]:
    """Transition, event, record and details of one row; answers what is true afterwards."""
    move, actor, before = asked.move, asked.actor, record.status
    transition(record, move)
    try:
        after = registry.lifecycle(record.kind).after(situation, actor.actor, move)
        assert after.procedure
        event = events.next_of_case(
            record.case,
            actor,
            move.name,
            record=record,
            before=before,
            after=record.status,
            told=told(asked.facts),
            reason=asked.reason,
            key=asked.key,
            mark=asked.mark,
        )
        why = f"{move.name}#{event.sequence}"
        if move.target:
            record.status_since = after.now
        record.open = after.procedure.open
        save(record, actor, why)
        if _write(record.detail, after.procedure, asked.facts):
            save(record.detail, actor, why)
        event.save(force_insert=True)
    finally:
        record.permit = None
    registry.procedure(record.kind).also(record, asked.facts, actor)
    return event, after


def violence_is_written_down(case: Case, actor: User) -> None:
    """What a visit after a warning found is an incident of the case now: nothing presses there any
    more."""
    seen = case.procedures.filter(ended_at=None, police_report__violence_seen=True)
    for record in seen.order_by("pk"):
        locked = lock(record, case)
        locked.police_report.violence_seen = False
        save(locked.police_report, actor, "violence_written_down", ["violence_seen"])
        flows.count_again(locked)


def _follow(record: Procedure, asked: Asked) -> None:
    """The row that comes right after, when nothing refuses it yet."""
    situation = within(situation_of(record.case, opening=record.kind), record)
    lifecycle = registry.lifecycle(record.kind)
    if not lifecycle.refusals(situation, asked.actor.actor, asked.move):
        _written(record, asked, situation)


def count_again(case: Case) -> None:
    """She ended our help, or is back: until when the tasks of its procedures are to be done."""
    for record in case.procedures.filter(ended_at=None).order_by("pk"):
        flows.count_again(lock(record, case))


def end_what_ended(case: Case, before: Situation, after: Situation, asked: Asked) -> None:
    """A case that ends takes its procedures with it, but for those that outlive it; and what
    happens in it can end some: each with the reason (rules 1, 14). One that has its legal result
    already keeps it."""
    if not registry.lifecycle(case.kind).statuses[case.status].ended:
        _end(case, case.procedures.filter(uid__in=_gone(before, after)), asked)
        return
    running = case.procedures.filter(ended_at=None)
    _end(case, (row for row in running if not _outlives(row)), asked)


def _gone(before: Situation, after: Situation) -> set[str]:
    """The procedures that a row ended."""
    return _running(before) - _running(after)


def _running(situation: Situation) -> set[str]:
    return {p.uid for p in (*situation.procedures, *situation.standing)}


def _outlives(record: Procedure) -> bool:
    return record.status in registry.procedure(record.kind).outlives


def _end(case: Case, rows: Iterable[Procedure], asked: Asked) -> None:
    for row in sorted(rows, key=lambda row: row.pk):
        if row.ended_at is None:
            end(lock(row, case), asked.actor, asked.move.label.text)


def end(record: Procedure, actor: User, reason: str) -> None:
    """End a locked procedure from outside. `reason` names what happened: the words said with it
    belong to the case alone."""
    plate = registry.procedure(record.kind)
    situation = within(situation_of(record.case), record)
    if record.status in {s.name for s in plate.ender.source}:
        _written(record, Asked(plate.ender, None, actor, reason), situation)
    else:
        _release(record, actor, reason)
    flows.cancel(record, actor)


def _release(record: Procedure, actor: User, reason: str) -> None:
    """Nothing more is done about a procedure that has its legal result: its case ended."""
    status = record.status
    event = events.next_of_case(
        record.case, actor, RELEASED, record=record, before=status, after=status, reason=reason
    )
    record.open = False
    save(record, actor, f"{RELEASED}#{event.sequence}", ["open"])
    event.save(force_insert=True)


def _write(detail: Detail, proceeding: Proceeding, facts: object | None) -> bool:
    """What is known under the name of a column is kept in it; answers whether any changed."""
    told = questions(type(facts)) if facts else ()
    values = {f.name: getattr(proceeding, f.name) for f in fields(proceeding)} | {
        q.name: getattr(facts, q.name) for q in told
    }
    changed = False
    for column in detail._meta.concrete_fields:
        if column.name in values and column.name not in ("uid", "procedure"):
            value = _stored(values[column.name], column)
            if getattr(detail, column.attname) != value:
                setattr(detail, column.attname, value)
                changed = True
    return changed


def _stored(value: object, column: models.Field[Any, Any]) -> object:
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    return uuid_of(str(value)) if column.is_relation else value
