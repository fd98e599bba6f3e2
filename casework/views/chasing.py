"""Today's chasing: what others owe, and one key to log the call."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from casework.access import works_at_desk
from casework.forms.chasing import ChaseForm
from casework.queries import chasing as query
from casework.services import chases
from casework.services.refusals import NotVisible, Refused
from casework.views.doors import Asked, only


@only(works_at_desk)
@require_safe
def chasing(request: Asked) -> HttpResponse:
    """Every deadline of others that she must chase, the earliest first."""
    return render(request, "chasing.html", {"today": query.chasing(request.user)})


@only(works_at_desk)
@require_POST
def log(request: Asked, uid: UUID) -> HttpResponse:
    """Log a call, send the letter, or ask the superior: one press."""
    clock = query.clock_to_chase(request.user, uid)
    if clock is None:
        raise Http404
    form = ChaseForm(request.POST, auto_id=f"{uid}_%s")
    if form.is_valid():
        try:
            chases.log(clock, request.user, **form.told)
            return redirect("/chasing/?done=made")
        except NotVisible:
            raise Http404 from None
        except Refused as refused:
            for sentence in refused.sentences:
                form.add_error(None, str(sentence))
    shown = {"today": query.chasing(request.user), "form": form, "of": clock}
    return render(request, "chasing.html", shown, status=422)
