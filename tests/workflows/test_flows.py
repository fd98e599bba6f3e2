"""The nodes of every flow and the rows of its table tell the same story."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from viewflow.workflow.base import Node
from viewflow.workflow.fields import get_flow_ref, import_flow_by_ref

from casework.engine.facts import questions
from casework.engine.moves import Move
from casework.engine.people import GRANTS, Role
from casework.engine.registry import procedure, procedures
from casework.nodes import Background, Person
from casework.services.jobs import WORK
from tests.workflows.tables import FINAL, PROCEDURES, STATUSES

RELEASED = Path(__file__).parent / "released_nodes.json"
"""The flow classes and nodes on which processes may be running somewhere. Lines are only added."""

FLOWS = [(plate.key, flow) for plate in procedures() for flow in plate.flows]
each_procedure = pytest.mark.parametrize("key", PROCEDURES)
each_flow = pytest.mark.parametrize(("key", "flow"), FLOWS, ids=lambda v: getattr(v, "__name__", v))


def nodes(flow: Any) -> dict[str, Node]:
    return {node.name: node for node in flow.instance.nodes()}


def persons(flow: Any) -> Iterator[Person]:
    return (node for node in nodes(flow).values() if isinstance(node, Person))


def statuses_of(key: str, node: str) -> set[str]:
    """The statuses in which a node may be active."""
    return {status for status, active in procedure(key).active_in.items() if node in active}


def sources(move: Move) -> set[str]:
    return {status.name for status in move.source}


# ---------------------------------------------------------------- statuses and nodes


@each_procedure
def test_only_existing_nodes_may_be_active_in_existing_statuses(key: str) -> None:
    plate = procedure(key)
    known = {name for flow in plate.flows for name in nodes(flow)}
    assert set(plate.active_in) <= set(STATUSES[key])
    assert {name for active in plate.active_in.values() for name in active} <= known


@each_procedure
def test_somebody_or_something_is_at_work_in_every_status_that_is_not_the_end(key: str) -> None:
    flow = procedure(key).flows[-1]
    working = {name for name, node in nodes(flow).items() if isinstance(node, Person | Background)}
    for status in set(STATUSES[key]) - FINAL[key]:
        assert procedure(key).active_in[status] & working, status


@each_flow
def test_every_node_that_waits_may_be_active_in_some_status(key: str, flow: Any) -> None:
    waiting = [n for n, node in nodes(flow).items() if isinstance(node, Person | Background)]
    assert [name for name in waiting if not statuses_of(key, name)] == []


@each_flow
def test_in_every_status_whoever_has_a_task_can_do_it(key: str, flow: Any) -> None:
    for node in persons(flow):
        carried = set[str]().union(*(sources(row) for row in node.rows.values()))
        assert statuses_of(key, node.name) <= carried, node.name


# ---------------------------------------------------------------- rows and nodes


@each_flow
def test_every_row_of_a_task_is_a_row_of_the_table(key: str, flow: Any) -> None:
    table = procedure(key).lifecycle.moves
    for node in persons(flow):
        assert node.rows == {name: table[name] for name in node.rows}, node.name


@each_flow
def test_every_row_of_a_task_can_start_where_the_task_may_be(key: str, flow: Any) -> None:
    for node in persons(flow):
        for row in node.rows.values():
            assert statuses_of(key, node.name) & sources(row), f"{node.name}: {row.name}"


@each_procedure
def test_every_row_that_changes_the_status_is_carried_by_a_task_or_ends_it_early(key: str) -> None:
    plate = procedure(key)
    carried = {name for flow in plate.flows for node in persons(flow) for name in node.rows}
    following = {
        move.follow.name
        for name, move in plate.lifecycle.moves.items()
        if move.follow and name in carried
    }
    moves = {name for name, move in plate.lifecycle.moves.items() if move.target}
    assert moves <= carried | following | {plate.ender.name}


def test_the_flow_never_goes_on_while_the_row_that_follows_is_refused() -> None:
    hear = procedure("mediation").lifecycle.moves["hear"]
    assert hear.follow
    completes = {"both_sides_agreed", "each_screened_alone"}  # the join waits for the same
    names = {guard.path.rpartition(".")[2] for guard in hear.follow.only_if}
    assert names - completes <= {guard.path.rpartition(".")[2] for guard in hear.only_if}


WITHOUT_TASK = {"protection_order": {"chase", "serve_denial", "write_application"}}
"""Acts that change nothing in what is to be done next."""


@each_procedure
def test_every_act_is_carried_by_a_task(key: str) -> None:
    plate = procedure(key)
    carried = {name for node in persons(plate.flows[-1]) for name in node.rows}
    free = {name for name, move in plate.lifecycle.moves.items() if not move.target} - carried
    assert free == WITHOUT_TASK.get(key, set())


@each_flow
def test_whoever_may_do_a_task_may_make_each_of_its_rows(key: str, flow: Any) -> None:
    for node in persons(flow):
        able = [role for role in Role if node.by in GRANTS.get(role, frozenset())]
        assert able
        for role in able:
            assert {row.by for row in node.rows.values()} <= GRANTS[role], node.name


@each_flow
def test_what_a_node_tells_is_asked_by_the_row_it_is_for(key: str, flow: Any) -> None:
    for node in persons(flow):
        main = next(iter(node.rows.values()))
        asked = {q.name: q.metadata["choices"] for q in questions(main.facts)} if main.facts else {}
        assert all(told in asked[name] for name, told in node.given.items()), node.name


@each_flow
def test_a_task_says_what_and_why_in_words_of_its_own(key: str, flow: Any) -> None:
    people = list(persons(flow))
    assert all(str(node.task_title).strip() and str(node.why).strip() for node in people)
    assert len({node.task_title for node in people}) == len(people)


@each_flow
def test_every_background_node_has_its_work(key: str, flow: Any) -> None:
    named = {node.work for node in nodes(flow).values() if isinstance(node, Background)}
    assert named <= set(WORK)


def test_every_work_is_named_by_a_node() -> None:
    named = {
        node.work
        for _key, flow in FLOWS
        for node in nodes(flow).values()
        if isinstance(node, Background)
    }
    assert named == set(WORK)


# ---------------------------------------------------------------- what was released stays


@pytest.mark.parametrize(("reference", "names"), json.loads(RELEASED.read_text("utf-8")).items())
def test_a_released_flow_keeps_all_its_nodes(reference: str, names: list[str]) -> None:
    assert set(names) <= set(nodes(import_flow_by_ref(reference)))


def test_a_released_flow_is_still_one_of_its_procedure() -> None:
    known = {get_flow_ref(flow) for _key, flow in FLOWS}
    assert set(json.loads(RELEASED.read_text("utf-8"))) <= known


def test_every_flow_and_node_is_written_down_as_released() -> None:
    written = json.loads(RELEASED.read_text("utf-8"))
    assert {get_flow_ref(flow): sorted(nodes(flow)) for _key, flow in FLOWS} == {
        reference: sorted(names) for reference, names in written.items()
    }


def test_no_flow_is_made_from_another() -> None:
    flows = [flow for _key, flow in FLOWS]
    assert [f for f in flows for other in flows if f is not other and issubclass(f, other)] == []
