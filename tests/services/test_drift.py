"""Every sentence of the verification of procedures: broken by SQL, and seen to be named."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from casework.models import Case, Procedure, User
from casework.queries import drift
from tests.conftest import NewCase
from tests.services.proceedings import (
    bring,
    handled,
    hear,
    invite,
    propose,
    refer,
    tasks,
    todo,
    work,
)

FLOW = "workflows/mediation.flow.MediationV1"


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A petition against a village committee."""
    return handled(new_case, crew)


@pytest.fixture
def record(case: Case, crew: SimpleNamespace) -> Procedure:
    """A mediation in which one side was heard: a person's task, and a join that waits."""
    made = propose(case, crew)
    for side in ("hers", "other"):
        invite(made, crew, side)
    hear(made, crew, "hers")
    assert set(tasks(made)) == {"hear_other", "joined"}
    return made


def sql(text: str, *values: object) -> None:
    """What whoever owns the database can do."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def process(record: Procedure) -> int:
    pk: int = record.process.pk
    return pk


def set_process(record: Procedure, **values: object) -> None:
    columns = ", ".join(f"{name} = %s" for name in values)
    sql(f"UPDATE viewflow_process SET {columns} WHERE id = %s", *values.values(), process(record))


def set_task(record: Procedure, node: str, **values: object) -> None:
    columns = ", ".join(f"{name} = %s" for name in values)
    pk = tasks(record)[node].pk
    sql(f"UPDATE viewflow_task SET {columns} WHERE id = %s", *values.values(), pk)


def set_todo(record: Procedure, node: str, **values: object) -> None:
    columns = ", ".join(f"{name} = %s" for name in values)
    pk = todo(record, node).pk
    sql(f"UPDATE casework_todo SET {columns} WHERE id = %s", *values.values(), pk)


def close_todo(record: Procedure) -> None:
    set_todo(record, "hear_other", done_at="2026-01-01 00:00:00+00:00")


def status(record: Procedure, to: str) -> None:
    sql("UPDATE casework_procedure SET status = %s WHERE id = %s", to, record.pk)


def case_status(record: Procedure, to: str) -> None:
    sql("UPDATE casework_case SET status = %s WHERE id = %s", to, record.case_id)


def finish_process(record: Procedure) -> None:
    set_process(record, status="DONE")


def cancel_everything(record: Procedure) -> None:
    for node in list(tasks(record)):
        set_task(record, node, status="CANCELED")


def another_case(record: Procedure) -> int:
    """Another case, younger than this one."""
    found: int = Case.objects.exclude(pk=record.case_id).latest("pk").pk
    return found


def of_another_person(record: Procedure) -> None:
    other = User.objects.get(username="other_mediator")
    stored = User._meta.get_field("uid").get_db_prep_value(other.uid, connection)
    set_todo(record, "hear_other", assignee_id=stored)


Break = Callable[[Procedure], object]

BROKEN: dict[str, tuple[Break, str]] = {
    # the sentence as it stands in the code: how it comes to be, and a part of what is then said
    "its flow, or a node of it, is gone": (
        lambda r: set_process(r, flow_class="workflows/mediation.flow.MediationV0"),
        "its flow, or a node of it, is gone",
    ),
    " is active while the status is ": (
        lambda r: status(r, "agreed"),
        "hear_other is active while the status is agreed",
    ),
    "it is over and has a task that is not": (finish_process, "has a task that is not"),
    "the process and the record do not agree whether it is over": (
        finish_process,
        "do not agree whether it is over",
    ),
    "its case is over and it is not": (
        lambda r: case_status(r, "closed"),
        "its case is over and it is not",
    ),
    "it holds back its case, but nobody does anything": (
        finish_process,
        "it holds back its case, but nobody does anything",
    ),
    "it runs and nobody has a task": (cancel_everything, "it runs and nobody has a task"),
    "a node is active twice": (
        lambda r: set_task(r, "joined", flow_task=f"{FLOW}.hear_other"),
        "a node is active twice",
    ),
    "only joins wait: it hangs": (
        lambda r: set_task(r, "hear_other", status="CANCELED"),
        "only joins wait: it hangs",
    ),
    " waits for nobody and has an open todo": (
        lambda r: set_task(r, "hear_other", status="STARTED"),
        "hear_other waits for nobody and has an open todo",
    ),
    " waits for somebody and has no open todo": (
        close_todo,
        "hear_other waits for somebody and has no open todo",
    ),
    "the todo of  has no day": (
        lambda r: set_todo(r, "hear_other", due_at=None),
        "the todo of hear_other has no day",
    ),
    "the todo of  belongs to another case": (
        lambda r: set_todo(r, "hear_other", case_id=another_case(r)),
        "the todo of hear_other belongs to another case",
    ),
    " is one person's task and another's todo": (
        of_another_person,
        "hear_other is one person's task and another's todo",
    ),
    "it has no process": (
        lambda r: sql("DELETE FROM casework_caseprocess WHERE procedure_id = %s", r.pk),
        "it has no process",
    ),
    "its task is over": (
        lambda r: set_task(r, "hear_other", status="DONE"),
        "its task is over",
    ),
    "it belongs to another case than its procedure": (
        lambda r: sql(
            "UPDATE casework_caseprocess SET case_id = %s WHERE procedure_id = %s",
            another_case(r),
            r.pk,
        ),
        "it belongs to another case than its procedure",
    ),
}


def violent_elsewhere(record: Procedure) -> None:
    """The two are a violent pair in another case, and nobody was told to look."""
    pair = record.case.parties.values_list("person_id", "role")
    other = another_case(record)
    for person, role in pair:
        sql(
            "UPDATE casework_caseparty SET person_id = %s WHERE case_id = %s AND role = %s",
            person,
            other,
            role,
        )
    sql("UPDATE casework_caseparty SET relation = 'spouse'")
    sql("UPDATE casework_case SET violence = %s WHERE id = %s", True, other)


BROKEN["it goes on between two with violence on record"] = (
    violent_elsewhere,
    "it goes on between two with violence on record",
)


def said() -> list[str]:
    """What is wrong now."""
    return [wrong.why for wrong in drift.verify().wrong]


@pytest.mark.parametrize("sentence", BROKEN)
def test_what_is_broken_by_sql_is_named(
    sentence: str, record: Procedure, new_case: NewCase
) -> None:
    new_case(respondent="某人", relation="other")
    breaking, expected = BROKEN[sentence]
    assert said() == []
    breaking(record)
    assert any(expected in why for why in said()), said()


def test_every_sentence_of_the_verification_is_tried() -> None:
    assert sentences(ast.parse(Path(drift.__file__).read_text("utf-8"))) == set(BROKEN)


def sentences(tree: ast.Module) -> set[str]:
    """The texts that are yielded as wrong, without what is filled in."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield) and node.value is not None:
            told = node.value.args[-1] if isinstance(node.value, ast.Call) else node.value
            parts = told.values if isinstance(told, ast.JoinedStr) else [told]
            text = "".join(p.value for p in parts if isinstance(p, ast.Constant))
            if text:
                found.add(text)
    return found


def test_a_node_that_is_gone_is_named(record: Procedure) -> None:
    set_task(record, "hear_other", flow_task=f"{FLOW}.hear_him")
    assert "its flow, or a node of it, is gone" in said()


def test_work_that_failed_and_stands_on_nobodys_desk_is_named(
    case: Case, crew: SimpleNamespace
) -> None:
    record = refer(case, crew)
    set_task(record, "letter", status="ERROR")
    assert said() == ["letter waits for somebody and has no open todo"]


def test_the_procedure_is_named_and_the_others_are_not(
    record: Procedure, case: Case, crew: SimpleNamespace
) -> None:
    other = bring(refer(case, crew), crew, "sent")
    close_todo(record)
    found = drift.verify()
    assert (found.processes, {wrong.process for wrong in found.wrong}) == (
        2,
        {f"mediation:{record.uid}"},
    )
    assert other.uid != record.uid


def test_a_status_written_by_sql_is_named_here_too(record: Procedure) -> None:
    status(record, "performed")
    assert "hear_other is active while the status is performed" in said()
    assert "joined is active while the status is performed" in said()


def test_an_empty_desk_agrees(crew: SimpleNamespace) -> None:
    assert drift.verify() == drift.Agreement(0, [])


def test_the_command_names_what_is_wrong_and_exits_one(record: Procedure) -> None:
    out = StringIO()
    call_command("verify_procedures", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"processes": 1, "wrong": []}
    close_todo(record)
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_procedures", "--json", stdout=out)
    assert stopped.value.code == 1
    why = "hear_other waits for somebody and has no open todo"
    assert json.loads(out.getvalue())["wrong"] == [
        {"process": f"mediation:{record.uid}", "why": why}
    ]


def test_work_goes_on_after_what_was_broken_is_mended(
    record: Procedure, crew: SimpleNamespace
) -> None:
    close_todo(record)
    hear(record, crew, "other")
    work()
    assert said() == []
