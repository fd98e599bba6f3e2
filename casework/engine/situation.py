"""What a guard may know: one frozen picture of a case, built under the case's lock."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from casework.engine.language import Sentence, _
from casework.engine.limits import PLAIN, Counting
from casework.engine.people import Permission


class Danger(StrEnum):
    """The danger a survivor is in (危险等级). It is hers, never a score of a person's risk."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 low, 1 medium, 2 high."""
        return _RANKS[self.value]

    @property
    def label(self) -> Sentence:
        """The level as shown."""
        return DANGER_LABELS[self]


_RANKS = {"low": 0, "medium": 1, "high": 2}
DANGER_LABELS = {
    Danger.LOW: _("低危"),
    Danger.MEDIUM: _("中危"),
    Danger.HIGH: _("高危"),
}


def highest(*levels: Danger | None) -> Danger | None:
    """The highest of the levels that are known; None when none is."""
    known = [level for level in levels if level is not None]
    return max(known, key=lambda level: level.rank) if known else None


class Questions(StrEnum):
    """Were the three danger questions put to her? `refused` is an answer; `not_asked` is not."""

    NOT_ASKED = "not_asked"
    REFUSED = "refused"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Assessed:
    """The latest risk assessment: its level, whose words it rests on, and until when it holds."""

    level: Danger
    own: bool
    assessor: str
    valid_until: datetime

    def holds(self, now: datetime) -> bool:
        """Is it still valid at `now`?"""
        return now <= self.valid_until


@dataclass(frozen=True)
class Proceeding:
    """A procedure of a case as guards see it; each kind of procedure adds what its guards read,
    under the names of the columns in which it is kept (sets of words with spaces between)."""

    kind: str
    uid: str = ""
    status: str = ""
    carrier: str = ""
    opener: str = ""
    open: bool = True
    """Is anything still owed? An open procedure holds back the closure of its case."""
    carried_by: ClassVar[Permission | None] = None
    """What its carrier holds: rows of this permission are hers."""

    @property
    def ends_on(self) -> frozenset[str]:
        """What ends it at once, while it can still be ended: ``consent:<scope>`` (she takes her
        consent back), ``danger`` (no longer low), ``violence`` (towards her),
        ``violence:<party>`` (by this party), ``violence:?`` (nobody said by whom), or
        ``reassessment`` (she must be assessed or found again first)."""
        return frozenset()

    def keeps_away(self, now: datetime) -> frozenset[str]:
        """The parties whom it keeps away from her at `now`: an order in force does."""
        return frozenset()

    def canonical(self) -> Self:
        """The same proceeding for all that guards cannot tell apart: what exploration walks on."""
        return self

    def in_case(self) -> Self:
        """Likewise, for the rows of its case."""
        return self

    def beginnings(self) -> tuple[Self, ...]:
        """How else it could have been opened, in what only its own rows read."""
        return (self,)

    def as_time_passes(self) -> tuple[Self, ...]:
        """What becomes of it without anybody's move."""
        return ()


@dataclass(frozen=True)
class Situation:
    """A case as guards see it. Staff are uids, organisations are paths, times are aware.

    When a procedure is moved, `kind` and `status` are the procedure's, `procedure` is what its
    guards read, and everything else is its case's.

    `facts` is what is being told with the move; None while somebody only asks which moves are
    open, and then guards about facts stay silent: the form will ask.
    """

    kind: str
    status: str
    path: str
    now: datetime
    received_at: datetime
    status_since: datetime
    registrar: str = ""
    handler: str = ""
    requester: str = ""
    countersigner: str = ""
    forwarded: bool = False
    safety_sensitive: bool = False
    violence: bool = False
    danger: Danger | None = None
    questions: Questions = Questions.NOT_ASKED
    alarming: bool = False
    assessment: Assessed | None = None
    minor: bool = False
    children: bool = False
    report_duty: bool = False
    owed: frozenset[str] = frozenset()
    """What high danger or the duty to report demands and nobody has recorded (engine/owed.py)."""
    reported: tuple[tuple[str, datetime], ...] = ()
    """When each report was last made; looked up only where violence is recorded."""
    owed_since: tuple[tuple[str, datetime], ...] = ()
    """Since when each report is owed, and when the latest violence was; looked up only where a
    report is recorded."""
    latest_violence: datetime | None = None
    conflicted: frozenset[str] = frozenset()
    consents: frozenset[str] = frozenset()
    procedures: tuple[Proceeding, ...] = ()
    """The open ones."""
    standing: tuple[Proceeding, ...] = ()
    """Those that go on and hold back nothing: an order in force, a follow-up after its first
    talk."""
    followed_up: str = ""
    """How the newest follow-up stands: its status, or `incident_seen` when it found violence that
    is not written down. Looked up only where a row asks for it."""
    procedure: Proceeding | None = None
    barred: frozenset[str] = frozenset()
    """The parties with whom she must never sit at one table: violence between the pair is on
    record here or in another case (rule 5)."""
    kin: frozenset[str] = frozenset()
    """The parties who are family by the recorded relation: nobody's tick makes them strangers."""
    safe_channel: bool = True
    """Is a safe way to reach her recorded (rule 8)? Asked only where her safety is touched."""
    live_order: bool = False
    """Is an order in force? For a mediation: between the two, in whatever case it was made."""
    warned: bool = False
    """Did the police warn one of the two in writing because of the other (告诫书), in whatever
    case? Asked only for a mediation."""
    kept_away: frozenset[str] = frozenset()
    """The parties from whom an order of this case protects her now."""
    counting: Counting = PLAIN
    """How working days are counted here."""
    sealed: bool = False
    extension_by: str = ""
    """Who asked for a longer time to handle it, while nobody has decided on that."""
    handling_due: datetime | None = None
    """When the legal time to handle it ends, while it runs; looked up for rows about time only."""
    extended: bool = False
    """Has it been lengthened already?"""
    facts: object | None = None


_NAMES = frozenset(f.name for f in fields(Situation))


def but(situation: Situation, **changes: object) -> Situation:
    """`dataclasses.replace`, five times as fast: exploration makes a hundred million of them."""
    assert changes.keys() <= _NAMES, changes
    made = object.__new__(Situation)
    made.__dict__.update(situation.__dict__)
    made.__dict__.update(changes)
    return made


def without_those_that_end_on(situation: Situation, *what: str) -> Situation:
    """The situation after `what` happened: the procedures that it ends are gone."""
    left = tuple(p for p in situation.procedures if p.ends_on.isdisjoint(what))
    still = tuple(p for p in situation.standing if p.ends_on.isdisjoint(what))
    if (left, still) == (situation.procedures, situation.standing):
        return situation
    return replace(situation, procedures=left, standing=still)
