"""The short version of the kill test; `.ci/deep` runs the long one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import require
from tests.deep.running import address
from tests.infrastructure.running import ROOT, environment
from tests.infrastructure.test_background import answers

LONG_ENOUGH = 900


@pytest.mark.postgres
@pytest.mark.services
def test_nothing_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    services = {name: address(name) for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL")}
    require("REQUIRE_SERVICES", answers(services["TEST_REDIS_URL"]), "no Redis at TEST_REDIS_URL")
    words = ["--kills", "5", "--processes", "8", "--seed", "1", "--broker", "redis"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.deep.kills", *words],
        cwd=ROOT,
        env=environment(tmp_path, **services),
        check=False,
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == [], done.stderr
    assert (found["kills"], found["processes"], found["ended"]) == (5, 8, 8)
    assert found["checks"] >= 5 and done.returncode == 0
