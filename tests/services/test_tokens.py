"""Bearer tokens: made once, revoked for good."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace

from django.core.management import call_command
from django.test import Client


def token_of(username: str, *more: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("token", username, *more, stdout=out)
    return out.getvalue().strip()


def status_with(token: str) -> int:
    """The API's answer to a call with this token."""
    return Client().get("/api/v1/todos", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_opens_the_api_until_it_is_revoked(people: SimpleNamespace) -> None:
    first, second = token_of("officer"), token_of("officer", "--label", "other")
    assert (status_with(first), status_with(second)) == (200, 200)
    token_of("officer", "--revoke")
    assert (status_with(first), status_with(second)) == (401, 401)
