"""Callers of the API: as programs with a token, or as browsers with a session."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from casework.models import User
from casework.services import staffing

API = "/api/v1"


class Caller:
    """One person's way to the API over HTTP; CSRF is enforced."""

    def __init__(self, user: User, *, token: str = "") -> None:
        self.user = user
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.headers: dict[str, str] = {}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        else:
            self.client.force_login(user)
            self.client.get("/")
            self.headers["X-CSRFToken"] = self.client.cookies["csrftoken"].value

    def get(self, path: str, **query: object) -> HttpResponse:
        """GET a path below /api/v1."""
        return self.client.get(API + path, query, headers=self.headers)

    def post(self, path: str, body: object, **headers: str) -> HttpResponse:
        """POST JSON; a body of bytes goes as it is."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            API + path, sent, "application/json", headers=self.headers | headers
        )

    def move(self, uid: object, move: str, *, key: str = "", **body: Any) -> HttpResponse:
        """Make a move: facts, reason and version as in the body."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(f"/cases/{uid}/moves/{move}", body, **headers)


Callers = Callable[[str], Caller]


@pytest.fixture
def by_token(people: SimpleNamespace) -> Callers:
    """``by_token("officer")``: a program with her token."""

    def of(who: str) -> Caller:
        user = getattr(people, who)
        return Caller(user, token=staffing.new_token(user, "tests"))

    return of


@pytest.fixture
def officer(by_token: Callers) -> Caller:
    """The officer's program."""
    return by_token("officer")


@pytest.fixture
def supervisor(by_token: Callers) -> Caller:
    """The supervisor's program."""
    return by_token("supervisor")


def data(response: HttpResponse, status: int = 200) -> Any:
    """The JSON of an answer of the expected status."""
    assert response.status_code == status, response.content.decode()[:1000]
    return json.loads(response.content)


def sentences(response: HttpResponse, status: int = 422) -> list[str]:
    """What the API says when it says no."""
    said = data(response, status)["sentences"]
    assert said and all(isinstance(s, str) and s for s in said)
    found: list[str] = said
    return found


def visit(**more: object) -> dict[str, object]:
    """A visit that becomes a petition, by the stable names."""
    return {
        "kind": "petition",
        "channel": "visit",
        "name": "某女士",
        "happened": "村里分地没有她的份",
        "asks": "希望分到土地",
    } | more
