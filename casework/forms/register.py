"""How the register is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.engine import registry
from casework.forms.facts import LINE


def _statuses() -> list[tuple[str, object]]:
    """Every status of every kind, under its kind."""
    grouped: list[tuple[str, object]] = [("", gettext("全部"))]
    for kind in registry.kinds():
        found = kind.lifecycle.statuses.values()
        options = [(f"{kind.key}:{s.name}", str(s.label)) for s in found]
        grouped.append((str(kind.title), options))
    return grouped


class RegisterForm(forms.Form):
    """Filters, which may stand in the address, and a search word, which never does."""

    kind = forms.ChoiceField(
        label=_("类型"),
        required=False,
        choices=lambda: [("", gettext("全部")), *((k.key, str(k.title)) for k in registry.kinds())],
    )
    status = forms.ChoiceField(label=_("状态"), required=False, choices=_statuses)
    only = forms.ChoiceField(
        label=_("期限"),
        required=False,
        choices=[("", _("全部")), ("overdue", _("已逾期")), ("provisional", _("暂定"))],
    )
    mine = forms.BooleanField(label=_("只看我承办的"), required=False)
    word = forms.CharField(
        label=_("案件编号、电话、身份证号、姓名或拼音首字母"), required=False, max_length=LINE
    )
    after = forms.UUIDField(widget=forms.HiddenInput, required=False)
    before = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        """The arguments of `queries.cases.register`; call it on a valid form."""
        told = self.cleaned_data
        kind, _colon, status = told["status"].partition(":")
        return {
            "kind": told["kind"] or kind,
            "status": status,
            "only": told["only"],
            "mine": told["mine"],
            "word": told["word"],
        }
