"""Coming in and leaving."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from pytest_django.fixtures import Settings

from casework.models import Event, User
from tests.conftest import PASSWORD
from tests.views.conftest import Pages, alert, text


def test_every_page_asks_for_a_login(people: SimpleNamespace) -> None:
    for path in ("/", "/visits/new/", "/register/", "/staff/", "/password/"):
        assert Client().get(path)["Location"] == f"/login/?next={path}"


def test_she_logs_in_with_name_and_password(people: SimpleNamespace) -> None:
    answer = Client().post("/login/", {"username": "officer", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_is_told_in_a_sentence(people: SimpleNamespace) -> None:
    answer = Client().post("/login/", {"username": "officer", "password": "no"})
    assert "用户名或密码不对" in alert(answer)


def test_a_closed_account_does_not_get_in(people: SimpleNamespace) -> None:
    User.objects.filter(pk=people.officer.pk).update(is_active=False)
    answer = Client().post("/login/", {"username": "officer", "password": PASSWORD})
    assert "用户名或密码不对" in alert(answer)


def test_a_demo_offers_every_account(people: SimpleNamespace, settings: Settings) -> None:
    settings.DEMO = True
    client = Client()
    page = text(client.get("/login/"))
    assert "演示数据" in page
    assert page.count('name="username"') == 1 + User.objects.count()
    assert 'value="officer"' in page
    assert client.post("/enter/", {"username": "officer"})["Location"] == "/"
    assert "五步试用" in text(client.get("/"))


def test_outside_a_demo_nobody_enters_without_a_password(people: SimpleNamespace) -> None:
    client = Client()
    assert client.post("/enter/", {"username": "officer"}).status_code == 404
    assert client.get("/")["Location"] == "/login/?next=/"
    assert "演示" not in text(client.get("/login/"))


def test_leaving_takes_a_post(pages: Pages) -> None:
    client = pages("officer")
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout/").status_code == 302
    assert client.get("/").status_code == 302


def test_the_quick_exit_shows_a_calendar_and_nothing_of_the_desk(db: None) -> None:
    page = text(Client().get("/leave/"))
    assert "<title>日历</title>" in page
    for trace in ("维权", "妇联", "desk.", "案件"):
        assert trace not in page


def test_the_language_is_hers_to_choose(pages: Pages) -> None:
    client = pages("officer")
    answer = client.post("/language/", {"language": "en", "next": "/register/"})
    assert answer["Location"] == "/register/"
    assert '<html lang="en">' in text(client.get("/register/"))
    client.post("/language/", {"language": "zh-hans", "next": "/register/"})
    assert '<html lang="zh-CN">' in text(client.get("/register/"))


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_the_language_switch_leads_nowhere_else(db: None, back: str) -> None:
    assert Client().post("/language/", {"language": "en", "next": back})["Location"] == "/"


def test_she_changes_her_own_password_and_stays(pages: Pages, people: SimpleNamespace) -> None:
    client, new = pages("officer"), "Another-one-8642"
    answer = client.post(
        "/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer["Location"] == "/?done=password"
    assert client.get("/").status_code == 200
    people.officer.refresh_from_db()
    assert check_password(new, people.officer.password)
    assert Event.objects.filter(act="set_password").count() == 1


def test_a_weak_password_is_refused_with_sentences(pages: Pages) -> None:
    answer = pages("officer").post(
        "/password/", {"old_password": PASSWORD, "new_password1": "123", "new_password2": "123"}
    )
    assert answer.status_code == 422
    assert "密码" in alert(answer)
