"""Telling a case step by step through the real verbs: the machinery of `story` and of the demo.

A story is a list of steps; each says who does what, how long after the step before, and what she
tells. Names of moves and facts are those of the tables, so stories break when tables change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from casework.engine import moment, registry
from casework.models import Body, Case, Event, Procedure, User
from casework.services import intake, jobs
from casework.services.verbs import advance

DAY = timedelta(days=1)
Facts = Mapping[str, Any] | Callable[["Telling"], Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """`who` makes `move`, `after` the step before, telling `facts`: on the case, or on its latest
    procedure of the kind `on`."""

    who: str
    move: str
    facts: Facts = field(default_factory=dict)
    reason: str = ""
    after: timedelta = timedelta(hours=3)
    on: str = ""
    when: Callable[[Telling], bool] = lambda telling: True
    """Is the step made in this case? What is owed depends on the danger."""


@dataclass
class Telling:
    """A story being told: the case so far, the time in it, and who is who."""

    staff: Mapping[str, User]
    at: datetime
    case: Case

    def uid(self, who: str) -> str:
        """The uid of a member of staff, as facts name her."""
        return str(self.staff[who].uid)

    def party(self, role: str = "respondent") -> str:
        """The uid of a party of the case."""
        return str(self.case.parties.filter(role=role).values_list("uid", flat=True)[0])

    def body(self, service: str) -> str:
        """The uid of a body that gives `service`."""
        return str(Body.objects.filter(service=service).values_list("uid", flat=True)[0])

    def record(self, on: str) -> Case | Procedure:
        """The case, or its latest procedure of a kind."""
        return self.case.procedures.filter(kind=on).latest("id") if on else self.case


def told(move: Any, values: Mapping[str, Any]) -> object | None:
    """The facts of a move from plain values; a name the move does not ask for is an error."""
    if move.facts is None:
        return None
    unknown = set(values) - {f.name for f in fields(move.facts)}
    if unknown:
        raise ValueError(f"{move.name} does not ask for {unknown}")
    made: object = move.facts(**values)
    return made


def tell(
    staff: Mapping[str, User],
    opener: str,
    note: Mapping[str, Any],
    steps: list[Step],
    begin: datetime,
    until: datetime | None = None,
) -> Iterator[dict[str, Any]]:
    """Tell a story; yields what `story --json` prints."""
    number = 0
    for telling, who, made in play(staff, opener, note, steps, begin, until):
        for event in _moves_since(telling.case, made) if made else [_opened(telling.case)]:
            number += 1
            yield _line(telling, number, who, event)


def play(
    staff: Mapping[str, User],
    opener: str,
    note: Mapping[str, Any],
    steps: list[Step],
    begin: datetime,
    until: datetime | None = None,
) -> Iterator[tuple[Telling, str, Event | None]]:
    """Log the visit at `begin` and make the steps at their times, all through the verbs; stops
    before a step that would fall after `until`. Yields, after each, who made which move (the
    first: none, the visit)."""
    with moment.at(begin):
        logged = intake.log_visit(intake.VisitNote(**note), actor=staff[opener])
    assert logged.case
    telling = Telling(staff, begin, logged.case)
    yield telling, opener, None
    for step in steps:
        if not step.when(telling):
            continue
        telling.at += step.after
        if until and telling.at > until:
            return
        values = step.facts(telling) if callable(step.facts) else step.facts
        record = telling.record(step.on)
        move = registry.lifecycle(record.kind).moves[step.move]
        with moment.at(telling.at):
            event = advance(
                record, move, told(move, values), actor=staff[step.who], reason=step.reason
            )
            while jobs.run_due():
                pass
        telling.case = Case.objects.get(pk=telling.case.pk)
        yield telling, step.who, event


def _opened(case: Case) -> Event:
    return case.events.get(sequence=1, chain=f"case:{case.uid}")


def _moves_since(case: Case, made: Event) -> Iterator[Event]:
    """The move that was made and those that followed from it, without what the house did itself."""
    for event in case.events.filter(chain=made.chain, sequence__gte=made.sequence).order_by(
        "sequence"
    ):
        machine = event.record.partition(":")[0] or case.kind
        if event.act in registry.lifecycle(machine).moves:
            yield event


def _line(telling: Telling, number: int, who: str, event: Event) -> dict[str, Any]:
    user = telling.staff[who]
    return {
        "step": number,
        "record": event.record.partition(":")[0] or "case",
        "case": str(telling.case.uid),
        "actor": user.username,
        "role": min(role.value for role in user.actor.roles),
        "move": event.act,
        "from": event.before,
        "to": event.after,
        "at": telling.at.isoformat(),
    }
