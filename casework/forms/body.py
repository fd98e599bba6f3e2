"""An entry of the directory of bodies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.forms.staff import OfOrganisation
from casework.models import Body
from casework.services.bodies import Entry


class BodyForm(OfOrganisation):
    """Who they are, what they give, how they are reached."""

    organisation = forms.ChoiceField(label=_("与哪个组织协作"))
    name = forms.CharField(label=_("单位名称"), max_length=100)
    service = forms.ChoiceField(label=_("服务"), choices=Body.SERVICES)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("通知邮箱"),
        max_length=254,
        required=False,
        help_text=_("只发送“有一件事项待办”，不含任何内容。"),
    )
    hours = forms.CharField(label=_("办公时间"), max_length=100, required=False)
    jurisdiction = forms.CharField(label=_("管辖范围"), max_length=100, required=False)
    active = forms.BooleanField(
        label=_("在用"), required=False, help_text=_("停用后不能再向其转介；已有的转介不变。")
    )

    @property
    def entry(self) -> Entry:
        """What was told; call it on a valid form."""
        told: dict[str, Any] = dict(self.cleaned_data)
        told.pop("organisation", None)
        return Entry(**told)


def known(body: Body | None) -> dict[str, Any]:
    """What the form begins with."""
    if body is None:
        return {"active": True}
    return {name: getattr(body, name) for name in Entry.__dataclass_fields__} | {
        "organisation": str(body.organisation.uid)
    }
