"""How a call about somebody else's deadline ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.engine.chasing import HOW, OUTCOMES, PHONE
from casework.forms.facts import Day

LONGEST = 2_000
PRESSED = [f"{PHONE}:{outcome}" for outcome in OUTCOMES] + [
    f"{how}:" for how in HOW if how != PHONE
]
"""The buttons: each tells how, and how a call ended."""


class ChaseForm(forms.Form):
    """Which button was pressed, and what was typed beside it."""

    press = forms.ChoiceField(choices=[(code, code) for code in PRESSED])
    answer_by = Day(label=_("对方答应答复的日期"), required=False)
    words = forms.CharField(label=_("备注"), max_length=LONGEST, required=False)
    key = forms.CharField(max_length=80)

    @property
    def told(self) -> dict[str, Any]:
        """What `services.chases.log` asks; call it on a valid form."""
        told = dict(self.cleaned_data)
        how, _colon, outcome = told.pop("press").partition(":")
        return {"how": how, "outcome": outcome, **told}
