"""The short version of the kill test; `.ci/deep` runs the long one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import require
from tests.deep.running import BROKERS, address
from tests.infrastructure.running import ROOT, environment
from tests.infrastructure.test_background import answers

LONG_ENOUGH = 900


@pytest.mark.postgres
@pytest.mark.services
@pytest.mark.parametrize("broker", ["redis", "amqp"])
def test_no_reminder_is_lost_or_doubled_when_worker_and_beat_are_killed(
    tmp_path: Path, broker: str
) -> None:
    name = BROKERS[broker]
    services = {each: address(each) for each in ("TEST_DATABASE_URL", name)}
    require("REQUIRE_SERVICES", answers(services[name]), f"nobody answers at {name}")
    found = deep("sweeps", ["--kills", "10", "--broker", broker], environment(tmp_path, **services))
    assert (found["wrong"], found["kills"], found["cases"]) == ([], 10, 300)
    assert found["posts"] >= 300  # one place is told once of each case, whoever hears of it


@pytest.mark.postgres
@pytest.mark.services
def test_nothing_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    services = {name: address(name) for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL")}
    require("REQUIRE_SERVICES", answers(services["TEST_REDIS_URL"]), "no Redis at TEST_REDIS_URL")
    words = ["--kills", "5", "--processes", "8", "--seed", "1", "--broker", "redis"]
    found = deep("kills", words, environment(tmp_path, **services))
    assert found["wrong"] == []
    assert (found["kills"], found["processes"], found["ended"]) == (5, 8, 8)
    assert found["checks"] >= 5


def deep(name: str, words: list[str], env: dict[str, str]) -> dict[str, Any]:
    """What a long test of processes prints; what it found wrong is among it."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.deep.{name}", *words],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH,
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) == (found["wrong"] == []), done.stderr
    return found
