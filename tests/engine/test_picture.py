"""A table as JSON and as a diagram."""

import pytest

from casework.engine.moves import Move
from casework.engine.picture import as_json, as_mermaid
from casework.engine.registry import Kind, Procedure, machines
from tests.engine.test_lifecycle import SOUND

Machine = Kind | Procedure
every_machine = pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.key)


def arrows(machine: Machine) -> list[tuple[str, str, Move]]:
    """Every way from one status to another."""
    table = machine.lifecycle
    return [
        (source.name, move.target.name, move)
        for move in table.moves.values()
        if move.target
        for source in table.sources(move)
    ]


def test_a_small_table_as_a_diagram() -> None:
    assert as_mermaid(SOUND).splitlines() == [
        "stateDiagram-v2",
        '    state "新" as new',
        '    state "完" as done',
        "    [*] --> new",
        "    new --> done: 结束",
        "    done --> [*]",
    ]


def test_a_small_table_as_json() -> None:
    here = "tests.engine.test_lifecycle"
    assert as_json(SOUND) == {
        "initial": "new",
        "final": ["done"],
        "statuses": ["new", "done"],
        "moves": [
            {
                "name": "finish",
                "from": ["new"],
                "to": "done",
                "permission": "triage",
                "reason": True,
                "guards": [f"{here}.word_is_yes", f"{here}.not_minor"],
                "opens": None,
            },
            {
                "name": "say",
                "from": ["new"],
                "to": None,
                "permission": "handle",
                "reason": False,
                "guards": [],
                "opens": None,
            },
        ],
        "rules": {},
    }


@every_machine
def test_the_diagram_shows_every_way_once(machine: Machine) -> None:
    table = machine.lifecycle
    drawn = [line.strip() for line in as_mermaid(table).splitlines() if " --> " in line]
    expected = [f"{a} --> {b}: {move.label}" for a, b, move in arrows(machine)]
    ends = [f"[*] --> {table.initial.name}", *(f"{s.name} --> [*]" for s in table.final)]
    assert sorted(drawn) == sorted(expected + ends)


@every_machine
def test_json_names_the_safety_rules_of_each_guard(machine: Machine) -> None:
    rules = as_json(machine.lifecycle)["rules"]
    named = {guard.path for move in machine.lifecycle.moves.values() for guard in move.only_if}
    assert set(rules) <= named
    conflict = "casework.engine.case_acts.no_conflict_of_interest"
    assert rules.get(conflict) == ([12] if conflict in named else None)
    free = ("police_report", "mandatory_report", "follow_up")
    assert conflict in named or machine.key in free
