"""A procedure inside a case: its page, the rows that no task carries, its letters."""

from __future__ import annotations

import base64
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from casework.forms.facts import facts_form
from casework.forms.stamp import Stamp
from casework.queries import moves
from casework.queries.diagram import diagram
from casework.queries.procedurepage import procedure_page
from casework.queries.procedures import letters
from casework.services.flows import is_carried
from casework.services.reading import open_to_read
from casework.views.doors import Asked, seen, seen_procedure
from casework.views.making import MADE, onward, submit

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
def procedure(request: Asked, uid: UUID, which: UUID) -> HttpResponse:
    """The page of a procedure: where it is, who does what next, what came of it so far."""
    record = seen_procedure(request.user, uid, which)
    open_to_read(record.case, request.user)
    shown = {"page": procedure_page(record, request.user), "diagram": diagram(record)}
    marks = {"record": record, "case": record.case, "stamp": Stamp.of(record)}
    return render(request, "procedure.html", {**shown, **marks})


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, uid: UUID, which: UUID, name: str) -> HttpResponse:
    """Make a row that no task carries: end it early, object."""
    record = seen_procedure(request.user, uid, which)
    row = moves.row(record, name)
    if row is None or is_carried(record, row):
        raise Http404
    if request.method == "POST":
        form = facts_form(row, record.case, request.user, request.POST)
        status, refusals = submit(request, record, form)
        if status == MADE:
            return redirect(onward(request, record))
        record = seen_procedure(request.user, uid, which)
    else:
        open_to_read(record.case, request.user)
        form, status = facts_form(row, record.case, request.user), 200
        refusals = moves.offer(record, request.user, row).refusals
    shown = {"record": record, "case": record.case, "form": form, "move": row}
    told = {"stamp": Stamp.of(record), "refusals": refusals}
    return render(request, "procedure_move.html", {**shown, **told}, status=status)


@require_safe
def letter(request: Asked, uid: UUID, which: UUID) -> HttpResponse:
    """A letter as the Word file that was made."""
    case = seen(request.user, uid)
    found = get_object_or_404(letters(case, request.user), uid=which)
    found.case = case
    open_to_read(case, request.user)
    answer = HttpResponse(base64.b64decode(found.content), content_type=WORD)
    name = quote(f"{found.number}.docx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer
