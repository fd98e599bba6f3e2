"""What the settings promise of each database, seen in the database itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from tests.infrastructure.running import environment, run

PRAGMAS = """
import django, json, sqlite3
django.setup()
from django.db import connection, transaction
facts = {}
with connection.cursor() as cursor:
    for name in ("journal_mode", "secure_delete", "recursive_triggers", "foreign_keys"):
        facts[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
stranger = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
with transaction.atomic():
    try:
        stranger.execute("BEGIN IMMEDIATE")
        facts["a transaction"] = "leaves the write lock to others"
    except sqlite3.OperationalError:
        facts["a transaction"] = "takes the write lock at once"
    facts["readers wait"] = stranger.execute("SELECT 1").fetchone() != (1,)
facts["requests are atomic"] = connection.settings_dict["ATOMIC_REQUESTS"]
print(json.dumps(facts))
"""


def test_a_sqlite_desk_forgets_what_is_deleted_and_waits_its_turn(tmp_path: Path) -> None:
    env = environment(tmp_path, DJANGO_SETTINGS_MODULE="casework.project.settings")
    result = run(env, "-c", PRAGMAS)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "journal_mode": "wal",
        "secure_delete": 1,
        "recursive_triggers": 1,
        "foreign_keys": 1,
        "a transaction": "takes the write lock at once",
        "readers wait": False,
        "requests are atomic": False,
    }


@pytest.mark.postgres
def test_a_request_is_one_transaction_on_postgresql(db: None) -> None:
    assert connection.settings_dict["ATOMIC_REQUESTS"] is True
    assert "transaction_mode" not in connection.settings_dict["OPTIONS"]


def test_every_model_is_migrated(tmp_path: Path) -> None:
    result = run(environment(tmp_path), "manage.py", "makemigrations", "--check", "--dry-run")
    assert result.returncode == 0, result.stdout + result.stderr
