"""Rates of deadlines and what became of petitions, against a spring counted by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import Case, User
from casework.queries import figures
from casework.queries.figures.figure import Asked
from casework.services import events
from tests.conftest import NewCase
from tests.queries.spring import (
    accepted,
    asked,
    day,
    done,
    fresh,
    numbers,
    on,
    replied,
    row,
    spring,
)
from workflows.petition import facts as petition

DUE = ("due", "met", "late", "open", "rate")


@pytest.fixture
def cases(new_case: NewCase, people: SimpleNamespace) -> dict[str, Case]:
    return spring(new_case, people)


@pytest.fixture
def chief(people: SimpleNamespace) -> User:
    user: User = people.chief
    return user


@pytest.mark.parametrize(
    ("since", "until", "as_of", "told"),
    [
        ("04-01", "04-30", "05-31", (4, 2, 0, 2, 50.0)),  # A, G met; B, K open
        ("04-01", "04-30", "05-02", (4, 3, 0, 1, 75.0)),  # K was not sent back yet
        ("04-01", "04-30", "04-30", (4, 3, 0, 1, 75.0)),  # the day is over
        ("04-01", "04-30", "04-29", (0, 0, 0, 0, None)),  # nothing was due
        ("05-01", "05-31", "05-31", (2, 1, 0, 1, 50.0)),  # C met; G's second cycle open
        ("05-01", "05-31", "05-12", (1, 1, 0, 0, 100.0)),  # G's second is not due yet
        ("06-01", "06-30", "06-18", (0, 0, 0, 0, None)),  # D is not due
        ("06-01", "06-30", "06-30", (1, 0, 0, 1, 0.0)),
    ],
)
def test_what_was_due_and_done_in_time(
    since: str,
    until: str,
    as_of: str,
    told: tuple[float, ...],
    cases: dict[str, Case],
    chief: User,
) -> None:
    assert numbers(row("on_time", asked(chief, since, until, as_of)), *DUE) == told


def test_by_the_first_dates_an_extension_does_not_help(cases: dict[str, Case], chief: User) -> None:
    may = asked(chief, "05-01", "05-31", "05-31")
    assert numbers(row("on_time_original", may), *DUE) == (2, 0, 1, 1, 0.0)
    assert numbers(row("extension", may), "due", "extended", "rate") == (2, 1, 50.0)


def test_last_months_report_tells_the_same_after_everything_changed(
    cases: dict[str, Case], chief: User, people: SimpleNamespace
) -> None:
    april = asked(chief, "04-01", "04-30", "05-31")
    names = ("on_time", "on_time_original", "extension", "handled", "closure", "workload",
             "overdue", "funnel", "time_in_status", "channel", "repeat", "notice")  # fmt: skip
    before = {n: _rows(n, april, "05-31") for n in names}
    replied(cases["b"], "06-02", people)
    done(cases["b"], "06-03", "close", people.supervisor)
    replied(cases["k"], "06-02", people)
    done(cases["d"], "06-04", "ask_extension", people.officer, petition.AskingForTime(30, "…"))
    done(cases["d"], "06-04", "grant_extension", people.supervisor, petition.Extending(30, True))
    done(cases["a"], "06-05", "close", people.supervisor)
    done(cases["a"], "06-06", "reopen", people.supervisor)
    done(cases["b"], "06-07", "serve_notice", people.supervisor, noticed("06-07"))
    assert {n: _rows(n, april, "07-31") for n in names} == before
    later = asked(chief, "04-01", "04-30", "06-30")
    assert numbers(row("on_time", later), *DUE) == (4, 2, 2, 0, 50.0)  # B and K came late


def _rows(name: str, what: Asked, when: str) -> object:
    """As it was told in the last moment of a day."""
    with moment.at(on(f"2026-{when} 23:59:59.999999")):
        return figures.report(name, what)["rows"]


def noticed(when: str) -> petition.Notifying:
    return petition.Notifying(on(f"2026-{when} 09:00"), "hand")


def test_a_notice_is_owed_whatever_became_of_the_petition(
    cases: dict[str, Case], chief: User, people: SimpleNamespace
) -> None:
    for name, when in (("b", "05-30"), ("a", "05-31")):
        done(cases[name], when, "serve_notice", people.supervisor, noticed(when))
    march = asked(chief, "03-01", "03-31", "05-31")
    # all but D were due: A and B were told late, the others (E, F and X, too) not at all
    assert numbers(row("notice", march), *DUE) == (8, 0, 2, 6, 0.0)
    may = asked(chief, "05-01", "05-31", "05-31")
    assert numbers(row("notice", may), *DUE) == (1, 0, 0, 1, 0.0)  # D, due 05-05
    assert numbers(row("notice", asked(chief, "03-01", "03-31", "03-15")), "due") == (0,)


def test_nobody_is_owed_a_notice_who_gave_no_name(new_case: NewCase, chief: User) -> None:
    with day("03-01"):
        new_case(name="")
    assert row("notice", asked(chief, "03-01", "03-31", "03-31"))["due"] == 0


def test_what_came_and_had_an_answer(cases: dict[str, Case], chief: User) -> None:
    # of A B C G K (E, F, X aside): A, C, G, K were answered by the end of May
    told = row("handled", asked(chief, "03-01", "03-31", "05-31"))
    assert numbers(told, "received", "handled", "left", "rate") == (5, 4, 3, 80.0)
    told = row("handled", asked(chief, "03-01", "03-31", "03-18"))
    assert numbers(told, "received", "handled", "left", "rate") == (6, 1, 2, 16.7)  # E still here


@pytest.mark.parametrize(
    ("way", "as_of", "told"),
    [
        ("cohort", "03-18", (6, 1)),  # G; E not withdrawn yet
        ("cohort", "05-31", (5, 0)),  # G was reopened
        ("period", "03-18", (6, 1)),
        ("stock", "03-18", (6, 1)),
    ],
)
def test_closure_says_which(
    way: str, as_of: str, told: tuple[int, int], cases: dict[str, Case], chief: User
) -> None:
    what = asked(chief, "03-01", "03-31", as_of)
    assert numbers(row("closure", what, way), "base", "closed") == told


def test_the_three_ways_of_closure_differ(
    cases: dict[str, Case], chief: User, people: SimpleNamespace
) -> None:
    done(cases["a"], "05-06", "close", people.supervisor)
    done(cases["c"], "05-07", "close", people.supervisor)
    done(cases["c"], "05-08", "archive", people.chief, petition.Archiving(complete=True))
    april = asked(chief, "04-01", "04-30", "05-31")
    may = asked(chief, "05-01", "05-31", "05-31")
    told = [numbers(row("closure", april, way), "base", "closed") for way in WAYS]
    assert told == [(1, 0), (1, 0), (6, 0)]  # D came in April; A B C D G K were at hand
    told = [numbers(row("closure", may, way), "base", "closed") for way in WAYS]
    assert told == [(0, 0), (0, 2), (6, 2)]  # nothing came in May; A and C were closed
    march = asked(chief, "03-01", "03-31", "05-31")
    assert numbers(row("closure", march, "cohort"), "base", "closed", "rate") == (5, 2, 40.0)


WAYS = ("cohort", "period", "stock")


def test_what_came_from_an_older_list_stands_aside(
    new_case: NewCase, people: SimpleNamespace, chief: User
) -> None:
    case = accepted("03-01", new_case, people)
    with day("03-01"):
        entry = events.next_of_case(case, None, "admit")
        entry.save(force_insert=True)
    march = asked(chief, "03-01", "03-31", "03-31")
    assert numbers(row("handled", march), "received", "imported") == (0, 1)
    assert numbers(row("closure", march, "cohort"), "base", "imported") == (0, 1)
    assert row("funnel", march, "petition:registered")["reached"] == 0


def test_the_funnel_counts_each_case_once_a_step(cases: dict[str, Case], chief: User) -> None:
    march = asked(chief, "03-01", "03-31", "05-31")
    told = {
        step: row("funnel", march, f"petition:{step}")["reached"]
        for step in ("registered", "handling", "closing", "closed", "archived")
    }
    assert told == {"registered": 8, "handling": 7, "closing": 4, "closed": 1, "archived": 0}


def test_what_is_overdue_and_who_carries_it(
    cases: dict[str, Case], chief: User, people: SimpleNamespace
) -> None:
    with day("07-31"):
        rows = figures.report("overdue", asked(chief, "05-01", "05-31", "05-20"))["rows"]
    late = [(r["number"], r["days_late"]) for r in rows if r["rule"] == "petition.handling"]
    assert late == [
        (fresh(cases["b"]).number, 20.0),
        (fresh(cases["k"]).number, 20.0),
        (fresh(cases["g"]).number, 1.0),
    ]
    assert {r["handler"] for r in rows if r["rule"] == "petition.handling"} == {people.officer.name}


def test_open_cases_by_organisation_and_handler(
    cases: dict[str, Case], chief: User, people: SimpleNamespace
) -> None:
    what = asked(chief, "05-01", "05-31", "05-31")
    told = row("workload", what, f"handler:{people.officer.uid}")
    assert numbers(told, "open", "over_60", "oldest") == (6, 5, 91.6)  # A B C D G K, D since April
    whole = row("workload", what)
    assert whole["open"] == 7  # with the violence that X became
    assert row("workload", asked(chief, "05-01", "05-31", "03-01"))["open"] == 6
