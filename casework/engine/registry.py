"""Where kinds of case, procedures, clock rules and instruments announce themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from casework.engine.assessment import Instrument
from casework.engine.clocks import WORK_NEXT, ClockRule
from casework.engine.language import Sentence
from casework.engine.lifecycle import Lifecycle
from casework.engine.moves import Act, Move
from casework.engine.situation import Proceeding


@dataclass(frozen=True)
class Kind:
    """The name-plate of a kind of case."""

    key: str
    title: Sentence
    short: Sentence
    lifecycle: Lifecycle
    clocks: tuple[ClockRule, ...]
    waiting: tuple[ClockRule, ...] = ()
    """Rules that are declared and cannot run yet."""
    always_sensitive: bool = False
    unread: tuple[str, ...] = ()
    """Fields of a situation on which no move of this kind depends: exploration leaves them out."""


@dataclass(frozen=True)
class Procedure:
    """The name-plate of a procedure inside a case: several people, several steps.

    `opener` is the act on the case that opens one, in the case statuses named in `opens_in` (none
    is named when it is an act that every case has anyway); `ender` is the row that ends one early.
    `proceeding` is what its guards read, kept in the columns of the same names; `also` writes what
    a row told into further records. `flows` are the flow classes, the last of which starts new
    processes; `active_in` names for each status the nodes that may then be active.
    """

    key: str
    title: Sentence
    lifecycle: Lifecycle
    opener: Act
    opens_in: Mapping[str, tuple[str, ...]]
    ender: Move
    proceeding: type[Proceeding]
    flows: tuple[type, ...]
    active_in: Mapping[str, frozenset[str]]
    clocks: tuple[ClockRule, ...] = ()
    waiting: tuple[ClockRule, ...] = ()
    """Clock rules that are declared and cannot run yet."""
    outlives: frozenset[str] = frozenset()
    """The statuses in which it goes on when its case ends (an order in force)."""
    stands: frozenset[str] = frozenset()
    """Further statuses in which nothing is owed and guards of its case must still know of it."""
    also: Callable[[object, object, object], None] = lambda record, facts, actor: None
    chaser: Move | None = None
    """The row by which the other side is reminded (engine/chasing.py)."""
    hands_up: Move | None = None
    """The row by which our own superior is told of the silence, where the table has one; in its
    statuses it is the last rung."""


_kinds: dict[str, Kind] = {}
_procedures: dict[str, Procedure] = {}
_instruments: dict[str, Instrument] = {}
_clock_rules: dict[str, ClockRule] = {WORK_NEXT.key: WORK_NEXT}


def register(kind: Kind) -> None:
    """Announce a kind of case; announcing another one under the same key is an error."""
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"two kinds are called {kind.key}")
    _declare((*kind.clocks, *kind.waiting))


def register_procedure(procedure: Procedure) -> None:
    """Announce a procedure and give the kinds registered so far its opening act."""
    if procedure.key in _procedures:
        raise ValueError(f"two procedures are called {procedure.key}")
    _procedures[procedure.key] = procedure
    _declare((*procedure.clocks, *procedure.waiting))
    for each in _kinds.values():
        statuses = each.lifecycle.statuses
        sources = tuple(statuses[name] for name in procedure.opens_in.get(each.key, ()))
        if sources:
            each.lifecycle.attach(procedure.opener.starting_in(sources))


def register_instrument(instrument: Instrument) -> None:
    """Announce a risk instrument; the highest version of a key is the one in use."""
    known = _instruments.get(instrument.key)
    if known is None or known.version <= instrument.version:
        _instruments[instrument.key] = instrument


def kind(key: str) -> Kind:
    """The kind called `key`; KeyError when there is none."""
    return _kinds[key]


def kinds() -> tuple[Kind, ...]:
    """All kinds, in order of announcement."""
    return tuple(_kinds.values())


def procedure(key: str) -> Procedure:
    """The procedure called `key`; KeyError when there is none."""
    return _procedures[key]


def procedures() -> tuple[Procedure, ...]:
    """All procedures, in order of announcement."""
    return tuple(_procedures.values())


def lifecycle(key: str) -> Lifecycle:
    """The table of the kind of case, or of the procedure, called `key`; KeyError without."""
    return (_kinds.get(key) or _procedures[key]).lifecycle


def machines() -> tuple[Kind | Procedure, ...]:
    """Everything that has a table: kinds of case, then procedures."""
    return (*kinds(), *procedures())


def instrument(key: str) -> Instrument:
    """The instrument in use under `key`; KeyError when there is none."""
    return _instruments[key]


def clock_rules() -> tuple[ClockRule, ...]:
    """Every declared rule, in order of announcement."""
    return tuple(_clock_rules.values())


def clock_rule(key: str) -> ClockRule:
    """The clock rule called `key`; KeyError when nobody declares it."""
    return _clock_rules[key]


def _declare(rules: Iterable[ClockRule]) -> None:
    for rule in rules:
        if _clock_rules.setdefault(rule.key, rule) != rule:
            raise ValueError(f"two clock rules are called {rule.key}")
