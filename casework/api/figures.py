"""Figures, as the pages and the command tell them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router

from casework.access import supervises
from casework.api.house import Caller
from casework.queries import figures
from casework.queries.figures import asking
from casework.services.refusals import Refused

router = Router(tags=["figures"])
Word = Annotated[str, Query(max_length=60)]


@router.get("/figures/{name}")
def figure(
    request: Caller,
    name: str,
    since: Annotated[str, Query(alias="from", max_length=60)] = "",
    to: Word = "",
    as_of: Word = "",
    organisation: Word = "",
    kind: Word = "",
) -> dict[str, Any]:
    """The figure `name` of the period, as of a day, for an organisation (code or uid) and all below
    it. For supervisors; for everybody else it does not exist."""
    if not supervises(request.user) or name not in figures.FIGURES:
        raise Http404
    told = {"from": since, "to": to, "as_of": as_of, "organisation": organisation, "kind": kind}
    try:
        asked = asking.read(request.user, told)
    except asking.Unreadable as wrong:
        raise Refused(wrong.sentences) from None
    return figures.report(name, asked)
