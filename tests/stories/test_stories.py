"""The stories: whole cases through the real verbs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from casework import audit
from casework.engine import moment, registry
from casework.management.commands.story import LENGTH
from casework.management.county import found_county, known_county
from casework.management.stories import STORIES
from casework.management.telling import tell
from casework.models import Case, StaffRole, Todo, User
from casework.queries import drift

pytestmark = pytest.mark.django_db


def told(name: str) -> list[dict[str, str]]:
    """What the command prints, parsed; nothing else may stand on standard output."""
    out = StringIO()
    call_command("story", name, "--json", stdout=out)
    lines: list[dict[str, str]] = json.loads(out.getvalue())
    return lines


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_in_the_archive_and_follows_the_tables(name: str, settings: Settings) -> None:
    settings.DEMO = True
    lines = told(name)
    case = Case.objects.get(uid=lines[0]["case"])
    assert lines[-1]["to"] == "archived"
    assert case.status == "archived"
    for line in lines[1:]:
        machine = case.kind if line["record"] == "case" else line["record"]
        lifecycle = registry.lifecycle(machine)
        move = lifecycle.moves[line["move"]]
        assert lifecycle.statuses[line["from"]] in lifecycle.sources(move)
        assert line["to"] == (move.target.name if move.target else line["from"])
    assert audit.verify().ok


@pytest.mark.parametrize("name", STORIES)
def test_after_every_step_of_a_story_statuses_tasks_and_todos_agree(name: str) -> None:
    steps = 0
    for _line in telling(name):
        steps += 1
        assert drift.verify().wrong == []
        for case in Case.objects.all():
            assert misplaced(case) == []
    assert steps > 5
    assert not Todo.objects.filter(done_at=None, task__isnull=False).exists()


@pytest.mark.parametrize("plate", registry.procedures(), ids=lambda plate: str(plate.key))
def test_every_row_of_a_procedure_is_told_in_a_story(plate: registry.Procedure) -> None:
    steps = [step for _who, _note, steps in STORIES.values() for step in steps]
    told_of = {step.move for step in steps if step.on == plate.key}
    following = {move.follow.name for move in plate.lifecycle.moves.values() if move.follow}
    assert told_of | following == set(plate.lifecycle.moves)


def telling(name: str) -> Iterator[dict[str, Any]]:
    """The steps of a story, one by one."""
    county = known_county() or found_county("Only-for-tests-7431")
    opener, note, steps = STORIES[name]
    return tell(county.staff, opener, note, steps, moment.now() - LENGTH)


def misplaced(case: Case) -> list[str]:
    """Todos of the case that stand at nobody's desk: their person is gone, or their role is held
    by nobody there."""
    open_ = Todo.objects.filter(case=case, done_at=None).select_related("assignee")
    return [
        todo.subject
        for todo in open_
        if not (
            todo.assignee.is_active
            if todo.assignee
            else StaffRole.objects.filter(
                role=todo.role, user__organisation__path=todo.organisation_path
            ).exists()
        )
    ]


@cache
def lines_of(name: str) -> list[dict[str, Any]]:
    """What is told of a story, when nothing more is asked of it."""
    return list(telling(name))


@pytest.mark.parametrize("name", STORIES)
def test_whoever_asks_for_closure_does_not_close(name: str) -> None:
    lines = lines_of(name)
    asked = {line["actor"] for line in lines if line["move"] == "request_closure"}
    closed = {line["actor"] for line in lines if line["move"] == "close"}
    otherwise = any(line["move"] in ("convert", "decline_service") for line in lines)
    assert bool(closed) == bool(asked) == (not otherwise)
    assert not asked & closed


def test_a_converted_petition_goes_on_with_its_people_and_its_first_day() -> None:
    uid = list(telling("mediation_stopped"))[0]["case"]
    petition = Case.objects.get(uid=uid)
    link = petition.linked_from.get(relation="converted")
    assert (link.case.kind, link.case.received_at) == ("domestic_violence", petition.received_at)
    assert link.case.parties.count() == petition.parties.count() > 0
    assert petition.procedures.get(kind="mediation").status == "stopped"


def test_the_second_person_of_a_small_township_sits_above_it() -> None:
    list(telling("one_person_township"))
    case = Case.objects.get()
    closer = User.objects.get(uid=case.events.get(act="close").actor)
    assert closer.actor.is_superior_to(case.organisation_path)


@pytest.mark.parametrize("name", STORIES)
def test_whoever_drafts_or_sends_a_letter_does_not_approve_it(name: str) -> None:
    lines = lines_of(name)
    sent = any(line["move"] == "send" for line in lines)
    drafted = {line["actor"] for line in lines if line["move"] in ("open_referral", "send")}
    approved = {line["actor"] for line in lines if line["move"] in ("approve", "ratify")}
    assert bool(approved) == sent
    assert not drafted & approved


def test_the_same_story_can_be_told_twice(settings: Settings) -> None:
    settings.DEMO = True
    assert told("petition")[0]["case"] != told("petition")[0]["case"]


def test_an_unknown_story_gets_a_sentence(settings: Settings) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="petition"):
        told("no_such_story")


def test_no_story_is_told_on_a_real_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "desk")
    with pytest.raises(CommandError, match="no playground"):
        told("petition")
    assert not Case.objects.exists()


def test_setup_founds_a_desk_with_two_administrators_once() -> None:
    told = {
        "organisation": "某县妇联",
        "code": "3301",
        "security_admin": "anquan",
        "system_admin": "xitong",
        "password": "Only-for-tests-7431",
    }
    out = StringIO()
    call_command("setup", **told, stdout=out)
    assert set(User.objects.values_list("username", flat=True)) == {"anquan", "xitong"}
    with pytest.raises(CommandError, match="set up already"):
        call_command("setup", **told, stdout=out)


def test_setup_refuses_a_weak_password_and_leaves_nothing_behind() -> None:
    with pytest.raises(CommandError):
        call_command(
            "setup",
            organisation="某县妇联",
            code="3301",
            security_admin="a",
            system_admin="b",
            password="123",
            stdout=StringIO(),
        )
    assert not User.objects.exists()
