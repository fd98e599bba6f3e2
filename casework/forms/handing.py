"""Drawing up a sheet of hand-over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.models import HandOver, User
from casework.queries.absences import shown
from casework.queries.handing import Holding, takers

WORDS = 200


class HandOverForm(forms.Form):
    """To whom, why, and which of all that she holds, each with one line."""

    taker = forms.ChoiceField(label=_("接收人"))
    why = forms.ChoiceField(label=_("交接原因"), choices=[("", "—"), *HandOver.WHY])

    def __init__(self, giver: User, held: list[Holding], data: Any = None) -> None:
        self.takers, self.held = takers(giver), held
        super().__init__(data)
        field = self.fields["taker"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *shown(self.takers)]
        for one in held:
            self.fields[f"pick_{one.uid}"] = forms.BooleanField(
                label=_("移交"), required=False, initial=True
            )
            self.fields[f"words_{one.uid}"] = forms.CharField(
                label=_("交接说明"), max_length=WORDS, required=False
            )

    @property
    def rows(self) -> Iterator[tuple[Holding, forms.BoundField, forms.BoundField]]:
        """What she holds, with the two fields of each."""
        for one in self.held:
            yield one, self[f"pick_{one.uid}"], self[f"words_{one.uid}"]

    @property
    def told(self) -> dict[str, Any]:
        """What `services.handing.draw_up` asks; call it on a valid form."""
        told = self.cleaned_data
        picked: dict[UUID, str] = {
            one.uid: told[f"words_{one.uid}"] for one in self.held if told[f"pick_{one.uid}"]
        }
        return {"taker": self.takers[told["taker"]], "why": told["why"], "picked": picked}
