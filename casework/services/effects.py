"""The records that an act leaves beside the case, one function an act."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from casework.engine import case_acts, owed, papers, reaching, registry
from casework.engine.language import _
from casework.engine.moves import Move
from casework.engine.situation import Situation
from casework.models import (
    Case,
    CaseLink,
    CaseParty,
    Consent,
    Contact,
    Evidence,
    HandedOver,
    Incident,
    RiskAssessment,
    SafetyPlan,
    User,
)
from casework.queries.parties import HER_SIDE, ever_hers, her_contacts
from casework.queries.search import index_of
from casework.services import opening, people
from casework.services.judging import uuid_of
from casework.services.refusals import Refused
from casework.services.saving import save


def record(
    case: Case, move: Move, facts: object | None, actor: User, before: Situation, after: Situation
) -> None:
    """Write the records of `move`, and void the assessment when the situation lost it."""
    if before.assessment and after.assessment is None:
        for assessment in case.assessments.filter(voided_at=None):
            assessment.voided_at = after.now
            save(assessment, actor, move.name)
    writer = _WRITERS.get(type(facts))
    if writer:
        writer(case, move, facts, actor, after)
    other = getattr(facts, "into", "")
    if other:
        _link(case, other, "merged", actor)


def with_what_is_known(case: Case, facts: object | None) -> object | None:
    """An assessment takes in the recorded incidents, ticked or not: an injury or a second
    incident means at least medium (rule 3)."""
    if not isinstance(facts, case_acts.Assessing):
        return facts
    injuries = list(case.incidents.values_list("injury", flat=True))
    return replace(
        facts,
        injury=facts.injury or any(injuries),
        repeated=facts.repeated or len(injuries) > 1,
    )


def _assessment(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, case_acts.Assessing)
    assert after.assessment
    instrument = registry.instrument(case_acts.INSTRUMENT)
    answers = dict(facts.answers)
    made = RiskAssessment(
        case=case,
        instrument=instrument.key,
        instrument_version=instrument.version,
        answers=json.dumps(answers),
        grounds=facts.grounds,
        score=instrument.score(answers),
        level=facts.level.value,
        own=facts.basis == "own",
        assessor=actor,
        assessed_at=after.now,
        valid_until=after.assessment.valid_until,
    )
    save(made, actor, move.name)


def _incident(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, case_acts.Incident)
    made = Incident(
        case=case,
        happened_at=facts.happened_at,
        form=facts.form,
        injury=facts.injury,
        children_present=facts.children_present,
        by_id=facts.by or None,
        happened=facts.happened,
    )
    save(made, actor, move.name)


def _consent(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, case_acts.Consenting)
    if move.name == "withdraw_consent":
        for consent in case.consents.filter(scope=facts.scope, withdrawn_at=None):
            consent.withdrawn_at = after.now
            save(consent, actor, move.name)
        return
    made = Consent(
        case=case,
        scope=facts.scope,
        detail=facts.detail,
        in_writing=facts.in_writing,
        given_at=after.now,
    )
    save(made, actor, move.name)


def _party(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, case_acts.Joining)
    person = people.new_person(
        actor, facts.name, phone=facts.phone, minor=facts.minor, incapacitated=facts.incapacitated
    )
    save(
        CaseParty(case=case, person=person, role=facts.role, relation=facts.relation),
        actor,
        move.name,
    )


def _contact(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    """A new way to reach her; the one that it replaces, and whatever was recorded of the same
    number before, count no more."""
    assert isinstance(facts, reaching.Reaching)
    her = case.parties.filter(role__in=HER_SIDE).select_related("person").first()
    if her is None:
        raise Refused([_("本案还没有登记她本人：请先办理“登记当事人”。")])
    same = index_of(Contact, "value_index", facts.value)
    _end_contacts(case, Q(value_index=same) | Q(uid=uuid_of(facts.replaces)), move, actor, after)
    safe = people.SafeContact(
        facts.may_call, facts.may_message, facts.when, facts.code_word, facts.seen_by
    )
    people.new_contact(actor, her.person, facts.way, facts.value, safe, why=move.name)


def _no_contact(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    """It is used no more, whichever visits told it."""
    assert isinstance(facts, reaching.NoLongerReaching)
    known = her_contacts(case).get(uid=facts.contact)
    _end_contacts(case, Q(value_index=known.value_index), move, actor, after)


def _end_contacts(case: Case, which: Q, move: Move, actor: User, after: Situation) -> None:
    for contact in ever_hers(case).filter(which, ended_at=None).select_related("person__subject"):
        contact.ended_at = after.now
        save(contact, actor, move.name, ["ended_at"])


def _evidence(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, papers.Proving)
    made = Evidence(
        case=case,
        evidence=facts.evidence,
        what=facts.what,
        holder=facts.holder,
        obtained_on=facts.obtained_on,
    )
    save(made, actor, move.name)


def _safety_plan(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, owed.OfferingPlan)
    assert facts.offered_at
    made = SafetyPlan(
        case=case,
        number=case.safety_plans.count() + 1,
        offered_at=facts.offered_at,
        taken=facts.taken,
        words=facts.words,
        leave_no_paper=facts.leave_no_paper,
    )
    save(made, actor, move.name)


def _handed_on(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    """Only by a line of a sheet that both have signed, to whoever signed for it, and once."""
    assert isinstance(facts, case_acts.HandingOn)
    try:
        sheet, taker = UUID(facts.sheet), UUID(facts.handler)
    except ValueError:
        sheet = taker = UUID(int=0)
    signed = HandedOver.objects.filter(
        sheet__uid=sheet,
        sheet__state="taken",
        sheet__taker__uid=taker,
        case=case,
        procedure=None,
        outcome="",
    )
    if not signed.exists():
        raise Refused([_("请用“交接单”办理：双方签字后，案件、待办和时限一并移交。")])


def _linked(case: Case, move: Move, facts: object, actor: User, after: Situation) -> None:
    assert isinstance(facts, case_acts.Linking)
    _link(case, facts.other, facts.relation, actor)


def _link(case: Case, other: str, relation: str, actor: User) -> None:
    """Tie `case` to the visible case with this uid or number."""
    found = opening.find_case(actor, other)
    if found is None or found.pk == case.pk:
        raise Refused([_("找不到编号为“%(number)s”的另一案件。", number=other)])
    ends = registry.kind(found.kind).lifecycle.statuses[found.status]
    if relation == "merged" and (found.kind != case.kind or ends.rests or ends.final):
        raise Refused([_("只能并入同一类、未并案且未归档的案件。")])
    if not CaseLink.objects.filter(case=case, other=found, relation=relation).exists():
        save(CaseLink(case=case, other=found, relation=relation), actor, "link")


def open_linked(
    case: Case, kind: str, actor: User, reason: str, owing: frozenset[str] = frozenset()
) -> Case:
    """Open the case that `case` becomes, with the same people, words and first received time, and
    with what it owed."""
    opened = opening.open_case(
        kind,
        actor=actor,
        organisation=case.organisation,
        channel=case.channel,
        received_at=case.received_at,
        parties=[(p.person, p.role, p.relation) for p in case.parties.select_related("person")],
        summary=case.summary,
        demands=case.demands,
        handler=case.handler,
        like=case,
        owed=owing,
        reason=reason,
    )
    save(CaseLink(case=opened, other=case, relation="converted"), actor, "open")
    return opened


_WRITERS: dict[type | None, Callable[[Case, Move, object, User, Situation], None]] = {
    case_acts.Assessing: _assessment,
    case_acts.Incident: _incident,
    case_acts.Consenting: _consent,
    case_acts.Joining: _party,
    case_acts.Linking: _linked,
    case_acts.HandingOn: _handed_on,
    papers.Proving: _evidence,
    reaching.Reaching: _contact,
    reaching.NoLongerReaching: _no_contact,
    owed.OfferingPlan: _safety_plan,
}
