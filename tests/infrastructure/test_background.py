"""Background work over real brokers: a real worker takes a real message."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from kombu import Connection, Queue

from casework.models import AuditCheck
from casework.project.celery import app
from tests.conftest import require
from tests.environment import SERVICES
from tests.infrastructure.running import OTHER_KEY, ROOT, environment, lay_tables, manage

BROKERS = {"Redis": "TEST_REDIS_URL", "RabbitMQ": "TEST_AMQP_URL"}
LONG_ENOUGH = 60


@dataclass(frozen=True)
class Desk:
    """A database that another process can reach too."""

    env: dict[str, str]
    verdicts: Callable[[], list[bool]]
    """What its audit verifications found."""


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path) -> Desk:
    """The test database on PostgreSQL; a file of its own on SQLite."""
    if connection.vendor == "postgresql":
        at = connection.settings_dict
        who = f"{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}"
        url = f"postgres://{who}/{at['NAME']}"
        return Desk(
            environment(tmp_path, DATABASE_URL=url),
            lambda: list(AuditCheck.objects.values_list("ok", flat=True)),
        )
    env = environment(tmp_path)
    lay_tables(env)
    return Desk(env, lambda: _verdicts(tmp_path / "desk.sqlite3"))


def _verdicts(file: Path) -> list[bool]:
    with closing(sqlite3.connect(file)) as line:
        return [bool(ok) for (ok,) in line.execute("SELECT ok FROM casework_auditcheck")]


@pytest.fixture(params=list(BROKERS))
def broker(request: pytest.FixtureRequest) -> str:
    """The address of a broker that answers."""
    name = BROKERS[request.param]
    url = os.environ.get(name, SERVICES[name])
    require("REQUIRE_SERVICES", answers(url), f"no {request.param} at {name}")
    return url


def answers(url: str) -> bool:
    """Does anything listen there?"""
    at = urlsplit(url)
    try:
        socket.create_connection((at.hostname or "", at.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def queue(broker: str) -> Iterator[str]:
    """A queue of this test's own, removed afterwards."""
    name = f"test-{uuid.uuid4().hex}"
    yield name
    with Connection(broker) as line:
        Queue(name).bind(line.default_channel).delete()


def celery(*words: str) -> list[str]:
    """The command line of celery for this project."""
    return [sys.executable, "-m", "celery", "-A", "casework.project", *words]


def call(env: dict[str, str], queue: str, task: str) -> None:
    """Send a task, as another process would."""
    words = celery("call", task, f"--queue={queue}")
    subprocess.run(words, check=True, cwd=ROOT, env=env, capture_output=True, timeout=60)


@contextmanager
def worker(env: dict[str, str], queue: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own, ended with the test."""
    words = celery("worker", "-P", "solo", "-Q", queue, "-n", f"{queue}@%h", "-l", "INFO")
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(LONG_ENOUGH)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def seen(what: Callable[[], object]) -> bool:
    """Does it come true before our patience ends?"""
    end = time.monotonic() + LONG_ENOUGH
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.services
def test_a_worker_verifies_the_audit_chains(
    desk: Desk, broker: str, queue: str, tmp_path: Path
) -> None:
    env, log = desk.env | {"CELERY_BROKER_URL": broker}, tmp_path / "worker.log"
    with worker(env, queue, log) as process:
        call(env, queue, "casework.tasks.verify_audit")
        assert seen(desk.verdicts), log.read_text("utf-8")
    assert desk.verdicts() == [True]
    assert process.returncode == 0, log.read_text("utf-8")


@pytest.mark.services
def test_a_message_waits_for_a_worker(desk: Desk, broker: str, queue: str, tmp_path: Path) -> None:
    env, log = desk.env | {"CELERY_BROKER_URL": broker}, tmp_path / "worker.log"
    for _ in range(2):
        call(env, queue, "casework.tasks.verify_audit")
    assert desk.verdicts() == []
    with worker(env, queue, log):
        assert seen(lambda: len(desk.verdicts()) == 2), log.read_text("utf-8")


@pytest.mark.services
def test_a_worker_refuses_another_databases_key(
    desk: Desk, broker: str, queue: str, tmp_path: Path
) -> None:
    mark = "from casework.services.reference import mark_installation as m; m(demo=False)"
    assert manage(desk.env, "shell", "-v0", "-c", mark).returncode == 0
    env = desk.env | {"CELERY_BROKER_URL": broker, "DESK_MASTER_KEY": OTHER_KEY}
    log = tmp_path / "worker.log"
    with worker(env, queue, log) as process:
        assert seen(lambda: process.poll() is not None)
        assert process.returncode == 1
    assert "主密钥不属于这个数据库" in log.read_text("utf-8")


def ours() -> list[str]:
    """The names of our own tasks, as a worker knows them."""
    app.loader.import_default_modules()
    return [name for name in app.tasks if name.startswith("casework.")]


def test_the_beat_names_only_tasks_that_exist() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled and scheduled <= set(ours())


def test_a_plain_worker_consumes_the_queue_of_every_task() -> None:
    consumed = set(app.amqp.queues.consume_from)
    assert ours()
    for name in ours():
        assert app.amqp.router.route({}, name)["queue"].name in consumed, name


def test_the_beat_rings_at_night_in_shanghai() -> None:
    entry = app.conf.beat_schedule["verify the audit chains at night"]
    assert str(app.timezone) == "Asia/Shanghai"
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({2}, {30})
