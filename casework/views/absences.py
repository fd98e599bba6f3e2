"""Leave: who is away, who stands in."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from casework.access import works_at_desk
from casework.forms.absence import AbsenceForm
from casework.queries.absences import absences_of
from casework.services import absences as service
from casework.services.refusals import Refused
from casework.views.doors import Asked, only


@only(works_at_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: Asked) -> HttpResponse:
    """The leaves that she has to do with, and a form for another."""
    form = AbsenceForm(request.user, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            service.go_on_leave(request.user, **form.told)
        except Refused as refused:
            for sentence in refused.sentences:
                form.add_error(None, str(sentence))
        else:
            return redirect("/absences/?done=made")
    shown = {"form": form, "absences": absences_of(request.user)}
    return render(request, "absences.html", shown, status=422 if form.errors else 200)


@only(works_at_desk)
@require_POST
def come_back(request: Asked, uid: UUID) -> HttpResponse:
    """The leave ends today."""
    found = next((a for a in absences_of(request.user) if a.uid == uid), None)
    if found is None:
        raise Http404
    try:
        service.come_back(request.user, found)
    except Refused:
        raise Http404 from None
    return redirect("/absences/?done=made")
