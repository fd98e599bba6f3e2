"""Everybody's browser, without a browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Protocol

import pytest
from django.test import Client

from casework.models import Case, Procedure
from tests.services.conftest import crew as crew

Pages = Callable[[str], Client]


@pytest.fixture
def pages(people: SimpleNamespace) -> Pages:
    """``pages("officer")``: a client in which she is logged in."""

    def of(who: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(getattr(people, who))
        return client

    return of


def told(**more: str) -> dict[str, str]:
    """What the visit log sends, as the page does: stable names, its own key."""
    plain = {
        "channel": "visit",
        "kind": "petition",
        "name": "某女士",
        "happened": "村里分地没有她的份",
        "asks": "希望分到土地",
        "people": "1",
        "key": uuid.uuid4().hex,
    }
    return plain | more


def stamped(record: Case | Procedure, **more: str) -> dict[str, str]:
    """What a move's page sends: the version of the case or procedure it showed, and its key."""
    fresh = type(record).objects.get(pk=record.pk)
    return {"version": str(fresh.version), "key": uuid.uuid4().hex} | more


class Answer(Protocol):
    """What came back, of whatever class."""

    content: bytes


def text(response: Answer) -> str:
    """The page as text."""
    return response.content.decode()


def alert(response: Answer) -> str:
    """What the page says against the submission, in its alert."""
    found = re.search(r'role="alert".*?</ul>', text(response), re.S)
    return found[0] if found else ""
