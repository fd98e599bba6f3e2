"""Many rows in one statement. PostgreSQL takes each column as one array, which costs a fraction of
as many placeholders; elsewhere Django's own bulk operations do the same.

Only for columns whose values the driver takes as they are: numbers, text, moments, identifiers. A
column is a list with a value for each row, or one value that all of them have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from casework.models.plain import quoted

if TYPE_CHECKING:
    Field = models.Field[Any, Any]

Columns = Mapping[str, Any]
"""By the attribute's name; the columns that are lists are equally long."""


def insert(model: type[models.Model], columns: Columns) -> None:
    """Insert new rows, but for those that a unique constraint already knows. A column that is left
    out has its default."""
    count = _count(columns)
    if not count:
        return
    if connection.vendor != "postgresql":
        insert_by_orm(model, columns)
        return
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    told = {f: columns[f.attname] if f.attname in columns else _default(f, count) for f in fields}
    source, values = _source(told)
    names = ", ".join(quoted(f.column) for f in told)
    _run(
        f"INSERT INTO {quoted(model._meta.db_table)} ({names}) {source} ON CONFLICT DO NOTHING",
        values,
    )


def update(model: type[models.Model], keys: Sequence[int], columns: Columns) -> None:
    """Write columns of the rows with these primary keys."""
    if not keys:
        return
    if connection.vendor != "postgresql":
        update_by_orm(model, keys, columns)
        return
    pk, table = model._meta.pk, quoted(model._meta.db_table)
    told: dict[Field, Any] = {_field(model, name): value for name, value in columns.items()}
    source, values = _source({pk: list(keys), **told})
    assigned = ", ".join(f"{quoted(f.column)} = told.{quoted(f.column)}" for f in told)
    key = quoted(pk.column)
    _run(
        f"UPDATE {table} SET {assigned} FROM ({source}) AS told"  # noqa: S608  # our names
        f" WHERE {table}.{key} = told.{key}",
        values,
    )


def insert_by_orm(model: type[models.Model], columns: Columns) -> None:
    """The same with Django's bulk operation."""
    rows = [model(**_row(columns, n)) for n in range(_count(columns))]
    model._default_manager.bulk_create(rows, ignore_conflicts=True)


def update_by_orm(model: type[models.Model], keys: Sequence[int], columns: Columns) -> None:
    """The same with Django's bulk operation."""
    rows = [model(pk=key, **_row(columns, n)) for n, key in enumerate(keys)]
    model._default_manager.bulk_update(rows, list(columns))


def _row(columns: Columns, n: int) -> dict[str, Any]:
    return {name: v[n] if isinstance(v, list) else v for name, v in columns.items()}


def _count(columns: Columns) -> int:
    return max((len(v) for v in columns.values() if isinstance(v, list)), default=0)


def _default(field: Field, count: int) -> Any:
    """Made for each row where it is made at all: an identifier is nobody else's."""
    if callable(field.default):
        return [field.get_default() for _row in range(count)]
    return field.get_default()


def _source(told: Mapping[Field, Any]) -> tuple[str, list[Any]]:
    """A query that answers the rows, and its values."""
    lists = {f: v for f, v in told.items() if isinstance(v, list)}
    for alike in [f for f, v in lists.items() if v.count(v[0]) == len(v)]:
        if len(lists) > 1:  # one value for all rows, but one list must tell how many there are
            told = {**told, alike: lists.pop(alike)[0]}
    shown = ", ".join(
        quoted(f.column) if f in lists else f"%s::{_type(f)} AS {quoted(f.column)}" for f in told
    )
    arrays = ", ".join(f"%s::{_type(f)}[]" for f in lists)
    names = ", ".join(quoted(f.column) for f in lists)
    values = [v for f, v in told.items() if f not in lists]
    values += [_literal(v) for v in lists.values()]
    return f"SELECT {shown} FROM unnest({arrays}) AS told ({names})", values  # noqa: S608  # our names


def _literal(values: Sequence[Any]) -> str:
    """An array as PostgreSQL reads it: a tenth of what the driver needs for each value apart."""
    return "{" + ",".join(_written(values)) + "}"


def _written(values: Sequence[Any]) -> Iterable[str]:
    if any(isinstance(v, str) for v in values):
        return [
            "NULL" if v is None else '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
            for v in values
        ]
    return ["NULL" if v is None else str(v) for v in values] if None in values else map(str, values)


def _field(model: type[models.Model], name: str) -> Field:
    return model._meta.get_field(name)  # type: ignore[return-value]  # columns only


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _type(field: Field) -> str:
    return str(field.db_type(connection))
