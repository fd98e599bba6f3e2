"""Accounts, roles, organisations and tokens: three administrators, none of them alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password

from casework import audit
from casework.engine.people import Role
from casework.models import ApiToken, Event, Organisation, User
from casework.services import staffing
from casework.services.refusals import Refused
from tests.conftest import PASSWORD


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def new_account(by: User, organisation: Organisation, **told: object) -> User:
    account = {
        "username": "new", "name": "新人", "organisation": organisation,
        "roles": [Role.DESK_OFFICER], "password": PASSWORD,
    }  # fmt: skip
    return staffing.add_staff(by, **(account | told))


def sentences(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(sentence) for sentence in refused.value.sentences]


def test_a_password_worked_out_beforehand_opens_the_account(
    people: SimpleNamespace, township: Organisation
) -> None:
    made = new_account(people.security, township, hashed=make_password(PASSWORD))
    assert fresh(made).check_password(PASSWORD)


def test_it_is_no_way_round_the_demands_on_a_password(
    people: SimpleNamespace, township: Organisation
) -> None:
    with pytest.raises(Refused):
        new_account(people.security, township, password="1234", hashed=make_password("1234"))


WRITES: dict[str, tuple[str, Callable[[User, SimpleNamespace, Organisation], object]]] = {
    "account": ("security", lambda by, people, org: new_account(by, org)),
    "roles": (
        "security",
        lambda by, people, org: staffing.set_roles(by, people.colleague, [Role.MEDIATOR]),
    ),
    "active": (
        "security",
        lambda by, people, org: staffing.set_active(by, people.colleague, False),
    ),
    "password": (
        "security",
        lambda by, people, org: staffing.set_password(by, people.colleague, PASSWORD),
    ),
    "organisation": (
        "system",
        lambda by, people, org: staffing.add_organisation(
            by, code="99", name="某村", level="village", parent=org
        ),
    ),
}


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("who", ["officer", "supervisor", "chief", "auditor", "security", "system"])
def test_each_administrator_does_only_her_own_work(
    what: str, who: str, people: SimpleNamespace, township: Organisation
) -> None:
    administrator, write = WRITES[what]
    if who == administrator:
        write(getattr(people, who), people, township)
    else:
        with pytest.raises(Refused):
            write(getattr(people, who), people, township)


def test_every_act_of_an_administrator_is_logged(
    people: SimpleNamespace, township: Organisation
) -> None:
    for administrator, write in WRITES.values():
        write(getattr(people, administrator), people, township)
    acts = set(Event.objects.values_list("act", flat=True))
    expected = {"add_staff", "set_roles", "set_active", "set_password", "add_organisation"}
    assert acts == expected
    assert audit.verify().ok


def test_nobody_changes_her_own_roles_or_account(people: SimpleNamespace) -> None:
    with pytest.raises(Refused):
        staffing.set_roles(people.security, people.security, [Role.SUPERVISOR])
    with pytest.raises(Refused):
        staffing.set_active(people.security, people.security, False)


def test_everybody_changes_her_own_password(people: SimpleNamespace) -> None:
    staffing.set_password(people.officer, people.officer, "Another-one-8642")
    assert fresh(people.officer).check_password("Another-one-8642")


@pytest.mark.parametrize("weak", ["short", "12345678901234", "password123", "officer1234"])
def test_a_weak_password_is_refused(weak: str, people: SimpleNamespace) -> None:
    with pytest.raises(Refused):
        staffing.set_password(people.officer, people.officer, weak)
    assert fresh(people.officer).check_password(PASSWORD)


def test_an_account_is_refused_with_every_reason(
    people: SimpleNamespace, township: Organisation
) -> None:
    with pytest.raises(Refused) as refused:
        new_account(people.security, township, username="officer", name=" ", roles=[])
    assert sentences(refused)[:3] == [
        "请填写用户名和姓名，各不超过 60 字。",
        "用户名“officer”已被使用。",
        "请至少选择一个角色。",
    ]
    assert User.objects.count() == 10


def test_roles_are_replaced_not_added(people: SimpleNamespace) -> None:
    staffing.set_roles(people.security, people.officer, [Role.MEDIATOR, Role.LIAISON])
    assert fresh(people.officer).actor.roles == {Role.MEDIATOR, Role.LIAISON}
    with pytest.raises(Refused):
        staffing.set_roles(people.security, people.officer, [])


def test_who_leaves_is_deactivated_and_stays_known(people: SimpleNamespace) -> None:
    staffing.set_active(people.security, people.officer, False)
    assert not fresh(people.officer).is_active
    row = people.officer.history.latest()
    assert (row.history_user_id, row.history_change_reason) == (
        str(people.security.uid),
        "set_active",
    )


def test_an_organisation_stands_below_its_parent(
    people: SimpleNamespace, township: Organisation
) -> None:
    made = staffing.add_organisation(
        people.system, code="44010101", name="柳溪村妇联", level="village", parent=township
    )
    assert made.path == "/4401/440101/44010101/"


@pytest.mark.parametrize("code", ["440101", "44/01", "44 01", "四四", "", "%", "44_1"])
def test_a_taken_or_malformed_code_is_refused(code: str, people: SimpleNamespace) -> None:
    with pytest.raises(Refused):
        staffing.add_organisation(people.system, code=code, name="某村", level="village")


def test_of_a_token_only_the_hash_is_kept(people: SimpleNamespace) -> None:
    token = staffing.new_token(people.officer, "办公室电脑")
    kept = ApiToken.objects.get()
    assert kept.digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(ApiToken.objects.values().get())
    assert token not in Event.objects.get(act="new_token").payload
