"""Petition 信访事项: the life of a petition, all of it."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.case_acts import (
    CaseActs,
    another_person,
    asks_for_closure,
    bound_to_report,
    danger_questions_asked,
    no_conflict_of_interest,
    no_open_procedure,
    takes_handler,
)
from casework.engine.language import _
from casework.engine.moves import Act, Move, Status, Waits
from casework.engine.owed import (
    high_danger_reported,
    mandatory_report_made,
    nothing_left_to_report,
    safety_plan_offered,
)
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation
from workflows.petition import facts
from workflows.petition import guards as only

HANDLE, TRIAGE = Permission.HANDLE, Permission.TRIAGE
SUPERVISE, ARCHIVE = Permission.SUPERVISE, Permission.ARCHIVE

_to_archive = Waits(_("已结束，等待归档"), ARCHIVE)


def turns_out_violent(situation: Situation, actor: Actor) -> Situation:
    """What it turned out to be binds the petition too: from now on it is seen by few (rule 11)."""
    return bound_to_report(replace(situation, violence=True, safety_sensitive=True))


def _asks_for_time(situation: Situation, actor: Actor) -> Situation:
    return replace(situation, extension_by=actor.uid)


def _time_decided(situation: Situation, actor: Actor) -> Situation:
    return replace(situation, extension_by="")


class Petition(CaseActs):
    """Statuses say what the petition is; rows say how it may change."""

    key = "petition"

    registered = Status(_("已登记"), Waits(_("新登记的信访事项，等待受理、转送或告知"), TRIAGE))
    objecting = Status(_("异议中"), Waits(_("已提出异议，等待转办单位答复"), TRIAGE))
    handling = Status(_("办理中"), Waits(_("由您承办，请推进办理")))
    assigned = Status(_("已交办"), Waits(_("已交办下级，等待办理报告")))
    closing = Status(_("待审批"), Waits(_("申请办结，等待另一人审批"), SUPERVISE))
    closed = Status(_("已办结"), _to_archive, ended=True)
    declined = Status(_("不予受理/不属职权"), _to_archive, ended=True)
    transferred = Status(_("已转送"), _to_archive, ended=True)
    returned = Status(_("已退回转办单位"), _to_archive, ended=True)
    withdrawn = Status(_("已撤回"), _to_archive, ended=True)
    merged = Status(_("已并案"), ended=True, rests=True)
    converted = Status(_("已转家暴"), _to_archive, ended=True)
    archived = Status(_("已归档"), final=True)

    initial = registered
    unconverted = (
        registered,
        objecting,
        handling,
        assigned,
        closing,
        closed,
        declined,
        transferred,
        returned,
        withdrawn,
    )
    strip = (registered, handling, closing, closed, archived)

    accept = Move(
        _("受理"),
        registered,
        handling,
        TRIAGE,
        (
            only.not_domestic_violence,
            only.handler_named,
            no_conflict_of_interest,
            only.handling_type_chosen,
        ),
        facts=facts.Accepting,
        then=takes_handler,
    )
    answer = Move(
        _("当场答复"),
        registered,
        closed,
        HANDLE,
        (no_open_procedure, only.not_safety_sensitive, only.notice_handed_over_or_owed),
        facts=facts.Answering,
        outcome="answered",
    )
    not_ours = Move(
        _("不属职权告知"),
        registered,
        declined,
        TRIAGE,
        (only.right_route_named, mandatory_report_made),
        facts=facts.Directing,
        outcome="not_ours",
    )
    decline = Move(
        _("不予受理"),
        registered,
        declined,
        TRIAGE,
        (
            only.ground_of_law,
            only.not_a_person_asking_for_help,
            mandatory_report_made,
        ),
        reason=True,
        facts=facts.Declining,
    )
    object = Move(
        _("提出异议"),
        registered,
        objecting,
        TRIAGE,
        (only.forwarded_item,),
        reason=True,
    )
    uphold = Move(
        _("异议成立"),
        objecting,
        returned,
        TRIAGE,
        (only.sender_answered,),
        facts=facts.SenderAnswering,
    )
    refuse = Move(
        _("异议不成立"),
        objecting,
        registered,
        TRIAGE,
        (only.sender_answered,),
        facts=facts.SenderAnswering,
    )
    transfer = Move(
        _("转送"),
        (registered, handling),
        transferred,
        TRIAGE,
        (
            only.competent_body_named,
            only.transfer_letter_issued,
            only.petitioner_told,
            mandatory_report_made,
        ),
        reason=True,
        facts=facts.Transferring,
    )
    take_back = Move(_("退回"), transferred, registered, TRIAGE, reason=True)
    assign_down = Move(
        _("交办"),
        (registered, handling),
        assigned,
        TRIAGE,
        (only.not_domestic_violence, only.dated_letter_issued, only.petitioner_told_where),
        facts=facts.AssigningDown,
    )
    report_back = Move(
        _("反馈"),
        assigned,
        handling,
        HANDLE,
        (only.not_domestic_violence, only.report_received),
        facts=facts.ReportingBack,
    )
    merge = Move(
        _("并案"),
        (registered, handling),
        merged,
        TRIAGE,
        (only.same_matter_and_person,),
        facts=facts.Merging,
        outcome="merged",
    )
    unmerge = Move(_("撤销并案"), merged, registered, TRIAGE, reason=True)
    convert = Move(
        _("转家暴"),
        unconverted,
        converted,
        HANDLE,
        reason=True,
        then=turns_out_violent,
        opens="domestic_violence",
        outcome="converted",
    )
    request_closure = Move(
        _("申请办结"),
        handling,
        closing,
        HANDLE,
        (
            no_open_procedure,
            only.not_domestic_violence,
            only.outcome_chosen,
            only.reply_served,
            only.sender_has_report,
            only.review_rights_told,
            high_danger_reported,
            safety_plan_offered,
            mandatory_report_made,
        ),
        facts=facts.RequestingClosure,
        then=asks_for_closure,
    )
    send_back = Move(_("退回补办"), closing, handling, SUPERVISE, reason=True)
    close = Move(
        _("办结"),
        closing,
        closed,
        SUPERVISE,
        (another_person, high_danger_reported, safety_plan_offered, mandatory_report_made),
    )
    reopen = Move(
        _("恢复办理"),
        (closed, declined, withdrawn),
        handling,
        SUPERVISE,
        (only.not_domestic_violence,),
        reason=True,
    )
    withdraw = Move(
        _("撤回"),
        (registered, handling, closing),
        withdrawn,
        HANDLE,
        (
            only.her_own_declaration,
            only.seen_alone,
            danger_questions_asked,
            mandatory_report_made,
        ),
        reason=True,
        facts=facts.Withdrawing,
        outcome="withdrawn",
    )
    archive = Move(
        _("归档"),
        (closed, declined, withdrawn, transferred, returned, converted),
        archived,
        ARCHIVE,
        (nothing_left_to_report, only.file_list_complete),
        facts=facts.Archiving,
    )
    ask_extension = Act(
        _("申请延长办理期限"),
        HANDLE,
        (only.handling_can_be_extended, only.within_thirty_days),
        source=(handling,),
        facts=facts.AskingForTime,
        then=_asks_for_time,
    )
    grant_extension = Act(
        _("批准延长"),
        SUPERVISE,
        (
            only.extension_was_asked,
            only.another_person_extends,
            only.handling_can_be_extended,
            only.allowed_within_thirty_days,
            only.told_of_extension,
        ),
        source=(handling,),
        facts=facts.Extending,
        then=_time_decided,
    )
    refuse_extension = Act(
        _("不予延长"),
        SUPERVISE,
        (only.extension_was_asked, only.another_person_extends),
        source=(handling,),
        reason=True,
        then=_time_decided,
    )
    serve_notice = Act(
        _("登记书面告知"),
        HANDLE,
        (only.served_in_time,),
        source=(*unconverted, merged, converted, archived),
        facts=facts.Notifying,
    )
    """Also on a finished case: a notice still owed can always be served."""


PETITION = Petition()
