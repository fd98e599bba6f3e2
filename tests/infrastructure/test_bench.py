"""The benchmarks run and print their ratio; what it is, nobody asserts here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deep.running import drop_database, make_database
from tests.infrastructure.running import ROOT, environment

NAME = "desk_bench_smoke"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "size"), [("report", "1000"), ("sweep", "200"), ("worklist", "1000")]
)
def test_a_benchmark_prints_a_ratio(name: str, size: str, tmp_path: Path) -> None:
    env = environment(tmp_path, DATABASE_URL=make_database(f"{NAME}_{name}"))
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", name, "--size", size, "--json"],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ratio"] > 0
    drop_database(f"{NAME}_{name}")
