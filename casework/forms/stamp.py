"""The two hidden marks of a page that makes a move: what was seen, and which submission it is."""

from __future__ import annotations

import uuid
from typing import Self

from django import forms

from casework.models import Case, Procedure


class Stamp(forms.Form):
    """The row version that was shown, and the key that makes a second click harmless."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    @classmethod
    def of(cls, record: Case | Procedure) -> Self:
        """The marks of a page that shows a case, or a procedure, as it is now."""
        return cls(auto_id=False, initial={"version": record.version, "key": uuid.uuid4().hex})
