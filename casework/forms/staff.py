"""Accounts, roles and organisations, as administrators fill them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _

from casework.engine.people import Role
from casework.forms.facts import LINE
from casework.models import Organisation


def _roles() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("角色"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(r.value, str(r.label)) for r in Role],
    )


def _password() -> forms.CharField:
    return forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=LINE,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


class LoginForm(AuthenticationForm):
    """Django's form, asking in our words."""

    username = UsernameField(label=_("用户名"), widget=forms.TextInput({"autofocus": True}))
    error_messages = {
        "invalid_login": _("用户名或密码不对，或账号已停用。"),
        "inactive": _("用户名或密码不对，或账号已停用。"),
    }


class OfOrganisation(forms.Form):
    """A form with a place in the tree."""

    organisation = forms.ChoiceField(label=_("所属组织"))

    def __init__(self, organisations: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(organisations.items())


class StaffForm(OfOrganisation):
    """A new account."""

    username = forms.CharField(
        label=_("用户名"), max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    roles = _roles()
    password = _password()

    field_order = ("organisation", "username", "name", "roles", "password")


class RolesForm(forms.Form):
    """The roles of an account."""

    roles = _roles()

    @property
    def wanted(self) -> list[Role]:
        """The ticked roles; call it on a valid form."""
        return [Role(value) for value in self.cleaned_data["roles"]]


class PasswordForm(forms.Form):
    """A new password for somebody else."""

    password = _password()


class OrganisationForm(OfOrganisation):
    """A new organisation below another."""

    organisation = forms.ChoiceField(label=_("上级组织"))
    code = forms.CharField(label=_("组织代码"), max_length=12)
    name = forms.CharField(label=_("组织名称"), max_length=100)
    level = forms.ChoiceField(label=_("层级"), choices=Organisation.LEVELS)
    phone = forms.CharField(label=_("办公电话（写入公函）"), max_length=40, required=False)
    intake_point = forms.BooleanField(label=_("妇女之家（只登记，不办案）"), required=False)
