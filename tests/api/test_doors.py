"""Who may call, and how."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from casework.models import ApiToken
from casework.services import staffing
from tests.api.conftest import Caller, Callers, data, sentences, visit

PATHS = {
    "/api/v1/cases": {"get", "post"},
    "/api/v1/cases/{uid}": {"get"},
    "/api/v1/cases/{uid}/moves": {"get"},
    "/api/v1/cases/{uid}/moves/{move}": {"get", "post"},
    "/api/v1/cases/{uid}/procedures": {"get"},
    "/api/v1/cases/{uid}/procedures/{which}/moves/{move}": {"post"},
    "/api/v1/figures/{name}": {"get"},
    "/api/v1/reminders": {"get"},
    "/api/v1/reminders/{uid}/read": {"post"},
    "/api/v1/search": {"post"},
    "/api/v1/tasks/{uid}": {"post"},
    "/api/v1/todos": {"get"},
}


@pytest.mark.parametrize("path", ["/todos", "/cases"])
def test_without_a_login_the_answer_is_401_and_no_redirect(path: str, db: None) -> None:
    response = Client().get("/api/v1" + path)
    assert sentences(response, 401)


def test_a_token_opens_the_api(officer: Caller) -> None:
    assert data(officer.get("/todos")) == []


def test_a_session_opens_the_api(people: SimpleNamespace) -> None:
    assert data(Caller(people.officer).get("/todos")) == []


def test_an_unknown_token_answers_401(people: SimpleNamespace) -> None:
    assert sentences(Caller(people.officer, token="guessed").get("/todos"), 401)


def test_a_revoked_token_answers_401(officer: Caller) -> None:
    ApiToken.objects.update(revoked_at=timezone.now())
    assert sentences(officer.get("/todos"), 401)


def test_the_token_of_a_closed_account_answers_401(
    officer: Caller, people: SimpleNamespace
) -> None:
    staffing.set_active(people.security, people.officer, False)
    assert sentences(officer.get("/todos"), 401)


def test_a_session_writes_only_with_its_csrf_mark(people: SimpleNamespace) -> None:
    browser = Caller(people.officer)
    assert data(browser.post("/cases", visit()), 201)
    del browser.headers["X-CSRFToken"]
    assert sentences(browser.post("/cases", visit()), 403)


def test_a_stranger_who_posts_is_asked_to_log_in(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/cases", b"{}", "application/json")
    assert (answer.status_code, "登录" in answer.json()["detail"]) == (401, True)


def test_an_unknown_address_answers_as_the_api_does(officer: Caller) -> None:
    assert sentences(officer.get("/nope"), 404)


def test_a_token_needs_no_csrf_mark(officer: Caller) -> None:
    assert data(officer.post("/cases", visit()), 201)


def test_the_openapi_document_lists_every_path(people: SimpleNamespace) -> None:
    document = data(Caller(people.officer).get("/openapi.json"))
    assert {path: set(methods) for path, methods in document["paths"].items()} == PATHS


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_the_documents_ask_for_a_login(path: str, db: None) -> None:
    assert Client().get("/api/v1" + path).status_code == 302


def test_the_docs_page_keeps_to_the_csp(people: SimpleNamespace) -> None:
    response = Caller(people.officer).get("/docs")
    page = response.content.decode()
    assert "script-src 'self'" in response["Content-Security-Policy"]
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.S):
        assert "src=" in attributes or "application/json" in attributes, body
    assert not re.search(r"<style|\son\w+=|\sstyle=", page)
    files = re.findall(r'(?:src|href)="/static/([^"?]+)"', page)
    assert files and all(finders.find(name) for name in files)
    assert "//" not in "".join(re.findall(r'(?:src|href)="([^"]+)"', page))


def test_every_role_may_ask_for_her_todos(by_token: Callers) -> None:
    for who in ("chief", "archivist", "auditor", "security", "system"):
        assert data(by_token(who).get("/todos")) == []
