"""Searching, and that it is written down who searched; never for what."""

from __future__ import annotations

from casework.models import User
from casework.models.case import CaseQuerySet
from casework.queries.cases import register
from casework.queries.filters import Filters
from casework.queries.search import Found, find
from casework.services import events


def search(word: str, *, actor: User) -> Found:
    """What `word` finds for her, written into her chain of the day: how much she found, and the
    sealed cases whose people the answer names (rule 11)."""
    found = find(actor, word)
    named = sorted(str(hit.case.uid) for hit in found.hits if hit.case.sealed and hit.names)
    events.add_to_day(actor, "search", detail={"found": len(found.hits), "sealed": named})
    return found


def in_register(by: Filters, word: str, *, actor: User) -> CaseQuerySet:
    """The register narrowed `by` filters; when it is searched for a `word`, too, that is written
    into her chain as a search is."""
    if word.strip():
        events.add_to_day(actor, "search", detail={"register": by.parameters})
    return register(actor, by, word=word)
