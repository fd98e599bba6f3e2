"""A move on a case: what is written, in which order. Called by `services.verbs` only."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from casework.engine import registry
from casework.engine.case_acts import Incident, Joining
from casework.engine.clocks import LEFT_ALONE, Step
from casework.engine.facts import told
from casework.engine.moves import Move
from casework.engine.owed import ReportingPolice, now_owing
from casework.engine.papers import Issuing
from casework.engine.situation import Situation
from casework.models import Case, Event, Procedure, plain
from casework.queries.situations import situation_of
from casework.services import (
    clocks,
    effects,
    errands,
    events,
    following,
    papers,
    procedures,
    todos,
)
from casework.services.judging import Asked, judge, transition, uuid_of
from casework.services.saving import save

KEPT = {
    "status_since": "status_since",
    "safety_sensitive": "safety_sensitive",
    "violence": "violence",
    "alarming": "alarming",
    "minor": "minor",
    "children": "children",
    "report_duty": "report_duty",
    "sealed": "sealed",
    "extension_by": "extension_by",
}
"""Fields of a situation that stand in the case under the same meaning."""

MOVED = (
    *KEPT.values(),
    "status",
    "danger",
    "questions",
    "consent_scopes",
    "owed",
    "conflicted",
    "handler_id",
    "requested_by_id",
    "countersigned_by_id",
    "outcome",
    "closed_at",
    "event_count",
    "chain_head",
)
"""The columns that a move may write."""


def make(case: Case, asked: Asked) -> Event:
    """Make the move on the locked `case`. Raises `Refused` with every reason against it."""
    move, actor = asked.move, asked.actor
    facts = effects.with_what_is_known(case, asked.facts)
    situation = situation_of(case, facts, opening=move.opens)
    judge(case, asked, situation)
    stood = _columns(case)
    before = case.status
    transition(case, move)
    after = registry.lifecycle(case.kind).after(situation, actor.actor, move)
    _apply(case, move, after, facts)
    effects.record(case, move, facts, actor, situation, after)
    event = events.next_of_case(
        case,
        actor,
        move.name,
        before=before,
        after=case.status,
        told=told(facts),
        reason=asked.reason,
        key=asked.key,
        mark=asked.mark,
    )
    plain.insert(event)
    opened = _around(case, asked, facts, situation, after)
    sooner = following.bring_nearer(case, situation, after, f"{move.name}#{event.sequence}", actor)
    try:
        changed = [name for name, value in _columns(case).items() if value != stood[name]]
        save(case, actor, f"{move.name}#{event.sequence}", changed)
    finally:
        case.permit = None
    step = Step(
        move.name,
        before,
        case.status,
        event.at,
        case.received_at,
        facts,
        owed_before=situation.owed,
        owed_after=after.owed,
    )
    if {before, case.status} & LEFT_ALONE and before != case.status:
        procedures.count_again(case)
    able = uuid_of(getattr(facts, "handler", ""))
    todos.keep(case, clocks.run(case, step, opened=opened, sooner=sooner), able)
    if move.opens and move.target:
        owed = now_owing(situation, replace(after, owed=situation.owed)).owed
        effects.open_linked(case, move.opens, actor, asked.reason, owed)
    return event


def _around(
    case: Case, asked: Asked, facts: object | None, before: Situation, after: Situation
) -> list[Procedure]:
    """What the move does to the procedures of the case, and to other cases; answers those that it
    brought into being."""
    actor, move = asked.actor, asked.move
    if isinstance(facts, Issuing):
        papers.issue(case, facts, actor)
    opened = procedures.open_new(case, after, facts, actor)
    procedures.end_what_ended(case, before, after, asked)
    violent = after.violence and (not before.violence or move.facts in (Incident, Joining))
    if violent or move.facts is ReportingPolice:
        errands.leave(case, actor, move.label.text)
    if move.facts is Incident:
        procedures.violence_is_written_down(case, actor)
    if _seen_by_others(before, after):
        procedures.readdress(case, actor)
    if after.handler and after.handler != before.handler:
        procedures.go_with_the_case(case, UUID(before.handler or before.registrar), actor)
    return opened


def _seen_by_others(before: Situation, after: Situation) -> bool:
    """Did the move change who may know of the case?"""
    names = ("conflicted", "sealed", "safety_sensitive")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _columns(case: Case) -> dict[str, object]:
    """What stands in the columns that a move may write."""
    return {name: getattr(case, name) for name in MOVED}


def _apply(case: Case, move: Move, after: Situation, facts: object | None) -> None:
    """Write what the engine says changed into the row: the only place that does."""
    for name, column in KEPT.items():
        setattr(case, column, getattr(after, name))
    case.danger = after.danger.value if after.danger else ""
    case.questions = after.questions.value
    case.consent_scopes = " ".join(sorted(after.consents))
    case.owed = " ".join(sorted(after.owed))
    case.conflicted = " ".join(sorted(after.conflicted))
    case.handler_id = uuid_of(after.handler)
    case.requested_by_id = uuid_of(after.requester)
    case.countersigned_by_id = uuid_of(after.countersigner)
    ended = registry.lifecycle(case.kind).statuses[case.status].ended
    kept = case.outcome if ended or after.requester else ""
    case.outcome = getattr(facts, "outcome", "") or move.outcome or kept
    case.closed_at = (case.closed_at or after.now) if ended else None
