"""Tables as Excel files, row by row: memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


@dataclass(frozen=True)
class Column:
    """A column: its title, and its width in characters."""

    title: str
    width: int


@dataclass(frozen=True)
class Sheet:
    """What stands around the rows: the title of the sheet, the lines above the table (the first
    one large), and who made it, in the margin of every printed page."""

    title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    made_by: str


def write(path: Path, sheet: Sheet, rows: Iterable[Sequence[str]], last: str) -> None:
    """Write the file. Every cell is text, so that nothing in it is ever taken for a formula, and
    no number loses its digits; `last` closes the table, with how many rows there are for
    ``{count}``. What the library lays aside meanwhile lies beside `path`."""
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": str(path.parent)}) as book:
        page = book.add_worksheet(sheet.title)
        large, bold = book.add_format({"bold": True, "font_size": 14}), book.add_format()
        bold.set_bold()
        bold.set_bottom(1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_header(f"&L{_plain(sheet.title)}&R{_plain(sheet.made_by)}")
        page.set_footer("&C&P / &N")
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
        head = len(sheet.lines)
        page.freeze_panes(head + 1, 1)
        page.repeat_rows(head)
        for row, line in enumerate(sheet.lines):
            page.write_string(row, 0, line, None if row else large)
        for place, column in enumerate(sheet.columns):
            page.write_string(head, place, column.title, bold)
        count = 0
        for count, cells in enumerate(rows, 1):  # how many there were
            for place, cell in enumerate(cells):
                page.write_string(head + count, place, cell)
        page.write_string(head + count + 1, 0, last.format(count=count))


def _plain(text: str) -> str:
    """A text in the margin, where an ampersand would begin a command."""
    return text.replace("&", "&&")[:120]
