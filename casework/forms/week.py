"""Which week a calendar shows."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.engine import moment
from casework.forms.facts import Day


class WeekForm(forms.Form):
    """Any day of the week that is wanted; none means this one."""

    week = Day(label=_("周"), required=False)

    @property
    def day(self) -> date:
        """The day that was asked for, or today; call it after `is_valid`."""
        return self.cleaned_data.get("week") or moment.today()
