"""How sound and refused examples of rows are written down, and how they are judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from casework.engine.people import Actor
from casework.engine.registry import lifecycle
from casework.engine.situation import Danger, Situation, but
from tests.engine.people_and_cases import SUPERVISOR, situation

LOW, MEDIUM, HIGH = Danger
DAY = timedelta(days=1)
LONG_AGO = date(2000, 1, 1)


class Good(NamedTuple):
    """A case (for the row of a procedure also the procedure) and a telling that nothing refuses."""

    status: str
    case: dict[str, Any]
    facts: object | None = None
    actor: Actor = SUPERVISOR
    record: dict[str, Any] = {}


class Refused(NamedTuple):
    """The row, the guard, and what is different: in the case, in the telling, in the procedure, in
    the person."""

    row: str
    guard: str
    case: dict[str, Any] = {}
    told: dict[str, Any] = {}
    record: dict[str, Any] = {}
    actor: Actor | None = None


class Allowed(NamedTuple):
    """A change that must not refuse."""

    row: str
    case: dict[str, Any] = {}
    told: dict[str, Any] = {}
    record: dict[str, Any] = {}


def ladder(about: str, words: str, **case: Any) -> list[Refused]:
    """What is refused of chasing in any procedure; `words` is the name of what was said."""
    urgent = {words: "情况紧急。"}
    up = {"how": "superior", "outcome": "", "about": about}
    return [
        Refused("chase", "it_is_told_how_the_call_ended", case, {"outcome": ""}),
        Refused("chase", "it_is_told_how_the_call_ended", case, {"outcome": "promised"}),
        Refused("chase", "it_is_told_how_the_call_ended", case, {"answer_by": LONG_AGO}),
        Refused("chase", "one_rung_after_the_other", case, {"how": "letter", "about": about}),
        Refused(
            "chase",
            "one_rung_after_the_other",
            case,
            up,
            {"climbed": frozenset({f"{about}:phone", "other:letter"})},
        ),
        Refused("chase", "handed_up_once", case, up | urgent | {"about": ""}),
        Refused(
            "chase",
            "handed_up_once",
            case,
            up | urgent,
            {"climbed": frozenset({f"{about}:superior"})},
        ),
    ]


def rungs(about: str, words: str, **case: Any) -> list[Allowed]:
    """What must not be refused of it."""
    letter = {"how": "letter", "outcome": "", "about": about}
    behind = frozenset({f"{about}:phone", f"{about}:letter"})
    return [
        Allowed("chase", case, letter, {"climbed": behind}),
        Allowed("chase", case, letter | {words: "电话一直占线。"}),
        Allowed("chase", case, letter | {"how": "superior"}, {"climbed": behind}),
        Allowed("chase", case, {"how": "visit", "outcome": ""}),
    ]


def known(
    key: str, good: Good, case: dict[str, Any], record: dict[str, Any], facts: object | None
) -> Situation:
    """The situation of a sound example with what is different; a status may differ, too."""
    changed = {"status": good.status} | good.case | case
    found = situation(key, **changed, facts=facts)
    if found.procedure is None:
        return found
    return but(found, procedure=replace(found.procedure, **(good.record | record)))


def refusals(key: str, good: Good, line: Refused | Allowed, without: str = "") -> list[str]:
    """What is said to the row when the sound example is changed."""
    facts = replace(good.facts, **line.told) if line.told else good.facts
    actor = getattr(line, "actor", None) or good.actor
    table = lifecycle(key)
    found = table.refusals(
        known(key, good, line.case, line.record, facts),
        actor,
        table.moves[line.row],
        reason="因为",
        without=without,
    )
    return [str(sentence) for sentence in found]


def path_of(key: str, row: str, guard: str) -> str:
    """The dotted path of the guard that stands in this row under this name."""
    paths = [g.path for g in lifecycle(key).moves[row].only_if]
    return next(path for path in paths if path.rpartition(".")[2] == guard)
