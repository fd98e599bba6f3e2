"""Rows in plain SQL are the same rows, to the last value, that the ORM reads and writes."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from unittest import mock

import pytest
from django.db import DatabaseError, connection, models
from django.test import TestCase

from casework.engine import moment
from casework.models import Case, Clock, DayChain, Todo, plain
from tests.conftest import NewCase

OF_CASE = 'WHERE "case_id" = %s ORDER BY "id"'


def values(row: models.Model) -> dict[str, object]:
    """What stands in every column, as Python holds it."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def todo_of(case: Case, subject: str, **more: object) -> Todo:
    """A new todo, not yet saved."""
    told: dict[str, object] = {"role": "supervisor", "organisation_path": "/4401/"}
    return Todo(case=case, subject=subject, **(told | more))


@pytest.mark.parametrize("model", [Clock, Todo])
def test_what_is_read_is_what_the_orm_reads(
    model: type[models.Model], new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    theirs = model._default_manager.filter(case=case).order_by("id")
    ours = plain.read(model, OF_CASE, [case.pk])
    assert ours
    assert [values(row) for row in ours] == [values(row) for row in theirs]
    assert not any(row._state.adding for row in ours)


def test_a_row_comes_with_the_record_it_points_to(new_case: NewCase) -> None:
    case = new_case(happened="村里不给分地")
    [found] = plain.read_with(Case, "subject", 'WHERE "number" = %s', [case.number])
    with TestCase().assertNumQueries(0):
        assert found.summary == "村里不给分地"
        assert found.subject.uid == case.subject.uid
    assert values(found) == values(Case.objects.select_related("subject").get(pk=case.pk))


def test_any_row_tells_whether_there_is_one(new_case: NewCase) -> None:
    case = new_case()
    assert plain.any_row(Clock, 'WHERE "case_id" = %s', [case.pk])
    assert not plain.any_row(Clock, 'WHERE "case_id" = %s', [0])


@pytest.mark.parametrize("returning", [True, False])
def test_inserted_rows_are_those_that_were_told_and_know_their_keys(
    returning: bool, new_case: NewCase
) -> None:
    case = new_case()
    rows = [todo_of(case, "a", due_at=moment.now()), todo_of(case, "b", organisation_path="/44/")]
    known = type(connection.features)
    with mock.patch.object(known, "can_return_rows_from_bulk_insert", returning):
        plain.insert(*rows)
    for row in rows:
        assert values(Todo.objects.get(subject=row.subject)) == values(row)
        assert not row._state.adding


def test_json_goes_in_and_comes_out(new_case: NewCase) -> None:
    clock = Clock.objects.filter(case=new_case())[0]
    clock.spells = {"paused": [["2026-01-01", None]]}
    plain.update(clock, "spells")
    [found] = plain.read(Clock, 'WHERE "id" = %s', [clock.pk])
    assert found.spells == clock.spells


def test_an_update_writes_the_named_columns_of_this_row_alone(new_case: NewCase) -> None:
    case = new_case()
    other, row = (todo_of(case, name) for name in ("other", "row"))
    plain.insert(other, row)
    row.due_at, row.role = moment.now() + timedelta(days=1), "archivist"
    plain.update(row, "due_at")
    found = Todo.objects.get(pk=row.pk)
    assert (found.due_at, found.role) == (row.due_at, "supervisor")
    assert Todo.objects.get(pk=other.pk).due_at is None


@pytest.mark.django_db
def test_a_row_that_is_not_there_cannot_be_updated() -> None:
    with pytest.raises(DatabaseError):
        plain.update(DayChain(pk=1, chain="day:nobody"), "chain")


@pytest.mark.django_db
def test_a_record_with_a_history_is_not_written_past_it(new_case: NewCase) -> None:
    case = new_case()
    with pytest.raises(TypeError):
        plain.update(case, "summary")
    with pytest.raises(TypeError):
        plain.insert(Case())
