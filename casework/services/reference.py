"""Loading the code lists that every installation begins with."""

from __future__ import annotations

import json
from pathlib import Path

from casework.models import CodeItem, Installation
from casework.models.fields import vault
from casework.services import calendars

CODES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "codes.json"


def load_codes() -> int:
    """Bring the shipped code lists and calendars in; lists that were edited keep their own
    entries."""
    entries = json.loads(CODES.read_text("utf-8"))
    for position, entry in enumerate(entries):
        CodeItem.objects.get_or_create(
            list=entry["list"],
            code=entry["code"],
            defaults={
                "title": entry["title"],
                "title_en": entry["title_en"],
                "parent": entry.get("parent", ""),
                "sensitive": entry.get("sensitive", False),
                "position": position,
            },
        )
    calendars.load_shipped()
    return len(entries)


def mark_installation(*, demo: bool) -> Installation:
    """Remember which master key seals this database; the first call decides."""
    mark, _made = Installation.objects.get_or_create(
        id=1, defaults={"fingerprint": vault().fingerprint, "demo": demo}
    )
    return mark
