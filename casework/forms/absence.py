"""Leave and deputy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.forms.facts import Day
from casework.models import User
from casework.queries.absences import deputies, may_be_absent, shown


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who stands in."""

    absent = forms.ChoiceField(label=_("休假人员"))
    deputy = forms.ChoiceField(label=pgettext_lazy("leave", "代理人"))
    first_day = Day(label=_("第一天"))
    last_day = Day(label=_("最后一天"))

    def __init__(self, user: User, data: Any = None) -> None:
        self.absent_ones, self.deputies = may_be_absent(user), deputies(user)
        super().__init__(data, initial={"absent": str(user.uid)})
        for name, people in (("absent", self.absent_ones), ("deputy", self.deputies)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "—"), *shown(people)]

    @property
    def told(self) -> dict[str, Any]:
        """What `services.absences.go_on_leave` asks; call it on a valid form."""
        return {
            "absent": self.absent_ones[self.cleaned_data["absent"]],
            "deputy": self.deputies[self.cleaned_data["deputy"]],
            "first_day": self.cleaned_data["first_day"],
            "last_day": self.cleaned_data["last_day"],
        }
