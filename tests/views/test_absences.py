"""Leave: the deputy sees and does what is the absent person's, for so many days."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from casework.engine import moment
from casework.models import Absence, Case, User
from casework.queries.desk import inbox
from tests.conftest import NewCase

pytestmark = pytest.mark.django_db


def page(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def leave(absent: User, deputy: User, first: int = 0, last: int = 3) -> dict[str, str]:
    today = moment.today()
    return {
        "absent": str(absent.uid),
        "deputy": str(deputy.uid),
        "first_day": str(today + timedelta(days=first)),
        "last_day": str(today + timedelta(days=last)),
    }


def test_a_deputy_sees_and_finds_on_her_desk_what_is_the_absent_persons(
    people: SimpleNamespace, new_case: NewCase
) -> None:
    case = new_case("domestic_violence")
    assert not Case.objects.visible_to(people.colleague).exists()
    answer = page(people.officer).post("/absences/", leave(people.officer, people.colleague))
    assert answer.status_code == 302
    deputy = User.objects.get(pk=people.colleague.pk)
    assert case in Case.objects.visible_to(deputy)
    assert [line.case_uid for line in inbox(deputy)] == [case.uid]
    with moment.at(moment.now() + timedelta(days=4)):
        later = User.objects.get(pk=people.colleague.pk)
        assert not Case.objects.visible_to(later).exists()
        assert not inbox(later)


def test_the_leave_ends_when_she_is_back(people: SimpleNamespace, new_case: NewCase) -> None:
    new_case("domestic_violence")
    client = page(people.officer)
    client.post("/absences/", leave(people.officer, people.colleague))
    client.post(f"/absences/{Absence.objects.get().uid}/end/")
    deputy = User.objects.get(pk=people.colleague.pk)
    assert not Case.objects.visible_to(deputy).exists()


@pytest.mark.parametrize(
    ("deputy", "first", "last"),
    [
        ("officer", 0, 3),  # herself
        ("stranger", 0, 3),  # of another township
        ("archivist", 0, 3),  # lacks the permissions
        ("colleague", 3, 1),
        ("colleague", -9, -1),
        ("colleague", 0, 900),
    ],
)
def test_what_cannot_be_gets_a_sentence_and_changes_nothing(
    people: SimpleNamespace, deputy: str, first: int, last: int
) -> None:
    told = leave(people.officer, getattr(people, deputy), first, last)
    answer = page(people.officer).post("/absences/", told)
    assert answer.status_code == 422
    assert not Absence.objects.exists()


def test_leaves_do_not_overlap(people: SimpleNamespace) -> None:
    client = page(people.officer)
    client.post("/absences/", leave(people.officer, people.colleague))
    again = client.post("/absences/", leave(people.officer, people.colleague, 2, 8))
    assert again.status_code == 422
    assert Absence.objects.count() == 1


def test_nobody_arranges_a_strangers_leave(people: SimpleNamespace) -> None:
    answer = page(people.colleague).post("/absences/", leave(people.officer, people.colleague))
    assert answer.status_code == 422
    page(people.officer).post("/absences/", leave(people.officer, people.colleague))
    uid = Absence.objects.get().uid
    assert page(people.colleague).post(f"/absences/{uid}/end/").status_code == 404
    assert page(people.supervisor).post(f"/absences/{uid}/end/").status_code == 302


def test_whoever_has_an_interest_in_a_case_sees_nothing_of_it(
    people: SimpleNamespace, new_case: NewCase
) -> None:
    case = new_case()
    told = {
        "person": str(people.supervisor.uid),
        "reason": "当事人的亲属。",
        "version": 0,
        "key": "k",
    }
    officer = page(people.officer).post(f"/cases/{case.uid}/moves/recuse/", told)
    assert officer.status_code == 422
    answer = page(people.chief).post(f"/cases/{case.uid}/moves/recuse/", told)
    assert answer.status_code == 302
    assert page(people.supervisor).get(f"/cases/{case.uid}/").status_code == 404
    assert not inbox(User.objects.get(pk=people.supervisor.pk))
