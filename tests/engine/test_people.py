"""The permission table, read again from the domain and compared with the code."""

import pytest

from casework.engine.people import GRANTS, Actor, Permission, Role

TABLE = {
    Role.DESK_OFFICER: "log handle",
    Role.MEDIATOR: "handle mediate",
    Role.LIAISON: "handle liaise",
    Role.SUPERVISOR: "log handle triage supervise archive mediate liaise",
    Role.ARCHIVIST: "archive",
    Role.AUDITOR: "",
    Role.SECURITY_ADMIN: "",
    Role.SYSTEM_ADMIN: "",
    Role.INTAKE_POINT: "",
    Role.PARTNER: "",
}


def test_the_table_names_every_role() -> None:
    assert set(TABLE) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_exactly_what_the_table_says(role: Role) -> None:
    actor = Actor("a", frozenset({role}))
    assert {p.value for p in Permission if actor.may(p)} == set(TABLE[role].split())


def test_several_roles_add_up() -> None:
    actor = Actor("a", frozenset({Role.MEDIATOR, Role.ARCHIVIST}))
    assert actor.may(Permission.MEDIATE)
    assert actor.may(Permission.ARCHIVE)
    assert not actor.may(Permission.TRIAGE)


def test_nobody_may_anything_without_a_role() -> None:
    assert not any(Actor("a").may(p) for p in Permission)


@pytest.mark.parametrize(
    ("path", "oversees", "is_superior"),
    [
        ("/44/4401/", True, False),  # her own
        ("/44/4401/440101/", True, True),  # below her
        ("/44/", False, False),  # above her
        ("/44/4402/", False, False),  # beside her
        ("/44/44010/", False, False),  # a code that only begins like hers
    ],
)
def test_an_organisation_oversees_its_subtree(path: str, oversees: bool, is_superior: bool) -> None:
    actor = Actor("a", frozenset(), "/44/4401/")
    assert (actor.oversees(path), actor.is_superior_to(path)) == (oversees, is_superior)


def test_a_deputy_stands_for_the_absent_person_and_for_herself() -> None:
    deputy = Actor("a", frozenset(), "/", frozenset({"b"}))
    assert [deputy.stands_for(uid) for uid in ("a", "b", "c", "")] == [True, True, False, False]


def test_standing_in_gives_no_permission() -> None:
    deputy = Actor("a", frozenset({Role.LIAISON}), "/", frozenset({"mediator"}))
    assert not deputy.may(Permission.MEDIATE)


def test_roles_and_permissions_have_chinese_labels() -> None:
    assert len({str(role.label) for role in Role}) == len(Role)
    assert len({str(permission.label) for permission in Permission}) == len(Permission)


def test_granting_is_only_done_in_the_table() -> None:
    assert set(GRANTS) == {role for role, granted in TABLE.items() if granted}
