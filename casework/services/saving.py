"""Writing one row with its history: by whom, in which event."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from casework.models import User


def save(
    record: models.Model, actor: User | None, why: str, fields: Iterable[str] | None = None
) -> None:
    """Save `record`; its history row names the actor's uid and the event `why`.

    `why` names an event ("accept#3"), never what a person said. Both marks are cleared, because
    simple-history would put them on later saves of the same object too.
    """
    record._history_user = str(actor.uid) if actor else ""  # type: ignore[attr-defined]  # simple-history reads it
    record._change_reason = why  # type: ignore[attr-defined]  # simple-history reads it
    try:
        record.save(update_fields=list(fields) if fields is not None else None)
    finally:
        del record._history_user  # type: ignore[attr-defined]  # simple-history reads it
        del record._change_reason  # type: ignore[attr-defined]  # simple-history reads it
