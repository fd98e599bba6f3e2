"""Coming in, leaving, and what a person sets for herself."""

from __future__ import annotations

import calendar

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from casework.engine import moment
from casework.forms.staff import LoginForm
from casework.models import User
from casework.queries.tree import everybody_active
from casework.services import staffing
from casework.services.refusals import Refused
from casework.views.doors import Asked


class Login(LoginView):
    """The login page; a demo also offers every account as a button."""

    template_name = "login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """The demo's accounts beside the form."""
        accounts = everybody_active() if settings.DEMO else []
        return super().get_context_data(**kwargs) | {"accounts": accounts}


@login_not_required
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Come in as one of the demo's people. Outside a demo there is no such page."""
    user = User.objects.filter(username=request.POST.get("username", ""), is_active=True).first()
    if not settings.DEMO or user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("desk")


@login_not_required
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """A page that shows nothing but a calendar."""
    today = moment.today()
    weeks = calendar.Calendar().monthdayscalendar(today.year, today.month)
    return render(request, "leave.html", {"today": today, "weeks": weeks})


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language and go back to where she was."""
    back, chosen = request.POST.get("next", ""), request.POST.get("language", "")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if here else "desk")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            httponly=True,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            samesite="Lax",
        )
    return response


def password(request: Asked) -> HttpResponse:
    """Change one's own password."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            staffing.set_password(request.user, request.user, form.cleaned_data["new_password1"])
        except Refused as refused:
            for sentence in refused.sentences:
                form.add_error("new_password1", str(sentence))
        else:
            update_session_auth_hash(request, request.user)
            return redirect("/?done=password")
    return render(request, "password.html", {"form": form}, status=422 if form.errors else 200)
