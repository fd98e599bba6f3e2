"""The words a table is written in: statuses, guards, moves and acts."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Self, TypeVar

from casework.engine.language import Sentence
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation

Check = Callable[[Situation, Actor], Sentence | None]
Effect = Callable[[Situation, Actor], Situation]
F = TypeVar("F")


class Guard:
    """A pure question about a situation; the answer is a sentence when it refuses.

    `rules` are the numbers of the safety rules it carries (docs/safety.md).
    """

    def __init__(self, check: Check, rules: tuple[int, ...]) -> None:
        self.check = check
        self.rules = rules
        self.path = f"{check.__module__}.{check.__qualname__}"
        self.__doc__ = check.__doc__

    def __call__(self, situation: Situation, actor: Actor) -> Sentence | None:
        return self.check(situation, actor)

    def __repr__(self) -> str:
        return f"<guard {self.path}>"


def guard(*rules: int) -> Callable[[Check], Guard]:
    """Declare a guard on the situation: ``@guard(7)`` carries safety rule 7."""
    return lambda check: Guard(check, rules)


def guard_of(
    facts: type[F], *rules: int
) -> Callable[[Callable[[F, Situation, Actor], Sentence | None]], Guard]:
    """Declare a guard on the facts told with a move. It stays silent until they are told."""

    def declare(check: Callable[[F, Situation, Actor], Sentence | None]) -> Guard:
        def silent_until_told(situation: Situation, actor: Actor) -> Sentence | None:
            if not isinstance(situation.facts, facts):
                return None
            return check(situation.facts, situation, actor)

        silent_until_told.__module__ = check.__module__
        silent_until_told.__qualname__ = check.__qualname__
        silent_until_told.__doc__ = check.__doc__
        return Guard(silent_until_told, rules)

    return declare


@dataclass(frozen=True)
class Waits:
    """Whose todo a status is: the handler's, or that of whoever holds a permission."""

    why: Sentence
    by: Permission | None = None
    """None means the case's handler (until one is named: whoever registered it)."""


class Status:
    """What a case legally is. `ended` statuses need no more work than archiving.

    A status that `waits` yields a todo; one that `rests` on another case (merged) yields none.
    """

    name: str

    def __init__(
        self,
        label: Sentence,
        waits: Waits | None = None,
        *,
        ended: bool = False,
        rests: bool = False,
        final: bool = False,
    ) -> None:
        self.label = label
        self.waits = waits
        self.ended = ended or final
        self.rests = rests
        self.final = final

    def __set_name__(self, owner: type, name: str) -> None:
        if not hasattr(self, "name"):  # `initial = registered` gives no second name
            self.name = name

    def __repr__(self) -> str:
        return f"<status {self.name}>"


class Move:
    """A row of the table: from where to where, by whom, only if what, told what.

    Without a target it is an act: same lock, guards, event and clocks, but no new status.
    `then` is the row's own effect on the situation, beside the new status.
    `outcome` is what the case came to when the row itself says so (withdrawn, merged…).
    `opens` names the kind of linked case, or the procedure, that the row opens.
    `follow` is the row that the same person makes right after, as soon as nothing refuses it.
    """

    name: str

    def __init__(
        self,
        label: Sentence,
        source: Status | tuple[Status, ...],
        target: Status | None,
        by: Permission,
        only_if: tuple[Guard, ...] = (),
        *,
        reason: bool = False,
        facts: type | None = None,
        then: Effect | None = None,
        opens: str | None = None,
        outcome: str = "",
        follow: Move | None = None,
        help_text: Sentence | None = None,
    ) -> None:
        self.label = label
        self.source = source if isinstance(source, tuple) else (source,)
        self.target = target
        self.by = by
        self.only_if = only_if
        self.reason = reason
        self.facts = facts
        self.then = then
        self.opens = opens
        self.outcome = outcome
        self.follow = follow
        self.help_text = help_text

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<move {self.name}>"


class Act(Move):
    """A row without a target, by default possible in every status that is not final."""

    def __init__(
        self,
        label: Sentence,
        by: Permission,
        only_if: tuple[Guard, ...] = (),
        *,
        source: tuple[Status, ...] = (),
        reason: bool = False,
        facts: type | None = None,
        then: Effect | None = None,
        opens: str | None = None,
        follow: Move | None = None,
        help_text: Sentence | None = None,
    ) -> None:
        super().__init__(
            label,
            source,
            None,
            by,
            only_if,
            reason=reason,
            facts=facts,
            then=then,
            opens=opens,
            follow=follow,
            help_text=help_text,
        )

    def starting_in(self, source: tuple[Status, ...]) -> Self:
        """The same act for a table in which it starts in other statuses."""
        twin = copy(self)
        twin.source = source
        return twin
