"""Random walks through the API: whatever is tried in whatever order, the table holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import pytest

from casework import audit
from casework.engine import moment, registry
from casework.engine.facts import SAMPLE_NOW, questions, told, variants
from casework.engine.moves import Move
from casework.engine.picture import as_json
from casework.models import Case, Event
from tests.api.conftest import Caller, Callers, data, sentences, visit

WALKS, STEPS = 15, 25
WHO = ["officer", "supervisor", "chief"]
KINDS = ["petition", "domestic_violence"]


@pytest.mark.parametrize("seed", range(WALKS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_random_walk_stays_on_the_table(
    kind: str, seed: int, by_token: Callers, people: SimpleNamespace
) -> None:
    dice = random.Random(f"{kind} {seed}")
    callers = [by_token(who) for who in WHO]
    uid = data(dice.choice(callers).post("/cases", a_visit(kind, dice)), 201)["uid"]
    other = data(callers[0].post("/cases", visit()), 201)["uid"]
    references = {"h": str(people.officer.uid), "c": str(people.colleague.uid), "…": other}
    for _ in range(STEPS):
        take_a_step(uid, dice.choice(callers), dice, references)
    assert audit.verify().ok
    every_waiting_case_has_its_todo()


def a_visit(kind: str, dice: random.Random) -> dict[str, object]:
    """A visit with the danger questions asked, or not."""
    asked = {"danger_safe_now": "yes", "danger_hurt": "refused", "danger_afraid": "no"}
    sent = {"channel": "forwarded"} if dice.random() < 0.3 else {}
    received = (moment.now() - timedelta(days=2)).isoformat()
    return visit(kind=kind, received_at=received) | (asked if dice.random() < 0.7 else {}) | sent


def take_a_step(uid: str, caller: Caller, dice: random.Random, references: dict[str, str]) -> None:
    """Compare the offers with the table, then try one of them."""
    response = caller.get(f"/cases/{uid}")
    if response.status_code == 404:  # sealed or sensitive, and not hers
        assert sentences(caller.get(f"/cases/{uid}/moves"), 404)
        return
    before = data(response)
    table = as_json(registry.kind(before["kind"]).lifecycle)
    rows = {row["name"]: row for row in table["moves"] if before["status"] in row["from"]}
    offered = data(caller.get(f"/cases/{uid}/moves"))
    assert [m["name"] for m in offered] == [row["name"] for row in table["moves"]]
    assert {m["name"] for m in offered if m["open"]} <= rows.keys()
    open_ = [m["name"] for m in offered if m["open"]]
    name = a_choice(open_, rows, dice)
    move = registry.kind(before["kind"]).lifecycle.moves[name]
    made = caller.move(uid, name, facts=a_telling(move, dice, references), reason="因为")
    after = Case.objects.get(uid=uid)
    if made.status_code != 200:
        assert sentences(made, 422) and after.status == before["status"]
        return
    answer = data(made)
    assert (answer["before"], answer["status"]) == (before["status"], after.status)
    assert answer["status"] == (rows[name]["to"] or before["status"])


def a_choice(open_: list[str], rows: dict[str, Any], dice: random.Random) -> str:
    """An open row, rarely one that ends the walk early; now and then one that is not open."""
    if not open_ or dice.random() < 0.1:
        return dice.choice(list(rows) or ["note"])
    early = {"archive": 0.1, "convert": 0.1, "not_dv": 0.1, "merge": 0.3}
    weights = [early.get(name, 3 if rows[name]["to"] else 1) for name in open_]
    return dice.choices(open_, weights)[0]


tellings = lru_cache(variants)


def a_telling(move: Move, dice: random.Random, references: dict[str, str]) -> dict[str, Any]:
    """One of the tellings exploration tries, mostly a full one, as JSON."""
    if move.facts is None:
        return {}
    possible = tellings(move.facts)
    few = dice.choices(possible, k=40 if dice.random() < 0.8 else 1)
    chosen = max(few, key=fullness)
    plain = told(chosen)
    return {
        q.name: as_sent(plain[q.name], q.metadata["kind"], references)
        for q in questions(move.facts)
    }


def fullness(telling: object) -> int:
    """How many facts are told."""
    return sum(bool(value) for value in told(telling).values())


def as_sent(value: Any, kind: str, references: dict[str, str]) -> Any:
    """A sample moved from the time and people of exploration to those of this test."""
    if kind in ("staff", "case"):
        return references.get(value, value)
    if kind == "moment" and value:
        return (moment.now() - timedelta(hours=1)).isoformat()
    if kind == "date" and value:
        shift = moment.today() - SAMPLE_NOW.date()
        return (date.fromisoformat(value) + shift).isoformat()
    return value


def every_waiting_case_has_its_todo() -> None:
    """Open cases that do not rest wait for exactly one person or role."""
    for case in Case.objects.all():
        status = registry.kind(case.kind).lifecycle.statuses[case.status]
        waiting = case.todos.filter(done_at=None, subject__startswith="status:")
        subjects = [todo.subject for todo in waiting]
        assert subjects == ([f"status:{case.status}"] if status.waits else [])


def events_of(case: Case) -> Iterator[Event]:
    """The chain of a case."""
    return case.events.filter(chain=f"case:{case.uid}").order_by("sequence").iterator()


def test_the_walks_go_somewhere(by_token: Callers, people: SimpleNamespace) -> None:
    """Guards against walks that are refused all the way."""
    callers, reached = [by_token(who) for who in WHO], set[str]()
    references = {"h": str(people.officer.uid), "c": str(people.colleague.uid), "…": "…"}
    for kind in KINDS:
        dice = random.Random(kind)
        for _ in range(4):
            uid = data(callers[0].post("/cases", a_visit(kind, dice)), 201)["uid"]
            for _ in range(STEPS):
                take_a_step(uid, dice.choice(callers), dice, references)
            reached |= {e.after for e in events_of(Case.objects.get(uid=uid))}
    assert len(reached) >= 8, reached
