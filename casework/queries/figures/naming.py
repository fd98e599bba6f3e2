"""How the rows of figures are called."""

from __future__ import annotations

from casework.engine import registry
from casework.engine.language import _
from casework.models import Organisation, User
from casework.queries.figures.figure import TOTAL


def of_organisation(key: str) -> str:
    """The total, or the name of the organisation with this path."""
    if key == TOTAL:
        return str(_("合计"))
    return Organisation.objects.filter(path=key).values_list("name", flat=True).first() or key


def of_rule(key: str) -> str:
    """The total, or the label of the clock rule."""
    return str(_("合计")) if key == TOTAL else str(registry.clock_rule(key).label)


def of_person(uid: str) -> str:
    """The name of the member of staff; nobody, when it has no handler."""
    if not uid:
        return str(_("未指定承办人"))
    return User.objects.filter(uid=uid).values_list("name", flat=True).first() or "—"


def of_status(key: str) -> str:
    """The total, or what ``machine:status`` is called."""
    if key == TOTAL:
        return str(_("合计"))
    machine, _colon, status = key.partition(":")
    title = next(m.title for m in registry.machines() if m.key == machine)
    found = registry.lifecycle(machine).statuses.get(status)
    return f"{title} · {found.label if found else status}"
