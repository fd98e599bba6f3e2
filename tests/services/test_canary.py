"""What people say stands nowhere in the open: no file, no log, no table."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.architecture.source import ROOT
from tests.infrastructure.running import LAY_TABLES
from tests.services import canary


def run(data: Path, *command: str) -> str:
    """Run Python in an installation of its own that logs everything it can."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    demo = {"DATA_DIR": str(data), "DEMO": "1", "DEBUG": "1", "LOG_LEVEL": "DEBUG"}
    module = {"DJANGO_SETTINGS_MODULE": "casework.project.settings", "PYTHONPATH": str(ROOT)}
    with (data / "desk.log").open("ab") as log:
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=keep | demo | module,
            stdout=subprocess.PIPE,
            stderr=log,
            check=True,
            text=True,
        ).stdout


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A database file with its log, killed in the middle of its work, and what was typed."""
    data = tmp_path_factory.mktemp("canary")
    run(data, "-c", LAY_TABLES)
    return data, json.loads(run(data, "-m", "tests.services.canary"))


def test_every_sort_of_text_was_typed(installation: tuple[Path, list[str]]) -> None:
    assert len(set(installation[1])) > 250


@pytest.mark.parametrize(
    "name", ["demo.sqlite3", "demo.sqlite3-wal", "demo.sqlite3-shm", "desk.log"]
)
def test_no_word_stands_in_a_file(name: str, installation: tuple[Path, list[str]]) -> None:
    data, typed = installation
    content = (data / name).read_bytes()
    assert content
    assert canary.found_in(content, typed) == []


def test_the_search_finds_what_stands_in_the_open(installation: tuple[Path, list[str]]) -> None:
    data, _typed = installation
    database = b"".join(path.read_bytes() for path in sorted(data.glob("demo.sqlite3*")))
    for content in (database, (data / "desk.log").read_bytes()):
        assert canary.found_in(content, [canary.PLANTED])


def test_the_log_was_not_asleep(installation: tuple[Path, list[str]]) -> None:
    log = (installation[0] / "desk.log").read_text("utf-8")
    assert "django.db.backends database message withheld" in log


@pytest.mark.parametrize(
    "hidden",
    [
        lambda raw: raw,
        lambda raw: raw.upper(),
        lambda raw: raw.decode().encode("utf-16-le"),
        lambda raw: raw.hex().encode(),
        base64.b64encode,
        lambda raw: base64.b64encode(b"{" + raw + b"}"),
        lambda raw: base64.b64encode(b"[{" + raw + b"}]"),
    ],
)
def test_the_search_sees_through_each_disguise(hidden: object) -> None:
    data = b"before " + hidden(canary.PLANTED.encode()) + b" after"
    assert canary.found_in(data, [canary.PLANTED])
    assert not canary.found_in(data, ["Kanarie7431x000q"])


@pytest.mark.postgres
def test_no_word_stands_in_a_table(db: None) -> None:
    canary.TYPED.clear()
    canary.type_everywhere()
    typed, found, planted = list(canary.TYPED), [], False
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            content = "\n".join(row for (row,) in cursor.fetchall()).encode()
            found += [(table, text) for text in canary.found_in(content, typed)]
            planted |= bool(canary.found_in(content, [canary.PLANTED]))
    assert len(typed) > 250
    assert planted
    assert found == []
