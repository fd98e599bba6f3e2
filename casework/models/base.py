"""What every record has."""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.db import models
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from casework.engine import moment
from casework.models.fields import unopened


def new_uid() -> uuid.UUID:
    """A random identifier: it tells neither how many rows there are nor when this one came."""
    return uuid.uuid4()


class Record(models.Model):
    """A row with an identifier fit for URLs and the moment it was made."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=new_uid, editable=False)
    made_at = models.DateTimeField(default=moment.now, editable=False)

    class Meta:
        abstract = True


def _who(history: Any) -> str:
    return str(history.history_user_id or "")


def _set_who(history: Any, actor: str | None) -> None:
    history.history_user_id = actor or ""


class _Rows(HistoryManager):  # type: ignore[misc]  # untyped
    """The library makes a new class whenever somebody asks for a history; one is enough."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type, class_name: str | None = None) -> type:
        made: type = super().from_queryset(queryset_class, class_name)
        return made


class _Changes(HistoricalRecords):  # type: ignore[misc]  # untyped
    """Copies sealed values as they stand, so that keeping a row needs no key; dated by the one
    clock of the product, so that a figure as of a day reads what was known on it."""

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        instance._history_date = moment.now()  # type: ignore[attr-defined]  # read by the library
        with unopened(instance):
            super().create_historical_record(instance, history_type, using)


def changes(*, without: tuple[str, ...] = ()) -> HistoricalRecords:
    """The history of a record.

    The actor is a string, so that rows survive the account; the reason is unbounded text that
    names the event (never what a person said). Blind indexes stay out.
    """
    return _Changes(**history_of(), excluded_fields=list(without))


def history_of(**more: Any) -> dict[str, Any]:
    """How every history table is made, also that of a library's model."""
    return {
        "history_manager": _Rows,
        "history_id_field": models.BigAutoField(),
        "history_change_reason_field": models.TextField(null=True),
        "history_user_id_field": models.CharField(max_length=64, blank=True, default=""),
        "history_user_getter": _who,
        "history_user_setter": _set_who,
        **more,
    }


ACTING: ContextVar[str] = ContextVar("acting", default="")
"""Whose act is being written, for rows that a library saves by itself."""


def by_whom(**_told: Any) -> str:
    """The uid that stands in the history of such a row."""
    return ACTING.get()
