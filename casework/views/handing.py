"""Hand-over sheets: drawn up, signed by both."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import works_at_desk
from casework.forms.handing import HandOverForm
from casework.queries import handing as query
from casework.queries.absences import shown
from casework.services import handing as service
from casework.services.refusals import Refused
from casework.views.doors import Asked, only
from casework.views.making import made

DEEDS = {
    "sign": service.sign,
    "take": service.take,
    "refuse": service.refuse,
    "withdraw": service.withdraw,
}


@only(works_at_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def handovers(request: Asked) -> HttpResponse:
    """The sheets that concern her, and a form for another: over her own cases, or over those of
    somebody whom she supervises."""
    givers = query.givers(request.user)
    giver = givers.get(request.GET.get("giver", "") or str(request.user.uid))
    if giver is None:
        raise Http404
    form = HandOverForm(giver, query.holdings(giver, request.user), request.POST or None)

    def draw_up() -> None:
        service.draw_up(request.user, giver, **form.told)

    if request.method == "POST" and made(form, draw_up):
        return redirect("/handovers/?done=made")
    told = {"form": form, "giver": giver, "givers": shown(givers)}
    told |= {"sheets": query.sheets(request.user)}
    return render(request, "handovers.html", told, status=422 if form.is_bound else 200)


@only(works_at_desk)
@require_safe
def handover(request: Asked, uid: UUID) -> HttpResponse:
    """A sheet, as far as she may read it; it prints."""
    return _shown(request, uid)


@only(works_at_desk)
@require_POST
def deed(request: Asked, uid: UUID, name: str) -> HttpResponse:
    """Sign it, take it, refuse it, take it back."""
    sheet = query.sheet_of(request.user, uid)
    if sheet is None or name not in DEEDS:
        raise Http404
    try:
        DEEDS[name](request.user, sheet)
    except Refused as refused:
        return _shown(request, uid, refusals=refused.sentences)
    return redirect(f"/handovers/{uid}/?done=made")


def _shown(request: Asked, uid: UUID, **more: object) -> HttpResponse:
    sheet = query.sheet_of(request.user, uid)
    if sheet is None:
        raise Http404
    lines = service.open_to_read(sheet, request.user)
    told = {"sheet": sheet, "lines": lines, "hidden": query.hidden(sheet, lines, request.user)}
    told |= query.hands(sheet, request.user)
    return render(request, "handover.html", {**told, **more}, status=422 if more else 200)
