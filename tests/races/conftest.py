"""Real HTTP from threads against a live server on PostgreSQL."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from casework import audit
from casework.engine.picture import as_json
from casework.engine.registry import kind
from casework.models import Case, User
from casework.services import staffing
from tests.services.conftest import crew

__all__ = ["crew"]


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes

    @property
    def data(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.body)


@dataclass
class Browser:
    """One person's cookies or token, and her way to the server."""

    host: str
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        """One request over a connection of its own."""
        line = HTTPConnection(self.host, timeout=60)
        try:
            line.request(method, path, body.encode(), self.headers | headers)
            response = line.getresponse()
            return Answer(response.status, response.read())
        finally:
            line.close()

    def move(self, uid: object, move: str, key: str = "", **body: object) -> Answer:
        """Make a move through the API."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        path = f"/api/v1/cases/{uid}/moves/{move}"
        return self.send("POST", path, json.dumps(body), **headers)

    def task(self, uid: object, key: str = "", **body: object) -> Answer:
        """Do a task, or claim it, hand it back, assign it."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self.send("POST", f"/api/v1/tasks/{uid}", json.dumps(body), **headers)

    def submit(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a page's form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, urllib.parse.urlencode(fields), **headers)

    def marks(self, path: str) -> dict[str, str]:
        """The hidden fields of the form on a page: version, key and CSRF mark."""
        page = self.send("GET", path).body.decode()
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        return dict(found)


@dataclass(frozen=True)
class Server:
    """The live server, and the people at it."""

    host: str
    people: SimpleNamespace

    def by_token(self, who: str) -> Browser:
        """A program with a token of hers."""
        token = staffing.new_token(getattr(self.people, who), "races")
        return Browser(self.host, {"Authorization": f"Bearer {token}"})

    def logged_in(self, who: str) -> Browser:
        """A browser in which she is logged in."""
        user: User = getattr(self.people, who)
        client = Client()
        client.force_login(user)
        client.get("/")
        cookies = "; ".join(f"{c.key}={c.value}" for c in client.cookies.values())
        return Browser(self.host, {"Cookie": cookies})


@pytest.fixture
def server(live_server: LiveServer, people: SimpleNamespace) -> Iterator[Server]:
    """Everybody at a real server; the tests rest on real transactions."""
    assert not connection.in_atomic_block
    assert connection.settings_dict["ATOMIC_REQUESTS"]
    yield Server(live_server.url.removeprefix("http://"), people)


def together(*acts: Callable[[], Answer]) -> list[Answer]:
    """Let all begin at the same moment; their answers in order."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def statuses(answers: list[Answer]) -> list[int]:
    """The HTTP statuses, sorted; none of them is an error of ours."""
    found = sorted(answer.status for answer in answers)
    assert found[-1] < 500, [a.body[:300] for a in answers]
    return found


def written(case: Case) -> list[tuple[str, str, str]]:
    """What stands in the case's chain after its opening."""
    chain = case.events.filter(chain=f"case:{case.uid}").order_by("sequence")
    return [(e.before, e.act, e.after) for e in chain][1:]


def legal(case: Case) -> bool:
    """Each step of the chain is a pair of the table and begins where the one before it ended."""
    pairs = {
        (source, row["name"], row["to"] or source)
        for row in as_json(kind(case.kind).lifecycle)["moves"]
        for source in row["from"]
    }
    trail = written(case)
    joined = all(a[2] == b[0] for a, b in zip(trail, trail[1:], strict=False))
    status = Case.objects.get(pk=case.pk).status
    return set(trail) <= pairs and joined and trail[-1][2] == status and audit.verify().ok
