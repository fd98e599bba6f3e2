"""A spring of nine petitions in a township, each with a trap, made through the verbs.

A accepted 03-01, replied 04-20                        due 04-30, met
B accepted 03-01, never replied                        due 04-30, open
C accepted 03-02, +10 days on 04-21, replied 05-05     due 05-11 (first 05-01), met
D accepted 04-20                                       due 06-19, not due in spring
E accepted 03-01, withdrawn 03-20                      cancelled
F accepted 03-01, merged into A 03-10                  cancelled
G accepted 03-01, replied 03-15, closed 03-16          due 04-30, met
  reopened 03-20, nothing since                        due 05-19, open
K accepted 03-01, replied 04-25, sent back 05-03       due 04-30: met, and open again
X received 03-05, turned out to be violence 03-06      converted
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from casework.engine import moment
from casework.engine.case_acts import Visiting
from casework.engine.moment import HOME
from casework.models import Case, User
from casework.queries import figures
from casework.queries.figures.figure import Asked
from tests.conftest import NewCase
from tests.services.steps import accept, fresh, go, request_closure
from workflows.petition import facts as petition


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@contextmanager
def day(text: str) -> Iterator[None]:
    """At nine o'clock of a day of 2026."""
    with moment.at(on(f"2026-{text} 09:00")):
        yield


def accepted(when: str, new_case: NewCase, people: SimpleNamespace) -> Case:
    with day(when):
        case = new_case()
        accept(case, people, "statutory")
        return fresh(case)


def replied(case: Case, when: str, people: SimpleNamespace) -> None:
    with day(when):
        request_closure(fresh(case), people.officer)


def done(case: Case, when: str, name: str, by: User, told: object | None = None) -> None:
    with day(when):
        go(fresh(case), name, told, by=by)


def spring(new_case: NewCase, people: SimpleNamespace) -> dict[str, Case]:
    """All of them, up to the end of May."""
    a, b, e, f, g, k = (accepted("03-01", new_case, people) for _ in range(6))
    c, d = accepted("03-02", new_case, people), accepted("04-20", new_case, people)
    with day("03-05"):
        x = new_case()
    done(x, "03-06", "convert", people.officer)
    done(f, "03-10", "merge", people.supervisor, petition.Merging(a.number, same_matter=True))
    replied(g, "03-15", people)
    done(g, "03-16", "close", people.supervisor)
    done(g, "03-20", "reopen", people.supervisor)
    with day("03-20"):
        visited(e, people)
    declared = petition.Withdrawing(declared=True, seen_alone=True)
    done(e, "03-20", "withdraw", people.officer, declared)
    replied(a, "04-20", people)
    done(c, "04-20", "ask_extension", people.officer, petition.AskingForTime(10, "等待鉴定"))
    done(c, "04-21", "grant_extension", people.supervisor, petition.Extending(10, told_her=True))
    replied(k, "04-25", people)
    done(k, "05-03", "send_back", people.supervisor)
    replied(c, "05-05", people)
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "g": g, "k": k, "x": x}


def visited(case: Case, people: SimpleNamespace) -> None:
    """She comes again, and the danger questions are put to her."""
    go(fresh(case), "add_visit", Visiting("撤回", "yes", "no", "no"), by=people.officer)


def asked(user: User | None, since: str, until: str, as_of: str, path: str = "/") -> Asked:
    """A question about 2026."""
    days = (date.fromisoformat(f"2026-{text}") for text in (since, until, as_of))
    return Asked(user, *days, path)


def row(name: str, what: Asked, key: str = "total", when: str = "07-31") -> dict[str, Any]:
    """One row of a figure, asked on a later day."""
    with day(when):
        rows = figures.report(name, what)["rows"]
    return next(r for r in rows if r["row"] == key)


def numbers(told: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(told[name] for name in names)
