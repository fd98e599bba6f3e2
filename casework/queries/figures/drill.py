"""The cases behind a number: exactly those that it counts, as they stood then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.engine import registry
from casework.engine.language import Sentence, _
from casework.models import Case, User
from casework.models.visit import CHANNELS
from casework.queries.figures import as_of
from casework.queries.figures.figure import Asked, Figure, Keys, behind
from casework.queries.figures.naming import of_status

SIZE = 100


@dataclass(frozen=True)
class Line:
    """One counted thing: its case (None: a consultation), how that stood, why it is here."""

    case: Case | None
    status: str
    handler: str
    day: datetime
    why: str
    weight: int


@dataclass(frozen=True)
class Cases:
    """A page of them. `counted` is the number in the cell."""

    title: Sentence
    counted: int
    lines: list[Line]
    page: int
    more: bool


class NoSuchCell(ValueError):
    """The figure has no such row or column."""


def cases(figure: Figure, asked: Asked, row: str, measure: str, page: int = 1) -> Cases:
    """The page of the cases that the cell counts. Raises `NoSuchCell`."""
    if measure not in figure.columns:
        raise NoSuchCell
    found = behind(figure, asked, row, measure)
    shown = found[(page - 1) * SIZE : page * SIZE]
    title = _("%(row)s：%(column)s", row=_label(figure, row, found), column=figure.columns[measure])
    counted = sum(keys["weight"] for keys in found)
    return Cases(title, counted, _lines(asked, shown), page, len(found) > page * SIZE)


def _label(figure: Figure, row: str, found: list[Keys]) -> str:
    """Only a row that counts something is called by its name: whatever else stands in the address
    is nobody's business."""
    return figure.label(row) if found else "—"


def _lines(asked: Asked, shown: list[Keys]) -> list[Line]:
    wanted = {keys["case"] for keys in shown if keys["case"]}
    cases = as_of.cases_of(asked).select_related("organisation").in_bulk(list(wanted))
    stood = _stood(asked, wanted)
    names = dict(User.objects.values_list("uid", "name"))
    lines = []
    for keys in shown:
        status, handler = stood.get(keys["case"], ("", None))
        case = cases.get(keys["case"])
        told = of_status(f"{case.kind}:{status}").rpartition(" · ")[2] if case and status else "—"
        name = names.get(handler, "—") if handler else "—"
        lines.append(Line(case, told, name, keys["day"], _why(keys), keys["weight"]))
    return lines


def _stood(asked: Asked, wanted: set[int]) -> Mapping[int, tuple[str, Any]]:
    rows = as_of.revisions(asked).filter(id__in=wanted)
    return {pk: (status, who) for pk, status, who in rows.values_list("id", "status", "handler_id")}


def _why(keys: Keys) -> str:
    """The deadline, the status of the procedure or the case, or the channel that made it count."""
    why = keys["why"]
    if "." in why:
        return str(registry.clock_rule(why).label)
    if ":" in why:
        return of_status(why)
    return str(CHANNELS.get(why, "")) or _satisfaction(why)


def _satisfaction(why: str) -> str:
    return str(_("评分 %(mark)s", mark=why)) if why.isdigit() else ""
