"""Who works in procedures, and where one can be referred to."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine.people import Role
from casework.models import Body, Organisation
from casework.services.saving import save
from tests.conftest import NewStaff

BODIES = ("legal_aid", "police", "shelter")


@pytest.fixture
def crew(
    people: SimpleNamespace, new_staff: NewStaff, township: Organisation, county: Organisation
) -> SimpleNamespace:
    """`people`, and in the township two mediators and two liaisons; the county's directory names
    a legal-aid centre, a police station and a shelter."""
    for role in (Role.MEDIATOR, Role.LIAISON):
        setattr(people, role.value, new_staff(role.value, township, role))
        setattr(people, f"other_{role.value}", new_staff(f"other_{role.value}", township, role))
    for service in BODIES:
        address = f"{service}@body.example"
        save(Body(name=service, service=service, organisation=county, email=address), None, "tests")
    return people
