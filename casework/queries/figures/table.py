"""A figure as a page and a sheet show it: cells that lead to their cases, bars, other periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from casework.engine import moment, registry
from casework.engine.language import Sentence, _
from casework.queries.figures.figure import TOTAL, Asked, Figure, Row, rows_of
from casework.queries.figures.published import BASE_ONLY, SHOWN, hidden, publishable

HIDDEN = "*"
"""Stands for a number too small to be published."""
BARS = 24
"""So many rows are drawn; the table has all."""


@dataclass(frozen=True)
class Cell:
    """One value; `query` finds its cases, empty when it counts none."""

    value: Any
    query: str = ""

    @property
    def text(self) -> str:
        """As shown."""
        return "—" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: where it stands, how long it is, what it says, where it leads."""

    label: str
    said: str
    query: str
    y: int
    width: int


@dataclass(frozen=True)
class Table:
    """A figure, told."""

    figure: Figure
    asked: Asked
    titles: list[Sentence]
    lines: list[tuple[Row, list[Cell]]]
    bars: list[Bar] = field(default_factory=list)
    measured: Sentence | None = None
    """What the bars show."""

    @property
    def height(self) -> int:
        """Of the chart."""
        return 8 + STEP * len(self.bars)


STEP, LONGEST = 30, 520


def query_of(asked: Asked, told: Mapping[str, str], **more: str) -> str:
    """The part of an address that asks the same again."""
    wanted = {
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "as_of": asked.as_of.isoformat(),
        "organisation": told.get("organisation", ""),
        "kind": asked.kind,
    }
    return urlencode({name: value for name, value in (wanted | more).items() if value})


def table(figure: Figure, asked: Asked, told: Mapping[str, str], *, published: bool) -> Table:
    """The figure with its cells; `published` without numbers so small that they tell of somebody,
    and without ways to cases."""
    rows = rows_of(figure, asked)
    levels = hidden(figure, rows) if published else {}
    rows = publishable(figure, rows) if published else rows
    lines = [
        (row, _cells(figure, asked, told, row, levels.get(row.key, SHOWN), published))
        for row in rows
    ]
    drawn, measured = _bars(figure, lines)
    return Table(figure, asked, list(figure.titles.values()), lines, drawn, measured)


def _cells(
    figure: Figure, asked: Asked, told: Mapping[str, str], row: Row, level: int, published: bool
) -> list[Cell]:
    found = []
    for place, (name, count) in enumerate(row.counts.items()):
        if level > BASE_ONLY or (level and place):
            found.append(Cell(HIDDEN))
            continue
        linked = count and not published
        query = query_of(asked, told, row=row.key, measure=name) if linked else ""
        found.append(Cell(count, query))
    for name, value in row.told.items():
        shown = registry.clock_rule(value).label if name == "rule" and value else value
        found.append(Cell(HIDDEN if level else shown))
    return found


def _bars(figure: Figure, lines: list[tuple[Row, list[Cell]]]) -> tuple[list[Bar], Sentence | None]:
    """The first rate of each row, or its first count; a bar leads to the cases that it is of."""
    if figure.listed:
        return [], None
    place = len(figure.columns) if figure.ratios else 0
    kept = [(row, cells) for row, cells in lines if row.key != TOTAL or figure.ratios][:BARS]
    values = [c[place].value if isinstance(c[place].value, int | float) else 0 for _r, c in kept]
    most = max([100.0 if figure.ratios else 1.0, *values])
    bars = []
    for number, ((row, cells), value) in enumerate(zip(kept, values, strict=True)):
        said = cells[place].text + ("%" if figure.ratios and cells[place].value is not None else "")
        width = max(2, round(LONGEST * value / most))
        bars.append(Bar(row.label, said, _leads(figure, row, cells), 4 + STEP * number, width))
    return bars, list(figure.titles.values())[place]


def _leads(figure: Figure, row: Row, cells: list[Cell]) -> str:
    name = figure.ratios[0].whole if figure.ratios else next(iter(figure.columns))
    return cells[list(row.counts).index(name)].query


# ---------------------------------------------------------------- periods


def presets(told: Mapping[str, str]) -> list[tuple[Sentence, str]]:
    """Periods that people ask for, each with its address. One that is over is told as of its last
    day: then the number stays what it was."""
    today = moment.today()
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    found = [
        (_("本月"), month, today),
        (_("上月"), before.replace(day=1), before),
        (_("本季"), quarter, today),
        (_("本年"), today.replace(month=1, day=1), today),
    ]
    return [(label, _period(told, since, until)) for label, since, until in found]


def _period(told: Mapping[str, str], since: date, until: date) -> str:
    wanted = {"from": since.isoformat(), "to": until.isoformat(), "as_of": until.isoformat()}
    kept = {name: told[name] for name in ("organisation", "kind") if told.get(name)}
    return urlencode(wanted | kept)
