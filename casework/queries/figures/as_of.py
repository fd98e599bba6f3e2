"""What was known on a day: clocks by their events, cases by their revisions. Never by what stands
in a row that may have changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import Coalesce

from casework.engine.ticking import ClockState, Tick
from casework.models import Case, Clock, ClockEvent, Event, Procedure
from casework.models.case import CaseQuerySet
from casework.queries.clocks import rebuilt, rule_of, state_of
from casework.queries.figures.figure import Asked, Keys

ADMIT = "admit"
"""The act by which an older case enters from a list: it was not ours to be on time."""


def cases_of(asked: Asked) -> CaseQuerySet:
    """The cases that the asker may know of, in the organisation asked for and below it."""
    every = Case.objects.visible_to(asked.user) if asked.user else Case.objects.all()
    found = every.filter(organisation_path__startswith=asked.path)
    return found.filter(kind=asked.kind) if asked.kind else found


def numbered(rows: QuerySet[Any], *names: str) -> Iterator[Keys]:
    """Alike ones together, and how many."""
    yield from rows.order_by().values(*names).annotate(n=Count("pk"))


def singly(rows: Any) -> Iterator[Keys]:
    """The lines of a query, one by one."""
    yield from rows.iterator()


# ---------------------------------------------------------------- clocks


@dataclass(frozen=True)
class Counted:
    """A clock as it stood."""

    clock: Clock
    state: ClockState


LIVE_OR_JUDGED = ("running", "paused", "met", "breached")


def _later(asked: Asked) -> Exists:
    """Did something happen to it that was not known then? A milestone that was told is nothing."""
    later = ClockEvent.objects.filter(clock=OuterRef("pk"), made_at__gt=asked.known)
    return Exists(later.exclude(kind=Tick.FIRE))


def clocks_of(asked: Asked, rules: Sequence[str]) -> QuerySet[Clock]:
    """The clocks of these rules that were begun by then."""
    return Clock.objects.filter(
        rule__in=rules, made_at__lte=asked.known, case__in=cases_of(asked).values("pk")
    )


def unchanged(asked: Asked, rules: Sequence[str]) -> QuerySet[Clock]:
    """Those of them to which nothing happened since: their row says how they stood."""
    found = clocks_of(asked, rules)
    return found if asked.complete else found.exclude(_later(asked))


def changed(asked: Asked, rules: Sequence[str]) -> Iterator[Counted]:
    """The others, counted again by the engine from what had happened to them by then."""
    if asked.complete:
        return
    found = clocks_of(asked, rules).filter(_later(asked)).select_related("case")
    for clock in found.prefetch_related("events").iterator(chunk_size=500):
        known = [e for e in clock.events.all() if e.made_at <= asked.known]
        yield Counted(clock, rebuilt(rule_of(clock), sorted(known, key=lambda e: e.pk)))


def stood(clock: Clock) -> Counted:
    """A clock whose row says how it stood."""
    return Counted(clock, state_of(clock))


# ---------------------------------------------------------------- cases


def revisions(asked: Asked, at: datetime | None = None) -> QuerySet[Any]:
    """Each case that was known then, as its latest revision of then says. `stood_as` is its status,
    or what it was before it went to the archive; `imported` ones came from an older list."""
    history = Case.history.model.objects
    by = at or asked.known
    latest = history.filter(history_date__lte=by).order_by().values("id")
    newest = latest.annotate(newest=Max("history_id")).values("newest")
    rows = history.filter(history_id__in=newest, id__in=cases_of(asked).values("pk")).order_by()
    filed = Event.objects.filter(
        case=OuterRef("id"), record="", after="archived", before__gt="", at__lte=by
    ).exclude(before="archived")
    before = Subquery(filed.order_by("-sequence").values("before")[:1])
    entered = Event.objects.filter(case=OuterRef("id"), record="", act=ADMIT)
    found: QuerySet[Any] = rows.annotate(
        stood_as=Choice(
            When(status="archived", then=Coalesce(before, Value("archived"))),
            default=F("status"),
            output_field=CharField(),
        ),
        imported=Exists(entered),
    )
    return found


def happened(asked: Asked, acts: Sequence[str]) -> Exists:
    """Had one of these acts been done on the case of a revision by then?"""
    done = Event.objects.filter(case=OuterRef("id"), record="", act__in=acts, at__lte=asked.known)
    return Exists(done.exclude(after=""))


def truth(condition: Q) -> Choice:
    """A condition as a column."""
    held = When(condition, then=Value(True))
    return Choice(held, default=Value(False), output_field=BooleanField())


# ---------------------------------------------------------------- procedures


def procedures(asked: Asked, kind: str) -> QuerySet[Any]:
    """Each procedure of a kind that was known then, as its latest revision of then says."""
    found = latest_of(Procedure.history.model, asked)
    return found.filter(kind=kind, case__in=cases_of(asked).values("pk"))


def latest_of(history: Any, asked: Asked) -> QuerySet[Any]:
    """The latest revision of then of every row."""
    known = history.objects.filter(history_date__lte=asked.known).order_by().values("id")
    newest = known.annotate(newest=Max("history_id")).values("newest")
    found: QuerySet[Any] = history.objects.filter(history_id__in=newest).order_by()
    return found
