"""Making a move from a page, and where she goes from there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404

from casework.engine.language import Sentence
from casework.forms.facts import FactsForm
from casework.forms.stamp import Stamp
from casework.models import Case, Procedure
from casework.queries.cases import visible_case
from casework.queries.procedures import doings
from casework.services.refusals import NotVisible, OutOfDate, Refused
from casework.services.verbs import advance
from casework.views.doors import Asked, seen_procedure

MADE, STALE, REFUSED = 302, 409, 422


def submit(
    request: Asked, record: Case | Procedure, form: FactsForm, task: UUID | None = None
) -> tuple[int, tuple[Sentence, ...]]:
    """Make the move that the form tells. Answers with `MADE`, or with the status of the page that
    asks again and the sentences against it."""
    stamp = Stamp(request.POST)
    if not stamp.is_valid():
        raise BadRequest
    if not form.is_valid():
        return REFUSED, ()
    told = {"reason": form.reason, **stamp.cleaned_data}
    try:
        advance(record, form.move, form.facts(), actor=request.user, task=task, **told)
    except NotVisible:
        raise Http404 from None
    except OutOfDate as refused:
        return STALE, refused.sentences
    except Refused as refused:
        return REFUSED, refused.sentences
    return MADE, ()


def onward(request: Asked, record: Procedure, done: str = "made", *, to_task: bool = True) -> str:
    """Where she goes after a step: to her next task in the same procedure, else to the procedure,
    else, when that is hers to see no longer, as far back as she may."""
    try:
        found = seen_procedure(request.user, record.case.uid, record.uid)
    except Http404:
        return home(request, record.case, done)
    mine = next((t for t in doings(found, request.user) if to_task and t.mine and t.living), None)
    where = f"tasks/{mine.todo.uid}" if mine else f"procedures/{found.uid}"
    return f"/cases/{found.case.uid}/{where}/?done={done}"


def home(request: Asked, case: Case, done: str = "made") -> str:
    """The case; or the desk, when the step took the case out of her sight."""
    seen = visible_case(request.user, case.uid)
    return f"/cases/{seen.uid}/?done={done}" if seen else f"/?done={done}"


def made(form: forms.Form, do: Callable[[], object]) -> bool:
    """Do it when the form is valid; a refusal becomes the form's own errors."""
    if not form.is_valid():
        return False
    try:
        do()
    except Refused as refused:
        for sentence in refused.sentences:
            form.add_error(None, str(sentence))
    return form.is_valid()
