"""The tasks of procedures: doing them, and who does them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from casework.engine.language import Sentence
from casework.forms.facts import FactsForm, facts_form
from casework.forms.stamp import Stamp
from casework.models import Event
from casework.queries.moves import Offer, closed
from casework.queries.procedures import Doing, documents_of, known
from casework.services import tasks
from casework.services.reading import open_to_read
from casework.services.refusals import NotVisible, Refused
from casework.views.doors import Asked, seen_task
from casework.views.making import MADE, REFUSED, STALE, onward, submit


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: Asked, uid: UUID, which: UUID) -> HttpResponse:
    """A task: what is to be done, whose it is, and the form of one of its rows."""
    found = seen_task(request.user, uid, which)
    if request.method == "POST":
        return _do(request, found)
    open_to_read(found.record.case, request.user)
    offer = _chosen(found, request.GET.get("move", ""))
    if offer is None:
        return _show(request, found)
    told = {"initial": known(found.record, offer.move), "given": found.given}
    form = facts_form(offer.move, found.record.case, request.user, **told)
    return _show(request, found, form, offer.refusals)


def _chosen(found: Doing, name: str) -> Offer | None:
    """The row that she asks for, else the first that she may make, else the first."""
    asked = (o for o in found.rows if o.move.name == name)
    usual = (o for o in found.rows if o.open)
    return next(asked, None) or next(usual, None) or next(iter(found.rows), None)


def _do(request: Asked, found: Doing) -> HttpResponse:
    """Make the row; when that is refused, show the task as it now is with what was typed."""
    row = found.moves.get(request.GET.get("move", ""))
    if row is None and found.living:
        raise BadRequest
    if row is None:
        return _show(request, found, status=STALE)
    form = facts_form(row, found.record.case, request.user, request.POST, given=found.given)
    status, refusals = submit(request, found.record, form, task=found.todo.uid)
    if status == MADE:
        return redirect(onward(request, found.record))
    now = seen_task(request.user, found.record.case.uid, found.todo.uid)
    return _show(request, now, form, refusals, STALE if now.over else status)


Deed = Callable[[Asked, UUID], Event]
DEEDS: dict[str, Deed] = {
    "claim": lambda request, uid: tasks.claim(uid, request.user),
    "hand_back": lambda request, uid: tasks.hand_back(uid, request.user),
    "assign": lambda request, uid: tasks.assign(uid, request.user, request.POST.get("to", "")),
    "retry": lambda request, uid: tasks.retry(uid, request.user),
}


@require_POST
def hand(request: Asked, uid: UUID, which: UUID, deed: str) -> HttpResponse:
    """Claim a task, hand it back, give it to somebody, or let background work be tried again."""
    found = seen_task(request.user, uid, which)
    if deed not in DEEDS:
        raise Http404
    if found.gone:
        return _show(request, found, status=STALE)
    try:
        DEEDS[deed](request, which)
    except NotVisible:
        raise Http404 from None
    except Refused as refused:
        now = seen_task(request.user, uid, which)
        if now.over or not (deed == "claim" and now.mine):  # a second click finds it hers
            status = STALE if now.over else REFUSED
            return _show(request, now, refusals=refused.sentences, status=status)
    if deed == "claim":
        return redirect(f"/cases/{uid}/tasks/{which}/?done=claim")
    return redirect(onward(request, found.record, deed, to_task=False))


def _show(
    request: Asked,
    found: Doing,
    form: FactsForm | None = None,
    refusals: Iterable[Sentence] = (),
    status: int = 200,
) -> HttpResponse:
    """The page of a task, with the form of the chosen row, or without any."""
    shown = {
        "task": found,
        "record": found.record,
        "case": found.record.case,
        "documents": documents_of(found.record, request.user),
        "open": [o for o in found.rows if o.open],
        "closed": closed(found.rows),
        "form": form,
        "move": form and form.move,
        "stamp": Stamp.of(found.record),
        "refusals": refusals,
    }
    return render(request, "task.html", shown, status=status)
