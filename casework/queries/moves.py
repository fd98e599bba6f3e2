"""Which moves are open on a case for a person, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from casework.engine import registry
from casework.engine.language import Sentence
from casework.engine.moves import Move
from casework.engine.situation import Situation
from casework.models import Case, Procedure, User
from casework.queries.situations import situation_of, within


@dataclass(frozen=True)
class Offer:
    """A row that starts in the case's status, with every reason why this person may not make it."""

    move: Move
    refusals: tuple[Sentence, ...]

    @property
    def open(self) -> bool:
        """May she make it, as far as can be known before she tells the facts?"""
        return not self.refusals

    @property
    def act(self) -> bool:
        """Does it leave the status as it is?"""
        return self.move.target is None

    @property
    def asks(self) -> bool:
        """Is there something to tell with it?"""
        return self.move.reason or self.move.facts is not None


@dataclass(frozen=True)
class Closed:
    """Rows that are refused for the same reasons, told once."""

    moves: tuple[Move, ...]
    refusals: tuple[Sentence, ...]


def offers(case: Case, user: User) -> list[Offer]:
    """Every row that starts in the case's status, in the order of its table."""
    return _judged(case, user, registry.kind(case.kind).lifecycle.open_moves(case.status))


def every(case: Case, user: User) -> list[Offer]:
    """Every row of the table; those that start elsewhere say so."""
    return _judged(case, user, registry.kind(case.kind).lifecycle.moves.values())


def _judged(case: Case, user: User, rows: Iterable[Move]) -> list[Offer]:
    lifecycle, situation = registry.kind(case.kind).lifecycle, situation_of(case)
    return [
        Offer(move, lifecycle.refusals(situation, user.actor, move, asking=True)) for move in rows
    ]


def offer(record: Case | Procedure, user: User, move: Move) -> Offer:
    """One row of a case or procedure, also when it does not start in its status."""
    lifecycle = registry.lifecycle(record.kind)
    return Offer(move, lifecycle.refusals(_of(record), user.actor, move, asking=True))


def refusals(
    record: Case | Procedure, user: User, move: Move, facts: object | None, reason: str
) -> tuple[Sentence, ...]:
    """Every reason against `move` with what is told so far, but for what is still to be told."""
    situation = replace(_of(record, facts, move.opens), facts=facts)
    table = registry.lifecycle(record.kind)
    found = table.refusing(situation, user.actor, move, reason=reason)
    return tuple(dict.fromkeys(sentence for who, sentence in found if who != "told"))


def _of(
    record: Case | Procedure, facts: object | None = None, opening: str | None = None
) -> Situation:
    if isinstance(record, Procedure):
        return within(situation_of(record.case, facts, opening=record.kind), record)
    return situation_of(record, facts, opening)


def row(record: Case | Procedure, name: str) -> Move | None:
    """The row `name` of the table of a case, or of a procedure."""
    return registry.lifecycle(record.kind).moves.get(name)


def closed(found: Iterable[Offer]) -> list[Closed]:
    """The offers that are not open, those with the same reasons together."""
    groups: dict[tuple[Sentence, ...], list[Move]] = {}
    for each in found:
        if not each.open:
            groups.setdefault(each.refusals, []).append(each.move)
    return [Closed(tuple(rows), refusals) for refusals, rows in groups.items()]
