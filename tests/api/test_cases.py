"""Opening cases, listing them, reading one."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.engine.people import Role
from casework.models import Case, Event, Organisation
from tests.api.conftest import Caller, Callers, data, sentences, visit
from tests.conftest import NewCase, NewStaff
from tests.services.steps import go

NOBODY = uuid.UUID("00000000-0000-4000-8000-000000000000")

WHOLE = visit(
    phone="13900000001",
    id_number="没有带证",
    address="柳溪镇",
    category="land",
    people=3,
    repeat=True,
    danger_safe_now="yes",
    danger_hurt="no",
    danger_afraid="refused",
    respondent="村委会",
    relation="other",
    received_at="2026-01-05T10:00:00+08:00",
    may_call=True,
    when="上午",
    code_word="买菜",
)


def test_a_visit_becomes_a_case_by_the_stable_names(officer: Caller) -> None:
    made = data(officer.post("/cases", WHOLE), 201)
    assert (made["kind"], made["status"], made["category"]) == ("petition", "registered", "land")
    assert ["身份证" in w for w in made["warnings"]] == [True]  # kept as told, and said so
    whole = data(officer.get(f"/cases/{made['uid']}"))
    assert whole["summary"] == WHOLE["happened"] and whole["demands"] == WHOLE["asks"]
    assert [p["name"] for p in whole["parties"]] == ["某女士", "村委会"]
    assert [c["rule"] for c in whole["clocks"]] == ["petition.notice"]


def test_a_new_petition_is_the_supervisors_first_todo(officer: Caller, supervisor: Caller) -> None:
    made = data(officer.post("/cases", visit()), 201)
    first = data(supervisor.get("/todos"))[0]
    assert (first["case"], first["number"]) == (made["uid"], made["number"])


def test_the_same_key_opens_one_case(officer: Caller) -> None:
    once = officer.post("/cases", visit(), **{"Idempotency-Key": "k1"})
    again = officer.post("/cases", visit(), **{"Idempotency-Key": "k1"})
    assert data(once, 201) == data(again, 201) and Case.objects.count() == 1


def test_the_same_key_with_another_visit_answers_409(officer: Caller) -> None:
    officer.post("/cases", visit(), **{"Idempotency-Key": "k1"})
    other = officer.post("/cases", visit(name="别人"), **{"Idempotency-Key": "k1"})
    assert sentences(other, 409) and Case.objects.count() == 1


def test_two_persons_may_use_one_key(officer: Caller, supervisor: Caller) -> None:
    for caller in (officer, supervisor):
        assert data(caller.post("/cases", visit(), **{"Idempotency-Key": "k1"}), 201)
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "consultation"},
        {"channel": "telepathy"},
        {"channel": "x" * 200},
        {"category": "x" * 200},
        {"relation": "nemesis"},
        {"danger_hurt": "perhaps"},
        {"people": 0},
        {"happened": " ", "asks": ""},
        {"received_at": "2999-01-01T00:00:00+08:00"},
        {"received_at": "0001-01-01T00:00:00+14:00"},
        {"received_at": "9999-12-31T23:59:59-12:00"},
        {"received_at": "2026-01-05T10:00:00"},
        {"received_at": "yesterday"},
        {"happend": "a typing mistake"},
    ],
    ids=str,
)
def test_a_visit_that_cannot_be_is_refused(wrong: dict[str, object], officer: Caller) -> None:
    assert sentences(officer.post("/cases", visit(**wrong)))
    assert not Case.objects.exists()


def test_who_may_not_log_visits_opens_no_case(by_token: Callers) -> None:
    assert sentences(by_token("auditor").post("/cases", visit()))
    assert Event.objects.filter(act="refused").count() == 1 and not Case.objects.exists()


def test_paging_walks_every_visible_case_exactly_once(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    mine = {str(new_case().uid) for _ in range(7)}
    new_case(by=people.stranger)
    caller, walked, after = by_token("officer"), [], ""
    while True:
        found = data(caller.get("/cases", limit=3, **({"after": after} if after else {})))
        walked += [case["uid"] for case in found["cases"]]
        after = found["after"]
        if not after:
            break
    assert sorted(walked) == sorted(mine)


def test_the_register_narrows_by_kind_status_and_handler(
    supervisor: Caller, new_case: NewCase, people: SimpleNamespace
) -> None:
    petition, violent = new_case(), new_case("domestic_violence")
    go(petition, "seal", by=people.supervisor)
    assert _uids(supervisor, kind="petition") == [str(petition.uid)]
    assert _uids(supervisor, status="reported") == [str(violent.uid)]
    assert _uids(supervisor, mine="true") == []


def _uids(caller: Caller, **query: object) -> list[str]:
    return [case["uid"] for case in data(caller.get("/cases", **query))["cases"]]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 10**400}, {"after": "x"}, {"mine": "?"}])
def test_a_strange_question_to_the_register_is_refused(
    query: dict[str, object], officer: Caller
) -> None:
    assert sentences(officer.get("/cases", **query))


def test_a_list_names_nobody(officer: Caller) -> None:
    officer.post("/cases", WHOLE)
    listed = officer.get("/cases").content.decode()
    assert "某女士" not in listed and "13900000001" not in listed


@pytest.mark.parametrize("path", ["/cases/{}", "/cases/{}/moves"])
def test_a_case_of_another_township_looks_like_none(
    path: str, by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    hidden, officer = new_case(by=people.stranger), by_token("officer")
    there, nowhere = (officer.get(path.format(uid)) for uid in (hidden.uid, NOBODY))
    assert sentences(there, 404) and there.content == nowhere.content
    assert dict(there.items()) == dict(nowhere.items())


def test_a_move_on_a_hidden_case_looks_like_none(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    hidden, officer = new_case(by=people.stranger), by_token("officer")
    for move in ("note", "no_such_move"):
        there, nowhere = (officer.move(uid, move) for uid in (hidden.uid, NOBODY))
        assert sentences(there, 404) and there.content == nowhere.content
    assert Event.objects.filter(case=hidden).count() == 1


def test_a_sensitive_case_is_hidden_from_a_colleague(by_token: Callers, new_case: NewCase) -> None:
    hidden = new_case("domestic_violence")
    assert data(by_token("supervisor").get(f"/cases/{hidden.uid}"))
    assert sentences(by_token("colleague").get(f"/cases/{hidden.uid}"), 404)


def test_reading_a_sealed_case_is_logged(
    supervisor: Caller, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    data(supervisor.get(f"/cases/{case.uid}"))
    assert not Event.objects.filter(act="read").exists()
    go(case, "seal", by=people.supervisor)
    data(supervisor.get(f"/cases/{case.uid}"))
    assert Event.objects.get(act="read").actor == str(people.supervisor.uid)


def test_a_sealed_case_leaves_the_list_of_a_colleague(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, colleague = new_case(), by_token("colleague")
    assert _uids(colleague) == [str(case.uid)]
    go(case, "seal", by=people.supervisor)
    assert _uids(colleague) == []


def test_a_county_sees_both_townships(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    both = {str(new_case().uid), str(new_case(by=people.stranger).uid)}
    assert set(_uids(by_token("chief"))) == both


def test_todos_go_to_the_nearest_deadline_first(
    officer: Caller, supervisor: Caller, new_staff: NewStaff, township: Organisation
) -> None:
    new_staff("second", township, Role.SUPERVISOR)
    late = data(officer.post("/cases", visit()), 201)
    early = data(officer.post("/cases", visit(received_at="2026-01-05T10:00:00Z")), 201)
    dues = [t["due_at"] for t in data(supervisor.get("/todos")) if t["due_at"]]
    assert dues == sorted(dues)
    assert {t["case"] for t in data(supervisor.get("/todos"))} == {late["uid"], early["uid"]}


def test_a_hidden_case_waits_for_nobody_who_may_not_see_it(
    by_token: Callers, new_staff: NewStaff, township: Organisation, supervisor: Caller
) -> None:
    archivist = Caller(new_staff("archives", township, Role.ARCHIVIST))
    officer, archived = by_token("officer"), []
    for more in ({}, {"minor": True}):
        uid = data(officer.post("/cases", visit(**more)), 201)["uid"]
        reported = {"reported_at": moment.now().isoformat(), "station": "城关派出所"}
        data(officer.move(uid, "report_mandatory", facts=reported))
        told = {"route": "litigation", "body": "法院"}
        data(supervisor.move(uid, "not_ours", facts=told))
        archived.append(uid)
    plain, hidden = archived
    assert [t["case"] for t in data(archivist.get("/todos"))] == [plain]
    assert hidden in {t["case"] for t in data(supervisor.get("/todos")) if "归档" in t["why"]}
    data(supervisor.move(plain, "seal", reason="涉密"))
    assert data(archivist.get("/todos")) == []


def test_english_is_answered_where_it_was_chosen(officer: Caller, new_case: NewCase) -> None:
    case = new_case()
    officer.client.cookies["django_language"] = "en"
    answers = [
        officer.get("/todos"),
        officer.get(f"/cases/{case.uid}/moves"),
        officer.get(f"/cases/{NOBODY}"),
        officer.move(case.uid, "close"),
        officer.move(case.uid, "note", facts={}),
    ]
    assert {a["Content-Language"] for a in answers} == {"en"}
    assert [a.status_code for a in answers] == [200, 200, 404, 422, 422]


def test_the_list_takes_the_filters_of_the_register(
    officer: Caller, new_case: NewCase, people: SimpleNamespace
) -> None:
    letter, _other = new_case(channel="letter", category="land"), new_case()
    here = people.officer.organisation.uid
    by = f"channel=letter&category=property&organisation={here}&handler=none&from=2020-01-01"
    assert [c["number"] for c in data(officer.get(f"/cases?{by}"))["cases"]] == [letter.number]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=x", "“类型”没有这个选项，请从列表中选择。"),
        ("from=2999-01-01", "“收到自”不是有效的日期（1990 至 2100 年，例如 2026-11-22）。"),
        ("handler=00000000-0000-4000-8000-000000000000", "“承办人”没有这个选项，请从列表中选择。"),
    ],
)
def test_a_filter_that_does_not_exist_is_refused(
    officer: Caller, query: str, sentence: str
) -> None:
    assert sentences(officer.get(f"/cases?{query}"), 422) == [sentence]
