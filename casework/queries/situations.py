"""A case, and a procedure in it, as guards see them: in at most four queries (the case is the
first)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from casework.engine import moment, registry
from casework.engine.case_acts import Incident
from casework.engine.following import FOLLOW_UP, INCIDENT_SEEN
from casework.engine.limits import Counting
from casework.engine.owed import (
    MANDATORY,
    POLICE,
    ReportingMandatorily,
    ReportingPolice,
    ReportingUp,
)
from casework.engine.owed_clocks import OF_TASK
from casework.engine.situation import Assessed, Danger, Proceeding, Questions, Situation
from casework.models import Case, MandatoryReport, PoliceReport, Procedure
from casework.models.plain import any_row
from casework.models.visit import FORWARDED_CHANNELS
from casework.queries.calendars import HomeDays
from casework.queries.parties import barred, has_safe_channel, kin, order_between, warning_between

_ANY = 'WHERE "case_id" = %s'


def situation_of(case: Case, facts: object | None = None, opening: str | None = None) -> Situation:
    """The situation of `case` now, with what is being told. `opening` is the procedure that the
    move opens or belongs to: the parties she must not meet are looked up only for a mediation."""
    now, known = moment.now(), _procedures_of(case)
    away = frozenset[str]().union(*(proceeding.keeps_away(now) for proceeding in known))
    return Situation(
        kind=case.kind,
        status=case.status,
        path=case.organisation_path,
        now=now,
        received_at=case.received_at,
        status_since=case.status_since,
        registrar=_uid(case.registered_by_id),
        handler=_uid(case.handler_id),
        requester=_uid(case.requested_by_id),
        countersigner=_uid(case.countersigned_by_id),
        forwarded=case.channel in FORWARDED_CHANNELS,
        safety_sensitive=case.safety_sensitive,
        violence=case.violence,
        danger=Danger(case.danger) if case.danger else None,
        questions=Questions(case.questions),
        alarming=case.alarming,
        assessment=_assessment_of(case),
        minor=case.minor,
        children=case.children,
        report_duty=case.report_duty,
        owed=frozenset(case.owed.split()),
        conflicted=frozenset(case.conflicted.split()),
        consents=frozenset(case.consent_scopes.split()),
        procedures=tuple(proceeding for proceeding in known if proceeding.open),
        kept_away=away,
        standing=tuple(proceeding for proceeding in known if not proceeding.open),
        **({"live_order": bool(away)} | _between_them(case, opening)),
        **_reachable(case, facts, opening),
        **_time_to_handle(case, facts),
        **_followed_up(case, facts),
        **_of_reports(case, facts),
        extension_by=case.extension_by,
        sealed=case.sealed,
        counting=Counting(HomeDays()),
        facts=facts,
    )


def _procedures_of(case: Case) -> tuple[Proceeding, ...]:
    """The open ones, and those that stand. Most cases have none: to ask that alone is a
    fraction of the cost."""
    if not any_row(Procedure, _ANY, [case.pk]):
        return ()
    running = Procedure.objects.filter(Q(open=True) | _standing(), case=case.pk)
    rows = running.select_related(
        "mediation", "referral__body", "protection_order", "follow_up", "police_report",
        "mandatory_report",
    )  # fmt: skip
    return tuple(proceeding_of(record) for record in rows.order_by("pk"))


@cache
def _standing() -> Q:
    """An order in force and the like: nothing is owed, and yet guards must know of it."""
    known = {plate.key: plate.outlives | plate.stands for plate in registry.procedures()}
    each = (Q(kind=key, status__in=statuses) for key, statuses in known.items() if statuses)
    return reduce(or_, each, Q(pk__in=()))


def _time_to_handle(case: Case, facts: object | None) -> dict[str, Any]:
    """What only the rows about a longer time ask: when the legal time ends, while it runs."""
    if not _asked("about_time", case, facts):
        return {}
    rules = [rule.key for rule in registry.kind(case.kind).clocks if rule.extension]
    running = case.clocks.filter(rule__in=rules, state="running")
    found = running.values_list("due_at", "original_due_at").first()
    return {"handling_due": found[0], "extended": found[0] != found[1]} if found else {}


def _followed_up(case: Case, facts: object | None) -> dict[str, Any]:
    """What only a row that looks back on the follow-up asks: how the newest one stands, and
    whether violence that was told in any is still to be written down."""
    if not _asked("about_follow_up", case, facts):
        return {}
    kept = case.procedures.filter(kind=FOLLOW_UP).select_related("follow_up")
    rows = list(kept.order_by("-pk"))
    if any(row.follow_up.incident_seen for row in rows):
        return {"followed_up": INCIDENT_SEEN}
    return {"followed_up": rows[0].status} if rows else {}


def _asked(about: str, case: Case, facts: object | None) -> bool:
    """Can a row be made now, or is one being told, whose facts are `about` this?"""
    asked = facts is None or getattr(facts, about, False)
    return asked and case.status in _asking(about, case.kind)


def _of_reports(case: Case, facts: object | None) -> dict[str, Any]:
    """What only the recording of violence asks, and of a report about it."""
    if isinstance(facts, Incident):
        met = _of_tasks(case, "stopped_at", state__in=("met", "breached"))
        return {"reported": (*met, *_reports_of(case))}
    if isinstance(facts, ReportingPolice | ReportingUp | ReportingMandatorily):
        known = case.incidents.filter(happened_at__lte=moment.now())
        latest = known.aggregate(Max("happened_at"))["happened_at__max"]
        since = _of_tasks(case, "started_at", state="running")
        return {"owed_since": since, "latest_violence": latest}
    return {}


def _reports_of(case: Case) -> Iterator[tuple[str, datetime]]:
    """When each report that has a record was last made, whether it was owed or not."""
    of_case = Q(procedure__case=case)
    police = PoliceReport.objects.filter(of_case | Q(case=case)).order_by("reported_at")
    for at, as_mandatory in police.values_list("reported_at", "as_mandatory"):
        yield POLICE, at
        if as_mandatory:
            yield MANDATORY, at
    mandatory = MandatoryReport.objects.filter(of_case).order_by("reported_at")
    for at in mandatory.values_list("reported_at", flat=True):
        yield MANDATORY, at


def _of_tasks(case: Case, column: str, **which: object) -> tuple[tuple[str, datetime], ...]:
    """A moment of the latest of the clocks of each report."""
    rules = {rule.key: task for task, rule in OF_TASK.items()}
    found = case.clocks.filter(rule__in=rules, **which).order_by("cycle")
    return tuple({rules[rule]: at for rule, at in found.values_list("rule", column)}.items())


@cache
def _asking(about: str, kind: str) -> frozenset[str]:
    """The statuses in which such a row can be made."""
    rows = registry.lifecycle(kind).moves.values()
    asking = [row for row in rows if getattr(row.facts, about, False)]
    return frozenset(status.name for row in asking for status in row.source)


def _reachable(case: Case, facts: object | None, opening: str | None) -> dict[str, Any]:
    """What only a mediation and the plan of a follow-up ask: is there a safe way to reach her?"""
    if opening != "mediation" and not getattr(facts, "about_safety", False):
        return {}
    return {"safe_channel": not case.safety_sensitive or has_safe_channel(case)}


def _between_them(case: Case, opening: str | None) -> dict[str, Any]:
    """What only a mediation asks: whom she must not meet."""
    if opening != "mediation":
        return {}
    found: dict[str, Any] = {"barred": barred(case), "kin": kin(case)}
    if order_between(case):
        found["live_order"] = True
    if warning_between(case):
        found["warned"] = True
    return found


def within(situation: Situation, record: Procedure) -> Situation:
    """The situation of a procedure in its case's situation."""
    return replace(
        situation,
        kind=record.kind,
        status=record.status,
        status_since=record.status_since,
        procedure=proceeding_of(record),
    )


def proceeding_of(record: Procedure) -> Proceeding:
    """A procedure as its guards see it: each field from the column of its name."""
    made = registry.procedure(record.kind).proceeding
    values: dict[str, Any] = {f.name: _read(record, f.name, f.default) for f in fields(made)}
    return made(**values)


def _read(record: Procedure, name: str, default: object) -> object:
    own = {"carrier": "carrier_id", "opener": "opened_by_id"}.get(name, name)
    value = getattr(record, own) if hasattr(record, own) else _of_detail(record.detail, name)
    if isinstance(default, frozenset):
        return frozenset(str(value).split())
    return str(value or "") if isinstance(default, str) else value


def _of_detail(detail: object, name: str) -> object:
    return getattr(detail, f"{name}_id", None) or getattr(detail, name)


def _assessment_of(case: Case) -> Assessed | None:
    """The latest assessment that was not voided. Making one sets the danger: without, there is
    none to look for."""
    if not case.danger:
        return None
    kept = case.assessments.filter(voided_at=None).order_by("-assessed_at", "-id")
    made = kept.values_list("level", "own", "assessor_id", "valid_until").first()
    return made and Assessed(Danger(made[0]), made[1], str(made[2]), made[3])


def _uid(user: UUID | None) -> str:
    return str(user) if user else ""
