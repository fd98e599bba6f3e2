"""What is asked of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casework.engine import registry
from casework.models import User
from casework.queries.figures import asking
from casework.queries.figures.figure import Asked
from casework.queries.tree import branches

LONGEST = 60
NAMES = ("from", "to", "as_of", "organisation", "kind")


def _field(label: Any, widget: forms.Widget) -> forms.CharField:
    return forms.CharField(label=label, widget=widget, max_length=LONGEST, required=False)


class FiguresForm(forms.Form):
    """Period, day as of which, organisation and kind, as they stand in the address. What makes no
    sense is said by `queries.figures.asking`, which reads them for the API and the command too."""

    asked: Asked | None = None

    def __init__(self, user: User, data: Mapping[str, Any]) -> None:
        typed = {name: data.get(name, "") for name in NAMES}
        super().__init__({n: typed[n] or asking.otherwise().get(n, "") for n in NAMES})
        self.user = user
        for name, label in (("from", _("从")), ("to", _("到")), ("as_of", _("统计时点"))):
            self.fields[name] = _field(label, forms.DateInput({"type": "date"}, "%Y-%m-%d"))
        places = [
            (b.organisation.code, "　" * b.depth + b.organisation.name) for b in branches(user)
        ]
        kinds = [("", gettext("全部")), *((k.key, str(k.title)) for k in registry.kinds())]
        self.fields["organisation"] = _field(_("组织（含下级）"), forms.Select(choices=places))
        self.fields["kind"] = _field(_("案件类型"), forms.Select(choices=kinds))

    def clean(self) -> dict[str, Any]:
        """Read what was asked, or say every reason why it cannot be."""
        told: dict[str, Any] = super().clean() or {}
        try:
            self.asked = asking.read(self.user, told)
        except asking.Unreadable as wrong:
            for sentence in wrong.sentences:
                self.add_error(None, str(sentence))
        return told
