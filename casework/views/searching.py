"""The search box of every page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from casework.access import works_at_desk
from casework.forms.search import SearchForm
from casework.services import searching
from casework.views.doors import Asked, only


@only(works_at_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Asked) -> HttpResponse:
    """The word comes by POST, so that no name stands in an address; a number opens its case."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    shown = {"form": form, "sought": form["word"].value()}
    if not form.is_bound or not form.is_valid():
        return render(request, "search.html", shown, status=422 if form.is_bound else 200)
    found = searching.search(form.cleaned_data["word"], actor=request.user)
    if found.exact:
        return redirect("case", found.exact.uid)
    return render(request, "search.html", {**shown, "found": found})
