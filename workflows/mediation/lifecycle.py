"""Mediation 调解: what it legally is and how it may change, all of it."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.case_acts import no_conflict_of_interest
from casework.engine.language import _
from casework.engine.lifecycle import Lifecycle
from casework.engine.moves import Act, Move, Status
from casework.engine.owed import high_danger_first
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation
from workflows.mediation import facts
from workflows.mediation import guards as only
from workflows.mediation.guards import Mediating, mediation_of

HANDLE, MEDIATE, LIAISE = Permission.HANDLE, Permission.MEDIATE, Permission.LIAISE


def _opened(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Opening)
    opened = Mediating(
        status=Mediation.initial.name,
        carrier=told.carrier,
        opener=actor.uid,
        other=told.other,
        mode=told.mode,
        unrelated=told.unrelated,
    )
    return replace(situation, procedures=(*situation.procedures, opened))


def _with(situation: Situation, **changes: object) -> Situation:
    return replace(situation, procedure=replace(mediation_of(situation), **changes))  # type: ignore[arg-type]  # names of its own fields


def _heard(situation: Situation, actor: Actor) -> Situation:
    told, mediation = situation.facts, mediation_of(situation)
    assert isinstance(told, facts.Hearing)
    return _with(
        situation,
        agreed=mediation.agreed | {told.side},
        screened=mediation.screened | {told.side},
    )


def _consented(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, screened=frozenset())


def _planned(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Scheduling)
    return _with(situation, planned=True, planned_at=told.planned_at)


def _begun(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Screening)
    return _with(situation, screened=only.BOTH, began_at=told.began or situation.now)


def _held(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, screened=frozenset(), planned=False)


def _agreed(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Agreeing)
    return _with(
        situation,
        screened=frozenset(),
        planned=False,
        owes=not told.nothing_owed,
        status_relation=told.status_relation,
        wants_confirmation=told.wants_confirmation,
    )


def _ended(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, open=False)


def _binding(situation: Situation, actor: Actor) -> Situation:
    """Signed: open as long as something is owed or the court is asked."""
    mediation = mediation_of(situation)
    waits = mediation.owes or mediation.wants_confirmation
    told = situation.facts
    assert isinstance(told, facts.Signing)
    return _with(situation, open=waits, signed_on=told.signed_on)


def _decided(situation: Situation, actor: Actor) -> Situation:
    """The court's word is there, or its time is over."""
    owes = mediation_of(situation).owes
    return _with(situation, open=owes, wants_confirmation=False)


class Mediation(Lifecycle):
    """Statuses are legal results; the steps of the people live in the flow."""

    key = "mediation"
    carried = True

    proposed = Status(_("已提出"))
    consented = Status(_("双方同意"))
    in_session = Status(_("调解中"))
    agreed = Status(_("达成协议"))
    not_agreed = Status(_("未达成协议"), final=True)
    stopped = Status(_("已终止"), final=True)
    signed = Status(_("已签署"))
    confirmed = Status(_("已司法确认"))
    unconfirmed = Status(_("未确认"))
    performed = Status(_("已履行"), final=True)
    defaulted = Status(_("未履行"), final=True)

    initial = proposed
    strip = (proposed, consented, in_session, agreed, signed, performed)

    consent = Move(
        _("双方同意"),
        proposed,
        consented,
        MEDIATE,
        (
            only.both_sides_agreed,
            only.each_screened_alone,
            only.no_violence_between_them,
            high_danger_first,
            no_conflict_of_interest,
        ),
        then=_consented,
    )
    meet = Move(
        _("开始调解"),
        consented,
        in_session,
        MEDIATE,
        (
            only.a_session_is_planned,
            only.on_the_planned_day,
            only.screened_again,
            only.no_violence_between_them,
            high_danger_first,
        ),
        facts=facts.Screening,
        then=_begun,
    )
    agree = Move(
        _("达成协议"),
        in_session,
        agreed,
        MEDIATE,
        (
            only.nobody_waits_unscreened,
            only.no_violence_between_them,
            only.terms_and_dates,
            only.confirmable,
        ),
        facts=facts.Agreeing,
        then=_agreed,
    )
    fail = Move(
        _("未达成"),
        in_session,
        not_agreed,
        MEDIATE,
        (only.other_ways_told,),
        facts=facts.Failing,
        then=_ended,
    )
    stop = Move(
        _("终止"),
        (proposed, consented, in_session, agreed),
        stopped,
        HANDLE,
        reason=True,
        then=_ended,
    )
    sign = Move(
        _("签署"),
        agreed,
        signed,
        MEDIATE,
        (only.every_party_signed, only.no_violence_between_them),
        facts=facts.Signing,
        then=_binding,
    )
    confirm = Move(
        _("司法确认"),
        signed,
        confirmed,
        LIAISE,
        (only.jointly_applied, only.never_status_relations),
        facts=facts.Confirming,
        then=_decided,
    )
    lapse = Move(
        _("逾期未确认"),
        signed,
        unconfirmed,
        LIAISE,
        (only.confirmation_time_passed,),
        facts=facts.Lapsing,
        then=_decided,
    )
    perform = Move(
        _("履行"),
        (signed, confirmed, unconfirmed),
        performed,
        MEDIATE,
        (only.performed_by_now,),
        facts=facts.Performing,
        then=_ended,
    )
    default = Move(
        _("未履行"),
        (signed, confirmed, unconfirmed),
        defaulted,
        MEDIATE,
        (only.she_knows_her_ways,),
        facts=facts.Defaulting,
        then=_ended,
    )
    invite = Act(
        _("邀请"),
        MEDIATE,
        (only.invited_safely, only.no_violence_between_them, high_danger_first),
        source=(proposed,),
        facts=facts.Inviting,
    )
    hear = Act(
        _("单独会见并征求同意"),
        MEDIATE,
        (
            only.seen_alone,
            only.no_violence_told,
            only.the_side_agrees,
            only.no_violence_between_them,
            high_danger_first,
            no_conflict_of_interest,
        ),
        source=(proposed,),
        facts=facts.Hearing,
        then=_heard,
        follow=consent,
    )
    schedule = Act(
        _("安排调解"),
        MEDIATE,
        (only.not_in_the_past, only.no_violence_between_them, high_danger_first),
        source=(consented, in_session),
        facts=facts.Scheduling,
        then=_planned,
    )
    resume = Act(
        _("继续调解"),
        MEDIATE,
        (
            only.a_session_is_planned,
            only.on_the_planned_day,
            only.screened_again,
            only.no_violence_between_them,
            high_danger_first,
        ),
        source=(in_session,),
        facts=facts.Screening,
        then=_begun,
    )
    hold = Act(
        _("调解一次，另行安排"),
        MEDIATE,
        (only.nobody_waits_unscreened,),
        source=(in_session,),
        facts=facts.Holding,
        then=_held,
    )


MEDIATION = Mediation()

OPEN_MEDIATION = Act(
    _("提出调解"),
    HANDLE,
    (
        high_danger_first,
        only.never_with_him,
        only.no_second_with_the_same,
        no_conflict_of_interest,
    ),
    facts=facts.Opening,
    then=_opened,
    opens="mediation",
)
OPEN_MEDIATION.name = "open_mediation"
