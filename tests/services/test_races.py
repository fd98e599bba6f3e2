"""Many at once on PostgreSQL, each in a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connection

from casework import audit
from casework.engine.case_acts import Noting
from casework.models import Case, Event, Todo, User, Visit
from casework.services import intake
from casework.services.intake import VisitNote
from casework.services.refusals import Refused
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.services.steps import fresh
from tests.workflows.tables import MOVES
from workflows.petition.facts import Directing, Transferring

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NOTE = VisitNote("visit", "petition", name="某女士", happened="村里不给分地")
NOT_OURS = ("not_ours", Directing("litigation"))
TRANSFER = ("transfer", Transferring("县法院", "转1号", told_her=True))


@pytest.fixture(autouse=True)
def in_autocommit() -> Iterator[None]:
    """The tests rest on real transactions."""
    assert not connection.in_atomic_block
    yield


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Let `count` threads begin `act` together; answers what each came to, refusals included."""
    together = Barrier(count)

    def one(number: int) -> object:
        try:
            together.wait()
            return act(number)
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def legal(case: Case) -> bool:
    """Every step of the case's chain is a pair of the table, each beginning where one ended."""
    pairs = {(s, r.name, r.target or s) for r in MOVES[case.kind] for s in r.sources}
    steps = case.events.filter(chain=f"case:{case.uid}").order_by("sequence")[1:]
    trail = [(e.before, e.act, e.after) for e in steps if e.before != e.after]
    joined = all(a[2] == b[0] for a, b in zip(trail, trail[1:], strict=False))
    return set(trail) <= pairs and joined and (not trail or trail[-1][2] == case.status)


def test_two_moves_racing_leave_a_state_that_the_table_allows(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()

    def act(number: int) -> object:
        name, told = NOT_OURS if number % 2 else TRANSFER
        return advance(
            Case.objects.get(pk=case.pk),
            move_of(case, name),
            told,
            actor=User.objects.get(pk=people.supervisor.pk),
            reason="因为",
        )

    outcomes = at_once(20, act)
    assert sum(isinstance(o, Event) for o in outcomes) == 1
    assert sum(isinstance(o, Refused) for o in outcomes) == 19
    assert legal(fresh(case))
    assert audit.verify().ok
    assert Event.objects.filter(act="refused").count() == 19


def test_moves_that_may_follow_each_other_are_made_one_by_one(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    names = ["transfer", "take_back"]

    def act(number: int) -> object:
        name = names[number % 2]
        told = TRANSFER[1] if name == "transfer" else None
        actor = User.objects.get(pk=people.supervisor.pk)
        return advance(case, move_of(case, name), told, actor=actor, reason="因为")

    outcomes = at_once(20, act)
    made = sum(isinstance(o, Event) for o in outcomes)
    case = fresh(case)
    assert (case.event_count, case.version) == (made + 1, made)
    assert legal(case)
    assert audit.verify().ok


def test_the_same_key_forty_times_is_one_event(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()

    def act(number: int) -> object:
        told = Noting("先打电话")
        actor = User.objects.get(pk=people.officer.pk)
        return advance(case, move_of(case, "note"), told, actor=actor, key="once")

    events = at_once(40, act)
    assert len({event.pk for event in events}) == 1
    assert Event.objects.filter(act="note").count() == 1
    assert audit.verify().ok


@pytest.mark.parametrize("ends_as", ["petition", "consultation"])
def test_a_visit_submitted_ten_times_is_logged_once(ends_as: str, people: SimpleNamespace) -> None:
    answers = {"danger_safe_now": "yes", "danger_hurt": "no", "danger_afraid": "no"}
    note = replace(NOTE, kind=ends_as, **answers)

    def act(number: int) -> object:
        return intake.log_visit(note, actor=User.objects.get(pk=people.officer.pk), key="once")

    logged = at_once(10, act)
    assert len({one.visit.pk for one in logged}) == 1
    assert Visit.objects.count() == 1
    assert audit.verify().ok


def test_numbers_have_no_gaps_and_no_doubles(people: SimpleNamespace) -> None:
    def act(number: int) -> object:
        logged = intake.log_visit(NOTE, actor=User.objects.get(pk=people.officer.pk))
        assert logged.case
        return logged.case.number

    numbers = at_once(12, act)
    assert sorted(str(n)[-5:] for n in numbers) == [f"{n:05d}" for n in range(1, 13)]


def test_a_refusal_is_logged_without_any_transaction_around_it(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    with pytest.raises(Refused):
        advance(case, move_of(case, "close"), actor=people.supervisor)
    assert Event.objects.filter(act="refused", actor=str(people.supervisor.uid)).count() == 1
    assert audit.verify().ok


def test_refusals_at_once_stand_in_one_chain(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()

    def act(number: int) -> object:
        actor = User.objects.get(pk=people.supervisor.pk)
        return advance(case, move_of(case, "close"), actor=actor)

    assert all(isinstance(o, Refused) for o in at_once(15, act))
    assert Event.objects.filter(act="refused").count() == 15
    assert audit.verify().ok


def test_a_case_has_one_open_todo_after_a_race(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()

    def act(number: int) -> object:
        actor = User.objects.get(pk=people.supervisor.pk)
        return advance(case, move_of(case, "note"), Noting(f"{number}"), actor=actor)

    at_once(15, act)
    subjects = list(Todo.objects.filter(case=case, done_at=None).values_list("subject", flat=True))
    assert sorted(subjects) == ["clock:petition.notice", "status:registered"]
