"""What may leave the house: no number so small that it could tell of somebody (safety rule 15)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from casework.queries.figures.figure import TOTAL, Figure, Row

SMALL = 5
"""Counts below this, but not 0, are not published."""

SHOWN, BASE_ONLY, NOTHING = range(3)
"""How much of a row is shown: all, its first count alone, or nothing."""


def hidden(figure: Figure, rows: list[Row]) -> dict[str, int]:
    """How much of each row may be published. A row with a small count, or with two counts whose
    difference is small, tells at most its first count; and more rows are hidden with them, the
    smallest first, until the total tells none of them."""
    levels = {row.key: _level(row) for row in rows}
    for family in _families(rows).values():
        for level in (BASE_ONLY, NOTHING):
            _hide_enough(family, levels, level)
    return levels


def publishable(figure: Figure, rows: list[Row]) -> list[Row]:
    """The rows that are no single case: a list of cases is never published."""
    return [row for row in rows if row.key == TOTAL] if figure.listed else rows


def _level(row: Row) -> int:
    counts = list(row.counts.values())
    if _small(counts[0]):
        return NOTHING
    differences = (abs(a - b) for a, b in combinations(counts, 2))
    return BASE_ONLY if any(map(_small, (*counts, *differences))) else SHOWN


def _small(count: int) -> bool:
    return 0 < count < SMALL


def _families(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows that add up to the same total; a row that is a total itself is in none."""
    found: dict[str, list[Row]] = {}
    tops = {TOTAL, "cohort", "period", "stock"}
    for row in rows:
        if row.key not in tops:
            found.setdefault(row.key.partition(":")[0] if ":" in row.key else "", []).append(row)
    return found


def _hide_enough(family: list[Row], levels: dict[str, int], level: int) -> None:
    gone = [row for row in family if levels[row.key] >= level]
    others = [r for r in family if levels[r.key] < level and any(r.counts.values())]
    others.sort(key=lambda row: (next(iter(row.counts.values())), row.key))
    while gone and not _covers(gone) and others:
        levels[others[0].key] = level
        gone.append(others.pop(0))
    if gone and not _covers(gone):  # nothing else to hide behind: its total goes too
        levels[TOTAL] = max(levels.get(TOTAL, SHOWN), level)
        top = next((r.key.partition(":")[0] for r in family if ":" in r.key), "")
        if top in levels:
            levels[top] = max(levels[top], level)


def _covers(gone: list[Row]) -> bool:
    """Does the sum of what is hidden tell none of it? Small numbers alone hide nothing: two that
    add up to two are one each. One among them must not be small."""
    first = [next(iter(row.counts.values())) for row in gone]
    return len(gone) > 1 and max(first) >= SMALL
