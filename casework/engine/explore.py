"""Walk every state a machine can reach, through the same tables and guards as production.

A state is a `Situation` in canonical form: time stands still, and its passing is a move of its
own (an assessment expires, a search grows old). Beside the table's moves the world moves too: a
procedure opens or ends, an order begins or lapses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from casework.engine import registry
from casework.engine.facts import SAMPLE_NOW, variants
from casework.engine.following import REASSESSMENT
from casework.engine.lifecycle import Lifecycle, not_permitted, not_told
from casework.engine.moves import Move
from casework.engine.owed import MANDATORY, POLICE, REPORTS
from casework.engine.people import Actor, Role
from casework.engine.safety import Made, violated
from casework.engine.situation import Assessed, Danger, Proceeding, Questions, Situation, but

PATH = "/c/t/"
ACTORS = (
    Actor("h", frozenset({Role.DESK_OFFICER}), PATH),
    Actor("s", frozenset({Role.SUPERVISOR}), PATH),
    Actor("u", frozenset({Role.SUPERVISOR}), "/c/"),
)
"""A desk officer, the supervisor of her office, and one of the superior organisation. A fourth
person, ``c``, has an interest in the case and is only ever proposed as its handler."""

SPECIALISTS = (
    Actor("m", frozenset({Role.MEDIATOR}), PATH),
    Actor("l", frozenset({Role.LIAISON}), PATH),
    Actor("c", frozenset({Role.SUPERVISOR}), PATH),
)
"""Who works in procedures; ``c`` has an interest in the case and is a supervisor, too."""

HIM = frozenset({"him"})
"""The party who was violent, once violence is on record."""

FOLLOWED_UP_IN = "monitoring"
"""The status in which a row looks back on the follow-up; elsewhere nobody asks how it went."""

_FRESH, _OLD = SAMPLE_NOW + timedelta(days=1), SAMPLE_NOW - timedelta(days=40)


@dataclass
class Findings:
    """What an exploration found."""

    states: int = 0
    transitions: int = 0
    keys: list[str] = field(default_factory=list)
    violations: list[dict[str, object]] = field(default_factory=list)
    also_stopped_by: set[str] = field(default_factory=set)


def explore(machine: str, *, without: str = "", keys: bool = False) -> Findings:
    """Visit every reachable state of `machine`, breadth first; the shortest path to the first
    violation of each rule is kept. `without` drops a guard, given by its dotted path: looks first
    where that guard is asked, and stops at the first violation (of a rule that it carries, if it
    carries any); what else refuses where that guard would is told in `also_stopped_by`. Raises
    KeyError for an unknown machine or guard."""
    lifecycle = registry.lifecycle(machine)
    if without and without not in lifecycle.guards():
        raise KeyError(without)
    return _Walk(lifecycle, without).run(beginnings(machine), keys)


def beginnings(machine: str) -> list[Situation]:
    """How a case of `machine` can begin: forwarded by an office, or not. Or how a procedure can:
    as its opening acts leave it, in a case with violence or without."""
    if machine in {p.key for p in registry.procedures()}:
        return list(_openings(registry.procedure(machine)))
    plate = registry.kind(machine)
    blank = Situation(
        kind=machine,
        status=plate.lifecycle.initial.name,
        path=PATH,
        now=SAMPLE_NOW,
        received_at=SAMPLE_NOW,
        status_since=SAMPLE_NOW,
        registrar="h",
        safety_sensitive=plate.always_sensitive,
        violence=plate.always_sensitive,
        countersigner="u" if "countersigner" in plate.unread else "",
        barred=HIM if plate.always_sensitive else frozenset(),
        conflicted=frozenset({"c"}),
    )
    return [blank] if plate.always_sensitive else [blank, replace(blank, forwarded=True)]


def _openings(plate: registry.Procedure) -> Iterator[Situation]:
    """Every way in which the desk officer can open one, in a quiet case and in a violent one."""
    kind = next(iter(plate.opens_in), registry.kinds()[0].key)
    statuses = plate.opens_in.get(kind, (registry.lifecycle(kind).initial.name,))
    quiet = Situation(
        kind=kind,
        status=statuses[0],
        path=PATH,
        now=SAMPLE_NOW,
        received_at=SAMPLE_NOW,
        status_since=SAMPLE_NOW,
        registrar="h",
        handler="h",
        consents=frozenset({"refer", "apply"}),
        conflicted=frozenset({"c"}),
    )
    violent = but(
        quiet,
        violence=True,
        safety_sensitive=True,
        danger=Danger.LOW,
        countersigner="s",
        barred=HIM,
    )
    for case in (quiet, violent, but(violent, danger=Danger.HIGH)):
        for facts in variants(plate.opener.facts):
            asked = but(case, facts=facts)
            lifecycle = registry.lifecycle(kind)
            row = lifecycle.moves[plate.opener.name]
            if not lifecycle.refusals(asked, ACTORS[0], row):
                opened = _under(lifecycle.after(asked, ACTORS[0], row), plate)
                assert opened.procedure
                yield from (but(opened, procedure=p) for p in opened.procedure.beginnings())


def _under(case: Situation, plate: registry.Procedure) -> Situation:
    """The situation of the procedure that was just opened in `case`."""
    opened = next(p for p in case.procedures if p.kind == plate.key)
    return but(case, kind=plate.key, status=opened.status, procedure=opened, procedures=())


def canonical(situation: Situation, begin: Situation) -> Situation:
    """The same state for every case that guards cannot tell apart: fields that no row of the kind
    reads stand as they did in the beginning. One open procedure is looked at at a time, and beside
    it neither handler nor assessor: no guard reads both."""
    if situation.procedure:
        alike = situation.procedure.canonical()
        return but(situation, facts=None, procedure=alike, status_since=SAMPLE_NOW)
    changes: dict[str, object] = {
        name: getattr(begin, name) for name in registry.kind(situation.kind).unread
    }
    changes["owed"] = owed = _owed(situation.owed)
    changes["report_duty"] = MANDATORY in owed
    changes["barred"] = HIM if situation.violence else frozenset()
    kept = {running.in_case() for running in situation.procedures if _matters(running)}
    changes["procedures"] = tuple(sorted(kept, key=str)[:1])
    if situation.assessment:
        changes["assessment"] = _same_assessment(situation, beside=bool(kept))
    if kept:
        changes["handler"] = "h"
    changes |= _same_people(situation, begin)
    if situation.status != "lost_contact":
        changes["status_since"] = SAMPLE_NOW
    if situation.status != FOLLOWED_UP_IN:
        changes["followed_up"] = ""
    if situation.warned and not _asks_for_warnings(situation):
        changes["warned"] = False
    return but(situation, sealed=False, facts=None, **changes)


def _same_assessment(situation: Situation, *, beside: bool) -> Assessed:
    """Whose words it rests on, no guard asks. Its level and who made it matter only to whoever
    lowers the danger: there must be something to lower, and it must hold."""
    made = situation.assessment
    assert made
    if not made.holds(situation.now):
        return Assessed(Danger.LOW, True, "h", _OLD)
    alone = beside or situation.danger is Danger.LOW
    level = Danger.LOW if beside else made.level
    return Assessed(level, True, "h" if alone else made.assessor, _FRESH)


def _same_people(situation: Situation, begin: Situation) -> dict[str, object]:
    """A refused question was asked. A second signature is read where the danger is high, or low
    enough to mediate, and every change of the level takes it away. Who has an interest in the case
    is read neither with her answers nor with her consents: it is varied where there are none."""
    changes: dict[str, object] = {}
    asked = situation.questions is not Questions.NOT_ASKED
    if asked:
        changes["questions"] = Questions.ANSWERED
    if situation.danger in (None, Danger.MEDIUM):
        changes["countersigner"] = begin.countersigner
    if asked or situation.consents:
        changes["conflicted"] = begin.conflicted
        if situation.handler in begin.conflicted:
            changes["handler"] = "h"
    return changes


def _owed(owed: frozenset[str]) -> frozenset[str]:
    """No guard tells one report of high danger from the other, and both can always be recorded: one
    stands for both. A duty to report that is met is to guards as if there had never been one (as
    the ground of a referral, they see it while it is owed)."""
    return owed - REPORTS | {POLICE} if owed & REPORTS else owed


def _matters(proceeding: Proceeding) -> bool:
    """Does a rule speak of it? What is mediated with others, what does not rest on her consent, and
    a follow-up only hold back the closure, as the others do."""
    ruled = proceeding.ends_on - {REASSESSMENT}
    return bool(ruled) and getattr(proceeding, "other", "him") == "him"


def _asks_for_warnings(situation: Situation) -> bool:
    """Would a mediation be opened, but for a warning by the police? Elsewhere nobody asks."""
    opens = registry.procedure("mediation").opens_in.get(situation.kind, ())
    allowed = situation.danger is Danger.LOW and bool(situation.countersigner)
    return allowed and situation.status in opens and not situation.procedures


def key(situation: Situation) -> str:
    """The canonical name of a state."""
    made = situation.assessment
    parts: list[object] = [
        situation.status,
        situation.danger or "-",
        f"{made.level}/{made.assessor}{'' if made.holds(situation.now) else '/old'}"
        if made
        else "-",
        situation.questions,
        situation.handler or "-",
        situation.requester or "-",
        situation.countersigner or "-",
        *sorted(situation.consents),
        *sorted(situation.owed),
        *(f"{p.kind}:{' '.join(sorted(p.ends_on))}" for p in situation.procedures),
        str(situation.procedure or ""),
    ]
    flags = (
        "forwarded",
        "safety_sensitive",
        "violence",
        "alarming",
        "minor",
        "report_duty",
        "live_order",
        "warned",
        "followed_up",
        "children",
    )
    parts += [name for name in flags if getattr(situation, name)]
    if situation.status_since != SAMPLE_NOW:
        parts.append("long")
    if not situation.conflicted:
        parts.append("nobody stands aside")
    return " ".join(str(part) for part in parts)


def _tells(move: Move) -> bool:
    """Can the row change anything, or break a rule?"""
    return bool(move.target or move.then or any(g.rules for g in move.only_if))


class _Walk:
    def __init__(self, lifecycle: Lifecycle, without: str) -> None:
        self.lifecycle = lifecycle
        self.without = without
        self.found = Findings()
        self.tellings = {
            m.name: [f for f in variants(m.facts) if not any(not_told(m, f, "…"))]
            for m in lifecycle.moves.values()
        }
        self.rows = {
            status: [m for m in lifecycle.open_moves(status) if _tells(m)]
            for status in lifecycle.statuses
        }
        self.watched = {
            m for m in lifecycle.moves.values() if any(g.path == without for g in m.only_if)
        }
        self.carried = (
            {str(rule) for rule in lifecycle.guards()[without].rules} if without else set()
        )
        self.steps_to_it = self._steps_to_it()
        self.came_from: dict[Situation, tuple[Situation, str] | None] = {}

    def _steps_to_it(self) -> dict[str, int]:
        """How many moves each status lies before one in which the dropped guard is asked."""
        steps = {s: 0 for s, moves in self.rows.items() if self.watched.intersection(moves)}
        near = deque(steps)
        while near:
            there = near.popleft()
            for status, moves in self.rows.items():
                if status not in steps and any(m.target and m.target.name == there for m in moves):
                    steps[status] = steps[there] + 1
                    near.append(status)
        return steps

    def run(self, begin: list[Situation], keys: bool) -> Findings:
        self.begin = begin[0]
        far = len(self.rows)
        waiting: list[deque[Situation]] = [deque() for _ in range(far + 1)]
        self.came_from = dict.fromkeys(begin)
        for state in begin:
            waiting[self.steps_to_it.get(state.status, far)].append(state)
        while (queue := next(filter(None, waiting), None)) and not self._enough():
            state = queue.popleft()
            for after, label in self._next(state):
                self.found.transitions += 1
                if after not in self.came_from:
                    self.came_from[after] = (state, label)
                    waiting[self.steps_to_it.get(after.status, far)].append(after)
        self.found.states = len(self.came_from)
        if keys:
            self.found.keys = sorted(map(key, self.came_from))
        return self.found

    def _enough(self) -> bool:
        """Is the dropped guard shown to be good for something?"""
        found = {str(violation["rule"]) for violation in self.found.violations}
        return bool(self.without and found and (not self.carried or found & self.carried))

    def _next(self, state: Situation) -> Iterator[tuple[Situation, str]]:
        yield from _world(state)
        for move in self.rows[state.status]:
            for actor in self._actors(move):
                if move not in self.watched and not_permitted(state, actor, move.by):
                    continue
                reached = set[Situation]()
                for facts in self.tellings[move.name]:
                    after = self._made(but(state, facts=facts), move, actor)
                    if after is not None and after not in reached:
                        reached.add(after)
                        yield after, f"{actor.uid}: {move.name}"

    def _actors(self, move: Move) -> tuple[Actor, ...]:
        if self.lifecycle.carried:
            return ACTORS + SPECIALISTS
        return ACTORS if move.target else ACTORS[:2]

    def _made(self, told: Situation, move: Move, actor: Actor) -> Situation | None:
        refusing = self.lifecycle.refusing(told, actor, move, reason="…", without=self.without)
        first = next(refusing, None)
        if first:
            self._also(told, move, actor, first[0], refusing)
            return None
        after = self.lifecycle.after(told, actor, move)
        for rule in violated(Made(told, move, actor, after)):
            self._violation(rule, told, move, actor)
        return canonical(after, self.begin)

    def _also(
        self,
        told: Situation,
        move: Move,
        actor: Actor,
        first: str,
        rest: Iterator[tuple[str, object]],
    ) -> None:
        """Where the dropped guard would refuse, remember who refuses still."""
        if move not in self.watched:
            return
        dropped = next(g for g in move.only_if if g.path == self.without)
        if dropped(told, actor):
            self.found.also_stopped_by |= {first, *(who for who, _sentence in rest)} - {"told"}

    def _violation(self, rule: str, told: Situation, move: Move, actor: Actor) -> None:
        if any(v["rule"] == rule for v in self.found.violations):
            return
        steps = [f"{actor.uid}: {move.name}"]
        at = but(told, facts=None)
        while (origin := self.came_from[at]) is not None:
            at, label = origin
            steps.append(label)
        self.found.violations.append({"rule": rule, "path": steps[::-1]})


def _world(state: Situation) -> Iterator[tuple[Situation, str]]:
    """What happens without anybody's move."""
    if state.procedure:
        yield from _around(state)
        return
    for ended in state.procedures:
        left = tuple(p for p in state.procedures if p is not ended)
        yield replace(state, procedures=left), "a procedure ends"
    made = state.assessment
    if made and made.holds(state.now):
        yield replace(state, assessment=replace(made, valid_until=_OLD)), "time passes"
    if state.status == "lost_contact" and state.status_since == SAMPLE_NOW:
        yield replace(state, status_since=_OLD), "thirty days pass"
    if state.status == FOLLOWED_UP_IN and not state.followed_up:
        yield replace(state, followed_up="followed"), "she is followed up"
    if not state.warned and _asks_for_warnings(state):
        yield but(state, warned=True), "the police warn him in writing"
    if state.status in ("closed", "declined_service") and state.kind == "domestic_violence":
        yield replace(state, live_order=not state.live_order), "an order begins or lapses"


def _around(state: Situation) -> Iterator[tuple[Situation, str]]:
    """What happens around a procedure: violence in another case of the pair, a warning,
    her consent taken back, a body that closes, a receipt that does not come."""
    if not state.barred:
        yield but(state, barred=HIM), "violence between the two is recorded in another case"
    if state.kind == "mediation" and not state.warned:
        yield but(state, barred=HIM, warned=True), "the police warn him, in another case"
    if state.consents:
        yield but(state, consents=frozenset()), "she takes her consent back"
    if state.kind == "mediation" and state.danger is Danger.HIGH and not state.owed:
        yield but(state, owed=frozenset({POLICE})), "new violence by another is to be reported"
    for later in state.procedure.as_time_passes() if state.procedure else ():
        yield but(state, procedure=later), "time passes"
