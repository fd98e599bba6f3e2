"""The directory of bodies."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import keeps_bodies
from casework.forms.body import BodyForm, known
from casework.models import Body
from casework.queries import bodies as directory
from casework.queries import tree
from casework.services import bodies as service
from casework.views.doors import Asked, only
from casework.views.making import made

GET_OR_POST = ["GET", "HEAD", "POST"]


@only(keeps_bodies)
@require_safe
def bodies(request: Asked) -> HttpResponse:
    """Every body that organisations of her subtree work with."""
    return render(request, "bodies.html", {"bodies": directory.directory(request.user)})


@only(keeps_bodies)
@require_http_methods(GET_OR_POST)
def add(request: Asked) -> HttpResponse:
    """Add a body."""
    return _kept(request, None)


@only(keeps_bodies)
@require_http_methods(GET_OR_POST)
def change(request: Asked, uid: UUID) -> HttpResponse:
    """Change or close a body."""
    body = directory.body_of(request.user, uid)
    if body is None:
        raise Http404
    return _kept(request, body)


def _kept(request: Asked, body: Body | None) -> HttpResponse:
    form = BodyForm(tree.organisations_of(request.user), request.POST or None, initial=known(body))

    def keep() -> None:
        place = tree.organisation_of(request.user, form.cleaned_data["organisation"])
        assert place
        service.keep(request.user, form.entry, organisation=place, body=body)

    if request.method == "POST" and made(form, keep):
        return redirect("/bodies/?done=made")
    shown = {"form": form, "body": body}
    return render(request, "body.html", shown, status=422 if form.is_bound else 200)
