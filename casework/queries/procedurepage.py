"""Everything that the page of a procedure shows, gathered once."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine import registry
from casework.engine.language import Sentence
from casework.engine.moves import Status
from casework.models import Document, Procedure, Session, User
from casework.queries.casepage import Stage, strip
from casework.queries.moves import Closed, Offer, closed
from casework.queries.procedures import Doing, documents_of, doings, free_rows
from casework.queries.timeline import Entry, timeline


@dataclass(frozen=True)
class ProcedurePage:
    """One procedure as one person sees it."""

    record: Procedure
    title: Sentence
    status: Status
    strip: list[Stage]
    tasks: list[Doing]
    moves: list[Offer]
    closed_moves: list[Closed]
    sessions: list[Session]
    documents: list[Document]
    timeline: list[Entry]


def procedure_page(record: Procedure, user: User) -> ProcedurePage:
    """What `user`, who may know of `record`, reads on its page."""
    plate = registry.procedure(record.kind)
    entries, rows = timeline(record.case, record), free_rows(record, user)
    sessions = record.mediation.sessions.order_by("number") if record.kind == "mediation" else ()
    return ProcedurePage(
        record=record,
        title=plate.title,
        status=plate.lifecycle.statuses[record.status],
        strip=strip(record, [e.event.after for e in reversed(entries)]),
        tasks=doings(record, user),
        moves=[o for o in rows if o.open],
        closed_moves=closed(rows),
        sessions=list(sessions),
        documents=documents_of(record, user),
        timeline=entries,
    )
