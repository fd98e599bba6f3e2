"""The tables in the code are the tables of the domain."""

import json
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from casework.engine import registry
from tests.workflows.tables import (
    FINAL,
    INITIAL,
    KINDS,
    MACHINES,
    MOVES,
    OPENS,
    PROCEDURES,
    ROWS,
    STATUSES,
    Row,
)

each_kind = pytest.mark.parametrize("key", KINDS)
each_machine = pytest.mark.parametrize("key", MACHINES)


@cache
def told() -> dict[str, Any]:
    """What ``manage.py lifecycles --json`` prints."""
    out = StringIO()
    call_command("lifecycles", "--json", stdout=out)
    tables: dict[str, Any] = json.loads(out.getvalue())
    return tables


def in_code(key: str) -> list[Row]:
    """The rows of a table as the command tells them."""
    return [
        Row(m["name"], frozenset(m["from"]), m["to"], m["permission"], m["reason"])
        for m in told()[key]["moves"]
    ]


def by_name(row: Row) -> str:
    return row.name


def test_there_are_two_kinds_of_case_and_five_procedures() -> None:
    assert [k.key for k in registry.kinds()] == list(KINDS)
    assert [p.key for p in registry.procedures()] == list(PROCEDURES)
    assert list(told()) == list(MACHINES)


@each_machine
def test_the_statuses_are_those_of_the_domain(key: str) -> None:
    table = told()[key]
    assert sorted(table["statuses"]) == sorted(STATUSES[key])
    assert (table["initial"], set(table["final"])) == (INITIAL[key], FINAL[key])


@each_machine
def test_the_moves_are_those_of_the_domain(key: str) -> None:
    moves = [row for row in in_code(key) if row.target]
    assert sorted(moves, key=by_name) == sorted(MOVES[key], key=by_name)


@each_machine
def test_moves_and_acts_are_all_written_down(key: str) -> None:
    assert sorted(in_code(key), key=by_name) == sorted(ROWS[key], key=by_name)


def test_only_conversion_opens_a_case_and_only_its_act_a_procedure() -> None:
    opening = {
        (key, m["name"]): m["opens"] for key in MACHINES for m in told()[key]["moves"] if m["opens"]
    }
    assert opening == OPENS


@pytest.mark.parametrize("key", PROCEDURES)
def test_the_opening_act_is_the_one_that_the_procedure_names(key: str) -> None:
    plate = registry.procedure(key)
    everywhere = key in ("police_report", "mandatory_report")  # a report is never refused
    assert bool(plate.opens_in) is not everywhere
    for kind in plate.opens_in or KINDS:
        act = registry.kind(kind).lifecycle.moves[plate.opener.name]
        assert tuple(s.name for s in act.source) == plate.opens_in.get(kind, ())
        assert act.only_if == plate.opener.only_if


@each_machine
def test_labels_of_statuses_and_moves_tell_them_apart(key: str) -> None:
    table = registry.lifecycle(key)
    assert len({s.label for s in table.statuses.values()}) == len(table.statuses)
    assert len({m.label for m in table.moves.values()}) == len(table.moves)


@each_kind
def test_only_ended_statuses_can_be_archived(key: str) -> None:
    statuses = registry.lifecycle(key).statuses
    archive = next(row for row in MOVES[key] if row.name == "archive")
    assert {name for name, s in statuses.items() if s.ended} - archive.sources == {
        "merged",
        "archived",
    }


@pytest.mark.parametrize("key", PROCEDURES)
def test_a_procedure_is_carried_by_tasks_and_a_case_is_not(key: str) -> None:
    assert registry.lifecycle(key).carried
    assert not any(registry.lifecycle(kind).carried for kind in KINDS)


@pytest.mark.parametrize(
    ("key", "name", "statuses"),
    [
        ("mediation", "stop", "proposed consented in_session agreed"),
        ("referral", "cancel", "drafted approved sent received unanswered"),
        ("protection_order", "withdraw", "preparing filed accepted"),
        ("follow_up", "stop", "planned followed"),
        ("police_report", "drop", "reported accepted warned"),
        ("mandatory_report", "drop", "reported receipted"),
    ],
)
def test_a_procedure_is_ended_early_until_it_has_its_legal_result(
    key: str, name: str, statuses: str
) -> None:
    ender = registry.procedure(key).ender
    assert (ender.name, [s.name for s in ender.source]) == (name, statuses.split())
