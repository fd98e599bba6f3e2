"""The desk: what waits for this person, and what she left unfinished."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework import access
from casework.models import Draft
from casework.queries.desk import ONLY, lines
from casework.queries.reminders import unread
from casework.services import sweeping
from casework.views.doors import Asked


@require_safe
def desk(request: Asked) -> HttpResponse:
    """Todos by due date, each with the sentence why it is hers."""
    drafts = Draft.objects.filter(owner=request.user).order_by("-saved_at")
    only = request.GET.get("only", "")
    only = only if only in ONLY else ""
    found = {
        "lines": list(lines(request.user, only=only)),
        "only": only,
        "works": access.works_at_desk(request.user),
        "unread": unread(request.user),
        "pulse": sweeping.pulse() if access.sees_staff(request.user) else None,
    }
    return render(request, "desk.html", {**found, "drafts": drafts})
