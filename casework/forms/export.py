"""What an export of the register is for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.models import Export

REASON = 500
"""The longest reason, in characters."""


class ExportForm(forms.Form):
    """The purpose, and in a sentence why."""

    purpose = forms.ChoiceField(
        label=_("用途"),
        choices=Export.PURPOSES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择用途。"),
            "invalid_choice": _("“用途”没有这个选项，请重新选择。"),
        },
    )
    reason = forms.CharField(
        label=_("导出理由"),
        max_length=REASON,
        help_text=_("例如“报送三季度来信来访情况”。请勿填写当事人姓名、电话。"),
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请填写导出理由。")},
    )
