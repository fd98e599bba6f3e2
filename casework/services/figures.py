"""A figure as a sheet that leaves the house; who took which is written down."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from xlsxwriter import Workbook

from casework.engine.language import _
from casework.models import User
from casework.queries.figures.figure import Asked, Figure
from casework.queries.figures.table import Table, table
from casework.services import events


def export(
    user: User, figure: Figure, asked: Asked, told: Mapping[str, str], *, published: bool
) -> bytes:
    """The figure as an Excel file: exact for the return to the superior organisation, or fit to be
    published. Written into her chain of the day, with what was asked and never with a name."""
    sheet = _sheet(table(figure, asked, told, published=published))
    detail: dict[str, object] = {
        "figure": figure.name,
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "as_of": asked.as_of.isoformat(),
        "organisation": asked.path,
        "exact": not published,
    }
    events.add_to_day(user, "export", detail=detail)
    return sheet


def _sheet(told: Table) -> bytes:
    kept = BytesIO()
    book = Workbook(kept, {"in_memory": True})
    page = book.add_worksheet("1")
    page.set_column(0, 0, 40)
    asked = told.asked
    period = _("%(since)s 至 %(until)s，截至 %(as_of)s", since=asked.since, until=asked.until,
               as_of=asked.as_of)  # fmt: skip
    for place, text in enumerate((told.figure.title, told.figure.definition, period)):
        page.write_string(place, 0, str(text))
    for place, title in enumerate(told.titles, 1):
        page.write_string(4, place, str(title))
    for line, (row, cells) in enumerate(told.lines, 5):
        page.write_string(line, 0, row.label)
        for place, cell in enumerate(cells, 1):
            if isinstance(cell.value, int | float):
                page.write_number(line, place, cell.value)
            else:
                page.write_string(line, place, cell.text)
    book.close()
    return kept.getvalue()
