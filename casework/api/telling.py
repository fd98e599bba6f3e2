"""From the JSON of a move to its form: every fact in its own type, and none of them lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field
from types import MappingProxyType
from typing import Any

from django import forms

from casework.api.schemas import MoveIn
from casework.engine import registry
from casework.engine.case_acts import INSTRUMENT
from casework.engine.facts import questions
from casework.engine.language import Sentence, _, listed
from casework.engine.moves import Move
from casework.forms.facts import FactsForm, facts_form
from casework.models import Case, Procedure, User
from casework.queries import moves
from casework.services.refusals import Refused


def filled(
    row: Move,
    record: Case | Procedure,
    user: User,
    body: MoveIn,
    given: Mapping[str, object] = MappingProxyType({}),
) -> FactsForm:
    """The valid form of `row` with what was told. Raises `Refused` with every reason: what is
    wrong with the facts, and what already stands against the move."""
    asked = {q.name: q for q in questions(row.facts)} if row.facts else {}
    case = record if isinstance(record, Case) else record.case
    form = facts_form(row, case, user, _flat(body), given=given)
    found = [
        *_unknown(row, asked, body),
        *_mistyped(asked, body),
        *_other_than_given(asked, body, given),
        *wrong(form),
    ]
    if found:
        against = moves.refusals(record, user, row, form.so_far(), form.reason)
        raise Refused(dict.fromkeys([*against, *found]))
    return form


def wrong(form: forms.Form) -> list[Sentence]:
    """What a form says against what was told."""
    errors = [str(error) for errors in form.errors.values() for error in errors]
    return [Sentence(error) for error in errors]


def _flat(body: MoveIn) -> dict[str, Any]:
    """The facts as the form reads them: one entry an answer of the instrument."""
    data: dict[str, Any] = {"reason": body.reason}
    for name, value in body.facts.items():
        if isinstance(value, dict):
            data |= {f"answer_{code}": answer for code, answer in value.items()}
        else:
            data[name] = value
    return data


def _unknown(row: Move, asked: dict[str, Field[Any]], body: MoveIn) -> Iterator[Sentence]:
    names = listed(sorted(set(body.facts) - set(asked)))
    if names:
        yield _("“%(move)s”没有这些内容：%(names)s。", move=row.label, names=names)


def _mistyped(asked: dict[str, Field[Any]], body: MoveIn) -> Iterator[Sentence]:
    """A word where a tick belongs would count as one; answers elsewhere would count as nothing."""
    for name, question in asked.items():
        if not _fits(question.metadata["kind"], body.facts.get(name)):
            label = question.metadata["label"]
            yield _("“%(fact)s”（%(name)s）的格式不对。", fact=label, name=name)


def _other_than_given(
    asked: dict[str, Field[Any]], body: MoveIn, given: Mapping[str, object]
) -> Iterator[Sentence]:
    """What the task itself says (which side is heard) cannot be told otherwise."""
    for name, value in given.items():
        if name in asked and body.facts.get(name, value) != value:
            yield _("“%(fact)s”由任务本身确定，不能改。", fact=asked[name].metadata["label"])


def _fits(kind: str, value: object) -> bool:
    if value is None:
        return True
    if kind == "yes":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | str) and not isinstance(value, bool)
    if kind == "several":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if kind == "answers":
        codes = {item.code for item in registry.instrument(INSTRUMENT).items}
        return isinstance(value, dict) and set(value) <= codes
    return isinstance(value, str)
