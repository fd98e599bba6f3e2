"""The figures of the desk, one definition each, as of a day."""

from __future__ import annotations

from typing import Any

from casework.queries.figures import contacts, load, outcomes, rates, ways
from casework.queries.figures.figure import Asked, Figure, Row, rows_of

FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        *rates.FIGURES, *ways.FIGURES, *outcomes.FIGURES, *contacts.FIGURES, *load.FIGURES,
    )
}  # fmt: skip
"""By name, as the command knows them."""


MAIN = ("notice", "on_time", "handled", "closure", "followup", "satisfaction")
"""Those whose total stands on the first page."""

TRENDS = ("on_time", "notice")
"""Those that are shown by month there."""


def rows(name: str, asked: Asked) -> list[Row]:
    """The rows of the figure `name`."""
    return rows_of(FIGURES[name], asked)


def report(name: str, asked: Asked) -> dict[str, Any]:
    """The figure `name` as the command prints it and the API answers."""
    figure = FIGURES[name]
    return {
        "name": figure.name,
        "definition": str(figure.definition),
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "as_of": asked.as_of.isoformat(),
        "rows": [row.as_told() for row in rows_of(figure, asked)],
    }
