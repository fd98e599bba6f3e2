"""Searching through the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, Callers, data, sentences
from tests.conftest import NewCase


def test_a_word_finds_a_case_and_no_name(officer: Caller, new_case: NewCase) -> None:
    case = new_case(name="单芳")
    answer = officer.post("/search", {"word": "sf"})
    assert [found["number"] for found in data(answer)["cases"]] == [case.number]
    assert data(answer)["cut"] is False
    assert "单芳" not in answer.content.decode()


def test_outside_her_scope_nothing_is_found(by_token: Callers, new_case: NewCase) -> None:
    case = new_case(name="单芳")
    for word in ("sf", case.number):
        assert data(by_token("stranger").post("/search", {"word": word}))["cases"] == []
    assert sentences(by_token("auditor").post("/search", {"word": "sf"}), 404)


def test_no_word_is_taken_from_an_address(officer: Caller) -> None:
    assert officer.get("/search", word="sf").status_code == 405


@pytest.mark.parametrize(
    "word", ["", "单", "长" * 10_000, "长" * 30_000, "a\0b", "\ud800", None, 7]
)
def test_what_cannot_be_searched_is_told(officer: Caller, word: object) -> None:
    assert sentences(officer.post("/search", {"word": word}))
