"""Reading a case: what is sealed is read by name."""

from __future__ import annotations

from django.db import transaction

from casework.models import Case, User
from casework.services import events


def open_to_read(case: Case, actor: User) -> None:
    """Write into the actor's chain of the day that she reads a sealed case (rule 11)."""
    if case.sealed:
        with transaction.atomic():
            events.add_to_day(actor, "read", case=case)
