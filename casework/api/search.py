"""Searching: the word stands in the body, never in an address."""

from __future__ import annotations

from typing import Any

from ninja import Router

from casework.access import works_at_desk
from casework.api import schemas
from casework.api.cases import shown
from casework.api.house import Caller
from casework.api.telling import wrong
from casework.forms.search import SearchForm
from casework.services import searching
from casework.services.refusals import NotVisible, Refused

router = Router(tags=["cases"])


@router.post("/search", response=schemas.SearchOut)
def search(request: Caller, body: schemas.SearchIn) -> dict[str, Any]:
    """The cases that a number, phone, ID number, name, its pinyin or initials find, newest first,
    at most 50, as far as the caller may see; `cut` when there may be more."""
    if not works_at_desk(request.user):
        raise NotVisible
    form = SearchForm(body.model_dump())
    if not form.is_valid():
        raise Refused(wrong(form))
    found = searching.search(form.cleaned_data["word"], actor=request.user)
    return {"cases": [shown(hit.case, request.user) for hit in found.hits], "cut": found.cut}
