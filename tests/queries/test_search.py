"""Searching everywhere."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.models import Case, Event, NameKey, Person
from casework.models.person import name_key
from casework.queries import search
from casework.queries.cases import register
from casework.queries.filters import Filters
from casework.queries.search import find
from casework.services import people as desk_people
from casework.services import searching
from tests.conftest import NewCase
from tests.queries.test_visibility import EVERYBODY
from tests.queries.test_visibility import fresh as again
from tests.services.conftest import crew as crew
from tests.services.proceedings import propose, violent
from tests.services.steps import go


def found(user: object, word: str) -> list[Case]:
    return [hit.case for hit in find(user, word).hits]  # type: ignore[arg-type]  # a user


WORDS = ["单芳", "shanfang", "SHAN FANG", "Shàn Fāng", "danfang", "sf", "SF", "ＳＦ", "df"]


@pytest.mark.parametrize("word", [*WORDS, "139 0000 1111", "36042619910101007x"])
def test_she_is_found_by_every_word(word: str, new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case(name="单芳", phone="13900001111", id_number="36042619910101007X")
    new_case(name="王丽", phone="13900002222")
    assert found(people.officer, word) == [case]


@pytest.mark.parametrize(
    "word", ["芳", "shan", "s", "fang", "139", "单", "单%", "_芳", "%", "'", "\0"]
)
def test_part_of_a_word_finds_nobody(word: str, new_case: NewCase, people: SimpleNamespace) -> None:
    new_case(name="单芳", phone="13900001111")
    assert found(people.officer, word) == []


def test_a_number_is_found_whole_and_by_its_ends(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    first, second = new_case(), new_case()
    assert find(people.officer, first.number).exact == first
    assert found(people.officer, first.number[-3:]) == [first]
    assert found(people.officer, first.number[:11]) == [second, first]
    assert find(people.officer, first.number[:11]).exact is None


def test_the_other_party_is_found_too_and_named(new_case: NewCase, people: SimpleNamespace) -> None:
    new_case("domestic_violence", name="单芳", respondent="仇大")
    [hit] = find(people.officer, "qiuda").hits
    assert hit.names == ["单芳", "仇大"]
    [hit] = find(people.officer, "sf").hits
    assert hit.names == ["单芳"]


@pytest.mark.parametrize("word", ["单芳", "sf", "13900001111", "36042619910101007X"])
def test_only_whoever_reads_the_case_whole_finds_her(
    word: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    told = {"name": "单芳", "phone": "13900001111", "id_number": "36042619910101007X"}
    case = new_case("domestic_violence", **told)
    finding = {who for who in EVERYBODY if found(again(getattr(people, who)), word)}
    reading = {
        who
        for who in EVERYBODY
        if Case.objects.whole_for(again(getattr(people, who))).filter(pk=case.pk)
    }
    assert finding == reading == {"officer", "supervisor", "chief", "deputy"}


def test_a_case_of_which_she_knows_a_part_is_found_without_a_name(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew, name="单芳")
    propose(case, crew, carrier=str(crew.mediator.uid))
    mediator = again(crew.mediator)
    assert found(mediator, "sf") == []
    [hit] = find(mediator, case.number[-5:]).hits
    assert (hit.case, hit.names) == (case, [])


def test_a_changed_name_is_found_by_the_new_one_only(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(name="单芳")
    desk_people.correct_name(case.parties.get().person, "曾丽", actor=people.officer)
    assert [found(people.officer, w) for w in ("单芳", "sf", "shanfang")] == [[], [], []]
    assert [found(people.officer, w) for w in ("曾丽", "zl", "zengli")] == [[case]] * 3


def test_names_that_share_an_index_are_told_apart(
    new_case: NewCase, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.services.people.name_key", lambda word: "0")
    monkeypatch.setattr(search, "name_key", lambda word: "0")
    case = new_case(name="单芳")
    new_case(name="王丽")
    assert found(people.officer, "sf") == [case]


def test_no_more_names_are_opened_than_is_said(
    new_case: NewCase, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PORTION", 1)
    monkeypatch.setattr(search, "MOST_OPENED", 2)
    cases = [new_case(name="单芳") for _ in range(3)]
    result = find(people.officer, "sf")
    assert ([h.case for h in result.hits], result.cut) == ([cases[2], cases[1]], True)
    assert not find(people.officer, "王丽").cut
    monkeypatch.setattr(search, "MOST_OPENED", 3)
    assert not find(people.officer, "sf").cut


def test_after_enough_hits_nothing_is_opened(
    new_case: NewCase, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 1)
    older, newer = new_case(name="单芳"), new_case(name="单芳")
    result = find(people.officer, "sf")
    assert ([h.case for h in result.hits], result.cut) == ([newer], True)
    assert older


def test_a_search_costs_the_same_however_many_match(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    people.officer.actor  # noqa: B018 - roles are read once a request
    counts = []
    for _ in range(2):
        new_case(name="单芳")
        with CaptureQueriesContext(connection) as queries:
            find(people.officer, "sf")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_a_search_is_written_down_without_its_word(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(name="单芳", phone="13900001111")
    go(case, "seal", by=people.supervisor)
    for word in ("单芳", "13900001111", "xx"):
        searching.search(word, actor=people.officer)
    said = [json.loads(e.payload)["detail"] for e in Event.objects.filter(act="search")]
    assert said == [{"found": 1, "sealed": [str(case.uid)]}] * 2 + [{"found": 0, "sealed": []}]


def test_words_of_a_name_are_short_keyed_and_in_no_history(new_case: NewCase) -> None:
    new_case(name="单芳")
    values = set(NameKey.objects.values_list("value", flat=True))
    assert values == {name_key(w) for w in ("单芳", "shanfang", "sf", "danfang", "df")}
    assert {len(value) for value in values} == {4}
    assert not hasattr(NameKey, "history")
    assert not [f for f in Person.history.model._meta.get_fields() if "key" in f.name]


def test_names_of_before_are_indexed_by_the_migration(
    new_case: NewCase, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration = import_module("casework.migrations.0018_search")
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    for name in ("单芳", "", "曾丽", "王丽"):
        new_case(name=name)
    erased = desk_people.new_person(people.officer, "李梅")
    type(erased.subject).objects.filter(pk=erased.subject_id).update(wrapped=b"")
    held = set(NameKey.objects.exclude(person=erased).values_list("person", "value"))
    NameKey.objects.all().delete()
    migration.fill(apps, None)
    assert set(NameKey.objects.values_list("person", "value")) == held


def test_the_register_cuts_names_after_it_is_narrowed(
    new_case: NewCase, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 1)
    land = new_case(name="王芳", category="land")
    new_case(name="王芳", category="divorce")
    assert list(register(people.officer, Filters(category="land"), word="wf")) == [land]
