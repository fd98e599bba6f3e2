"""One page of the register, found by the row it follows and never by counting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from casework.models import Case
from casework.models.case import CaseQuerySet

SIZE = 50


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and the rows from which the neighbouring pages are found."""

    rows: list[Case]
    newer: UUID | None
    older: UUID | None


def page(cases: CaseQuerySet, after: UUID | None, before: UUID | None, size: int = SIZE) -> Page:
    """The `size` cases that follow the case `after`, or those just before the case `before`.

    `cases` are ordered newest first. Whoever names a case outside `cases` gets the first page.
    """
    edge = cases.filter(uid=wanted).first() if (wanted := before or after) else None
    if edge and before:
        found = list(cases.filter(_newer(edge)).reverse()[: size + 1])
        rows, more = found[:size][::-1], len(found) > size
        return Page(rows, rows[0].uid if rows and more else None, rows[-1].uid if rows else None)
    found = list((cases.filter(_older(edge)) if edge else cases)[: size + 1])
    rows, more = found[:size], len(found) > size
    return Page(rows, rows[0].uid if rows and edge else None, rows[-1].uid if more else None)


def following(cases: CaseQuerySet, last: Case | None, size: int) -> list[Case]:
    """The `size` cases that follow `last`, or the first ones: a portion of a long reading."""
    return list((cases.filter(_older(last)) if last else cases)[:size])


def _older(edge: Case) -> Q:
    at = Q(received_at=edge.received_at, pk__lt=edge.pk)
    return Q(received_at__lte=edge.received_at) & (Q(received_at__lt=edge.received_at) | at)


def _newer(edge: Case) -> Q:
    at = Q(received_at=edge.received_at, pk__gt=edge.pk)
    return Q(received_at__gte=edge.received_at) & (Q(received_at__gt=edge.received_at) | at)
