"""Facts: what must be told to make a move. A frozen dataclass whose fields carry their labels.

The same declaration makes the form on the page, the body of the API call, the sealed record in
the event and the variants that `explore` walks through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, field, fields
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from casework.engine.language import Sentence
from casework.engine.people import Permission

Kind = Literal[
    "text",
    "long",
    "yes",
    "choice",
    "several",
    "date",
    "moment",
    "staff",
    "organisation",
    "case",
    "party",
    "contact",
    "body",
    "number",
    "answers",
]
"""How a fact is asked: a line, a paragraph, a tick, one of several, some of several (a frozenset of
their codes), a day, a moment (aware datetime), a reference (uid) to a member of staff, an
organisation, another case (or its number), a party of the case, a way to reach her or a body of the
directory, a number from 0 up, or the answers to a risk instrument as pairs of item and answer."""

SAMPLE_NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
"""The moment at which exploration takes place; dates and moments are sampled around it."""

EMPTY: dict[Kind, object] = {
    "text": "",
    "long": "",
    "yes": False,
    "choice": "",
    "several": frozenset(),
    "date": None,
    "moment": None,
    "staff": "",
    "organisation": "",
    "case": "",
    "party": "",
    "contact": "",
    "body": "",
    "number": 0,
    "answers": (),
}


def fact(
    label: Sentence,
    kind: Kind = "text",
    *,
    choices: Mapping[str, Sentence] | None = None,
    help_text: Sentence | None = None,
    required: bool = False,
    personal: bool = False,
    able: Permission | None = Permission.HANDLE,
    samples: tuple[object, ...] = (),
) -> Any:
    """Declare one fact. `required` means the move cannot be told without it; `personal` marks text
    about a person, which pages never echo outside the case. `able` is the permission that a member
    of staff must hold to be named (for "staff"; None: whoever works at a desk). `samples` are the
    values that exploration tries, when the usual ones would not tell enough."""
    return field(
        default=cast(Any, EMPTY[kind]),
        metadata={
            "label": label,
            "kind": kind,
            "choices": choices or {},
            "help": help_text,
            "required": required,
            "personal": personal,
            "able": able,
            "samples": samples,
        },
    )


def questions(facts: type) -> tuple[Field[Any], ...]:
    """The facts a move asks for, in order."""
    return tuple(f for f in fields(facts) if "kind" in f.metadata)


def told(facts: object | None) -> dict[str, object]:
    """The facts as plain values fit for JSON (dates as ISO strings), in order of declaration."""
    if facts is None:
        return {}
    return {f.name: _plain(getattr(facts, f.name)) for f in questions(type(facts))}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def variants(facts: type | None, limit: int = 4096) -> list[object | None]:
    """Every combination of a few telling values per fact: what `explore` tries.

    A tick is tried both ways, a choice in every value and left empty, text empty and filled.
    """
    if facts is None:
        return [None]
    tellings: list[dict[str, object]] = [{}]
    for question in questions(facts):
        tellings = [t | {question.name: v} for t in tellings for v in _samples(question)]
        if len(tellings) > limit:
            raise ValueError(f"{facts.__name__} asks more than explore can vary")
    return [facts(**telling) for telling in tellings]


def _samples(question: Field[Any]) -> tuple[object, ...]:
    kind: Kind = question.metadata["kind"]
    if question.metadata.get("samples"):
        return cast("tuple[object, ...]", question.metadata["samples"])
    if kind == "yes":
        return (False, True)
    if kind == "choice":
        return ("", *question.metadata["choices"])
    if kind == "several":
        return (frozenset(), *(frozenset({code}) for code in question.metadata["choices"]))
    if kind == "date":
        return (SAMPLE_NOW.date(),)
    if kind == "moment":
        return (SAMPLE_NOW,)
    if kind == "number":
        return (0,)
    return ("", "…")
