"""Staff and organisations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine.people import Role
from casework.models import Event, Organisation, User
from tests.conftest import PASSWORD, NewStaff
from tests.views.conftest import Pages, alert, text


def test_the_tree_shows_ones_own_subtree(pages: Pages) -> None:
    page = text(pages("security").get("/staff/"))
    for word in ("临江县妇联", "柳溪镇妇联", "测试officer", "接访人员", "在用"):
        assert word in page
    below = text(pages("supervisor").get("/staff/"))
    assert "柳溪镇妇联" in below
    assert "石桥镇妇联" not in below
    assert "测试stranger" not in below


@pytest.mark.parametrize("who", ["officer", "archivist", "auditor"])
def test_it_does_not_exist_for_others(pages: Pages, who: str) -> None:
    assert pages(who).get("/staff/").status_code == 404


def test_a_supervisor_only_reads(pages: Pages, people: SimpleNamespace) -> None:
    client, uid = pages("supervisor"), people.officer.uid
    assert "/staff/new/" not in text(client.get("/staff/"))
    for path in ("new/", "organisations/new/", f"{uid}/"):
        assert client.get(f"/staff/{path}").status_code == 404
    for path in ("new/", f"{uid}/roles/", f"{uid}/active/", f"{uid}/password/"):
        assert client.post(f"/staff/{path}", {"roles": "auditor"}).status_code == 404


def test_the_security_admin_adds_an_account(pages: Pages, township: Organisation) -> None:
    told = {
        "organisation": str(township.uid),
        "username": "xin",
        "name": "新同事",
        "roles": ["desk_officer"],
        "password": PASSWORD,
    }
    answer = pages("security").post("/staff/new/", told)
    assert answer["Location"] == "/staff/?done=made"
    made = User.objects.get(username="xin")
    assert (made.organisation, made.check_password(PASSWORD)) == (township, True)
    assert Event.objects.filter(act="add_staff").exists()


def test_a_refused_account_tells_every_reason_and_keeps_what_was_typed(
    pages: Pages, township: Organisation
) -> None:
    told = {
        "organisation": str(township.uid),
        "username": "officer",
        "name": "新同事",
        "password": "123",
    }
    answer = pages("security").post("/staff/new/", told)
    assert answer.status_code == 422
    for sentence in ("已被使用", "请至少选择一个角色", "密码"):
        assert sentence in alert(answer)
    assert 'value="新同事"' in text(answer)


def test_roles_are_given_and_taken(pages: Pages, people: SimpleNamespace) -> None:
    path = f"/staff/{people.officer.uid}/"
    client = pages("security")
    assert "测试officer" in text(client.get(path))
    client.post(f"{path}roles/", {"roles": ["liaison", "mediator"]})
    assert set(people.officer.roles.values_list("role", flat=True)) == {"liaison", "mediator"}


def test_nobody_changes_her_own_roles(pages: Pages, people: SimpleNamespace) -> None:
    answer = pages("security").post(
        f"/staff/{people.security.uid}/roles/", {"roles": ["supervisor"]}
    )
    assert answer.status_code == 422
    assert "不能修改自己的角色" in alert(answer)


def test_a_closed_account_is_out_at_once(pages: Pages, people: SimpleNamespace) -> None:
    officer, security = pages("officer"), pages("security")
    assert officer.get("/").status_code == 200
    security.post(f"/staff/{people.officer.uid}/active/", {"active": "no"})
    assert officer.get("/").status_code == 302
    security.post(f"/staff/{people.officer.uid}/active/", {"active": "yes"})
    assert officer.get("/").status_code == 200


def test_a_new_password_ends_old_sessions(pages: Pages, people: SimpleNamespace) -> None:
    officer = pages("officer")
    path = f"/staff/{people.officer.uid}/password/"
    assert pages("security").post(path, {"password": "123"}).status_code == 422
    assert officer.get("/").status_code == 200
    assert pages("security").post(path, {"password": "Quite-new-5173"}).status_code == 302
    assert officer.get("/").status_code == 302


def test_the_system_admin_adds_an_organisation(pages: Pages, township: Organisation) -> None:
    told = {
        "organisation": str(township.uid),
        "code": "44010101",
        "name": "柳溪村妇女之家",
        "level": "village",
        "intake_point": "on",
    }
    assert pages("system").post("/staff/organisations/new/", told).status_code == 302
    assert Organisation.objects.get(code="44010101").path == f"{township.path}44010101/"
    answer = pages("system").post("/staff/organisations/new/", told)
    assert "已被使用" in alert(answer)


def test_an_administrator_reaches_only_her_own_subtree(
    pages: Pages, people: SimpleNamespace, township: Organisation, new_staff: NewStaff
) -> None:
    people.local = new_staff("local", township, Role.SECURITY_ADMIN)
    client, uid = pages("local"), people.stranger.uid
    assert client.get(f"/staff/{people.officer.uid}/").status_code == 200
    assert client.get(f"/staff/{uid}/").status_code == 404
    assert client.post(f"/staff/{uid}/active/", {"active": "no"}).status_code == 404
    told = {
        "organisation": str(people.stranger.organisation.uid), "username": "xin", "name": "新同事",
        "roles": ["desk_officer"], "password": PASSWORD,
    }  # fmt: skip
    assert client.post("/staff/new/", told).status_code == 422
    assert not User.objects.filter(username="xin").exists()


def test_each_administrator_keeps_to_her_part(pages: Pages, people: SimpleNamespace) -> None:
    assert pages("system").get("/staff/new/").status_code == 404
    assert pages("system").get(f"/staff/{people.officer.uid}/").status_code == 404
    assert pages("security").get("/staff/organisations/new/").status_code == 404
