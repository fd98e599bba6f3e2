"""The desk: what waits for this person, and what she left unfinished."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework import access
from casework.models import Draft
from casework.queries.desk import lines
from casework.views.doors import Asked


@require_safe
def desk(request: Asked) -> HttpResponse:
    """Todos by due date, each with the sentence why it is hers."""
    drafts = Draft.objects.filter(owner=request.user).order_by("-saved_at")
    found = {"lines": list(lines(request.user)), "works": access.works_at_desk(request.user)}
    return render(request, "desk.html", {**found, "drafts": drafts})
