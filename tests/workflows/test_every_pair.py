"""Every status × row of every table, and who may make each row."""

import pytest

from casework.engine.people import GRANTS, Actor, Permission, Role
from casework.engine.registry import lifecycle
from tests.engine.people_and_cases import TOWNSHIP, situation
from tests.workflows.tables import ROWS, STATUSES, Row

WRONG_STATUS = "“%(status)s”时不能“%(move)s”。"
NO_PERMISSION = "这一步需要“%(permission)s”权限。"
NO_REASON = "请写明理由。"

SOMEBODY = Actor("somebody", frozenset({Role.SUPERVISOR}), TOWNSHIP)

PAIRS = [
    (key, status, row) for key, rows in ROWS.items() for status in STATUSES[key] for row in rows
]
EVERY_ROW = [(key, row) for key, rows in ROWS.items() for row in rows]


def named(value: object) -> str:
    return value.name if isinstance(value, Row) else str(value)


every_pair = pytest.mark.parametrize(("key", "status", "row"), PAIRS, ids=named)
every_row = pytest.mark.parametrize(("key", "row"), EVERY_ROW, ids=named)


def refusals(key: str, status: str, row: Row, actor: Actor = SOMEBODY) -> list[str]:
    table = lifecycle(key)
    return [s.text for s in table.refusals(situation(key, status), actor, table.moves[row.name])]


@every_pair
def test_a_move_is_refused_in_a_status_exactly_when_the_table_lacks_the_pair(
    key: str, status: str, row: Row
) -> None:
    refused = refusals(key, status, row)
    if status in row.sources:
        assert WRONG_STATUS not in refused
    else:
        assert refused == [WRONG_STATUS]


@every_row
def test_a_move_demands_the_permission_of_its_row(key: str, row: Row) -> None:
    status = min(row.sources)
    for role in Role:
        actor = Actor("somebody", frozenset({role}), TOWNSHIP)
        granted = Permission(row.permission) in GRANTS.get(role, frozenset())
        assert (NO_PERMISSION not in refusals(key, status, row, actor)) == granted


@every_row
def test_a_move_demands_a_reason_when_its_row_says_so(key: str, row: Row) -> None:
    assert (NO_REASON in refusals(key, min(row.sources), row)) == row.reason


@every_row
def test_nobody_moves_the_case_of_an_organisation_that_is_not_below_hers(
    key: str, row: Row
) -> None:
    elsewhere = Actor("somebody", frozenset({Role.SUPERVISOR}), "/4401/440102/")
    assert NO_PERMISSION in refusals(key, min(row.sources), row, elsewhere)
