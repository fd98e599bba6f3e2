"""Cases and their moves."""

from __future__ import annotations

from dataclasses import Field as FactField
from typing import Annotated, Any
from uuid import UUID

from django.forms import Field
from django.http import Http404
from django.utils.translation import get_language
from ninja import Header, Query, Router, Status

from casework.api import schemas
from casework.api.house import Caller
from casework.api.telling import filled, wrong
from casework.engine import registry
from casework.engine.case_acts import INSTRUMENT
from casework.engine.facts import questions
from casework.engine.language import _
from casework.forms.facts import facts_form
from casework.forms.register import RegisterForm
from casework.forms.visit import VisitForm
from casework.models import Case, Event, User
from casework.queries import cases, moves
from casework.queries.casepage import reads_whole
from casework.queries.register import page
from casework.services import intake
from casework.services.reading import open_to_read
from casework.services.refusals import Refused
from casework.services.verbs import advance

router = Router(tags=["cases"])

Key = Annotated[str, Header(alias="Idempotency-Key", max_length=80, pattern="^[^\\x00]*$")]


@router.post("", response={201: schemas.CaseOpened})
def open_case(request: Caller, body: schemas.CaseIn, key: Key = "") -> Status[dict[str, Any]]:
    """Log a visit that becomes a case."""
    form = VisitForm(body.model_dump() | {"as_typed": True})
    if not form.is_valid():
        raise Refused(wrong(form))
    logged = intake.log_visit(form.note(), actor=request.user, key=key)
    assert logged.case
    opened = shown(logged.case, request.user)
    return Status(201, opened | {"warnings": list(form.doubts().values())})


@router.get("", response=schemas.CasePage)
def list_cases(
    request: Caller,
    asked: Query[schemas.CasesAsked],
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """The register, newest first, as far as the caller may see, narrowed as on the page."""
    form = RegisterForm(request.user, asked.model_dump(by_alias=True, exclude_defaults=True))
    if not form.is_valid():
        raise Refused(wrong(form))
    rows = page(cases.register(request.user, form.filters), after, None, limit)
    return {"cases": [shown(case, request.user) for case in rows.rows], "after": rows.older}


@router.get("/{uuid:uid}", response=schemas.CaseWhole)
def read_case(request: Caller, uid: UUID) -> dict[str, Any]:
    """One case, whole; or who takes part in it, for those who only carry a procedure in a sealed
    or safety-sensitive one."""
    case = seen(request, uid)
    open_to_read(case, request.user)
    parties = list(case.parties.select_related("person__subject"))
    if not reads_whole(case, request.user):
        names = [{"role": p.role, "name": p.person.name} for p in parties]
        nothing = {"summary": "", "demands": "", "clocks": []}
        unknown = {"relation": "", "minor": False}
        return shown(case, request.user) | nothing | {"parties": [n | unknown for n in names]}
    return shown(case, request.user) | {
        "summary": case.summary,
        "demands": case.demands,
        "parties": [
            {"role": p.role, "relation": p.relation, "name": p.person.name, "minor": p.person.minor}
            for p in parties
        ],
        "clocks": [
            {
                "rule": c.rule,
                "state": c.state,
                "started_at": c.started_at,
                "original_due_at": c.original_due_at,
                "due_at": c.due_at,
                "provisional": c.provisional,
                "stopped_at": c.stopped_at,
                "breached_at": c.breached_at,
                "source": str(registry.clock_rule(c.rule).source),
            }
            for c in case.clocks.order_by("id")
        ],
    }


@router.get("/{uuid:uid}/moves", response=list[schemas.MoveOut])
def list_moves(request: Caller, uid: UUID) -> list[dict[str, Any]]:
    """Every row of the case's table: open to the caller, or closed with every reason."""
    return [offered(offer) for offer in moves.every(seen_whole(request, uid), request.user)]


@router.get("/{uuid:uid}/moves/{move}", response=schemas.MoveAsked)
def read_move(request: Caller, uid: UUID, move: str) -> dict[str, Any]:
    """One row, with everything that must be told to make it, and what may be told."""
    case = seen_whole(request, uid)
    row = moves.row(case, move)
    if row is None:
        raise Http404
    form = facts_form(row, case, request.user)
    asks = [asked(q, form.fields.get(q.name)) for q in questions(row.facts)] if row.facts else []
    return offered(moves.offer(case, request.user, row)) | {"asks": asks}


def offered(offer: moves.Offer) -> dict[str, Any]:
    """A row as the API gives it."""
    row = offer.move
    return {
        "name": row.name,
        "label": str(row.label),
        "to": row.target.name if row.target else None,
        "permission": row.by.value,
        "reason": row.reason,
        "facts": [q.name for q in questions(row.facts)] if row.facts else [],
        "open": offer.open,
        "refusals": [str(sentence) for sentence in offer.refusals],
    }


def asked(question: FactField[Any], field: Field | None) -> dict[str, Any]:
    """One question of a move; an instrument's items are its choices."""
    meta = question.metadata
    choices = {str(k): str(v) for k, v in getattr(field, "choices", ()) if k}
    if meta["kind"] == "answers":
        choices = {i.code: i.shown(get_language()) for i in registry.instrument(INSTRUMENT).items}
    return {
        "name": question.name,
        "label": str(meta["label"]),
        "kind": meta["kind"],
        "required": meta["required"],
        "choices": choices,
    }


@router.post("/{uuid:uid}/moves/{move}", response=schemas.MadeOut)
def make_move(
    request: Caller, uid: UUID, move: str, body: schemas.MoveIn, key: Key = ""
) -> dict[str, Any]:
    """Make a move or an act."""
    case = seen_whole(request, uid)
    row = moves.row(case, move)
    if row is None:
        raise Refused([_("没有名为“%(move)s”的步骤。", move=move)])
    form = filled(row, case, request.user, body)
    event = advance(
        case,
        row,
        form.facts(),
        actor=request.user,
        reason=form.reason,
        version=body.version,
        key=key,
    )
    return made(event, request.user)


def seen(request: Caller, uid: UUID) -> Case:
    """The case, if the caller may know of it. Raises Http404."""
    case = cases.visible_case(request.user, uid)
    if case is None:
        raise Http404
    return case


def seen_whole(request: Caller, uid: UUID) -> Case:
    """The case, if the caller may read all of it. Raises Http404."""
    case = seen(request, uid)
    if not reads_whole(case, request.user):
        raise Http404
    return case


def shown(case: Case, user: User) -> dict[str, Any]:
    """A case as the API gives it; what tells about her is empty for whoever may not read it
    whole."""
    told = _told(case)
    if reads_whole(case, user):
        return told
    return told | dict.fromkeys(("category", "channel", "danger", "outcome"), "")


def _told(case: Case) -> dict[str, Any]:
    return {
        name: getattr(case, name)
        for name in (
            "uid",
            "number",
            "kind",
            "status",
            "category",
            "channel",
            "danger",
            "sealed",
            "safety_sensitive",
            "received_at",
            "closed_at",
            "outcome",
            "version",
        )
    } | {
        "organisation": case.organisation.name,
        "handler": case.handler.username if case.handler else "",
    }


def made(event: Event, user: User) -> dict[str, Any]:
    """An event as the API gives it, with the case as it is now."""
    assert event.case
    case = Case.objects.select_related("organisation", "handler").get(pk=event.case.pk)
    return {
        "record": event.record,
        "event": event.uid,
        "sequence": event.sequence,
        "move": event.act,
        "before": event.before,
        "status": event.after,
        "case": shown(case, user),
    }
