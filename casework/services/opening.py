"""Opening a case: creation, which stands beside `advance` with an event of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from casework.engine import moment, registry
from casework.engine.clocks import OPENING, Step
from casework.engine.language import _
from casework.engine.owed import MANDATORY
from casework.engine.owed_clocks import OF_TASK, REPORTING
from casework.engine.people import Permission
from casework.engine.situation import Questions
from casework.models import (
    Case,
    CaseParty,
    CodeItem,
    Organisation,
    Person,
    SubjectKey,
    User,
)
from casework.models.visit import FORWARDED_CHANNELS
from casework.queries.cases import find_case
from casework.services import clocks, errands, events, todos
from casework.services.numbers import next_in
from casework.services.refusals import Refused
from casework.services.saving import save

__all__ = ["find_case", "open_case"]

Part = tuple[Person, str, str]
"""A person, her role in the case, and her relation to the one who came."""


@transaction.atomic
def open_case(
    kind: str,
    *,
    actor: User,
    organisation: Organisation,
    channel: str,
    received_at: datetime,
    parties: Sequence[Part],
    summary: str = "",
    demands: str = "",
    category: str = "",
    questions: Questions = Questions.NOT_ASKED,
    alarming: bool = False,
    handler: User | None = None,
    like: Case | None = None,
    owed: frozenset[str] = frozenset(),
    reason: str = "",
    key: str = "",
    mark: str = "",
) -> Case:
    """Open a case of `kind`, received at `received_at` (aware), with its parties, first clocks and
    todo. `like` is the case it continues or was converted from: what was known of danger there
    is known here, and what was `owed` there is owed here, since then. Raises `Refused` when the
    actor may not log visits."""
    if not actor.actor.may(Permission.LOG) and like is None:
        raise Refused([_("这一步需要“%(permission)s”权限。", permission=Permission.LOG.label)])
    plate = registry.kind(kind)
    case = Case(
        subject=_new_subject(),
        number=next_number(organisation, received_at),
        kind=kind,
        status=plate.lifecycle.initial.name,
        status_since=moment.now(),
        category=category,
        channel=channel,
        organisation=organisation,
        organisation_path=organisation.path,
        registered_by=actor,
        handler=handler,
        received_at=received_at,
        summary=summary,
        demands=demands,
        questions=questions.value,
        alarming=alarming,
    )
    _know_the_danger(case, parties, like, plate.always_sensitive)
    if case.report_duty and not (like and like.report_duty):
        owed |= {MANDATORY}
    case.owed = " ".join(sorted(owed))
    event = events.next_of_case(case, actor, OPENING, reason=reason, key=key, mark=mark)
    save(case, actor, f"{OPENING}#1")
    event.case = case
    event.save(force_insert=True)
    for person, role, relation in parties:
        save(CaseParty(case=case, person=person, role=role, relation=relation), actor, OPENING)
    named = any(p.name for p, role, _relation in parties if role in ("victim", "petitioner"))
    forwarded = channel in FORWARDED_CHANNELS
    step = Step(
        OPENING,
        "",
        case.status,
        event.at,
        received_at,
        notice_owed=named or forwarded,
        forwarded=forwarded,
        owed_after=owed,
        owed_since=_since(like) if like else {},
    )
    todos.keep(case, clocks.run(case, step))
    if case.violence:
        errands.leave(case, actor, _("登记").text)
    return case


def _since(like: Case) -> dict[str, datetime]:
    """Since when each report was owed in the case that this one continues."""
    began = like.clocks.filter(rule__in=[rule.key for rule in REPORTING]).order_by("cycle")
    starts = dict(began.values_list("rule", "started_at"))
    return {task: starts[rule.key] for task, rule in OF_TASK.items() if rule.key in starts}


def next_number(organisation: Organisation, at: datetime) -> str:
    """The next case number of the organisation's year, e.g. 2026-4401-00012; no gaps."""
    year = at.astimezone(moment.HOME).year
    return f"{year}-{organisation.code}-{next_in(organisation, year, 'case'):05d}"


def _new_subject() -> SubjectKey:
    subject = SubjectKey.fresh()
    subject.save(force_insert=True)
    return subject


def _know_the_danger(
    case: Case, parties: Sequence[Part], like: Case | None, always_sensitive: bool
) -> None:
    """Set from the first moment whatever binds the safety rules (rules 2, 7)."""
    sensitive_category = bool(
        case.category
        and CodeItem.objects.filter(list="category", code=case.category, sensitive=True).exists()
    )
    victims = [p for p, role, _relation in parties if role in ("victim", "petitioner")]
    vulnerable = any(p.minor or p.incapacitated for p in victims)
    case.minor = any(p.minor for p in victims)
    case.report_duty = vulnerable
    case.violence = always_sensitive or case.category == "domestic_violence"
    case.safety_sensitive = always_sensitive or sensitive_category or vulnerable or case.alarming
    case.children = any(role == "child" for _person, role, _relation in parties)
    if like:
        case.category = case.category or like.category
        case.danger, case.questions, case.alarming = like.danger, like.questions, like.alarming
        case.minor = case.minor or like.minor
        case.report_duty = case.report_duty or like.report_duty
        case.safety_sensitive = case.safety_sensitive or like.safety_sensitive
        case.sealed = like.sealed
    case.report_duty = case.report_duty or (case.children and case.violence)
