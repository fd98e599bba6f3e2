"""The directory of bodies: without it nobody can be referred to."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.models import Body, Event, Organisation
from casework.queries.bodies import bodies_for
from tests.conftest import NewCase
from tests.views.conftest import Pages, alert, text


def told(place: Organisation, **more: str) -> dict[str, str]:
    """What the page of a body sends."""
    plain = {"organisation": str(place.uid), "name": "县法律援助中心", "service": "legal_aid"}
    return plain | {"phone": "0000-1", "active": "on"} | more


@pytest.mark.parametrize(
    ("who", "there"),
    [("supervisor", True), ("system", True), ("officer", False), ("auditor", False)],
)
def test_supervisors_and_system_administrators_keep_it(
    pages: Pages, township: Organisation, who: str, there: bool
) -> None:
    client = pages(who)
    for path in ("/bodies/", "/bodies/new/"):
        assert client.get(path).status_code == (200 if there else 404), path
    answer = client.post("/bodies/new/", told(township))
    assert (answer.status_code, Body.objects.exists()) == ((302, True) if there else (404, False))
    assert ("/bodies/" in text(client.get("/staff/"))) == there


def test_a_body_that_was_added_can_be_referred_to_until_it_is_closed(
    pages: Pages, township: Organisation, new_case: NewCase
) -> None:
    case, client = new_case(), pages("supervisor")
    assert client.post("/bodies/new/", told(township))["Location"] == "/bodies/?done=made"
    body = Body.objects.get()
    assert list(bodies_for(case, "legal_aid")) == [str(body.uid)]
    assert "县法律援助中心" in text(client.get("/bodies/"))
    closed = told(township)
    del closed["active"]
    assert client.post(f"/bodies/{body.uid}/", closed).status_code == 302
    assert bodies_for(case, "legal_aid") == {}
    assert "停用" in text(client.get("/bodies/"))
    assert [e.act for e in Event.objects.filter(act="keep_body")] == ["keep_body"] * 2
    assert body.history.count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "必"),
        ({"email": "nobody"}, "邮"),
        ({"service": "magic"}, "magic"),
    ],
)
def test_a_wrong_entry_gets_a_sentence_and_keeps_what_was_typed(
    pages: Pages, township: Organisation, wrong: dict[str, str], said: str
) -> None:
    answer = pages("supervisor").post("/bodies/new/", told(township, **wrong))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "0000-1" in text(answer)
    assert not Body.objects.exists()


def test_a_twin_is_refused(pages: Pages, township: Organisation) -> None:
    client = pages("supervisor")
    client.post("/bodies/new/", told(township))
    assert "同名" in alert(client.post("/bodies/new/", told(township)))
    assert Body.objects.count() == 1


def test_bodies_of_other_places_do_not_exist(
    pages: Pages, people: SimpleNamespace, other_township: Organisation, county: Organisation
) -> None:
    system = pages("system")
    for place in (other_township, county):
        assert system.post("/bodies/new/", told(place)).status_code == 302
    client = pages("supervisor")
    assert "县法律援助中心" not in text(client.get("/bodies/"))
    for body in Body.objects.all():
        assert client.get(f"/bodies/{body.uid}/").status_code == 404
    answer = client.post("/bodies/new/", told(other_township))
    assert (answer.status_code, Body.objects.count()) == (422, 2)
