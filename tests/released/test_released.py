"""A database made by released code is taken over: its processes run on to their ends."""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.released.make import HERE, KEYS

ROOT = HERE.parent.parent
RELEASES = sorted(HERE.glob("*.sqlite3.xz"))


def run(folder: Path, *words: str) -> str:
    clean = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env = clean | KEYS | {"DATA_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=env, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()


@pytest.mark.parametrize("packed", RELEASES, ids=lambda path: path.name.split(".")[0])
def test_what_runs_in_a_released_database_runs_on_to_its_end(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "demo.sqlite3").write_bytes(lzma.decompress(packed.read_bytes()))
    run(tmp_path, "manage.py", "migrate", "--verbosity", "0")
    found = json.loads(run(tmp_path, "-m", "tests.released.finish").splitlines()[-1])
    assert found["begun"] >= 10
    assert found == {"begun": found["begun"], "left": 0, "wrong": [], "audit": True}
