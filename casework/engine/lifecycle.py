"""A lifecycle: one table of moves, and everything that can be derived from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from casework.engine.facts import questions
from casework.engine.language import Sentence, _
from casework.engine.moves import Act, Guard, Move, Status
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation, but


class Lifecycle:
    """Base of every table. A subclass's attributes are its statuses and moves, in page order."""

    key: str
    initial: Status
    carried: bool = False
    """A procedure's table: its statuses wait on the tasks of its flow, not on somebody's todo."""
    strip: tuple[Status, ...] = ()
    """The statuses of an uneventful life, shown as a strip on the case page."""

    statuses: dict[str, Status]
    moves: dict[str, Move]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        rows = {name: row for base in reversed(cls.__mro__) for name, row in vars(base).items()}
        cls.statuses = {s.name: s for s in rows.values() if isinstance(s, Status)}
        own = {m.name: m for m in vars(cls).values() if isinstance(m, Move)}
        shared = {m.name: m for m in rows.values() if isinstance(m, Move) and m.name not in own}
        cls.moves = own | shared

    def attach(self, act: Act) -> None:
        """Add an act that a procedure brings to this table."""
        assert act.name not in self.moves, act
        self.moves[act.name] = act

    @property
    def final(self) -> tuple[Status, ...]:
        """The statuses that nothing leaves."""
        return tuple(s for s in self.statuses.values() if s.final)

    def sources(self, move: Move) -> tuple[Status, ...]:
        """Where `move` may start; an act without sources may be made in every living status."""
        return move.source or tuple(s for s in self.statuses.values() if not s.final)

    def guards(self) -> dict[str, Guard]:
        """All guards of the table by dotted path."""
        return {g.path: g for move in self.moves.values() for g in move.only_if}

    def open_moves(self, status: str) -> Iterator[Move]:
        """The rows that start in `status`."""
        return (m for m in self.moves.values() if self.statuses[status] in self.sources(m))

    def refusals(
        self,
        situation: Situation,
        actor: Actor,
        move: Move,
        *,
        reason: str = "",
        asking: bool = False,
        without: str = "",
    ) -> tuple[Sentence, ...]:
        """Every reason why `actor` may not make `move` now, all at once; empty when she may.

        `asking` leaves out what only the telling can show (reason, facts). `without` drops the
        guard of that dotted path: exploration uses it to learn what each guard is good for.
        """
        found = self.refusing(situation, actor, move, reason=reason, asking=asking, without=without)
        return tuple(dict.fromkeys(sentence for _who, sentence in found))

    def refusing(
        self,
        situation: Situation,
        actor: Actor,
        move: Move,
        *,
        reason: str = "",
        asking: bool = False,
        without: str = "",
    ) -> Iterator[tuple[str, Sentence]]:
        """Who refuses (a guard's dotted path, or status, told, permission) and why."""
        status = self.statuses[situation.status]
        if not (status in move.source or (not move.source and not status.final)):
            yield "status", cannot(status, move)
            return
        if asking:
            situation = but(situation, facts=None)
        else:
            for sentence in not_told(move, situation.facts, reason):
                yield "told", sentence
        refused = not_permitted(situation, actor, move.by)
        if refused:
            yield "permission", refused
        for check in move.only_if:
            said = None if check.path == without else check(situation, actor)
            if said:
                yield check.path, said

    def after(self, situation: Situation, actor: Actor, move: Move) -> Situation:
        """The situation once `move` is made: the only place where a move changes anything."""
        changed = move.then(situation, actor) if move.then else situation
        if move.target is None:
            return but(changed, facts=None)
        if changed.procedure:
            moved = replace(changed.procedure, status=move.target.name)
            return but(changed, status=move.target.name, procedure=moved, facts=None)
        return but(
            changed,
            procedures=() if move.target.ended else changed.procedures,
            status=move.target.name,
            status_since=situation.now,
            requester=changed.requester if changed.requester != situation.requester else "",
            countersigner="",
            extension_by="",
            facts=None,
        )


def cannot(status: Status, move: Move) -> Sentence:
    """The sentence for a move that the table does not know from this status."""
    return _("“%(status)s”时不能“%(move)s”。", status=status.label, move=move.label)


def not_told(move: Move, facts: object | None, reason: str) -> Iterator[Sentence]:
    """What should have been told with `move` and was not."""
    if move.reason and not reason.strip():
        yield _("请写明理由。")
    if move.facts is None:
        return
    if not isinstance(facts, move.facts):
        yield _("“%(move)s”须先填写相关情况。", move=move.label)
        return
    for question in questions(move.facts):
        if question.metadata["required"] and not getattr(facts, question.name):
            yield _("请填写“%(fact)s”。", fact=question.metadata["label"])


def not_permitted(situation: Situation, actor: Actor, permission: Permission) -> Sentence | None:
    """Why `actor` lacks `permission` on this case, if she does.

    Handling belongs to the handler, to the registrar while no handler is named, and to a
    supervisor here or in a superior organisation; a procedure belongs to whoever carries it, and
    what is handled in it also to the handler of its case (domain: permission table). A deputy
    stands for whoever is on leave.
    """
    if not actor.may(permission) or not actor.oversees(situation.path):
        return _("这一步需要“%(permission)s”权限。", permission=permission.label)
    if actor.may(Permission.SUPERVISE):
        return None
    procedure = situation.procedure
    carrier = procedure.carrier if procedure else ""
    handles = permission is Permission.HANDLE
    if procedure and permission is procedure.carried_by and carrier and not handles:
        return None if actor.stands_for(carrier) else _("本程序由其他人员承担。")
    if handles:
        owners = {situation.handler or situation.registrar, carrier} - {""}
        if not any(actor.stands_for(owner) for owner in owners):
            return _("本案由其他人员承办。")
    return None


def problems(lifecycle: Lifecycle) -> list[str]:
    """What is wrong with a table: unreachable status, dead end, status that nobody waits on."""
    found = []
    for name in _unreachable(lifecycle):
        found.append(f"{lifecycle.key}: status {name} cannot be reached")
    for status in lifecycle.statuses.values():
        leaves = [m for m in lifecycle.open_moves(status.name) if m.target]
        if status.final == bool(leaves):
            found.append(
                f"{lifecycle.key}: status {status.name} has no way on, or is final and has one"
            )
        if not (status.waits or status.rests or status.final or lifecycle.carried):
            found.append(f"{lifecycle.key}: status {status.name} yields no todo")
    for move in lifecycle.moves.values():
        if not isinstance(move.by, Permission):
            found.append(f"{lifecycle.key}: move {move.name} names an unknown permission")
        strangers = [
            s
            for s in (*move.source, *([move.target] if move.target else []))
            if lifecycle.statuses.get(s.name) is not s
        ]
        if strangers:
            found.append(f"{lifecycle.key}: move {move.name} names statuses of another table")
    return found


def _unreachable(lifecycle: Lifecycle) -> set[str]:
    reached, frontier = set[str](), {lifecycle.initial.name}
    while frontier:
        reached |= frontier
        frontier = {
            m.target.name for s in frontier for m in lifecycle.open_moves(s) if m.target
        } - reached
    return set(lifecycle.statuses) - reached
