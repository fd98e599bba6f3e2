"""Protection order 人身安全保护令: what it legally is and how it may change, all of it."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.case_acts import no_conflict_of_interest
from casework.engine.chasing import LADDER_GUARDS, climbed
from casework.engine.language import _, pgettext
from casework.engine.lifecycle import Lifecycle
from casework.engine.moves import Act, Move, Status
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import told_with
from casework.engine.situation import Situation, without_those_that_end_on
from workflows.protection_order import facts
from workflows.protection_order import guards as only
from workflows.protection_order.guards import Protecting, order_of

HANDLE = Permission.HANDLE


def _opened(situation: Situation, actor: Actor) -> Situation:
    """Whoever handles the case carries it, unless a liaison is named."""
    told = situation.facts
    assert isinstance(told, facts.Opening)
    opened = Protecting(
        status=ProtectionOrder.initial.name,
        carrier=told.carrier or situation.handler or actor.uid,
        opener=actor.uid,
        respondent=told.respondent,
        applicant=told.applicant,
        proxy_ground=told.proxy_ground,
        urgent=told.urgent,
    )
    return replace(situation, procedures=(*situation.procedures, opened))


def _told(situation: Situation, actor: Actor) -> Situation:
    return told_with(situation)


def _in_force(situation: Situation, actor: Actor) -> Situation:
    """It holds back the case no longer: its visits go on after the case is closed. And nobody
    mediates between the two (rules 5, 14)."""
    between = f"violence:{order_of(situation).respondent}"
    return without_those_that_end_on(told_with(situation, open=False), "violence", between)


def _served(situation: Situation, actor: Actor) -> Situation:
    told, order = situation.facts, order_of(situation)
    assert isinstance(told, facts.Serving)
    on_him = told.handed_to == "respondent"
    at = order.served_at or (told.handed_at if on_him else None)
    return told_with(situation, served=order.served | {told.handed_to}, served_at=at)


def _visited(situation: Situation, actor: Actor) -> Situation:
    """Only what was said in a safe setting counts as a visit; what was seen counts always."""
    told, order = situation.facts, order_of(situation)
    assert isinstance(told, facts.Visiting)
    assert told.seen_at
    seen = order.breach_seen or told.found_breach
    if not told.safe_setting:
        return told_with(situation, breach_seen=seen)
    latest = max(order.visited_at or told.seen_at, told.seen_at)
    return told_with(situation, visits=order.visits + 1, visited_at=latest, breach_seen=seen)


def _breached(situation: Situation, actor: Actor) -> Situation:
    return told_with(situation, breaches=order_of(situation).breaches + 1, breach_seen=False)


def _asked_for_longer(situation: Situation, actor: Actor) -> Situation:
    """Whatever she or the court said before of a longer time."""
    return told_with(situation, waived_at=None, refused_at=None)


def _not_renewed(situation: Situation, actor: Actor) -> Situation:
    """She can ask again as long as it lasts."""
    return told_with(situation, renewal_asked_at=None)


def _renewed(situation: Situation, actor: Actor) -> Situation:
    renewals = order_of(situation).renewals + 1
    unsaid = {"renewal_asked_at": None, "waived_at": None, "refused_at": None}
    return told_with(situation, renewals=renewals, **unsaid)


def _ended(situation: Situation, actor: Actor) -> Situation:
    return told_with(situation, open=False)


def _chased(situation: Situation, actor: Actor) -> Situation:
    return told_with(situation, climbed=climbed(situation))


class ProtectionOrder(Lifecycle):
    """Statuses are legal results; the steps of the people live in the flow."""

    key = "protection_order"
    carried = True

    preparing = Status(_("准备申请"))
    filed = Status(_("已提出申请"))
    accepted = Status(_("法院已受理"))
    not_accepted = Status(_("法院不予受理"), final=True)
    in_force = Status(_("有效"))
    denied = Status(_("已驳回"))
    reconsidering = Status(_("复议中"))
    denial_final = Status(_("驳回已生效"), final=True)
    expired = Status(_("已到期"))
    revoked = Status(_("已撤销"))
    concluded = Status(_("已反馈法院"), final=True)
    withdrawn = Status(_("已撤回申请"), final=True)

    initial = preparing
    strip = (preparing, filed, accepted, in_force, expired, concluded)

    file = Move(
        _("提出申请"),
        preparing,
        filed,
        HANDLE,
        (only.still_agreed, only.filed_by_now, no_conflict_of_interest),
        facts=facts.Filing,
        then=_told,
    )
    accept = Move(
        _("法院受理"),
        filed,
        accepted,
        HANDLE,
        (only.accepted_after_filing,),
        facts=facts.Accepting,
        then=_told,
    )
    turn_down = Move(
        _("法院不受理"),
        filed,
        not_accepted,
        HANDLE,
        (only.turned_down_in_writing,),
        reason=True,
        facts=facts.TurningDown,
        then=_ended,
    )
    grant = Move(
        _("作出保护令"),
        accepted,
        in_force,
        HANDLE,
        (only.ruled_after_asking, only.within_six_months),
        facts=facts.Granting,
        then=_in_force,
    )
    deny = Move(
        _("驳回申请"),
        accepted,
        denied,
        HANDLE,
        (only.denied_after_acceptance,),
        facts=facts.Denying,
        then=_told,
        help_text=_("保护令被驳回是升级复评的原因之一：请随后在案件中办理。"),
    )
    reconsider = Move(
        _("申请复议"),
        denied,
        reconsidering,
        HANDLE,
        (only.asked_after_denial, only.no_other_meanwhile),
        facts=facts.Reconsidering,
        then=_told,
    )
    accept_denial = Move(
        _("不申请复议"),
        denied,
        denial_final,
        HANDLE,
        (only.right_to_reconsider_told,),
        facts=facts.AcceptingDenial,
        then=_ended,
    )
    overturn = Move(
        _("复议后作出保护令"),
        reconsidering,
        in_force,
        HANDLE,
        (only.ruled_after_asking, only.within_six_months),
        facts=facts.Granting,
        then=_in_force,
    )
    uphold = Move(
        _("复议维持驳回"),
        reconsidering,
        denial_final,
        HANDLE,
        (only.upheld_after_asking,),
        facts=facts.Upholding,
        then=_ended,
    )
    expire = Move(_("到期失效"), in_force, expired, HANDLE, (only.it_has_lapsed,), then=_ended)
    revoke = Move(
        _("法院撤销"),
        in_force,
        revoked,
        HANDLE,
        (only.revoked_while_it_lasted,),
        reason=True,
        facts=facts.Revoking,
        then=_ended,
    )
    feed_back = Move(
        _("向法院反馈"),
        (expired, revoked),
        concluded,
        HANDLE,
        (only.fed_back_at_the_end, only.no_breach_left_to_write_down),
        facts=facts.FeedingBack,
        then=_ended,
    )
    withdraw = Move(
        _("撤回申请"),
        (preparing, filed, accepted),
        withdrawn,
        HANDLE,
        reason=True,
        then=_ended,
        help_text=_("撤回须出于她本人的意愿；不得劝其撤回，也不作为任何帮助的条件。"),
    )
    write_application = Act(
        _("制作申请书和证据清单"),
        HANDLE,
        source=(preparing, filed, denied),
        facts=facts.Writing,
    )
    serve_denial = Act(
        _("登记驳回裁定送达"),
        HANDLE,
        (only.denial_not_served_yet, only.denial_served_after_it),
        source=(denied,),
        facts=facts.ServingDenial,
        then=_told,
    )
    serve = Act(
        _("登记送达"),
        HANDLE,
        (only.served_after_ruling,),
        source=(in_force, expired, revoked),
        facts=facts.Serving,
        then=_served,
    )
    visit = Act(
        pgettext("protection order", "回访"),
        HANDLE,
        (only.visited_under_the_order,),
        source=(in_force,),
        facts=facts.Visiting,
        then=_visited,
    )
    breach = Act(
        _("登记违反保护令"),
        HANDLE,
        (only.breached_while_it_lasted, only.police_told_or_her_reason),
        source=(in_force, expired, revoked),
        facts=facts.Breaching,
        then=_breached,
        help_text=_(
            "违反保护令也是新的暴力事件：请随后在案件中“登记暴力事件”并升级复评；已结案的，恢复办理。"
        ),
    )
    ask_renewal = Act(
        _("申请延长"),
        HANDLE,
        (only.asked_before_it_lapses,),
        source=(in_force,),
        facts=facts.AskingRenewal,
        then=_asked_for_longer,
    )
    waive_renewal = Act(
        _("不申请延长"),
        HANDLE,
        (only.she_knows_what_ends,),
        source=(in_force,),
        facts=facts.WaivingRenewal,
        then=_not_renewed,
    )
    refuse_renewal = Act(
        _("法院未准延长"),
        HANDLE,
        (only.renewal_was_asked, only.refused_after_asking),
        source=(in_force,),
        facts=facts.RefusingRenewal,
        then=_not_renewed,
        help_text=_("到期前可以再次申请；到期后可以重新申请保护令。"),
    )
    renew = Act(
        _("裁定延长"),
        HANDLE,
        (only.renewed_before_it_lapsed, only.six_months_more),
        source=(in_force,),
        facts=facts.Renewing,
        then=_renewed,
    )
    contest = Act(
        _("登记对方复议"),
        HANDLE,
        (only.contested_once, only.contested_after_ruling),
        source=(in_force,),
        facts=facts.Contesting,
        then=_told,
        help_text=_("复议期间不停止执行（反家庭暴力法第三十一条）。"),
    )
    chase = Act(
        _("催办"),
        HANDLE,
        LADDER_GUARDS,
        source=(accepted, in_force),
        facts=facts.Chasing,
        then=_chased,
    )


PROTECTION_ORDER = ProtectionOrder()

OPEN_ORDER = Act(
    _("申请保护令"),
    HANDLE,
    (
        only.ground_of_law,
        only.consents_or_cannot,
        only.no_other_against_him,
        no_conflict_of_interest,
    ),
    facts=facts.Opening,
    then=_opened,
    opens="protection_order",
    help_text=_(
        "请先向她说明：不收费；书面、口头都可以；由她或对方居住地、家庭暴力发生地的基层法院管辖；"
        "不以提起离婚等诉讼为条件（反家庭暴力法第二十三至二十五条，法释〔2022〕17 号第一条）。"
    ),
)
OPEN_ORDER.name = "open_order"
