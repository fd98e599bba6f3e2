"""A case, and making its moves."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from casework.forms.facts import facts_form
from casework.forms.stamp import Stamp
from casework.queries import moves
from casework.queries.casepage import case_page
from casework.queries.codes import titles
from casework.services.reading import open_to_read
from casework.views.doors import Asked, seen, seen_whole
from casework.views.making import MADE, home, submit


@require_safe
def case(request: Asked, uid: UUID) -> HttpResponse:
    """The page of a case: all of it, or as much as concerns her."""
    found = seen(request.user, uid)
    open_to_read(found, request.user)
    page = case_page(found, request.user)
    if not page.whole:
        return render(request, "case_part.html", {"page": page, "case": found})
    shown = {"page": page, "categories": titles("category")}
    return render(request, "case.html", {**shown, "case": found, "stamp": Stamp.of(found)})


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, uid: UUID, name: str) -> HttpResponse:
    """Ask what a move needs to be told, or make it; nothing typed is lost when it is refused."""
    found = seen_whole(request.user, uid)
    row = moves.row(found, name)
    if row is None:
        raise Http404
    if request.method == "POST":
        form = facts_form(row, found, request.user, request.POST)
        status, refusals = submit(request, found, form)
        if status == MADE:
            return redirect(home(request, found))
        found = seen(request.user, uid)
    else:
        open_to_read(found, request.user)
        form, status = facts_form(row, found, request.user), 200
        refusals = moves.offer(found, request.user, row).refusals
    shown = {"case": found, "form": form, "move": row, "stamp": Stamp.of(found)}
    return render(request, "move.html", {**shown, "refusals": refusals}, status=status)
