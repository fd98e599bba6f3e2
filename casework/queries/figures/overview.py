"""The first page of supervision: the main rates of a period, and how two of them went by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from casework.queries.figures.figure import TOTAL, Asked, Figure, rows_of
from casework.queries.figures.table import query_of

MONTHS = 6
TALL = 110


@dataclass(frozen=True)
class Card:
    """The main rate of a figure, and of how many it is."""

    figure: Figure
    rate: float | None
    part: int
    whole: int
    query: str
    whole_query: str


@dataclass(frozen=True)
class Column:
    """A month of a trend."""

    month: date
    said: str
    query: str
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Trend:
    """A rate by month."""

    figure: Figure
    columns: list[Column]


def cards(figures: list[Figure], asked: Asked, told: Mapping[str, str]) -> list[Card]:
    """The total of each figure."""
    found = []
    for figure in figures:
        row, ratio = rows_of(figure, asked)[0], figure.ratios[0]
        whole = query_of(asked, told, row=row.key, measure=ratio.whole)
        counts = row.counts[ratio.part], row.counts[ratio.whole]
        rate = row.told[ratio.name]
        found.append(Card(figure, rate, *counts, query_of(asked, told), whole))
    return found


def trend(figure: Figure, asked: Asked, told: Mapping[str, str]) -> Trend:
    """The rate of the last months up to the end of the period, each as of the same day."""
    ratio, columns = figure.ratios[0], []
    for place, (since, until) in enumerate(_months(asked.until)):
        there = replace(asked, since=since, until=until)
        row = rows_of(figure, there)[0]
        rate = row.told[ratio.name]
        height = round(TALL * rate / 100) if rate is not None else 0
        said = "—" if rate is None else f"{rate:g}%"
        query = query_of(there, told, row=TOTAL, measure=ratio.whole)
        columns.append(Column(since, said, query, 20 + 84 * place, 130 - height, max(height, 1)))
    return Trend(figure, columns)


def _months(until: date) -> list[tuple[date, date]]:
    """The first and last day of each of the last months; the newest ends with the period."""
    found, last = [], until
    for _month in range(MONTHS):
        found.append((last.replace(day=1), last))
        last = last.replace(day=1) - timedelta(days=1)
    return found[::-1]
