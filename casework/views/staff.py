"""Staff and organisations."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.access import keeps_accounts, keeps_organisations, sees_staff
from casework.engine.people import Role
from casework.forms.staff import OrganisationForm, PasswordForm, RolesForm, StaffForm
from casework.models import User
from casework.queries import tree
from casework.services import staffing
from casework.views.doors import Asked, only
from casework.views.making import made

GET_OR_POST = ["GET", "HEAD", "POST"]


@only(sees_staff)
@require_safe
def staff(request: Asked) -> HttpResponse:
    """The tree of organisations with their staff."""
    may = {"accounts": keeps_accounts(request.user), "places": keeps_organisations(request.user)}
    return render(request, "staff.html", {"branches": tree.branches(request.user), "may": may})


@only(keeps_accounts)
@require_http_methods(GET_OR_POST)
def add_account(request: Asked) -> HttpResponse:
    """Add an account with its roles."""
    form = StaffForm(tree.organisations_of(request.user), request.POST or None)

    def add() -> None:
        told = dict(form.cleaned_data)
        told["roles"] = [Role(r) for r in told["roles"]]
        place = tree.organisation_of(request.user, told.pop("organisation"))
        assert place
        staffing.add_staff(request.user, organisation=place, **told)

    return _answer(request, form, add, "staff_add.html")


@only(keeps_organisations)
@require_http_methods(GET_OR_POST)
def add_organisation(request: Asked) -> HttpResponse:
    """Add an organisation below one of the viewer's subtree."""
    form = OrganisationForm(tree.organisations_of(request.user), request.POST or None)

    def add() -> None:
        told = dict(form.cleaned_data)
        parent = tree.organisation_of(request.user, told.pop("organisation"))
        staffing.add_organisation(request.user, parent=parent, **told)

    return _answer(request, form, add, "organisation_add.html")


@only(keeps_accounts)
@require_safe
def account(request: Asked, uid: UUID) -> HttpResponse:
    """One account: its roles, its password, open or closed."""
    return _account(request, _found(request, uid))


@only(keeps_accounts)
@require_POST
def roles(request: Asked, uid: UUID) -> HttpResponse:
    """Give an account exactly the ticked roles."""
    who, form = _found(request, uid), RolesForm(request.POST)
    done = made(form, lambda: staffing.set_roles(request.user, who, form.wanted))
    return redirect("/staff/?done=made") if done else _account(request, who, roles=form)


@only(keeps_accounts)
@require_POST
def secret(request: Asked, uid: UUID) -> HttpResponse:
    """Give an account a new password."""
    who, form = _found(request, uid), PasswordForm(request.POST)
    done = made(
        form, lambda: staffing.set_password(request.user, who, form.cleaned_data["password"])
    )
    return redirect("/staff/?done=made") if done else _account(request, who, secret=form)


@only(keeps_accounts)
@require_POST
def active(request: Asked, uid: UUID) -> HttpResponse:
    """Open or close an account."""
    who, form = _found(request, uid), forms.Form(request.POST)
    wanted = request.POST.get("active") == "yes"
    done = made(form, lambda: staffing.set_active(request.user, who, wanted))
    return redirect("/staff/?done=made") if done else _account(request, who, active=form)


def _found(request: Asked, uid: UUID) -> User:
    who = tree.colleague(request.user, uid)
    if who is None:
        raise Http404
    return who


def _answer(
    request: Asked, form: forms.Form, do: Callable[[], None], template: str
) -> HttpResponse:
    if request.method == "POST" and made(form, do):
        return redirect("/staff/?done=made")
    return render(request, template, {"form": form}, status=422 if form.is_bound else 200)


def _account(request: Asked, who: User, **given: forms.Form) -> HttpResponse:
    """The page of an account, with the form that was refused if any."""
    shown = {
        "roles": RolesForm(initial={"roles": [r.role for r in who.roles.all()]}, prefix=None),
        "secret": PasswordForm(),
        "active": forms.Form(),
    }
    return render(
        request, "account.html", {**shown, **given, "who": who}, status=422 if given else 200
    )
