"""Outcomes, satisfaction, contacts and stays, against small examples counted by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.queries.figures.load import survived
from tests.conftest import NewCase
from tests.queries.spring import accepted, asked, day, done, numbers, replied, row
from tests.services.conftest import crew as crew
from tests.services.proceedings import bring, follow_up, handled, propose, refer, talking, violent
from tests.services.steps import fresh, go

MARCH = ("03-01", "03-31")


def test_satisfaction_is_of_those_who_rated(new_case: NewCase, crew: SimpleNamespace) -> None:
    with day("03-02"):
        records = [follow_up(violent(new_case, crew), crew) for _ in range(4)]
    with day("03-04"):
        for record, said in zip(records, ("5", "3", "", "4"), strict=True):
            bring(record, crew, "followed", satisfaction=said)
    told = row("satisfaction", asked(crew.chief, *MARCH, "03-31"))
    assert numbers(told, "talks", "rated", "satisfied", "rate", "rated_share") == (
        4, 3, 2, 66.7, 75.0
    )  # fmt: skip


def test_a_later_talk_takes_nothing_away(new_case: NewCase, crew: SimpleNamespace) -> None:
    with day("03-02"):
        record = follow_up(violent(new_case, crew), crew)
    with day("03-04"):
        bring(record, crew, "followed", satisfaction="5")
    before = asked(crew.chief, *MARCH, "03-05")
    told = row("satisfaction", before)
    with day("03-20"):
        go(
            fresh(record),
            "talk",
            talking(satisfaction="1"),
            by=crew.officer,
        )
    assert row("satisfaction", before) == told
    later = row("satisfaction", asked(crew.chief, *MARCH, "03-31"))
    assert numbers(later, "talks", "satisfied") == (2, 1)


def test_referrals_and_mediations_as_they_stood(new_case: NewCase, crew: SimpleNamespace) -> None:
    with day("03-02"):
        case = handled(new_case, crew)
        propose(case, crew)
        one, _other = refer(case, crew), refer(case, crew)
    with day("03-10"):
        bring(one, crew, "accepted")
    names = ("opened", "asked", "answered", "accepted", "waiting", "rate")
    early, late = (asked(crew.chief, *MARCH, d) for d in ("03-05", "03-31"))
    assert numbers(row("referral", early), *names) == (2, 2, 0, 0, 2, 0.0)
    assert numbers(row("referral", late), *names) == (2, 2, 1, 1, 1, 50.0)
    assert row("mediation", late, "mediation:proposed")["opened"] == 1


def test_matters_contacts_and_people_are_counted_apart(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with day("03-02"):
        case = new_case(people=6, by=people.officer)
        new_case(people=1, by=people.stranger, repeat=True)
    with day("03-03"):
        new_case(kind="existing", existing=case.number, people=2)
    what = asked(people.chief, *MARCH, "03-31", people.officer.organisation.path)
    assert numbers(row("channel", what), "items", "batches", "people") == (1, 2, 8)
    what = asked(people.chief, *MARCH, "03-31", people.chief.organisation.path)
    names = ("items", "batches", "people", "batches_own")
    assert numbers(row("channel", what), *names) == (2, 3, 9, 0)
    assert row("channel", what, "visit||first|group")["people"] == 6
    assert numbers(row("repeat", what), "contacts", "repeat", "rate") == (3, 2, 66.7)


@pytest.mark.parametrize(
    ("stays", "median"),
    [
        ([(1, True), (2, True), (3, True)], 2),
        ([(1, True), (2, False), (3, True), (4, True)], 3),  # 1/4 over, then 1 of 2 left
        ([(1, True), (9, False), (9, False)], None),  # never seen that half ended
        ([], None),
    ],
)
def test_a_stay_that_lasts_is_no_stay_that_ended(
    stays: list[tuple[float, bool]], median: float | None
) -> None:
    assert survived(stays, 0.5) == median


def test_stays_as_of_a_day(new_case: NewCase, people: SimpleNamespace) -> None:
    one, _two = (accepted("03-01", new_case, people) for _ in range(2))
    replied(one, "03-11", people)
    done(one, "03-12", "close", people.supervisor)
    names = ("stays", "ended", "open", "median_days", "p90_days")
    told = row("time_in_status", asked(people.chief, *MARCH, "03-31"), "petition:handling")
    assert numbers(told, *names) == (2, 1, 1, 10.0, None)
    told = row("time_in_status", asked(people.chief, *MARCH, "03-10"), "petition:handling")
    assert numbers(told, *names) == (2, 0, 2, None, None)
