"""A county with two townships, its staff, and cases to act on. Nobody here is real."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection

from casework.engine import registry
from casework.engine.moves import Move
from casework.engine.people import Role
from casework.models import Case, Organisation, Procedure, User
from casework.services import intake, reference, staffing
from casework.services.intake import VisitNote

PASSWORD = "Only-for-tests-7431"


def pytest_configure(config: pytest.Config) -> None:
    """Cheap password hashes: what is tested is never the hash. SQLite in a file: in memory, all
    threads of a live server share one connection, and with it one transaction."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "test.sqlite3")
    else:
        connection.ops.sql_flush = emptying


def emptying(style: object, tables: list[str], **_options: object) -> list[str]:
    """How PostgreSQL empties the tables after a test with transactions of its own: TRUNCATE makes
    a new file for each table and index, which takes longer than most such tests. As it does, this
    waits for whoever still writes. Kinds of records and permissions stay, as Django made them."""
    named = [connection.ops.quote_name(name) for name in tables]
    lock = f"LOCK TABLE {', '.join(named)} IN ACCESS EXCLUSIVE MODE"
    kept = {connection.ops.quote_name(name) for name in ("django_content_type", "auth_permission")}
    return [lock, *(f"DELETE FROM {name}" for name in named if name not in kept)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need PostgreSQL say so when they do not run."""
    if connection.vendor == "postgresql":
        return
    skip = pytest.mark.skip(reason="needs PostgreSQL: set TEST_DATABASE_URL")
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(skip)


def require(name: str, available: bool, reason: str) -> None:
    """Skip with `reason` on a laptop; fail in CI, where `name` is set to 1."""
    if available:
        return
    if os.environ.get(name) == "1":
        pytest.fail(f"{name}=1 but {reason}")
    pytest.skip(reason)


@pytest.fixture
def county(db: None) -> Organisation:
    """The county federation; its path is the root of every test organisation."""
    reference.load_codes()
    return staffing.add_organisation(None, code="4401", name="临江县妇联", level="county")


@pytest.fixture
def township(county: Organisation) -> Organisation:
    """A township below the county."""
    return staffing.add_organisation(
        None, code="440101", name="柳溪镇妇联", level="township", parent=county
    )


@pytest.fixture
def other_township(county: Organisation) -> Organisation:
    """Another one, whose cases the first must not see."""
    return staffing.add_organisation(
        None, code="440102", name="石桥镇妇联", level="township", parent=county
    )


NewStaff = Callable[..., User]


@pytest.fixture
def new_staff(db: None) -> NewStaff:
    """Make a member of staff: ``new_staff("lin", township, Role.DESK_OFFICER)``."""

    def make(username: str, organisation: Organisation, *roles: Role) -> User:
        return staffing.add_staff(
            None,
            username=username,
            name=f"测试{username}",
            organisation=organisation,
            roles=roles,
            password=PASSWORD,
        )

    return make


@pytest.fixture
def people(
    county: Organisation, township: Organisation, other_township: Organisation, new_staff: NewStaff
) -> SimpleNamespace:
    """officer and supervisor of the township, colleague (officer), stranger (officer elsewhere),
    chief and deputy (supervisors of the county), archivist, auditor, security, system."""
    return SimpleNamespace(
        officer=new_staff("officer", township, Role.DESK_OFFICER),
        colleague=new_staff("colleague", township, Role.DESK_OFFICER),
        supervisor=new_staff("supervisor", township, Role.SUPERVISOR),
        stranger=new_staff("stranger", other_township, Role.DESK_OFFICER),
        chief=new_staff("chief", county, Role.SUPERVISOR),
        deputy=new_staff("deputy", county, Role.SUPERVISOR),
        archivist=new_staff("archivist", county, Role.ARCHIVIST),
        auditor=new_staff("auditor", county, Role.AUDITOR),
        security=new_staff("security", county, Role.SECURITY_ADMIN),
        system=new_staff("system", county, Role.SYSTEM_ADMIN),
    )


NewCase = Callable[..., Case]


@pytest.fixture
def new_case(people: SimpleNamespace) -> NewCase:
    """Open a case through the visit log: ``new_case("petition", happened="…")``."""

    def make(kind: str = "petition", by: User | None = None, **told: object) -> Case:
        note: dict[str, object] = {
            "channel": "visit",
            "kind": kind,
            "name": "某女士",
            "happened": "村里不给分地",
            "asks": "要地",
        }
        logged = intake.log_visit(VisitNote(**(note | told)), actor=by or people.officer)
        assert logged.case
        return logged.case

    return make


def move_of(record: Case | Procedure, name: str) -> Move:
    """The row `name` of the table of a case or procedure."""
    return registry.lifecycle(record.kind).moves[name]
