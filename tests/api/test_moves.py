"""Making moves, and every way of being refused."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from casework.engine import registry
from casework.engine.case_acts import Assigning
from casework.models import Case, Event
from casework.queries import moves
from tests.api.conftest import Caller, Callers, data, sentences
from tests.conftest import NewCase
from tests.services.steps import assess, fresh, go


@pytest.fixture
def case(new_case: NewCase) -> Case:
    """A new petition of the officer's."""
    return new_case()


def accepting(people: SimpleNamespace) -> dict[str, Any]:
    """What accepting a petition asks."""
    return {"handling_type": "help", "handler": str(people.officer.uid)}


@pytest.mark.parametrize("who", ["officer", "supervisor", "chief", "archivist"])
@pytest.mark.parametrize("kind", ["petition", "domestic_violence"])
def test_the_moves_are_those_the_page_offers(
    kind: str, who: str, by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(kind, by=people.supervisor)
    go(case, "assign", _handler(people), by=people.supervisor)
    caller = by_token(who)
    response = caller.get(f"/cases/{case.uid}/moves")
    if not Case.objects.visible_to(caller.user).exists():
        assert sentences(response, 404)
        return
    offers = moves.offers(fresh(case), caller.user)
    names = {offer.move.name for offer in offers}
    here = [m for m in data(response) if m["name"] in names]
    assert [(m["name"], m["open"], m["refusals"]) for m in here] == [
        (o.move.name, o.open, [str(s) for s in o.refusals]) for o in offers
    ]
    page = caller.client
    page.force_login(caller.user)
    shown = page.get(f"/cases/{case.uid}/").content.decode()
    for row in here:
        address = f'"/cases/{case.uid}/moves/{row["name"]}/"'
        assert (address in shown) == row["open"], row
        assert all(sentence in shown for sentence in row["refusals"])


def test_rows_that_start_elsewhere_are_listed_closed(supervisor: Caller, case: Case) -> None:
    table = registry.kind(case.kind).lifecycle
    rows = {m["name"]: m for m in data(supervisor.get(f"/cases/{case.uid}/moves"))}
    assert list(rows) == list(table.moves)
    assert not rows["close"]["open"]
    assert rows["close"]["refusals"] == ["“已登记”时不能“办结”。"]


def _handler(people: SimpleNamespace) -> Assigning:
    return Assigning(str(people.officer.uid))


def test_a_move_says_what_it_asks(supervisor: Caller, case: Case) -> None:
    rows = {m["name"]: m for m in data(supervisor.get(f"/cases/{case.uid}/moves"))}
    assert rows["accept"]["facts"] == ["handling_type", "handler", "violence_elsewhere"]
    assert (rows["accept"]["to"], rows["seal"]["to"]) == ("handling", None)
    assert (rows["accept"]["reason"], rows["seal"]["reason"]) == (False, True)


def test_a_move_changes_the_case(supervisor: Caller, case: Case, people: SimpleNamespace) -> None:
    made = data(supervisor.move(case.uid, "accept", facts=accepting(people)))
    assert (made["move"], made["before"], made["status"]) == ("accept", "registered", "handling")
    assert made["case"]["handler"] == "officer" and made["sequence"] == 2
    assert str(Event.objects.get(case=case, sequence=2).uid) == made["event"]


def test_an_unknown_move_is_refused(officer: Caller, case: Case) -> None:
    assert sentences(officer.move(case.uid, "reconcile"))


def test_a_move_from_another_status_is_refused(supervisor: Caller, case: Case) -> None:
    assert sentences(supervisor.move(case.uid, "close")) == ["“已登记”时不能“办结”。"]


def test_a_missing_reason_is_refused(supervisor: Caller, case: Case) -> None:
    assert sentences(supervisor.move(case.uid, "seal", reason=" "))
    assert data(supervisor.move(case.uid, "seal", reason="涉密"))


def test_a_missing_fact_is_named(officer: Caller, case: Case) -> None:
    assert sentences(officer.move(case.uid, "note")) == ["请填写“记录内容”。"]


def test_an_unknown_fact_is_named(officer: Caller, case: Case) -> None:
    said = sentences(officer.move(case.uid, "note", facts={"text": "…", "txet": "…"}))
    assert said == ["“记一笔”没有这些内容：txet。"]
    assert sentences(officer.move(case.uid, "regain", facts={"x": "…"}))


@pytest.mark.parametrize("value", ["no", "yes", 1, 0, [True], {"a": "b"}])
def test_a_tick_is_true_or_false_and_nothing_else(
    value: object, supervisor: Caller, case: Case, people: SimpleNamespace
) -> None:
    told = accepting(people) | {"violence_elsewhere": value}
    assert sentences(supervisor.move(case.uid, "accept", facts=told))


@pytest.mark.parametrize("value", [True, 5, 1.5, ["…"], {"a": "b"}])
def test_a_text_is_text_and_nothing_else(value: object, officer: Caller, case: Case) -> None:
    assert sentences(officer.move(case.uid, "note", facts={"text": value}))


@pytest.mark.parametrize(
    "answers",
    ["strangulation", {"strangle": "yes"}, {"strangulation": "perhaps"}, {"strangulation": True}],
)
def test_answers_belong_to_the_instrument(
    answers: object, officer: Caller, new_case: NewCase
) -> None:
    case = new_case("domestic_violence")
    told = {"basis": "own", "answers": answers}
    assert sentences(officer.move(case.uid, "record_assessment", facts=told))
    assert not case.assessments.exists()


def test_answers_reach_the_assessment(officer: Caller, new_case: NewCase) -> None:
    case = new_case("domestic_violence")
    told = {"basis": "own", "answers": {"strangulation": "yes"}}
    assert data(officer.move(case.uid, "record_assessment", facts=told))["case"]["danger"] == "high"


def test_the_wrong_role_hears_every_reason(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    said = sentences(by_token("officer").move(case.uid, "lower_danger"))
    assert len(said) == 3
    assert any("权限" in s for s in said)
    assert any("理由" in s for s in said) and any("危险等级" in s for s in said)


def test_a_refusal_after_the_telling_is_whole_too(officer: Caller, new_case: NewCase) -> None:
    case = new_case("domestic_violence")
    said = sentences(officer.move(case.uid, "lower_danger", facts={"level": "low"}, reason="…"))
    assert len(said) == 2 and Event.objects.get(act="refused").case == case


def test_an_ended_case_takes_no_more_moves(
    officer: Caller, by_token: Callers, case: Case, people: SimpleNamespace
) -> None:
    answer = {"reply": "当场答复", "notice": "owed"}
    assert data(officer.move(case.uid, "answer", facts=answer))["status"] == "closed"
    archivist = by_token("archivist")
    assert data(archivist.move(case.uid, "archive", facts={"complete": True}))
    for caller in (officer, by_token("supervisor"), archivist):
        for move in ("note", "reopen", "accept", "archive", "convert"):
            assert sentences(caller.move(case.uid, move, facts={}, reason="…"))
    assert fresh(case).status == "archived" and fresh(case).event_count == 3


def test_a_stale_version_answers_409(officer: Caller, case: Case) -> None:
    seen = data(officer.get(f"/cases/{case.uid}"))["version"]
    assert data(officer.move(case.uid, "note", facts={"text": "一"}, version=seen))
    late = officer.move(case.uid, "note", facts={"text": "二"}, version=seen)
    assert sentences(late, 409) and fresh(case).event_count == 2


def test_a_repeated_key_answers_with_the_same_event(officer: Caller, case: Case) -> None:
    seen = data(officer.get(f"/cases/{case.uid}"))["version"]
    once, again = (
        officer.move(case.uid, "note", facts={"text": "一"}, version=seen, key="k")
        for _ in range(2)
    )
    assert data(once) == data(again) and fresh(case).event_count == 2


@pytest.mark.parametrize(
    ("move", "body"),
    [
        ("note", {"facts": {"text": "二"}}),
        ("seal", {"reason": "一"}),
        ("take_back", {"reason": "一"}),
    ],
)
def test_the_same_key_with_another_content_answers_409(
    move: str, body: dict[str, Any], supervisor: Caller, case: Case
) -> None:
    assert data(supervisor.move(case.uid, "note", facts={"text": "一"}, key="k"))
    assert sentences(supervisor.move(case.uid, move, key="k", **body), 409)
    assert fresh(case).event_count == 2


def test_the_same_key_on_another_case_answers_409(officer: Caller, new_case: NewCase) -> None:
    one, other = new_case(), new_case()
    assert data(officer.move(one.uid, "note", facts={"text": "一"}, key="k"))
    assert sentences(officer.move(other.uid, "note", facts={"text": "一"}, key="k"), 409)


def test_a_refused_key_may_be_used_again(officer: Caller, case: Case) -> None:
    assert sentences(officer.move(case.uid, "note", facts={"text": ""}, key="k"))
    assert data(officer.move(case.uid, "note", facts={"text": "一"}, key="k"))


def test_a_handler_outside_the_list_is_refused(
    supervisor: Caller, case: Case, people: SimpleNamespace
) -> None:
    for handler in (str(people.stranger.uid), str(people.auditor.uid), "nobody"):
        assert sentences(supervisor.move(case.uid, "assign", facts={"handler": handler}))


def test_a_link_to_a_hidden_case_is_refused(
    officer: Caller, case: Case, new_case: NewCase, people: SimpleNamespace
) -> None:
    hidden = new_case(by=people.stranger)
    said = [
        sentences(officer.move(case.uid, "link", facts={"other": other, "relation": "related"}))
        for other in (str(hidden.uid), "2026-440101-99999")
    ]
    assert [len(s) for s in said] == [1, 1] and fresh(case).event_count == 1


def test_a_conversion_opens_the_other_case(officer: Caller, new_case: NewCase) -> None:
    case = new_case("domestic_violence")
    assert sentences(officer.move(case.uid, "not_dv", reason="…", facts={"seen_alone": True}))
    petition = new_case()
    assert data(officer.move(petition.uid, "convert", reason="说起丈夫动手"))
    kinds = [c["kind"] for c in data(officer.get("/cases"))["cases"]]
    assert sorted(kinds) == ["domestic_violence", "domestic_violence", "petition"]


def test_what_she_said_is_not_in_the_answer(officer: Caller, new_case: NewCase) -> None:
    case = new_case("domestic_violence")
    assess(case, officer.user)
    assert "某女士" not in officer.move(case.uid, "note", facts={"text": "某女士"}).content.decode()


def test_what_is_told_is_judged_even_when_something_is_missing(
    by_token: Callers, new_case: NewCase
) -> None:
    move = by_token("supervisor").move(new_case().uid, "transfer", facts={}, reason="转送")
    said = sentences(move)
    assert any("告知信访人" in s for s in said)
    assert any("有权处理" in s for s in said) and any("转送函" in s for s in said)
    assert len(said) == len(set(said))


def test_a_move_says_what_it_asks_and_what_may_be_told(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, supervisor = new_case(), by_token("supervisor")
    row = data(supervisor.get(f"/cases/{case.uid}/moves/accept"))
    asks = {a["name"]: a for a in row["asks"]}
    assert row["open"] and set(asks["handling_type"]["choices"]) == {"statutory", "help"}
    assert str(people.officer.uid) in asks["handler"]["choices"]
    told = {"handling_type": "help", "handler": str(people.officer.uid)}
    assert data(supervisor.move(case.uid, "accept", facts=told))["status"] == "handling"
    assert supervisor.get(f"/cases/{case.uid}/moves/fly").status_code == 404


@pytest.mark.parametrize("wrong", [{"facts": {"text": "a\x00b"}}, {"reason": 5}, {"nonsense": 1}])
def test_malformed_content_is_refused_in_her_language(
    wrong: dict[str, object], officer: Caller, new_case: NewCase
) -> None:
    answer = officer.post(f"/cases/{new_case().uid}/moves/note", wrong)
    said = sentences(answer)
    assert answer.status_code == 422 and len(said) == 2
    assert not re.search("should|input|value_error|func", " ".join(said))
