"""Domestic violence 家暴个案: the life of a case, all of it."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.case_acts import (
    CaseActs,
    another_person,
    asks_for_closure,
    danger_questions_asked,
    no_conflict_of_interest,
    no_open_procedure,
    takes_handler,
)
from casework.engine.following import (
    ends_follow_up,
    follow_up_scheduled,
    followed_up_safely,
    plans_follow_up,
    reached_safely,
    told_violence_is_written_down,
)
from casework.engine.language import _, pgettext
from casework.engine.moves import Move, Status, Waits
from casework.engine.owed import (
    high_danger_reported,
    mandatory_report_made,
    nothing_left_to_report,
    safety_plan_offered,
)
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation
from workflows.domestic_violence import facts
from workflows.domestic_violence import guards as only

HANDLE, TRIAGE = Permission.HANDLE, Permission.TRIAGE
SUPERVISE, ARCHIVE = Permission.SUPERVISE, Permission.ARCHIVE

_to_archive = Waits(_("已结束，等待归档"), ARCHIVE)


def _assessment_void(situation: Situation, actor: Actor) -> Situation:
    """What changed voids the assessment; the level stays until two persons lower it. She is
    followed up again once she has been assessed."""
    return replace(ends_follow_up(situation, actor), assessment=None)


class DomesticViolence(CaseActs):
    """Statuses say what the case is; rows say how it may change."""

    key = "domestic_violence"

    reported = Status(_("已登记"), Waits(_("新登记的家暴个案，请在 24 小时内完成危险评估")))
    assessed = Status(_("已评估"), Waits(_("已评估，请按等级处置")))
    responding = Status(_("处置中"), Waits(_("处置中，请推进方案")))
    monitoring = Status(
        _("跟踪回访"), Waits(_("跟踪回访中：情况变化请升级复评，条件具备请申请结案"))
    )
    lost_contact = Status(_("失联待查"), Waits(_("失联待查，等待负责人决定"), SUPERVISE))
    transferring = Status(_("移交中"), Waits(_("等待接收方书面回执")))
    transferred = Status(_("已移交"), _to_archive, ended=True)
    closing = Status(_("待审批"), Waits(_("申请结案，等待另一人审批"), SUPERVISE))
    closed = Status(_("已结案"), _to_archive, ended=True)
    declined_service = Status(_("当事人终止求助"), _to_archive, ended=True)
    merged = Status(_("已并案"), ended=True, rests=True)
    converted = Status(_("已改登"), _to_archive, ended=True)
    archived = Status(_("已归档"), final=True)

    initial = reported
    strip = (reported, assessed, responding, monitoring, closing, closed, archived)

    assess = Move(
        _("危险评估"),
        reported,
        assessed,
        HANDLE,
        (only.assessment_valid, only.order_right_told),
        facts=facts.Evaluating,
    )
    respond = Move(
        _("分级处理"),
        assessed,
        responding,
        HANDLE,
        (only.handler_named, no_conflict_of_interest),
        facts=facts.Responding,
        then=takes_handler,
    )
    escalate = Move(
        _("升级复评"),
        (assessed, responding, monitoring, closing, declined_service),
        reported,
        HANDLE,
        (only.something_changed,),
        reason=True,
        facts=facts.Escalating,
        then=_assessment_void,
    )
    complete = Move(
        pgettext("domestic violence", "办结"),
        responding,
        monitoring,
        HANDLE,
        (
            only.plan_done,
            only.referrals_answered,
            follow_up_scheduled,
            told_violence_is_written_down,
            reached_safely,
            safety_plan_offered,
            high_danger_reported,
            mandatory_report_made,
        ),
        facts=facts.Completing,
        then=plans_follow_up,
    )
    mark_lost = Move(
        _("失联"),
        (assessed, responding, monitoring),
        lost_contact,
        HANDLE,
        (only.three_attempts_on_different_days, only.welfare_check_decided),
        reason=True,
        facts=facts.MarkingLost,
        then=ends_follow_up,
    )
    regain = Move(_("恢复联系"), lost_contact, reported, HANDLE, then=ends_follow_up)
    close_lost = Move(
        _("失联结案"),
        lost_contact,
        closed,
        SUPERVISE,
        (
            only.by_the_superior_organisation,
            only.lost_for_thirty_days,
            only.police_check_answered,
            high_danger_reported,
            mandatory_report_made,
        ),
        reason=True,
        facts=facts.ClosingLost,
        outcome="lost_contact",
    )
    transfer_out = Move(
        _("异地转介"),
        (reported, assessed, responding),
        transferring,
        HANDLE,
        (only.danger_questions_asked_or_why_not, only.consent_or_life_danger),
        reason=True,
        facts=facts.TransferringOut,
    )
    received = Move(
        _("已接收"),
        transferring,
        transferred,
        HANDLE,
        (only.written_word_received,),
        facts=facts.Receipting,
    )
    bounce = Move(
        pgettext("domestic violence", "退回"),
        transferring,
        reported,
        HANDLE,
        (only.written_word_received,),
        facts=facts.Receipting,
    )
    merge = Move(
        _("并案"),
        reported,
        merged,
        TRIAGE,
        (only.same_survivor_same_respondent, only.danger_questions_asked_or_why_not),
        facts=facts.Merging,
        outcome="merged",
    )
    unmerge = Move(_("撤销并案"), merged, reported, TRIAGE, reason=True)
    not_dv = Move(
        _("改登信访"),
        (reported, assessed),
        converted,
        SUPERVISE,
        (only.seen_alone, only.danger_questions_asked_or_why_not),
        reason=True,
        facts=facts.NotViolence,
        opens="petition",
        outcome="converted",
    )
    decline_service = Move(
        _("终止求助"),
        (reported, assessed, responding, monitoring, closing),
        declined_service,
        HANDLE,
        (
            danger_questions_asked,
            only.safety_information_given,
            only.not_a_minor,
            mandatory_report_made,
            only.second_signature_when_high,
        ),
        reason=True,
        facts=facts.EndingService,
        outcome="ended_by_survivor",
    )
    request_closure = Move(
        _("申请结案"),
        monitoring,
        closing,
        HANDLE,
        (
            no_open_procedure,
            only.outcome_chosen,
            followed_up_safely,
            told_violence_is_written_down,
            only.assessment_current,
            only.second_signature_when_high,
            high_danger_reported,
            safety_plan_offered,
            mandatory_report_made,
        ),
        facts=facts.RequestingClosure,
        then=asks_for_closure,
    )
    send_back = Move(_("退回补办"), closing, monitoring, SUPERVISE, reason=True)
    close = Move(
        _("结案"),
        closing,
        closed,
        SUPERVISE,
        (another_person, high_danger_reported, safety_plan_offered, mandatory_report_made),
    )
    reopen = Move(
        _("恢复办理"),
        (closed, declined_service, transferred),
        reported,
        HANDLE,
        reason=True,
        then=_assessment_void,
    )
    archive = Move(
        _("归档"),
        (closed, declined_service, transferred, converted),
        archived,
        ARCHIVE,
        (only.no_live_order, nothing_left_to_report, only.file_list_complete),
        facts=facts.Archiving,
    )


DOMESTIC_VIOLENCE = DomesticViolence()
