"""`advance`: the one verb. Page, API, import, task and command all come through here."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from casework.engine.facts import questions, told
from casework.engine.moves import Move
from casework.models import Case, Event, Procedure, User
from casework.queries.cases import find_case
from casework.services import cases, events, procedures
from casework.services.judging import Asked
from casework.services.refusals import Busy, KeyReused, NotVisible, OutOfDate, Refused


def advance(
    record: Case | Procedure,
    move: Move,
    facts: object | None = None,
    *,
    actor: User,
    reason: str = "",
    version: int | None = None,
    key: str = "",
    mark: str = "",
    task: UUID | None = None,
) -> Event:
    """Make `move` on a case or on one of its procedures, or refuse with every reason at once.

    One transaction: the case is locked first, then the procedure and its process; the situation is
    built and judged, the django-fsm transition made, then record, event, clocks and todos are
    written, and the flow of a procedure goes on. `version` is the row version the actor last saw;
    `key` makes a repetition answer with the first event instead of acting twice, `mark` is the
    fingerprint of the submission when it was more than this one move, and `task` is the address
    of the task that the actor has open.

    Raises `Refused` (a refusal is logged, and the log survives), `OutOfDate`, `KeyReused`, or
    `NotVisible` when the case does not exist for this actor.
    """
    if key and not mark:
        mark = events.fingerprint(str(record.uid), move.name, told(facts), reason)
    case = record if isinstance(record, Case) else record.case
    try:
        repeated = already_done(actor, key, mark)
        if repeated:  # also when, with her last step, she lost sight of the case
            return repeated
        with transaction.atomic():
            case = lock(case, actor, named_in(facts))
            repeated = already_done(actor, key, mark)
            if repeated:
                return repeated
            asked = Asked(move, facts, actor, reason, key, mark)
            if isinstance(record, Case):
                _up_to_date(case, version)
                return cases.make(case, asked)
            locked = procedures.lock(record, case)
            _up_to_date(locked, version)
            return procedures.make(locked, asked, task)
    except Refused as refused:
        codes = [s.text for s in refused.sentences]
        events.add_to_day(
            actor, "refused", case=case, detail={"move": move.name, "sentences": codes}
        )
        raise
    except IntegrityError:  # the same key came at the same moment for another case
        already_done(actor, key, mark)
        raise
    except OperationalError as error:
        if not _in_each_others_way(error):
            raise
        raise Busy from error


def _in_each_others_way(error: OperationalError) -> bool:
    """Did two transactions wait for each other, or one too long?"""
    state = getattr(error.__cause__, "sqlstate", "")
    return state in ("40P01", "55P03") or "database is locked" in str(error)


def _up_to_date(locked: Case | Procedure, version: int | None) -> None:
    if version is not None and version != locked.version:
        raise OutOfDate


def lock(case: Case, actor: User, also: Sequence[str] = ()) -> Case:
    """The case, fresh and locked until the transaction ends; `also` those with these uids or
    numbers, all in one order, so that two people who tie the same two cases never wait for each
    other. Raises `NotVisible`."""
    others = [other.pk for other in (find_case(actor, word) for word in also) if other]
    if others:
        list(Case.objects.filter(pk__in=[case.pk, *others]).order_by("pk").select_for_update())
    found = case.locked_for(actor)
    if found:
        return found
    rows = Case.objects.visible_to(actor).select_related("subject").select_for_update(of=("self",))
    try:
        return rows.get(pk=case.pk)
    except Case.DoesNotExist:
        raise NotVisible from None


def named_in(facts: object | None) -> list[str]:
    """The other cases that are told of: into which it is merged, to which it is tied."""
    asked = questions(type(facts)) if facts is not None else ()
    return [str(getattr(facts, q.name)) for q in asked if q.metadata["kind"] == "case"]


def already_done(actor: User, key: str, mark: str) -> Event | None:
    """The event that this key made before; raises `KeyReused` when it was of another content."""
    if not key:
        return None
    event = Event.objects.filter(actor=str(actor.uid), key=key).select_related("case").first()
    if event and event.fingerprint != mark:
        raise KeyReused
    return event
