"""Starting the product's own processes, each with its own environment and database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "dGVzdHMgb25seTogdGhpcyBrZXkgb3BlbnMgbm8hISE="
OTHER_KEY = "YW5vdGhlciBrZXkgZm9yIHRlc3RzOiAzMiBieXRlcyE="
FROM_HERE = ("PATH", "HOME", "LANG", "SYSTEMROOT", "VIRTUAL_ENV")


def environment(data: Path, **more: str) -> dict[str, str]:
    """A clean environment whose data lie in `data`."""
    kept = {name: os.environ[name] for name in FROM_HERE if name in os.environ}
    mine = {"DATA_DIR": str(data), "SECRET_KEY": "tests only", "DESK_MASTER_KEY": KEY}
    return kept | mine | {"PYTHONUTF8": "1"} | more


def manage(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py."""
    return run(env, "manage.py", *words)


LAY_TABLES = """
import django
django.setup()
from django.db import connection
from casework.management.tables import lay_tables
lay_tables(connection)
"""


def lay_tables(env: dict[str, str]) -> None:
    """Make the tables of a new SQLite desk: what `migrate` makes (test_tables compares), sooner."""
    done = run(env | {"DJANGO_SETTINGS_MODULE": "casework.project.settings"}, "-c", LAY_TABLES)
    assert done.returncode == 0, done.stderr


def run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project's folder."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
