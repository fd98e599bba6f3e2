"""Referral 转介: what it legally is and how it may change, all of it."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.case_acts import no_conflict_of_interest
from casework.engine.chasing import LADDER_GUARDS, climbed
from casework.engine.language import _, pgettext
from casework.engine.lifecycle import Lifecycle
from casework.engine.limits import CalendarDays, Hours, Limit, WorkingDays
from casework.engine.moves import Act, Move, Status
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation
from workflows.referral import facts
from workflows.referral import guards as only
from workflows.referral.guards import Referring, referral_of

HANDLE, LIAISE, SUPERVISE = Permission.HANDLE, Permission.LIAISE, Permission.SUPERVISE

RECEIPT_WITHIN: dict[str, Limit] = {
    "hours": Hours(4),
    "one_day": CalendarDays(1),
    "days": WorkingDays(3),
    "not_urgent": WorkingDays(5),
}
"""How long the body has to acknowledge (internal)."""


def _opened(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Opening)
    opened = Referring(
        status=Referral.initial.name,
        carrier=told.carrier,
        opener=actor.uid,
        service=told.service,
        urgency=told.urgency,
        ground=told.ground,
    )
    return replace(situation, procedures=(*situation.procedures, opened))


def _with(situation: Situation, **changes: object) -> Situation:
    return replace(situation, procedure=replace(referral_of(situation), **changes))  # type: ignore[arg-type]  # names of its own fields


def _approved(situation: Situation, actor: Actor) -> Situation:
    """Approved, or afterwards: then what was answered meanwhile is no longer held open."""
    answered = situation.status in (Referral.accepted.name, Referral.refused.name)
    return _with(situation, approver=actor.uid, open=not answered)


def _revised(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, reviser=actor.uid)


def _answered(situation: Situation, actor: Actor) -> Situation:
    """Nothing is owed any more, but for the approval of what went out unapproved."""
    return _with(situation, open=not referral_of(situation).approver)


def _sent(situation: Situation, actor: Actor) -> Situation:
    due = RECEIPT_WITHIN[referral_of(situation).urgency].due(situation.now, situation.counting).at
    return _with(situation, sender=actor.uid, sent_at=situation.now, receipt_due_at=due)


def _received(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Acknowledging)
    return _with(situation, received_at=told.received_at)


def _lacking(situation: Situation, actor: Actor) -> Situation:
    """Papers can be asked for again: what was brought before is over."""
    told = situation.facts
    assert isinstance(told, facts.Lacking)
    return _with(situation, papers_asked_at=told.asked_at, papers_brought_at=None)


def _completed(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Completing)
    return _with(situation, papers_brought_at=told.brought_at)


def _chased(situation: Situation, actor: Actor) -> Situation:
    count = referral_of(situation).chased + 1
    return _with(situation, chased=count, climbed=climbed(situation))


def _escalated(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, escalated=True)


def _pressed(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, escalated=False)


def _objected(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Objecting)
    return _with(situation, objected_at=told.objected_at)


def _settled(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Settling)
    return _with(situation, objection_answered_at=told.objection_answered_at)


def _ended(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, open=False)


class Referral(Lifecycle):
    """Statuses are legal results; the steps of the people live in the flow."""

    key = "referral"
    carried = True

    drafted = Status(_("拟稿"))
    approved = Status(_("已审签"))
    sent = Status(_("已发出"))
    received = Status(_("已签收"))
    unanswered = Status(_("逾期未复"))
    accepted = Status(_("已受理"))
    refused = Status(_("不受理"), final=True)
    completed = Status(_("已办结"), final=True)
    cancelled = Status(_("已取消"), final=True)

    initial = drafted
    strip = (drafted, approved, sent, received, accepted, completed)

    approve = Move(
        _("审签"),
        drafted,
        approved,
        SUPERVISE,
        (only.another_person_signs,),
        then=_approved,
    )
    send = Move(
        _("发出"),
        (drafted, approved),
        sent,
        LIAISE,
        (
            only.approved_or_urgent,
            only.still_agreed,
            only.body_still_there,
            no_conflict_of_interest,
        ),
        facts=facts.Sending,
        then=_sent,
    )
    acknowledge = Move(
        _("登记回执"),
        (sent, unanswered),
        received,
        LIAISE,
        (only.receipt_after_sending,),
        facts=facts.Acknowledging,
        then=_received,
    )
    lapse = Move(_("逾期未复"), sent, unanswered, LIAISE, (only.receipt_time_passed,))
    accept = Move(
        _("对方受理"),
        (received, sent, unanswered),
        accepted,
        LIAISE,
        (only.written_answer,),
        facts=facts.Answering,
        then=_answered,
    )
    refuse = Move(
        _("对方不受理"),
        (received, sent, unanswered),
        refused,
        LIAISE,
        (only.written_answer,),
        reason=True,
        facts=facts.Answering,
        then=_answered,
    )
    finish = Move(
        _("办结反馈"),
        accepted,
        completed,
        LIAISE,
        (only.result_recorded, only.ratified_before_the_end),
        facts=facts.Finishing,
    )
    cancel = Move(
        pgettext("referral", "取消"),
        (drafted, approved, sent, received, unanswered),
        cancelled,
        LIAISE,
        (only.ratified_before_cancelling,),
        reason=True,
        then=_ended,
    )
    ratify = Act(
        _("补审"),
        SUPERVISE,
        (only.sent_unapproved, only.another_person_signs),
        source=(sent, unanswered, received, accepted, refused),
        then=_approved,
    )
    give_back = Act(_("退回修改"), SUPERVISE, source=(drafted,), reason=True)
    revise = Act(_("修改"), LIAISE, source=(drafted,), facts=facts.Revising, then=_revised)
    lack_papers = Act(
        _("登记补正通知"),
        LIAISE,
        (only.of_legal_aid, only.nothing_lacks_yet, only.asked_after_the_receipt),
        source=(received,),
        facts=facts.Lacking,
        then=_lacking,
    )
    bring_papers = Act(
        _("登记材料补齐"),
        LIAISE,
        (only.something_lacks, only.brought_after_asked),
        source=(received,),
        facts=facts.Completing,
        then=_completed,
    )
    chase = Act(
        _("催办"),
        LIAISE,
        (*LADDER_GUARDS, only.handed_up_by_its_own_row),
        source=(sent, received, unanswered, accepted, refused),
        facts=facts.Chasing,
        then=_chased,
    )
    escalate = Act(
        _("提请督办"), LIAISE, (only.handed_up_once,), source=(unanswered,), then=_escalated
    )
    press = Act(_("督办"), SUPERVISE, source=(unanswered,), facts=facts.Pressing, then=_pressed)
    object_to = Act(
        _("提出异议"),
        LIAISE,
        (only.objects_to_legal_aid,),
        source=(refused,),
        facts=facts.Objecting,
        then=_objected,
    )
    accept_refusal = Act(
        _("不提异议"),
        LIAISE,
        (only.right_to_object_told, only.not_objected_yet),
        source=(refused,),
        facts=facts.Accepting,
    )
    settle_objection = Act(
        _("登记异议结果"),
        LIAISE,
        (only.objection_is_pending,),
        source=(refused,),
        facts=facts.Settling,
        then=_settled,
    )


REFERRAL = Referral()

OPEN_REFERRAL = Act(
    _("转介"),
    HANDLE,
    (only.consent_or_exception, no_conflict_of_interest),
    facts=facts.Opening,
    then=_opened,
    opens="referral",
)
OPEN_REFERRAL.name = "open_referral"
