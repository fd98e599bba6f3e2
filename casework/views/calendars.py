"""The working days of the year, and the notices that say so."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from casework.access import keeps_calendars
from casework.forms.calendar import NoticeForm
from casework.queries.calendars import notice_of, year_page
from casework.services import calendars as service
from casework.services.refusals import Refused
from casework.views.doors import Asked, only
from casework.views.making import made


@only(keeps_calendars)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Asked) -> HttpResponse:
    """One year, the notices about it, and the form that brings one in."""
    form = NoticeForm(request.POST or None, request.FILES or None)

    def bring_in() -> None:
        told = service.read(form.cleaned_data["file"])
        service.propose(request.user, told, form.cleaned_data["title"])

    if request.method == "POST" and made(form, bring_in):
        return redirect("/calendar/?done=made")
    page = {"form": form, "page": year_page(request.GET.get("year", ""), request.user)}
    return render(request, "calendar.html", page, status=422 if form.is_bound else 200)


@only(keeps_calendars)
@require_POST
def decide(request: Asked, uid: UUID) -> HttpResponse:
    """A second person found it right, or wrong."""
    notice = notice_of(uid)
    if notice is None:
        raise Http404
    try:
        service.decide(request.user, notice, right=request.POST.get("right") == "yes")
    except Refused as refused:
        page = {"form": NoticeForm(), "page": year_page(str(notice.year), request.user)}
        said = {"sentences": refused.sentences}
        return render(request, "calendar.html", page | said, status=422)
    return redirect(f"/calendar/?year={notice.year}&done=made")
