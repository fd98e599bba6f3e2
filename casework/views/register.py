"""The register of cases."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from casework.access import works_at_desk
from casework.forms.register import RegisterForm
from casework.queries.codes import titles
from casework.queries.filters import EVERYTHING, chips
from casework.queries.register import page
from casework.services import searching
from casework.views.doors import Asked, only


@only(works_at_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Asked) -> HttpResponse:
    """Filters come by GET; a search word comes by POST, so that no number stands in an address."""
    form = RegisterForm(request.user, request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        shown = {"form": form, "chips": chips(EVERYTHING)}
        return render(request, "register.html", shown, status=422)
    by, word = form.filters, form.cleaned_data["word"]
    found = searching.in_register(by, word, actor=request.user)
    edges = form.cleaned_data["after"], form.cleaned_data["before"]
    lists = {"page": page(found, *edges), "categories": titles("category"), "chips": chips(by)}
    return render(request, "register.html", {"form": form, "by": by, "word": word, **lists})
