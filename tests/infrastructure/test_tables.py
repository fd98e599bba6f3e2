"""Tables laid straight from the models are those the migrations make, to the last constraint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from casework.management.tables import lay_tables

ON_POSTGRESQL = """
    SELECT table_name, concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable,
      column_default, is_identity, identity_generation) FROM information_schema.columns
      WHERE table_schema = current_schema()
    UNION ALL SELECT c.relname, concat_ws(' ', k.conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT event_object_table, trigger_name FROM information_schema.triggers
      WHERE trigger_schema = current_schema()
"""


def described(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Each table by name: its columns, constraints and indexes in words, sorted, for migrating
    puts a column that came later last."""
    said: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ON_POSTGRESQL)
            for table, words in cursor.fetchall():
                if table.startswith("casework_"):  # libraries: see below; laid on SQLite only
                    said.setdefault(table, []).append(words.replace("laid.", "public."))
        else:
            cursor.execute("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            for table, sql in cursor.fetchall():
                # One type to SQLite; a library's old migrations say the other.
                said.setdefault(table, []).extend(parts(sql.replace(" bigint ", " integer ")))
    return {table: sorted(words) for table, words in said.items()}


def parts(sql: str) -> Iterator[str]:
    """What stands between the commas of a CREATE TABLE; any other statement whole."""
    head, _, body = sql.partition("(")
    if not head.startswith("CREATE TABLE"):
        yield sql
        return
    depth, part = 0, ""
    for sign in re.findall(r"'[^']*'|\"[^\"]*\"|.", body.rpartition(")")[0], re.DOTALL):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            yield part.strip()
            part = ""
        else:
            part += sign
    yield part.strip()


@pytest.fixture
def empty(db: None, tmp_path: Path) -> Iterator[BaseDatabaseWrapper]:
    """A database of the tests' kind with nothing in it: a file, or a schema of its own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA laid; SET LOCAL search_path TO laid")
        yield connection  # the test's transaction takes both back
        return
    beside = connection.copy(alias="laid")
    beside.settings_dict["NAME"] = str(tmp_path / "empty.sqlite3")
    connections["laid"] = beside
    yield beside
    beside.close()
    del connections["laid"]


def test_laid_tables_are_those_of_the_migrations(db: None, empty: BaseDatabaseWrapper) -> None:
    lay_tables(empty)
    laid = described(empty)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL search_path TO public")
    migrated = described(connection)
    assert "casework_case" in laid and "casework_todo" in laid
    assert laid == migrated


def test_nothing_is_left_to_migrate_where_tables_were_laid(empty: BaseDatabaseWrapper) -> None:
    lay_tables(empty)
    executor = MigrationExecutor(empty)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
