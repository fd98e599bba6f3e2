"""Deadlines: what was said of them, and why one is due when it is."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import sees_staff, works_at_desk
from casework.forms.address import AddressForm
from casework.queries.clocks import clock_of, why
from casework.queries.reminders import reminder_of
from casework.queries.reminders import reminders as said
from casework.services import delivering, staffing, sweeping
from casework.views.doors import Asked, only, seen_whole


@only(works_at_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: Asked) -> HttpResponse:
    """What was said to her of deadlines, and the address to which she is mailed."""
    form = AddressForm(request.POST or None, initial={"email": request.user.email})
    if form.is_bound and form.is_valid():
        staffing.set_address(request.user, form.cleaned_data["email"])
        return redirect("/reminders/?done=made")
    mailed = "email" in settings.REMINDER_CHANNELS
    shown = {"lines": said(request.user), "form": form, "mailed": mailed}
    return render(request, "reminders.html", shown, status=422 if form.errors else 200)


@only(sees_staff)
@require_POST
def again(request: Asked) -> HttpResponse:
    """Send once more what could not be delivered."""
    delivering.try_again()
    return redirect("/?done=made")


@only(works_at_desk)
@require_POST
def note(request: Asked, uid: UUID) -> HttpResponse:
    """She takes note of one."""
    found = reminder_of(request.user, uid)
    if found is None:
        raise Http404
    sweeping.note(request.user, found)
    return redirect("/reminders/?done=made")


@require_safe
def because(request: Asked, uid: UUID, which: UUID) -> HttpResponse:
    """Why a deadline of a case is due on its day: every day counted and not counted."""
    case = seen_whole(request.user, uid)
    clock = clock_of(case, which)
    if clock is None:
        raise Http404
    return render(request, "clock.html", {"case": case, "why": why(clock)})
