"""Situations and people for tests that need no database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from casework.engine import registry
from casework.engine.people import Actor, Role
from casework.engine.situation import Assessed, Danger, Situation

NOON = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
"""A Wednesday noon in Shanghai."""

COUNTY, TOWNSHIP, ELSEWHERE = "/4401/", "/4401/440101/", "/4401/440102/"

OFFICER = Actor("officer", frozenset({Role.DESK_OFFICER}), TOWNSHIP)
SUPERVISOR = Actor("supervisor", frozenset({Role.SUPERVISOR}), TOWNSHIP)
MEDIATOR = Actor("mediator", frozenset({Role.MEDIATOR}), TOWNSHIP)
LIAISON = Actor("liaison", frozenset({Role.LIAISON}), TOWNSHIP)
CHIEF = Actor("chief", frozenset({Role.SUPERVISOR}), COUNTY)


def situation(kind: str = "petition", status: str = "registered", **known: Any) -> Situation:
    """A township's case, registered by the officer at noon; for the kind of a procedure, such a
    procedure in it."""
    common: dict[str, Any] = {
        "path": TOWNSHIP,
        "now": NOON,
        "received_at": NOON,
        "status_since": NOON,
        "registrar": "officer",
    }
    plate = next((p for p in registry.procedures() if p.key == kind), None)
    if plate:
        common["procedure"] = plate.proceeding(kind=kind, status=status)
    return Situation(**(common | {"kind": kind, "status": status} | known))


def assessed(level: Danger = Danger.LOW, *, own: bool = True, days: int = 30) -> Assessed:
    """An assessment by the officer that holds for `days` more (or, negative, no longer)."""
    return Assessed(level, own, "officer", NOON + timedelta(days=days))
