"""Bad input is refused with sentences, never with an error of ours."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.models import Case, Event
from tests.api.conftest import Caller, data, sentences, visit
from tests.conftest import NewCase
from tests.services.steps import fresh

DEEP = b'{"facts":' * 100_000 + b"{}" + b"}" * 100_000

BODIES = {
    "empty": b"",
    "no json": b"{facts: yes}",
    "half": b'{"facts": {"text": "',
    "bad utf-8": b'{"facts": {"text": "\xff\xfe"}}',
    "overlong utf-8": b'{"facts": {"text": "\xc0\x80"}}',
    "utf-16": '{"facts": {"text": "…"}}'.encode("utf-16-le")[:-1],
    "list": b"[]",
    "null": b"null",
    "number": b"7",
    "text": b'"note"',
    "deep": DEEP,
    "deep list": b"[" * 100_000,
    "facts null": b'{"facts": null}',
    "facts list": b'{"facts": ["text"]}',
    "value list": b'{"facts": {"text": ["a"]}}',
    "value object": b'{"facts": {"text": {"a": {"b": "c"}}}}',
    "value infinite": b'{"facts": {"text": Infinity}}',
    "value nan": b'{"facts": {"text": NaN}}',
    "value huge": b'{"facts": {"text": 1' + b"0" * 400 + b"}}",
    "value endless": b'{"facts": {"text": 1' + b"0" * 9000 + b"}}",
    "value 1e999": b'{"facts": {"text": 1e999}}',
    "nul": b'{"facts": {"text": "a\\u0000b"}}',
    "raw nul": b'{"facts": {"text": "a\x00b"}}',
    "lone surrogate": b'{"facts": {"text": "\\ud800"}}',
    "lone surrogate name": b'{"facts": {"\\ud800": "a"}}',
    "nul name": b'{"facts": {"te\\u0000xt": "a"}}',
    "reason list": b'{"facts": {"text": "a"}, "reason": ["a"]}',
    "reason surrogate": b'{"facts": {"text": "a"}, "reason": "\\udfff"}',
    "version huge": b'{"facts": {"text": "a"}, "version": 1' + b"0" * 400 + b"}",
    "version negative": b'{"facts": {"text": "a"}, "version": -1}',
    "version text": b'{"facts": {"text": "a"}, "version": "latest"}',
    "unknown name": b'{"facts": {"text": "a"}, "status": "closed"}',
    "too long": json.dumps({"facts": {"text": "长" * 30_000}}).encode(),
    "much too long": json.dumps({"facts": {"text": "长" * 400_000}}).encode(),
    "blank": b'{"facts": {"text": " \\n\\t "}}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_strange_body_is_refused(name: str, officer: Caller, new_case: NewCase) -> None:
    case = new_case()
    response = officer.post(f"/cases/{case.uid}/moves/note", BODIES[name])
    assert sentences(response, response.status_code) and response.status_code in (400, 422)
    assert fresh(case).event_count == 1


@pytest.mark.parametrize("name", [n for n in BODIES if "value" not in n and "version" not in n])
def test_a_strange_visit_is_refused(name: str, officer: Caller) -> None:
    body = BODIES[name].replace(b'"facts": {"text": ', b'"kind": "petition", "happened": ')
    response = officer.post("/cases", body)
    assert sentences(response, response.status_code) and response.status_code in (400, 422)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x/é", ""]
)
def test_another_content_type_is_never_our_error(
    kind: str, officer: Caller, new_case: NewCase
) -> None:
    case = new_case()
    address = f"/api/v1/cases/{case.uid}/moves/note"
    response = officer.client.post(address, "text=a", kind, headers=officer.headers)
    assert sentences(response, response.status_code) and response.status_code in (400, 415, 422)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_from_a_browser_is_refused_too(
    kind: str, officer: Caller, new_case: NewCase
) -> None:
    browser = Caller(officer.user)
    address = f"/api/v1/cases/{new_case().uid}/moves/note"
    for headers in (browser.headers, {}):
        response = browser.client.post(address, "text=a", kind, headers=headers)
        assert sentences(response, response.status_code)
        assert response.status_code in (400, 403, 422)


TEXTS = [
    "😀👩‍👧",
    "㐂𠮷野家",
    "\u202eسلام",
    "a\u0301",
    "<script>alert(1)</script>",
    "%(move)s %s %",
    "长" * 10_000,
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t[:12])
def test_every_script_comes_back_as_it_was(text: str, officer: Caller) -> None:
    made = data(officer.post("/cases", visit(name=text[:200], happened=text, asks=text)), 201)
    whole = data(officer.get(f"/cases/{made['uid']}"))
    assert (whole["summary"], whole["demands"]) == (text, text)
    assert whole["parties"][0]["name"] == text[:200]


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t[:12])
def test_every_script_may_be_a_reason_or_a_wrong_name(
    text: str, supervisor: Caller, new_case: NewCase
) -> None:
    case = new_case()
    assert data(supervisor.move(case.uid, "seal", reason=text))
    assert sentences(supervisor.move(case.uid, "note", facts={text[:200]: text, "text": "…"}))
    assert sentences(supervisor.move(case.uid, "assign", facts={"handler": text}))


STRANGE_DAYS = ["0001-01-01", "9999-12-31", "2026-02-30", "26-1-1", "20260105", "", "…", "-1", "0"]


@pytest.mark.parametrize("day", STRANGE_DAYS)
def test_a_strange_day_is_never_our_error(
    day: str, officer: Caller, supervisor: Caller, new_case: NewCase
) -> None:
    violent, petition = new_case("domestic_violence"), new_case()
    lost = dict.fromkeys(("first_attempt", "second_attempt", "third_attempt"), day)
    down = {"organisation": "", "letter": "1", "due": day}
    assert sentences(officer.move(violent.uid, "mark_lost", facts=lost, reason="…"))
    assert sentences(supervisor.move(petition.uid, "assign_down", facts=down))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_follow_up_in_a_year_of_no_desk_is_refused(
    day: str, officer: Caller, new_case: NewCase
) -> None:
    case = new_case("domestic_violence")
    told = {"basis": "own", "answers": {"strangulation": "no", "lethal_act": "no"}}
    data(officer.move(case.uid, "record_assessment", facts=told))
    data(officer.move(case.uid, "assess", facts={"right_told": True}))
    data(officer.move(case.uid, "respond", facts={"handler": str(officer.user.uid)}))
    done = {"plan_done": True, "follow_up_on": day, "welfare_check": True}
    assert sentences(officer.move(case.uid, "complete", facts=done))


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00",
        "2026-01-05 25:00",
        "2026-01-05T10:00:00+99:00",
        "1767578400",
        "now",
    ],
)
def test_a_strange_moment_is_refused(at: str, officer: Caller, new_case: NewCase) -> None:
    case = new_case()
    assert sentences(officer.move(case.uid, "serve_notice", facts={"served_at": at, "how": "hand"}))
    incident = {"happened_at": at, "form": "physical"}
    assert sentences(officer.move(case.uid, "record_incident", facts=incident))


@pytest.mark.parametrize("key", ["k" * 81, "k" * 10_000, "a\x00b"])
def test_a_strange_key_is_refused(key: str, officer: Caller, new_case: NewCase) -> None:
    case = new_case()
    assert sentences(officer.move(case.uid, "note", facts={"text": "…"}, key=key))
    assert sentences(officer.post("/cases", visit(), **{"Idempotency-Key": key}))


@pytest.mark.parametrize("key", ["k" * 80, "é ÿ", "' OR 1=1 --", "%s"])
def test_any_other_key_will_do(key: str, officer: Caller, new_case: NewCase) -> None:
    case = new_case()
    for _ in range(2):
        assert data(officer.move(case.uid, "note", facts={"text": "…"}, key=key))
    assert fresh(case).event_count == 2


@pytest.mark.parametrize(
    "move", ["../accept", "note%00", "%F0%9F%98%80", "%ff", "a" * 3000, "__class__"]
)
def test_a_strange_name_of_a_move_is_never_our_error(
    move: str, officer: Caller, new_case: NewCase
) -> None:
    assert officer.move(new_case().uid, move).status_code in (404, 422)


@pytest.mark.parametrize(
    "query", ["?kind=%00", "?status=%ed%a0%80", "?after=%ff", "?limit=%E4%BA%94"]
)
def test_a_strange_query_is_never_our_error(query: str, officer: Caller) -> None:
    assert officer.get("/cases" + query).status_code in (200, 422)


def test_nul_in_a_query_is_refused(officer: Caller) -> None:
    assert sentences(officer.get("/cases?kind=%00"))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "yes", "own", "high", "2026-01-05", "2026-01-05T10:00", "answered"])
)
NAMES = st.text() | st.sampled_from(
    ["text", "handler", "level", "basis", "answers", "judged", "happened_at", "form", "scope"]
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(), SCALARS, max_size=3)
FACTS = st.dictionaries(NAMES, VALUES, max_size=5)
SENT = (
    st.fixed_dictionaries({}, optional={"facts": FACTS, "reason": SCALARS, "version": SCALARS})
    | st.dictionaries(st.text(), VALUES, max_size=3)
    | VALUES
)
MOVES = ["note", "assign", "record_assessment", "record_incident", "seal", "link", "add_party"]


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(move=st.sampled_from(MOVES), body=SENT)
def test_no_body_is_ever_our_error(move: str, body: Any, fuzzed: tuple[Caller, uuid.UUID]) -> None:
    caller, uid = fuzzed
    response: HttpResponse = caller.post(f"/cases/{uid}/moves/{move}", body)
    assert response.status_code in (200, 400, 409, 422), response.content[:500]
    if response.status_code != 200:
        assert sentences(response, response.status_code)


@pytest.fixture
def fuzzed(supervisor: Caller, new_case: NewCase) -> tuple[Caller, uuid.UUID]:
    """A supervisor and a case that may take anything."""
    return supervisor, new_case("domestic_violence").uid


def test_a_refusal_names_nobody_in_the_log(officer: Caller, new_case: NewCase) -> None:
    case = new_case()
    sentences(officer.move(case.uid, "link", facts={"other": "某女士", "relation": "related"}))
    assert "某女士" not in Event.objects.get(act="refused").payload
