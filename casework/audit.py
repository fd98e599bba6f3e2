"""Can it be proved that nothing was altered? Reads every chain and compares it with the records."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Subquery

from casework.models import Case, DayChain, Event, Procedure
from casework.models.fields import vault
from casework.models.snapshot import one_moment

COLUMNS = (
    "at", "case__uid", "actor", "role", "act", "record", "before", "after", "key", "fingerprint",
)  # fmt: skip
PAYLOAD = ("at", "case", *COLUMNS[2:])
"""What the columns of an event are called in its payload."""

TABLES = ("casework_event", "casework_daychain", "casework_case", "casework_procedure")


@dataclass(frozen=True)
class Broken:
    """The first thing that does not hold: in which table, which row, and why."""

    table: str
    id: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """The result of a verification."""

    events: int
    cases: int
    seconds: float
    first_broken: Broken | None

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return self.first_broken is None


def _wrong_statuses() -> Iterator[Broken]:
    """Every status is the one that the last event about it tells: of the case, and of each of its
    procedures."""
    about = Event.objects.filter(chain__startswith="case:").order_by("-sequence")
    cases = Case.objects.annotate(
        told=Subquery(about.filter(case=OuterRef("pk"), record="").values("after")[:1])
    )
    differ = cases.exclude(told=F("status"))
    for pk, status, told in differ.values_list("pk", "status", "told"):
        yield Broken("casework_case", str(pk), f"status is {status}, its last event says {told}")
    for record in Procedure.objects.only("id", "uid", "kind", "status", "case_id").iterator():
        last = about.filter(case_id=record.case_id, record=f"{record.kind}:{record.uid}").first()
        if last is None or last.after != record.status:
            said = last.after if last else "nothing"
            why = f"status is {record.status}, its last event says {said}"
            yield Broken("casework_procedure", str(record.pk), why)


def verify() -> Verdict:
    """Check every chain link by link, its end against its owner, and every case's status against
    its last event. Reads all events once, in chain order, in constant memory, as they stood at one
    moment: what is written meanwhile is not taken for an alteration."""
    begun = time.monotonic()
    counter = _Counter()
    with one_moment():
        broken = next(_faults(counter), None)
        cases = Case.objects.count()
    return Verdict(counter.events, cases, time.monotonic() - begun, broken)


class _Counter:
    events = 0


def _faults(counter: _Counter) -> Iterator[Broken]:
    yield from _broken_links(counter)
    yield from _broken_ends()


def _broken_links(counter: _Counter) -> Iterator[Broken]:
    """Every entry stands on the one before it, and its columns say what its payload says."""
    keys, chain, sequence, head = vault(), "", 0, ""
    rows = Event.objects.order_by("chain", "sequence").values_list(
        "id", "previous", "hash", "payload", "chain", "sequence", *COLUMNS
    )
    for row_id, previous, row_hash, payload, row_chain, row_sequence, *columns in rows.iterator(
        chunk_size=5000
    ):
        counter.events += 1
        if row_chain != chain:
            chain, sequence, head = row_chain, 0, ""
        why = ""
        if row_sequence != sequence + 1:
            why = f"entry {sequence + 1} of the chain is missing"
        elif previous != head:
            why = "does not follow the entry before it"
        elif keys.chain(previous, payload) != row_hash:
            why = "the payload was altered"
        elif not _says_the_same(payload, row_chain, row_sequence, columns):
            why = "a column was altered and says something else than the payload"
        if why:
            yield Broken("casework_event", str(row_id), why)
        sequence, head = row_sequence, row_hash


def _says_the_same(payload: str, chain: str, sequence: int, columns: list[object]) -> bool:
    """Every column says what the payload says, and is empty where the payload is silent."""
    said = json.loads(payload)
    at, case, *texts = columns
    assert isinstance(at, datetime)
    shown = [chain, sequence, at.isoformat(), str(case or ""), *texts]
    return shown == [said.get(name, "") for name in ("chain", "sequence", *PAYLOAD)]


def _broken_ends() -> Iterator[Broken]:
    """Every chain is as long as its owner says, ends in its head, and agrees on the status."""
    right_end = Event.objects.filter(
        case=OuterRef("pk"),
        chain__startswith="case:",
        sequence=OuterRef("event_count"),
        hash=OuterRef("chain_head"),
    )
    for case in Case.objects.filter(~Exists(right_end)).only("id", "event_count"):
        why = "the end of its chain was cut off" if case.event_count else "the case has no event"
        yield Broken("casework_case", str(case.pk), why)
    yield from _wrong_statuses()
    strangers = Event.objects.filter(
        Q(chain__startswith="case:", case=None)
        | Q(chain__startswith="day:") & ~Q(chain__in=DayChain.objects.values("chain"))
    )
    for row_id in strangers.values_list("id", flat=True)[:1]:
        yield Broken("casework_event", str(row_id), "its chain belongs to nobody")
    for day in DayChain.objects.all():
        last = Event.objects.filter(chain=day.chain).order_by("sequence").last()
        if last is None or (last.sequence, last.hash) != (day.event_count, day.chain_head):
            yield Broken("casework_daychain", str(day.pk), "the end of the chain was cut off")
