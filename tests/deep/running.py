"""A desk of several processes that can be killed: its database, its server, its worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from kombu import Connection, Queue

from tests.environment import SERVICES
from tests.infrastructure.running import ROOT, environment

BROKERS = {"redis": "TEST_REDIS_URL", "amqp": "TEST_AMQP_URL", "none": ""}
PATIENCE = 120
"""Seconds that a server may take to answer again on a busy machine."""


def address(name: str) -> str:
    """Where a service of the tests answers."""
    return os.environ.get(name) or SERVICES[name]


def drop_database(name: str) -> None:
    """Drop it, whoever is still connected."""
    with psycopg.connect(address("TEST_DATABASE_URL"), autocommit=True) as link:
        link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def make_database(name: str) -> str:
    """Drop it and make it anew; answers its address."""
    drop_database(name)
    with psycopg.connect(address("TEST_DATABASE_URL"), autocommit=True) as link:
        link.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return urlsplit(address("TEST_DATABASE_URL"))._replace(path=f"/{name}").geturl()


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@dataclass
class Desk:
    """The running desk: each process leads a group of its own and is killed with all of it."""

    name: str
    broker: str
    data: Path
    mail_port: int
    lease: int = 3
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    """What its processes are told beside what this one's environment says."""

    @property
    def host(self) -> str:
        """Where it answers."""
        return f"127.0.0.1:{self.port}"

    @property
    def parts(self) -> tuple[str, ...]:
        """What can be killed: without a broker the server does the background work itself."""
        return ("web",) if self.broker == "none" else ("web", "worker")

    def environment(self, database: str) -> dict[str, str]:
        """What all its processes are told."""
        broker = BROKERS[self.broker]
        return environment(
            self.data,
            DATABASE_URL=database,
            DJANGO_SETTINGS_MODULE="casework.project.settings",
            HTTPS="0",
            JOB_LEASE_SECONDS=str(self.lease),
            CELERY_BROKER_URL=address(broker) if broker else "memory://",
            KILLS_QUEUE=self.name,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(self.mail_port),
        )

    def start(self, part: str) -> None:
        """Start one of its processes."""
        words = [sys.executable, "-m", "tests.deep.serving", str(self.port)]
        if part == "worker":
            words = [sys.executable, "-m", "celery", "-A", "tests.deep.serving", "worker"]
            words += ["--beat", "--schedule", str(self.data / "beat"), "--concurrency", "2"]
            words += ["--without-mingle", "--without-gossip", "-n", f"{self.name}@%h"]
        with (self.data / f"{part}.log").open("ab") as log:
            self.running[part] = subprocess.Popen(
                words,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | self.also,
            )

    def kill(self, part: str) -> None:
        """As if the power went: no part of it can do another thing."""
        process = self.running.pop(part)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def died(self) -> list[str]:
        """What ended although nobody killed it."""
        return [part for part, process in self.running.items() if process.poll() is not None]

    def wait_until_it_answers(self) -> None:
        """Raises TimeoutError when the server stays silent."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            line = HTTPConnection(self.host, timeout=10)
            with suppress(OSError, HTTPException):
                line.request("GET", "/login/")
                if line.getresponse().status == 200:
                    return
            line.close()
            time.sleep(0.1)
        raise TimeoutError(f"the server does not answer after {PATIENCE} s")

    def close(self) -> None:
        """End all of it, and take its queue away."""
        for part in list(self.running):
            self.kill(part)
        if self.broker == "none":
            return
        with Connection(address(BROKERS[self.broker])) as line:
            if self.broker == "redis":
                client = line.default_channel.client
                for key in client.scan_iter(f"{self.name}:*"):
                    client.delete(key)
            else:
                Queue(self.name).bind(line.default_channel).delete()
