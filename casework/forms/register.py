"""How the register is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.engine import registry
from casework.engine.case_acts import LEVELS
from casework.forms.facts import LINE, Day
from casework.models import User
from casework.models.visit import CHANNELS
from casework.queries import filters
from casework.queries.filters import Filters

Choices = list[tuple[str, Any]]


def _statuses() -> Choices:
    """Every status of every kind, under its kind; first those that more than one kind has."""
    kinds = list(registry.kinds())
    names = [name for kind in kinds for name in kind.lifecycle.statuses]
    first = kinds[0].lifecycle.statuses
    shared = [(n, str(s.label)) for n, s in first.items() if names.count(n) > 1]
    grouped: Choices = [(gettext("各类案件"), shared)] if shared else []
    for kind in kinds:
        options = [(f"{kind.key}:{s.name}", str(s.label)) for s in kind.lifecycle.statuses.values()]
        grouped.append((str(kind.title), options))
    return grouped


def _worded(words: Any) -> Choices:
    return [(code, str(word)) for code, word in words.items()]


class RegisterForm(forms.Form):
    """Filters, which may stand in the address, and a search word, which never does. Offered and
    taken is only what lies within the reach of `user`."""

    kind = forms.ChoiceField(label=_("类型"), required=False)
    status = forms.ChoiceField(label=_("状态"), required=False)
    category = forms.ChoiceField(label=_("类别"), required=False)
    danger = forms.ChoiceField(label=_("危险等级"), required=False)
    channel = forms.ChoiceField(label=_("来访方式"), required=False)
    involves = forms.ChoiceField(label=_("涉及"), required=False)
    organisation = forms.ChoiceField(label=_("组织"), required=False)
    own = forms.BooleanField(label=_("不含下级"), required=False)
    handler = forms.ChoiceField(label=_("承办人"), required=False)
    closed_from = Day(label=_("办结自"), required=False)
    closed_to = Day(label=_("办结至"), required=False)
    only = forms.ChoiceField(label=_("期限"), required=False)
    mine = forms.BooleanField(label=_("只看我承办的"), required=False)
    word = forms.CharField(
        label=_("案件编号、电话、身份证号、姓名或拼音首字母"), required=False, max_length=LINE
    )
    after = forms.UUIDField(widget=forms.HiddenInput, required=False)
    before = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(_with_whole_status(data))
        # "from" is no name that Python takes for an attribute
        self.fields["from"] = Day(label=_("收到自"), required=False)
        self.fields["to"] = Day(label=_("收到至"), required=False)
        offered: dict[str, Choices] = {
            "kind": [(k.key, str(k.title)) for k in registry.kinds()],
            "status": _statuses(),
            "category": list(filters.categories()),
            "danger": _worded(LEVELS),
            "channel": _worded(CHANNELS),
            "involves": _worded(filters.involvements()),
            "organisation": _worded(filters.organisations_of(user)),
            "handler": [(filters.NOBODY, gettext("无人承办")), *_worded(filters.handlers_of(user))],
            "only": _worded(filters.ONLY),
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", gettext("全部")), *choices]
            said = gettext("“%(field)s”没有这个选项，请从列表中选择。")
            field.error_messages["invalid_choice"] = said % {"field": field.label}
        for name in ("from", "to", "closed_from", "closed_to"):
            said = gettext("“%(field)s”不是有效的日期（1990 至 2100 年，例如 2026-11-22）。")
            day = self.fields[name]
            day.error_messages["invalid"] = said % {"field": day.label}

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        kind, _colon, status = told.get("status", "").rpartition(":")
        if kind and told.get("kind") and kind != told["kind"]:
            self.add_error("status", gettext("所选状态不属于所选类型，请重新选择其中一项。"))
        for first, last, what in (("from", "to", "收到"), ("closed_from", "closed_to", "办结")):
            if told.get(first) and told.get(last) and told[first] > told[last]:
                self.add_error(last, _REVERSED[what])
        return told

    @property
    def filters(self) -> Filters:
        """What narrows; call it on a valid form."""
        told = self.cleaned_data
        kind, _colon, status = told["status"].rpartition(":")
        days = {"received_from": told["from"], "received_to": told["to"]}
        plain = ("category", "danger", "channel", "involves", "organisation", "own", "handler",
                 "closed_from", "closed_to", "only", "mine")  # fmt: skip
        same = {name: told[name] for name in plain}
        return Filters(kind=told["kind"] or kind, status=status, **days, **same)


_REVERSED = {
    "收到": _("收到日期的起止颠倒了：“收到自”应当不晚于“收到至”。"),
    "办结": _("办结日期的起止颠倒了：“办结自”应当不晚于“办结至”。"),
}


def _with_whole_status(data: Any) -> Any:
    """A link may say kind and status apart, or a status that only one kind has; the list of
    statuses names both together."""
    kind, status = data.get("kind", ""), data.get("status", "")
    if not status or ":" in status:
        return data
    having = [k.key for k in registry.kinds() if status in k.lifecycle.statuses]
    kinds = [kind] if kind else having
    if len(kinds) == 1:
        data = data.copy()
        data["status"] = f"{kinds[0]}:{status}"
    return data
