"""The one verb: a move with everything that belongs to it, or a refusal that leaves a trace."""

from __future__ import annotations

import json
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.db import transaction

from casework import audit
from casework.crypto.sealing import Unreadable, unseal
from casework.engine import moment
from casework.engine.case_acts import Noting
from casework.models import Case, Clock, Event, Todo
from casework.queries.timeline import told_in
from casework.services.refusals import KeyReused, NotVisible, OutOfDate, Refused
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.services.steps import accept, fresh, go, request_closure
from workflows.petition.facts import Accepting, Archiving, Directing, Merging


def rows() -> dict[str, list[object]]:
    """Everything a move could have written, but for the refusals."""
    return {
        "cases": list(Case.objects.values_list("pk", "version", "status", "event_count")),
        "history": list(Case.history.values_list("history_id")),
        "events": list(Event.objects.exclude(act="refused").values_list("pk")),
        "todos": list(Todo.objects.values_list("pk", "done_at", "due_at")),
        "clocks": list(Clock.objects.values_list("pk", "state", "due_at")),
    }


def sentences(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(sentence) for sentence in refused.value.sentences]


def test_a_move_leaves_one_event_in_the_chain_of_its_case(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    first = case.events.get()
    event = accept(case, people)
    assert (event.sequence, event.previous) == (2, first.hash)
    assert (event.act, event.before, event.after) == ("accept", "registered", "handling")
    assert (event.actor, event.role) == (str(people.supervisor.uid), "supervisor")
    case = fresh(case)
    assert (case.event_count, case.chain_head) == (2, event.hash)


def test_the_history_row_names_the_actor_and_the_event(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    row = case.history.latest()
    assert (row.history_user_id, row.history_change_reason) == (
        str(people.supervisor.uid),
        "accept#2",
    )


def test_what_was_told_stands_sealed_in_the_event(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    event = go(case, "note", Noting("他在隔壁"), by=people.officer, reason="怕他听见")
    assert "隔壁" not in event.payload
    assert told_in(case, event) == ({"text": "他在隔壁"}, "怕他听见")


def test_what_was_told_does_not_open_in_another_event(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    event = go(case, "note", Noting("他在隔壁"), by=people.officer)
    event.sequence += 1
    assert told_in(case, event) == ({}, "")


def test_a_move_changes_status_handler_and_version(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    assert (fresh(case).status, fresh(case).handler) == ("handling", people.officer)
    assert fresh(case).version == case.version + 1


def test_an_ended_case_has_a_day_of_its_end_until_it_is_reopened(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    request_closure(case, people.officer)
    assert fresh(case).closed_at is None
    with moment.at(moment.now()):
        closed = go(case, "close", by=people.supervisor)
    assert (fresh(case).closed_at, fresh(case).outcome) == (closed.at, "resolved")
    go(case, "note", Noting("补一笔"), by=people.officer)
    assert fresh(case).closed_at == closed.at
    go(case, "reopen", by=people.supervisor)
    assert fresh(case).closed_at is None


# ---------------------------------------------------------------- refusals


def test_a_refusal_leaves_nothing_behind(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    before = rows()
    with pytest.raises(Refused):
        go(case, "close", by=people.supervisor)
    assert rows() == before


def test_a_move_that_fails_late_is_undone_altogether(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    before = rows()
    with pytest.raises(Refused) as refused:  # when the transition is already made
        go(case, "merge", Merging("2026-none", same_matter=True), by=people.supervisor)
    assert sentences(refused) == ["找不到编号为“2026-none”的另一案件。"]
    assert rows() == before


def test_a_refusal_is_logged_on_the_day_of_the_actor(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    with pytest.raises(Refused):
        go(case, "close", by=people.supervisor)
    event = Event.objects.get(act="refused")
    assert event.chain.startswith(f"day:{people.supervisor.uid}:")
    assert event.case == case
    assert json.loads(event.payload)["detail"] == {
        "move": "close",
        "sentences": ["“%(status)s”时不能“%(move)s”。"],
    }
    assert audit.verify().ok


def test_a_logged_refusal_names_nobody(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    with pytest.raises(Refused):
        go(case, "merge", by=people.officer, reason="王芳说的")
    assert "王芳" not in Event.objects.get(act="refused").payload


def test_a_refusal_survives_in_the_transaction_of_a_request(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    before = rows()
    with transaction.atomic(), suppress(Refused):  # the request answers with it and commits
        go(case, "close", by=people.supervisor)
    assert Event.objects.filter(act="refused").count() == 1
    assert rows() == before


def test_every_reason_is_told_at_once(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case(channel="forwarded")
    accept(case, people)
    with pytest.raises(Refused) as refused:
        advance(case, move_of(case, "transfer"), actor=people.officer)
    assert sentences(refused) == [
        "请写明理由。",
        "“转送”须先填写相关情况。",
        "这一步需要“受理分派”权限。",
    ]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_demanded(reason: str, new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    with pytest.raises(Refused) as refused:
        go(case, "seal", by=people.supervisor, reason=reason)
    assert sentences(refused) == ["请写明理由。"]


def test_an_archived_case_takes_no_more_acts(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    go(case, "not_ours", Directing("litigation"), by=people.supervisor)
    go(case, "archive", Archiving(complete=True), by=people.archivist)
    for name in ("note", "assign", "reopen", "convert", "archive"):
        with pytest.raises(Refused) as refused:
            go(case, name, by=people.supervisor)
        assert len(refused.value.sentences) == 1
        assert "已归档" in sentences(refused)[0]


@pytest.mark.parametrize(
    ("who", "name", "sentence"),
    [
        ("officer", "accept", "这一步需要“受理分派”权限。"),
        ("officer", "seal", "这一步需要“审批督导”权限。"),
        ("colleague", "note", "本案由其他人员承办。"),
        ("archivist", "note", "这一步需要“承办”权限。"),
    ],
)
def test_a_wrong_role_is_refused(
    who: str, name: str, sentence: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    with pytest.raises(Refused) as refused:
        go(case, name, by=getattr(people, who))
    assert sentence in sentences(refused)


@pytest.mark.parametrize("who", ["stranger", "auditor", "security", "system"])
def test_for_others_the_case_does_not_exist(
    who: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    with pytest.raises(NotVisible):
        go(case, "note", Noting("…"), by=getattr(people, who))


def test_who_asked_for_closure_does_not_approve_it(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    request_closure(case, people.supervisor)
    with pytest.raises(Refused) as refused:
        go(case, "close", by=people.supervisor)
    assert sentences(refused) == ["办结须由申请人以外的另一人审批。"]
    go(case, "close", by=people.chief)
    assert fresh(case).status == "closed"


def test_the_name_of_whoever_asked_is_forgotten_when_it_is_sent_back(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    request_closure(case, people.officer)
    assert fresh(case).requested_by == people.officer
    go(case, "send_back", by=people.supervisor)
    assert fresh(case).requested_by is None


# ---------------------------------------------------------------- versions and keys


def test_a_move_on_what_was_seen_before_is_refused(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    seen = fresh(case).version
    go(case, "note", Noting("…"), by=people.officer)
    with pytest.raises(OutOfDate):
        advance(case, move_of(case, "note"), Noting("…"), actor=people.officer, version=seen)
    assert Event.objects.filter(act="note").count() == 1
    assert Event.objects.filter(act="refused").count() == 1


def test_a_move_on_what_is_there_now_is_made(new_case: NewCase, people: SimpleNamespace) -> None:
    case = fresh(new_case())
    told = Noting("…")
    event = advance(case, move_of(case, "note"), told, actor=people.officer, version=case.version)
    assert event.act == "note"


def test_the_same_key_again_answers_with_the_first_event(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    seen, move = fresh(case).version, move_of(case, "note")
    sent = {"actor": people.officer, "version": seen, "key": "k1"}
    first = advance(case, move, Noting("…"), **sent)
    again = advance(case, move, Noting("…"), **sent)
    assert again == first
    assert fresh(case).event_count == 2


@pytest.mark.parametrize("changed", ["facts", "reason", "move", "case"])
def test_a_key_is_not_used_for_something_else(
    changed: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, other = new_case(), new_case()
    move = move_of(case, "note")
    advance(case, move, Noting("一"), actor=people.officer, reason="因为", key="k1")
    with pytest.raises(KeyReused):
        advance(
            other if changed == "case" else case,
            move_of(case, "seal") if changed == "move" else move,
            Noting("二" if changed == "facts" else "一"),
            actor=people.officer,
            reason="所以" if changed == "reason" else "因为",
            key="k1",
        )
    assert Event.objects.filter(act="note").count() == 1


def test_two_people_may_use_the_same_key(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    for person in (people.officer, people.supervisor):
        advance(case, move_of(case, "note"), Noting("…"), actor=person, key="k1")
    assert fresh(case).event_count == 3


def test_a_refused_key_may_be_used_again(new_case: NewCase, people: SimpleNamespace) -> None:
    case, move = new_case(), move_of(new_case(), "accept")
    uid = str(people.officer.uid)
    with pytest.raises(Refused):
        advance(case, move, Accepting("", uid), actor=people.supervisor, key="k1")
    event = advance(case, move, Accepting("help", uid), actor=people.supervisor, key="k1")
    assert event.after == "handling"


def test_the_chain_still_holds_when_the_key_of_a_case_is_erased(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    event = go(case, "note", Noting("他在隔壁"), by=people.officer)
    type(case.subject).objects.filter(pk=case.subject_id).update(wrapped=b"")
    case = fresh(case)
    assert told_in(case, event) == ({}, "")
    assert audit.verify().ok
    with pytest.raises(Unreadable):
        unseal(case.subject.open(), b"", b"")
