"""Everything that the page of a case shows, gathered once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import prefetch_related_objects

from casework.engine import registry
from casework.engine.moves import Status
from casework.models import (
    Case,
    CaseLink,
    CaseParty,
    Clock,
    Consent,
    Contact,
    Document,
    Evidence,
    Procedure,
    RiskAssessment,
    SafetyPlan,
    Todo,
    User,
)
from casework.models.desk import LIVE
from casework.queries.cases import whole_to
from casework.queries.moves import Closed, Offer, closed, offers
from casework.queries.owed import ToDoNow, to_do_now
from casework.queries.parties import told_later
from casework.queries.procedures import Doing, doings, letters, procedures_of
from casework.queries.timeline import Entry, timeline


@dataclass(frozen=True)
class Stage:
    """One status of the strip: `passed`, `now`, `ahead`, or `skipped`."""

    status: Status
    place: str


@dataclass(frozen=True)
class Running:
    """A procedure on the page of its case, with the tasks that wait in it."""

    record: Procedure
    tasks: list[Doing]


@dataclass(frozen=True)
class CasePage:
    """One case as one person sees it. Whoever does not read it `whole` (she only carries a
    procedure in a sealed or safety-sensitive case) finds the fields with a default empty."""

    case: Case
    status: Status
    whole: bool
    parties: list[CaseParty]
    procedures: list[Running]
    documents: list[Document]
    strip: list[Stage] = field(default_factory=list)
    moves: list[Offer] = field(default_factory=list)
    closed_moves: list[Closed] = field(default_factory=list)
    acts: list[Offer] = field(default_factory=list)
    closed_acts: list[Closed] = field(default_factory=list)
    todos: list[Todo] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    due: datetime | None = None
    now: ToDoNow | None = None
    assessments: list[RiskAssessment] = field(default_factory=list)
    later: list[Contact] = field(default_factory=list)
    """How she is reached, as told at later visits."""
    consents: list[Consent] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    plans: list[SafetyPlan] = field(default_factory=list)
    links: list[CaseLink] = field(default_factory=list)
    timeline: list[Entry] = field(default_factory=list)


def reads_whole(case: Case, user: User) -> bool:
    """May `user`, who may see `case`, read all of it? The same as `Case.objects.whole_for`."""
    guarded = case.sealed or case.safety_sensitive
    return whole_to(user, guarded=guarded, hers=(case.handler_id, case.registered_by_id))


def case_page(case: Case, user: User) -> CasePage:
    """What `user`, who may see `case`, reads on its page."""
    parties = case.parties.select_related("person__subject")
    page = CasePage(
        case=case,
        status=registry.kind(case.kind).lifecycle.statuses[case.status],
        whole=reads_whole(case, user),
        parties=list(parties),
        procedures=[Running(p, doings(p, user)) for p in procedures_of(case, user)],
        documents=list(letters(case, user)),
    )
    return _whole(page, user) if page.whole else page


def _whole(page: CasePage, user: User) -> CasePage:
    """The page with all that only those see who may read the whole case."""
    case, found, entries = page.case, offers(page.case, user), timeline(page.case)
    steps, acts = [o for o in found if not o.act], [o for o in found if o.act]
    clocks = sorted(case.clocks.all(), key=lambda c: (c.state not in LIVE, c.due_at))
    due = [c.due_at for c in clocks if c.state == "running" and c.own and c.procedure_id is None]
    lived = [e.event.after for e in reversed(entries) if not e.event.record]
    prefetch_related_objects(page.parties, "person__contacts")
    return replace(
        page,
        strip=strip(case, lived),
        moves=[o for o in steps if o.open],
        closed_moves=closed(steps),
        acts=[o for o in acts if o.open],
        closed_acts=closed(acts),
        todos=list(case.todos.filter(done_at=None, task=None).select_related("assignee")),
        clocks=clocks,
        due=min(due, default=None),
        now=to_do_now(case, acts, clocks),
        assessments=list(case.assessments.select_related("assessor").order_by("-assessed_at")),
        later=list(told_later(case)),
        consents=list(case.consents.order_by("-given_at")),
        evidence=list(case.evidence.order_by("-id")),
        plans=list(case.safety_plans.order_by("-number")),
        links=links(case, user),
        timeline=entries,
    )


def strip(record: Case | Procedure, lived: Iterable[str]) -> list[Stage]:
    """The life of a case or procedure: what it passed, where it is, what lies ahead. A status
    beside the usual path stands after the last usual one that was lived."""
    lifecycle = registry.lifecycle(record.kind)
    now, lived = lifecycle.statuses[record.status], list(lived)
    path = list(lifecycle.strip)
    if now not in path:
        last = max((path.index(s) for s in path if s.name in lived), default=-1)
        path.insert(last + 1, now)
    here = path.index(now)
    return [Stage(status, _place(n, here, status, lived)) for n, status in enumerate(path)]


def _place(n: int, here: int, status: Status, lived: list[str]) -> str:
    if n == here:
        return "now"
    if n > here:
        return "ahead"
    return "passed" if status.name in lived else "skipped"


def links(case: Case, user: User) -> list[CaseLink]:
    """Ties to and from other cases that this person may know of."""
    visible = Case.objects.visible_to(user)
    there = CaseLink.objects.filter(case=case, other__in=visible)
    back = CaseLink.objects.filter(other=case, case__in=visible)
    return list((there | back).select_related("case", "other").order_by("id"))
