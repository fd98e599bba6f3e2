"""What a figure is: one definition, from which page, API, command and sheet all tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from casework.engine import moment
from casework.engine.language import Sentence
from casework.models import User

Keys = dict[str, Any]
"""What is known of a counted thing: a case, a clock, a visit, a stay in a status. `n` says how many
alike stand behind it; read one by one, `case`, `day` and `why` say which."""

Placed = Iterator[tuple[str, dict[str, int]]]
"""The rows in which a counted thing stands, and by how much it counts there under each measure."""

TOTAL = "total"


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know: the period (both days counted), the day as of which, the
    organisation with everything below it. Nobody as `user` is the house itself (the command)."""

    user: User | None
    since: date
    until: date
    as_of: date
    path: str
    kind: str = ""

    @property
    def begin(self) -> datetime:
        """The first moment of the period."""
        return datetime.combine(self.since, time.min, tzinfo=moment.HOME)

    @property
    def end(self) -> datetime:
        """The last moment of the period that had passed on the day as of which it is told."""
        return min(_last_of(self.until), self.known)

    @property
    def known(self) -> datetime:
        """What was written down until then counts, and nothing later."""
        return _last_of(self.as_of)

    @property
    def now(self) -> datetime:
        """The moment for which lateness and age are told."""
        return min(self.known, moment.now())

    @property
    def complete(self) -> bool:
        """Is it as of today, so that nothing can have been written down later?"""
        return self.known >= moment.now()


def _last_of(day: date) -> datetime:
    """The day is over then: what was due in its last second is due."""
    return datetime.combine(day, time.max, tzinfo=moment.HOME)


@dataclass(frozen=True)
class Ratio:
    """One measure as a share of another, in percent."""

    name: str
    title: Sentence
    part: str
    whole: str


@dataclass(frozen=True)
class Figure:
    """One figure. `counted` reads the things, alike ones together or (`True`) one by one; `placed`
    says where each counts. `aside` tells of the things of a row what is no sum (a median)."""

    name: str
    title: Sentence
    definition: Sentence
    source: Sentence
    columns: Mapping[str, Sentence]
    counted: Callable[[Asked, bool], Iterable[Keys]]
    placed: Callable[[Asked, Keys], Placed]
    label: Callable[[str], str]
    ratios: tuple[Ratio, ...] = ()
    aside: Callable[[str, list[Keys]], dict[str, Any]] | None = None
    asides: Mapping[str, Sentence] = field(default_factory=dict)
    ordered: Callable[[Iterable[str]], list[str]] = sorted
    listed: bool = False
    """Is each of its rows a single case?"""
    public: bool = True
    """May it leave the house? What counts internal deadlines never does (domain: clocks)."""
    totalled: bool = True
    """Is there a row that adds up the others?"""

    @property
    def titles(self) -> dict[str, Sentence]:
        """Every column beside the row's name, in order."""
        return {**self.columns, **{r.name: r.title for r in self.ratios}, **self.asides}


@dataclass
class Row:
    """One row: what it is of, its counts, its shares in percent (None: of nothing)."""

    key: str
    label: str
    counts: dict[str, int]
    told: dict[str, Any]

    def as_told(self) -> dict[str, Any]:
        """As the command and the API print it."""
        return {"row": self.key, "label": self.label, **self.counts, **self.told}


def rows_of(figure: Figure, asked: Asked) -> list[Row]:
    """The rows of a figure, the total first; every one has every column."""
    counts: dict[str, dict[str, int]] = {}
    things: dict[str, list[Keys]] = {}
    for keys in figure.counted(asked, figure.aside is not None):
        for key, measures in figure.placed(asked, keys):
            row = counts.setdefault(key, dict.fromkeys(figure.columns, 0))
            for name, weight in measures.items():
                row[name] += weight * keys["n"]
            if figure.aside:
                things.setdefault(key, []).append(keys)
    order = [key for key in figure.ordered(counts) if key != TOTAL]
    return [
        _row(figure, key, counts.get(key), things.get(key, []))
        for key in ([TOTAL, *order] if figure.totalled else order)
    ]


def _row(figure: Figure, key: str, counted: dict[str, int] | None, things: list[Keys]) -> Row:
    counts = counted or dict.fromkeys(figure.columns, 0)
    told: dict[str, Any] = {r.name: share(counts, r) for r in figure.ratios}
    if figure.aside:
        told |= figure.aside(key, things)
    return Row(key, figure.label(key), counts, told)


def share(counts: Mapping[str, int], ratio: Ratio) -> float | None:
    """In percent, one decimal; None when there is nothing of which it could be a share."""
    whole = counts[ratio.whole]
    return round(100 * counts[ratio.part] / whole, 1) if whole else None


def behind(figure: Figure, asked: Asked, row: str, measure: str) -> list[Keys]:
    """The things that a cell counts, one by one, oldest first: the same reading, not added up."""
    found = [
        keys | {"weight": measures[measure]}
        for keys in figure.counted(asked, True)
        for key, measures in figure.placed(asked, keys)
        if key == row and measures.get(measure)
    ]
    return sorted(found, key=lambda keys: (keys["day"], keys["case"] or 0))
