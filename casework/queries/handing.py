"""Sheets of hand-over: what somebody holds, who could take it, what each may read of a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from casework.engine import registry
from casework.engine.language import Sentence
from casework.engine.people import DESK, Permission
from casework.models import Case, HandedOver, HandOver, Procedure, Todo, User
from casework.queries.absences import may_be_absent
from casework.queries.procedures import known_to
from casework.queries.staff import ancestors


@dataclass(frozen=True)
class Holding:
    """A case that she handles, or a procedure that she carries or has a task in elsewhere."""

    case: Case
    procedure: Procedure | None
    due_at: datetime | None

    @property
    def uid(self) -> UUID:
        """Of the procedure, else of the case."""
        return self.procedure.uid if self.procedure else self.case.uid

    @property
    def title(self) -> Sentence:
        """What it is."""
        one = self.procedure or self.case
        kind = registry.procedure if self.procedure else registry.kind
        return kind(one.kind).title


def holdings(giver: User, user: User) -> list[Holding]:
    """All that is with `giver` now, as far as `user`, who draws up the sheet, may know of it: her
    cases first, each with the nearest deadline of a todo of hers."""
    cases = list(_cases_of(giver, user))
    mine = {case.pk for case in cases}
    due = _next_due(giver)
    found = [Holding(case, None, due.get((case.pk, None))) for case in cases]
    for record in _procedures_of(giver, user):
        goes_with = record.case_id in mine and _handled(record) and record.carrier_id == giver.uid
        if not goes_with:
            found.append(Holding(record.case, record, due.get((record.case_id, record.pk))))
    return found


def _cases_of(giver: User, user: User) -> QuerySet[Case]:
    hers = Q(handler=giver) | Q(handler=None, registered_by=giver)
    ended = [
        f"{kind.key}:{status.name}"
        for kind in registry.kinds()
        for status in kind.lifecycle.statuses.values()
        if status.ended
    ]
    over = Q(pk__in=[])
    for each in ended:
        kind_key, _colon, status = each.partition(":")
        over |= Q(kind=kind_key, status=status)
    both = Case.objects.visible_to(giver) & Case.objects.visible_to(user)
    return both.filter(hers).exclude(over).select_related("subject", "organisation").order_by("pk")


def _procedures_of(giver: User, user: User) -> Iterable[Procedure]:
    tasks = Todo.objects.filter(done_at=None, task__isnull=False, assignee=giver)
    hers = Q(carrier=giver) | Q(pk__in=tasks.values("task__process__caseprocess__procedure"))
    found = known_to(user).filter(hers, ended_at=None)
    return found.select_related("case__subject", "case__organisation").order_by("case_id", "pk")


def _handled(record: Procedure) -> bool:
    return registry.procedure(record.kind).proceeding.carried_by is Permission.HANDLE


def _next_due(giver: User) -> dict[tuple[int, int | None], datetime | None]:
    """The nearest deadline of her todos: by case, and by case and procedure."""
    todos = Todo.objects.filter(done_at=None, assignee=giver)
    nearest = todos.values_list("case_id", "task__process__caseprocess__procedure")
    found: dict[tuple[int, int | None], datetime | None] = {}
    for case, procedure, due in nearest.annotate(due=Min("due_at")):
        found[case, procedure] = due
        known = found.get((case, None))
        found[case, None] = min(filter(None, (known, due)), default=None)
    return found


def givers(user: User) -> dict[str, User]:
    """Whose cases she may hand over, by uid: her own, and those of whom she supervises."""
    return may_be_absent(user)


def takers(giver: User) -> dict[str, User]:
    """Who could take over from `giver`, by uid: whoever works at her desk or above it. What each
    may take is judged case by case."""
    found = User.objects.filter(
        is_active=True,
        roles__role__in=[role.value for role in DESK],
        organisation__path__in=ancestors(giver.organisation.path),
    ).exclude(pk=giver.pk)
    rows = found.select_related("organisation").distinct()
    return {str(one.uid): one for one in rows.order_by("-organisation__path", "name")}


def sheets(user: User) -> list[HandOver]:
    """The sheets that concern her, the latest first."""
    return list(_sheets(user).order_by("-id")[:100])


def sheet_of(user: User, uid: UUID) -> HandOver | None:
    """The one of these with this uid."""
    return _sheets(user).filter(uid=uid).first()


def _sheets(user: User) -> QuerySet[HandOver]:
    """Hers to give, hers to take (once they are signed), and those of whom she supervises."""
    hers = Q(giver=user) | Q(drawn_by=user) | (Q(taker=user) & ~Q(state="drafted"))
    if user.actor.may(Permission.SUPERVISE):
        hers |= Q(organisation__path__startswith=user.actor.path)
    found = HandOver.objects.filter(hers)
    return found.select_related("giver", "taker", "drawn_by", "organisation")


def hands(sheet: HandOver, user: User) -> dict[str, bool]:
    """What she may do with the sheet now."""
    gives = user.uid in (sheet.giver_id, sheet.drawn_by_id)
    awaited = sheet.state == "given" and user.uid == sheet.taker_id
    return {
        "may_sign": sheet.state == "drafted" and gives,
        "may_take": awaited,
        "may_withdraw": sheet.state in ("drafted", "given") and gives,
    }


@dataclass(frozen=True)
class Shown:
    """A line of a sheet as somebody may read it."""

    line: HandedOver
    title: Sentence
    whole: bool
    """May she open it, and read what was written for whoever takes it?"""
    danger: str
    """Told to whoever reads the case; before she signs, also when a supervisor arranged it."""


def lines(sheet: HandOver, user: User) -> list[Shown]:
    """The lines of a sheet. Whoever only is to take them reads of a case that she may not know yet
    its number, its kind and what is due, as long as her signature is awaited; afterwards nothing
    of what did not become hers, and never a line of a case in which she has an interest."""
    rows = list(sheet.lines.select_related("case__subject", "procedure").order_by("pk"))
    known = _known(rows, user)
    awaited = sheet.state == "given" and sheet.taker_id == user.uid
    arranged = sheet.drawn_by_id != sheet.giver_id
    found = []
    for row in rows:
        whole = row.pk in known
        if not whole and (not awaited or str(user.uid) in row.case.conflicted):
            continue
        one = row.procedure or row.case
        title = (registry.procedure if row.procedure else registry.kind)(one.kind).title
        told = (whole and row.case_id in known[row.pk]) or (awaited and arranged)
        found.append(Shown(row, title, whole, row.case.danger if told else ""))
    return found


def hidden(sheet: HandOver, shown: list[Shown], user: User) -> int:
    """How many lines she does not read: told to the giver alone, when it was she who wrote them. To
    anybody else the number would say that there is a case to be kept from her (rules 11, 12)."""
    wrote_them = user.uid == sheet.giver_id == sheet.drawn_by_id
    return sheet.lines.count() - len(shown) if wrote_them else 0


def _known(rows: list[HandedOver], user: User) -> dict[int, set[int]]:
    """The lines that she may read, by key, each with its case when she reads that whole."""
    cases = {row.case_id for row in rows}
    whole = set(Case.objects.whole_for(user).filter(pk__in=cases).values_list("pk", flat=True))
    seen = known_to(user).filter(pk__in=[r.procedure_id for r in rows if r.procedure_id])
    procedures = set(seen.values_list("pk", flat=True))
    return {
        row.pk: {row.case_id} & whole
        for row in rows
        if row.case_id in whole or row.procedure_id in procedures
    }
