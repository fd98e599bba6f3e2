"""From the facts of a move to a form, and from what was typed (or sent as JSON) to facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field as FactField
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from casework.engine import registry
from casework.engine.assessment import Instrument
from casework.engine.case_acts import INSTRUMENT
from casework.engine.facts import questions
from casework.engine.language import _
from casework.engine.moves import Move
from casework.models import Case, User
from casework.queries.bodies import bodies_for
from casework.queries.parties import contact_names, party_names
from casework.queries.staff import handlers_for, organisations_below

LINE, PARAGRAPH = 200, 20_000
"""The longest line and the longest paragraph that is taken, in characters."""

MOST = 100_000_000
"""The largest number that is taken: no relief at a desk has more yuan."""

YEARS = range(1990, 2101)
"""The years in which something can happen at a desk, or be planned."""


class FactsForm(forms.Form):
    """The questions of one move about one case. Built by `facts_form`."""

    move: Move
    given: Mapping[str, object]

    def facts(self) -> object | None:
        """The facts as told; call it on a valid form."""
        if self.move.facts is None:
            return None
        told: object = self.move.facts(
            **{q.name: self._fact(q) for q in questions(self.move.facts)}
        )
        return told

    def so_far(self) -> object | None:
        """The facts of a form that is not valid: what could not be read counts as not told."""
        self.is_valid()
        return self.facts()

    def _fact(self, question: FactField[Any]) -> object:
        if question.name in self.given:
            return self.given[question.name]
        if question.metadata["kind"] == "answers":
            items = registry.instrument(INSTRUMENT).items
            told = ((i.code, self.cleaned_data.get(f"answer_{i.code}")) for i in items)
            return tuple((code, answer or "unknown") for code, answer in told)
        found = self.cleaned_data.get(question.name, question.default)
        if question.metadata["kind"] == "several":
            return frozenset(found)
        return found or 0 if question.metadata["kind"] == "number" else found

    @property
    def reason(self) -> str:
        """The written reason, when the move asks for one."""
        return str(self.cleaned_data.get("reason", "")).strip()


def facts_form(
    move: Move,
    case: Case,
    user: User,
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    given: Mapping[str, object] = MappingProxyType({}),
) -> FactsForm:
    """The form of `move` on `case`, or on a procedure of it, as `user` fills it. What is `given`
    (by the task) is not asked."""
    fields: dict[str, forms.Field] = {}
    for question in questions(move.facts) if move.facts else ():
        if question.name in given:
            continue
        if question.metadata["kind"] == "answers":
            fields |= _answers(registry.instrument(INSTRUMENT))
        else:
            fields[question.name] = _field(question, case, user)
    if move.reason:
        fields["reason"] = forms.CharField(
            label=str(_("理由")), max_length=PARAGRAPH, widget=forms.Textarea({"rows": 3})
        )
    for field in fields.values():
        field.error_messages["required"] = str(_("请填写“%(fact)s”。", fact=field.label or ""))
    form: FactsForm = type("FactsForm", (FactsForm,), fields)(data, initial=dict(initial or {}))
    form.given = dict(given)
    form.move = move  # on the form: in the body of a class it would take the attribute's name
    return form


def _field(question: FactField[Any], case: Case, user: User) -> forms.Field:
    meta = question.metadata
    shared: dict[str, Any] = {
        "label": str(meta["label"]),
        "required": meta["required"],
        "help_text": str(meta["help"]) if meta["help"] else "",
    }
    match meta["kind"]:
        case "yes":
            return forms.BooleanField(**shared)
        case "choice":
            return _choice({k: str(v) for k, v in meta["choices"].items()}, shared)
        case "several":
            return _several({k: str(v) for k, v in meta["choices"].items()}, shared)
        case "date":
            return Day(**shared)
        case "moment":
            return Moment(**shared)
        case "staff":
            return _choice(handlers_for(case, user, meta["able"]), shared)
        case "party":
            names = party_names(case)
            if not names:
                shared["help_text"] = str(_("本案还没有登记对方：请先办理“登记当事人”。"))
            return _choice(names, shared)
        case "contact":
            return _choice(contact_names(case), shared)
        case "body":
            return _choice(bodies_for(case), shared)
        case "number":
            return forms.IntegerField(min_value=0, max_value=MOST, **shared)
        case "organisation":
            return _choice(organisations_below(case), shared)
        case "long":
            return forms.CharField(
                max_length=PARAGRAPH, widget=forms.Textarea({"rows": 4}), **shared
            )
    return forms.CharField(max_length=LINE, **shared)


def _choice(choices: Mapping[str, str], shared: dict[str, Any]) -> forms.ChoiceField:
    """Few choices stand open as radio buttons; many go into a list."""
    every = list(choices.items())
    few = len(every) <= 4 and shared["required"]
    field = forms.ChoiceField(
        choices=every if few else [("", "—"), *every],
        widget=forms.RadioSelect if few else forms.Select,
        **shared,
    )
    field.error_messages["invalid_choice"] = str(_("请从列表中选择。"))
    return field


def _several(choices: Mapping[str, str], shared: dict[str, Any]) -> forms.MultipleChoiceField:
    """A tick for each."""
    field = forms.MultipleChoiceField(
        choices=list(choices.items()), widget=forms.CheckboxSelectMultiple, **shared
    )
    for wrong in ("invalid_choice", "invalid_list"):
        field.error_messages[wrong] = str(_("请从列表中选择。"))
    return field


class Day(forms.DateField):
    """A day, in a year that a desk will see."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Refuses years no desk will see."""
        day = super().to_python(value)
        if day and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class Moment(forms.DateTimeField):
    """A moment: local time of the desk (Asia/Shanghai) unless an offset is given; answers aware."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs
        )
        self.error_messages["invalid"] = gettext_lazy("时间格式不对，例如 2026-11-22T09:30。")

    def to_python(self, value: Any) -> datetime | None:
        """Also takes ISO 8601 with an offset, and refuses years no desk will see."""
        moment = super().to_python(value)
        if moment and moment.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


def _answers(instrument: Instrument) -> dict[str, forms.Field]:
    """One radio group an item; nothing ticked means unknown."""
    choices = [("yes", str(_("是"))), ("no", str(_("否"))), ("unknown", str(_("不知道或拒答")))]
    return {
        f"answer_{item.code}": forms.ChoiceField(
            label=item.shown(get_language()),
            choices=choices,
            required=False,
            widget=forms.RadioSelect,
        )
        for item in instrument.items
    }
