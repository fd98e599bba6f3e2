"""Many rows in one statement. PostgreSQL takes each column as one array, which costs a fraction of
as many placeholders; elsewhere Django's own bulk operations do the same.

Only for columns whose values the driver takes as they are: numbers, text, moments, identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
if TYPE_CHECKING:
    Column = models.Field[Any, Any]


def insert(rows: Sequence[Row]) -> None:
    """Insert new rows of one model, but for those that a unique constraint already knows. The rows
    do not learn their primary keys."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows, ignore_conflicts=True)
        return
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    source, values = _source(rows, fields)
    _run(
        f"INSERT INTO {_name(model._meta.db_table)} ({_columns(fields)}) {source}"
        " ON CONFLICT DO NOTHING",
        values,
    )


def update(rows: Sequence[Row], names: Sequence[str]) -> None:
    """Write the fields of these `names` of rows that exist."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_update(rows, names)
        return
    fields: list[Column] = [model._meta.get_field(n) for n in names]  # type: ignore[misc]  # columns only
    pk = model._meta.pk
    source, values = _source(rows, [pk, *fields])
    assigned = ", ".join(f"{_name(f.column)} = told.{_name(f.column)}" for f in fields)
    table, key = _name(model._meta.db_table), _name(pk.column)
    _run(
        f"UPDATE {table} SET {assigned} FROM ({source}) AS told"  # noqa: S608  # as above
        f" WHERE {table}.{key} = told.{key}",
        values,
    )


def _source(rows: Sequence[models.Model], fields: Sequence[Column]) -> tuple[str, list[Any]]:
    """A query that answers the rows, and its values: an array for each column, but one value for a
    column in which all rows have the same."""
    told = {f: [getattr(row, f.attname) for row in rows] for f in fields}
    same = {f: len(rows) > 1 and all(v == vs[0] for v in vs) for f, vs in told.items()}
    shown = ", ".join(
        f"%s::{_type(f)} AS {_name(f.column)}" if same[f] else _name(f.column) for f in fields
    )
    various = [f for f in fields if not same[f]]
    arrays = ", ".join(f"%s::{_type(f)}[]" for f in various)
    values: list[Any] = [told[f][0] for f in fields if same[f]]
    values += [told[f] for f in various]
    return f"SELECT {shown} FROM unnest({arrays}) AS told ({_columns(various)})", values  # noqa: S608  # as above


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _type(field: Column) -> str:
    return str(field.db_type(connection))


def _columns(fields: Sequence[Column]) -> str:
    return ", ".join(_name(f.column) for f in fields)


def _name(name: str | None) -> str:
    assert name
    return connection.ops.quote_name(name)
