"""Exports of the register: asking for one, watching it, fetching it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import works_at_desk
from casework.forms.export import ExportForm
from casework.forms.register import RegisterForm
from casework.models import Export
from casework.queries.exports import export_of, exports_of
from casework.queries.filters import Filters, in_words
from casework.services import exporting
from casework.views.doors import Asked, only
from casework.views.making import made

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOK_AGAIN = "3"
"""Seconds after which the page of an unfinished export looks again."""


@only(works_at_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Asked) -> HttpResponse:
    """Ask for what the address narrows the register to; the reason comes by POST."""
    narrowing = RegisterForm(request.user, request.GET)
    if not narrowing.is_valid():
        raise Http404
    by, form = narrowing.filters, ExportForm(request.POST or None)
    asked: list[Export] = []
    if request.method == "POST" and made(
        form, lambda: asked.append(exporting.ask(request.user, by, **form.cleaned_data))
    ):
        return redirect("export", asked[0].uid)
    shown = {"form": form, "by": by, "words": in_words(by), "mine": exports_of(request.user)[:10]}
    return render(request, "export_new.html", shown, status=422 if form.errors else 200)


@only(works_at_desk)
@require_safe
def export(request: Asked, uid: UUID) -> HttpResponse:
    """How far one of hers is; it looks again by itself until it is over."""
    found = _hers(request, uid)
    shown = {"export": found, "words": in_words(Filters.of(found.filters))}
    answer = render(request, "export.html", shown)
    if not found.over:
        answer["Refresh"] = LOOK_AGAIN
    return answer


@only(works_at_desk)
@require_safe
def fetch(request: Asked, uid: UUID) -> HttpResponse:
    """The file."""
    found = _hers(request, uid)
    if found.state != "done":
        raise Http404
    answer = HttpResponse(exporting.fetch(request.user, found), content_type=EXCEL)
    name = f"register-{localtime(found.made_at):%Y%m%d-%H%M}.xlsx"
    answer["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@only(works_at_desk)
@require_POST
def again(request: Asked, uid: UUID) -> HttpResponse:
    """Try once more what failed."""
    exporting.again(_hers(request, uid))
    return redirect("export", uid)


def _hers(request: Asked, uid: UUID) -> Export:
    found = export_of(request.user, uid)
    if found is None:
        raise Http404
    return found
