"""What runs in many cases at once: the liaison's referrals, the mediator's sessions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework.access import liaises, mediates
from casework.forms.week import WeekForm
from casework.queries.procedures import board
from casework.queries.week import week
from casework.views.doors import Asked, only


@only(liaises)
@require_safe
def referrals(request: Asked) -> HttpResponse:
    """Every referral she may know of, by where it is."""
    return render(request, "referrals.html", {"lanes": board(request.user)})


@only(mediates)
@require_safe
def sessions(request: Asked) -> HttpResponse:
    """A week of mediation sessions; an address that names no week shows this one and says so."""
    form = WeekForm(request.GET)
    status = 200 if form.is_valid() else 422
    shown = week(request.user, form.day)
    return render(request, "sessions.html", {"form": form, "week": shown}, status=status)
