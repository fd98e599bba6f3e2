"""What danger and duty demand of a case now: the tasks, by when, and whom to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F

from casework.engine import registry
from casework.engine.language import Sentence
from casework.engine.owed import HANDLER, MANDATORY, PLAN, POLICE, SUPERIOR, TASKS
from casework.engine.owed_clocks import OF_TASK
from casework.engine.situation import Danger
from casework.models import Body, Case, Clock
from casework.queries.moves import Offer
from casework.queries.staff import ancestors

ROWS = {
    MANDATORY: ("report_police", "report_mandatory"),
    POLICE: ("report_police",),
    SUPERIOR: ("report_superior",),
    PLAN: ("offer_plan",),
    HANDLER: ("assign",),
}
"""By which rows each task is recorded."""

CALLED = ("police", "shelter", "hospital", "federation")
"""The bodies whose numbers are at hand while anything is owed, who can come at once first."""


def tasks_of(case: Case) -> list[str]:
    """What is owed, most urgent first. When a case has ended, only its reports still are."""
    owed = set(case.owed.split())
    if case.danger == Danger.HIGH and case.handler_id is None:
        owed.add(HANDLER)
    if registry.kind(case.kind).lifecycle.statuses[case.status].ended:
        owed &= OF_TASK.keys()
    return [task for task in TASKS if task in owed]


@dataclass(frozen=True)
class Task:
    """One thing to do now: what, by which rows it is recorded, and the clock that runs."""

    words: Sentence
    offers: list[Offer]
    clock: Clock | None


@dataclass(frozen=True)
class ToDoNow:
    """All that is to be done now, and whom to call."""

    tasks: list[Task]
    bodies: list[Body]


def to_do_now(case: Case, offers: Iterable[Offer], clocks: Iterable[Clock]) -> ToDoNow | None:
    """What is to be done now in `case`, of whose rows `offers` speak and whose clocks are given;
    None when nothing is owed."""
    tasks = tasks_of(case)
    if not tasks:
        return None
    by_name = {offer.move.name: offer for offer in offers}
    running = {c.rule: c for c in clocks if c.state == "running"}
    return ToDoNow(
        [
            Task(
                TASKS[task],
                [by_name[row] for row in ROWS[task] if row in by_name],
                running.get(OF_TASK[task].key) if task in OF_TASK else None,
            )
            for task in tasks
        ],
        _numbers(case),
    )


def _numbers(case: Case) -> list[Body]:
    """The bodies of the directory that have a number, of each service the nearest first."""
    found = Body.objects.filter(
        active=True, service__in=CALLED, organisation__path__in=ancestors(case.organisation_path)
    ).exclude(phone="")
    rows = found.order_by(F("organisation__path").desc(), "name")
    return sorted(rows, key=lambda body: CALLED.index(body.service))
