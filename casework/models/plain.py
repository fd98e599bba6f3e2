"""Rows read and written in plain SQL, worded once: the ORM takes as long to word a statement as the
database to answer it, and every move says a dozen (`bench move`).

Fields prepare and read their values as for the ORM. What this leaves out is what Django tells its
listeners, so a record with a history is not written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DatabaseError, connection, models
from django.db.models import QuerySet
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)
if TYPE_CHECKING:
    Column = models.Field[Any, Any]


def read(model: type[Row], tail: str, values: Sequence[Any]) -> list[Row]:
    """The rows that `tail` finds, which is whatever follows the name of the table."""
    table = quoted(model._meta.db_table)
    found = rows_of(f"SELECT {_columns(model)} FROM {table} {tail}", values)  # noqa: S608  # our names
    turn = _turning(model)
    return [_built(model, row, turn) for row in found]


def read_with(model: type[Row], name: str, tail: str, values: Sequence[Any]) -> list[Row]:
    """The same rows, each with the record that its field `name` points to, never to none."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.ForeignKey)
    other: type[models.Model] = field.remote_field.model
    here, there = quoted(model._meta.db_table), quoted(other._meta.db_table)
    tie = f"{here}.{quoted(field.column)} = {there}.{quoted(field.target_field.column)}"
    found = rows_of(
        f"SELECT {_columns(model)}, {_columns(other)}"  # noqa: S608  # our names
        f" FROM {here} INNER JOIN {there} ON {tie} {tail}",
        values,
    )
    width, turn, turn_other = len(model._meta.concrete_fields), _turning(model), _turning(other)
    made = []
    for row in found:
        record = _built(model, row[:width], turn)
        field.set_cached_value(record, _built(other, row[width:], turn_other))
        made.append(record)
    return made


def light(rows: QuerySet[Row]) -> list[Row]:
    """The rows of a query that names what it reads (`only`, `select_related`), made without
    Django's constructor: a sweep reads thousands. What was not read is looked up when asked."""
    compiler = rows.query.get_compiler(connection.alias)
    found = compiler.results_iter()
    info = compiler.klass_info
    assert info
    make = _maker(compiler, info)
    joined = [(r["field"].name, _maker(compiler, r)) for r in info.get("related_klass_infos", [])]
    made = []
    for values in found:
        row = make(values)
        for name, other in joined:
            row._state.fields_cache[name] = other(values)
        made.append(row)
    return made


def _maker(compiler: Any, info: dict[str, Any]) -> Callable[[Sequence[Any]], Any]:
    """Makes the record of one model out of a row of the answer; None when its key is none."""
    model, places = info["model"], info["select_fields"]
    names = [compiler.select[place][0].target.attname for place in places]
    key, alias = names.index(model._meta.pk.attname), connection.alias

    def make(values: Sequence[Any]) -> Any:
        if values[places[key]] is None:
            return None
        row = model.__new__(model)
        row._state = ModelState()
        row._state.adding, row._state.db = False, alias
        row.__dict__.update(zip(names, [values[place] for place in places], strict=True))
        return row

    return make


def any_row(model: type[models.Model], tail: str, values: Sequence[Any]) -> bool:
    """Does `tail` find one?"""
    return bool(rows_of(f"SELECT 1 FROM {quoted(model._meta.db_table)} {tail} LIMIT 1", values))  # noqa: S608  # our names


def insert(*rows: models.Model) -> None:
    """Insert new rows of one model in one statement; they learn their primary keys."""
    if not connection.features.can_return_rows_from_bulk_insert:
        for row in rows:
            row.save(force_insert=True)
        return
    values = [_stored(row, f, add=True) for row in rows for f in _written(type(row))]
    keys = rows_of(_insertion(type(rows[0]), len(rows)), values)
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that exists."""
    model = type(row)
    _demand_no_history(model)
    fields: list[Column] = [model._meta.get_field(n) for n in names]  # type: ignore[misc]  # columns only
    assigned = ", ".join(f"{quoted(f.column)} = %s" for f in fields)
    table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {assigned} WHERE {table}.{key} = %s",  # noqa: S608  # our names
            [*(_stored(row, f, add=False) for f in fields), row.pk],
        )
        if cursor.rowcount != 1:
            raise DatabaseError(f"{model._meta.label} {row.pk} is not there")


def as_stored(model: type[models.Model], name: str, value: object) -> Any:
    """A value as the column holds it, to look for."""
    return model._meta.get_field(name).get_db_prep_value(value, connection)  # type: ignore[union-attr]  # a column


@cache
def quoted(name: str) -> str:
    """The name of a table or column, as statements say it."""
    return connection.ops.quote_name(name)


def rows_of(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _stored(row: models.Model, field: Column, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@cache
def _columns(model: type[models.Model]) -> str:
    table = quoted(model._meta.db_table)
    return ", ".join(f"{table}.{quoted(f.column)}" for f in model._meta.concrete_fields)


@cache
def _written(model: type[models.Model]) -> list[Column]:
    _demand_no_history(model)
    return [f for f in model._meta.concrete_fields if not f.primary_key]


@cache
def _insertion(model: type[models.Model], rows: int) -> str:
    fields = _written(model)
    columns = ", ".join(quoted(f.column) for f in fields)
    each = "(" + ", ".join(["%s"] * len(fields)) + ")"
    table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column)
    return (
        f"INSERT INTO {table} ({columns}) VALUES {', '.join([each] * rows)}"  # noqa: S608  # our names
        f" RETURNING {table}.{key}"
    )


def _demand_no_history(model: type[models.Model]) -> None:
    if hasattr(model._meta, "simple_history_manager_attribute"):
        raise TypeError(f"{model._meta.label} has a history: only its own save writes that")


Turn = list[tuple[int, Any, list[Callable[..., Any]]]]


def _turning(model: type[models.Model]) -> Turn:
    """The columns whose values the driver does not answer as Python holds them."""
    table = model._meta.db_table
    turn: Turn = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(table)
        turns = [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
        if turns:
            turn.append((place, column, turns))
    return turn


def _built(model: type[Row], row: Iterable[Any], turn: Turn) -> Row:
    values = list(row)
    for place, column, turns in turn:
        for one in turns:
            values[place] = one(values[place], column, connection)
    return model.from_db(connection.alias, _names(model), values)


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields]
