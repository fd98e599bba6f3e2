"""Clock rules: which duty runs from what to what, for how long, and by which law."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from casework.engine.language import Sentence, _
from casework.engine.limits import CalendarDays, Counting, Limit, Until, WorkingDays
from casework.engine.situation import Proceeding

OPENING = "open"
"""The name of the step that creates a case; every other step is named after its move."""

CANCELLING = frozenset({"merged", "withdrawn", "transferred", "returned", "converted"})
"""Entering one of these cancels our own clocks: cancelled is never counted as met."""

LEFT_ALONE = frozenset({"declined_service"})
"""She ended our help: what presses us to contact her does not run (decision 21)."""

RETURNED = "returned"
"""The step by which that begins anew, as the clocks of a procedure hear of it."""


@dataclass(frozen=True)
class Step:
    """One event in a case's life, as clock rules see it."""

    move: str
    before: str
    after: str
    at: datetime
    received_at: datetime
    facts: object | None = None
    notice_owed: bool = True
    forwarded: bool = False
    """Did another body send it to us?"""
    owed_before: frozenset[str] = frozenset()
    owed_after: frozenset[str] = frozenset()
    """What was owed before and after it (engine/owed.py)."""
    owed_since: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    """Since when, for what the case took over from the one that it was converted from."""
    procedure: Proceeding | None = None
    """The procedure whose row it was, as it stands afterwards; `move` is then
    ``<procedure>.<row>``."""


Trigger = Callable[[Step], datetime | None]
"""Answers the true moment of the start or stop when the step is one, else None."""

Extending = Callable[[Step], Limit | None]
"""Answers by how much the step lengthens a running clock, when it does."""

Telling = Callable[[Step], Mapping[str, str]]
"""Answers what the step tells of the inputs on which a limit depends."""


class MissingInput(LookupError):
    """A limit depends on something that was not told; `name` is its name."""

    def __init__(self, name: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name, self.choices = name, choices


@dataclass(frozen=True)
class Among:
    """A limit that depends on one word: the danger, the urgency. `otherwise` is the word when none
    is told."""

    by: str
    limits: Mapping[str, Limit]
    otherwise: str = ""

    def chosen(self, told: Mapping[str, str]) -> Limit:
        """The limit for what was told. Raises `MissingInput`."""
        word = told.get(self.by, self.otherwise)
        if word not in self.limits:
            raise MissingInput(self.by, tuple(self.limits))
        return self.limits[word]


@dataclass(frozen=True)
class Named:
    """The day that a letter or a ruling names (`until`); `otherwise` when it names none."""

    otherwise: Limit | None = None
    by: str = "until"

    def chosen(self, told: Mapping[str, str]) -> Limit:
        """Until that day. Raises `MissingInput`, or ValueError for what is no day."""
        if told.get(self.by):
            return Until(date.fromisoformat(told[self.by]))
        if self.otherwise is None:
            raise MissingInput(self.by)
        return self.otherwise


def never(step: Step) -> None:
    """No step does it: the record does not exist yet, or the law does not know it."""
    return


def nothing(step: Step) -> Mapping[str, str]:
    """A limit that depends on nothing that is told."""
    return MappingProxyType({})


@dataclass(frozen=True)
class ClockRule:
    """One row of the deadlines table. `own` is our duty; otherwise another's, only watched.

    `warns` is a shorter way of counting that is warned about before `limit` is breached (legal aid:
    the law says days, offices count working days). `first_day_counts` and `rolls` say how days are
    counted; `regions` are other limits by the first digits of the administrative code; `extension`
    is by how much another person's approval may lengthen it, once.
    """

    key: str
    label: Sentence
    version: int
    own: bool
    limit: Limit | Among | Named
    source: Sentence
    starts: Trigger = never
    stops: Trigger = never
    warns: Limit | None = None
    first_day_counts: bool = False
    rolls: bool = False
    regions: Mapping[str, Limit] = field(default_factory=dict, hash=False)
    extension: Limit | None = None
    extends: Extending = never
    pauses: Trigger = never
    """Only where the law lets the clock stand still."""
    resumes: Trigger = never
    tells: Telling = nothing
    leads: tuple[Limit, ...] = ()
    """How long before it is due it is spoken of; by default what suits the length of the limit."""
    waits_for: Sentence | None = None
    """The record that must exist before this rule can run."""
    survives: bool = False
    cancels: Trigger = never
    """What makes it pointless: that cancels it, whatever it survives; never counted as met."""
    cancelled_in: frozenset[str] = CANCELLING
    only_in: str = ""
    """The status it belongs to: leaving it otherwise than by what stops the clock cancels it."""
    internal: bool = False
    hers: bool = False
    """Of what is only watched: the person's own time limit. She is reminded, nobody is chased."""
    resumed_by: frozenset[str] = frozenset()
    """Moves after which a stopped clock runs on in the same cycle, the time in between counted."""
    renewed_by: frozenset[str] = frozenset()
    """Moves after which a new cycle begins where there was one; the old verdict stands."""
    contacts_her: bool = False
    """Does it press us to contact her? Then it does not run once she has ended our help."""
    todo: Sentence | None = None
    """Why somebody has a todo of its own while this runs, beside the one of the status."""

    def limit_for(self, told: Mapping[str, str] = MappingProxyType({}), region: str = "") -> Limit:
        """The limit for what was told, in a region (an administrative code). Raises `MissingInput`
        or ValueError."""
        for code, limit in self.regions.items():
            if region.startswith(code):
                return limit
        return self.limit if isinstance(self.limit, Limit) else self.limit.chosen(told)

    def counting(self, how: Counting) -> Counting:
        """How its days are counted."""
        return replace(how, first_day_counts=self.first_day_counts, rolls=self.rolls)

    def is_cancelled_by(self, step: Step) -> bool:
        """Does `step` cancel a running clock of this rule?"""
        if self.cancels(step):
            return True
        if self.survives or step.after == step.before:
            return False
        return step.after in self.cancelled_in or step.before == self.only_in


WORK_NEXT = ClockRule(
    key="work.next",
    label=_("下一步"),
    version=1,
    own=True,
    limit=CalendarDays(7),
    source=_("内部目标：每 7 日至少有一步进展"),
    internal=True,
)
"""Runs on an open case of any kind while no other duty of ours does; every event begins it anew."""


def _asked_to_close(step: Step) -> datetime | None:
    return step.at if step.after == "closing" != step.before else None


def _decided_on_closure(step: Step) -> datetime | None:
    return step.at if step.move in ("close", "send_back") else None


CLOSING = ClockRule(
    key="approval.closure",
    label=_("审批"),
    version=1,
    own=True,
    limit=WorkingDays(3),
    source=_("内部目标：3 个工作日内审批"),
    starts=_asked_to_close,
    stops=_decided_on_closure,
    only_in="closing",
    internal=True,
)
"""Another person decides on a closure, in a case of any kind that has one."""


def terms(rule: ClockRule) -> dict[str, object]:
    """What a rule says about dates, as plain values: when any of it changes, its version must."""

    def said(limit: Limit | Among | Named | None) -> object:
        match limit:
            case Among():
                return {word: str(each) for word, each in limit.limits.items()}
            case Named():
                return {"named": limit.by, "otherwise": said(limit.otherwise)}
            case None:
                return None
        return str(limit)

    return {
        "own": rule.own,
        "limit": said(rule.limit),
        "warns": said(rule.warns),
        "first_day_counts": rule.first_day_counts,
        "rolls": rule.rolls,
        "regions": {code: str(limit) for code, limit in rule.regions.items()},
        "extension": said(rule.extension),
    }
