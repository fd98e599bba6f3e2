"""Mandatory report 强制报告: its receipt, and what came back."""

from __future__ import annotations

from casework.engine.chasing import LADDER_GUARDS, climbed
from casework.engine.language import _
from casework.engine.lifecycle import Lifecycle
from casework.engine.moves import Act, Move, Status
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import told_with
from casework.engine.situation import Situation
from workflows.mandatory_report import facts
from workflows.mandatory_report import guards as only
from workflows.mandatory_report.guards import report_of

HANDLE = Permission.HANDLE


def _told(situation: Situation, actor: Actor) -> Situation:
    return told_with(situation)


def _chased(situation: Situation, actor: Actor) -> Situation:
    count = report_of(situation).chased + 1
    return told_with(situation, chased=count, climbed=climbed(situation))


class MandatoryReport(Lifecycle):
    """Statuses are what came back; what the people do next lives in the flow."""

    key = "mandatory_report"
    carried = True

    reported = Status(_("已报告"))
    receipted = Status(_("已取得回执"))
    fed_back = Status(_("已反馈"), final=True)
    dropped = Status(_("不再跟进"), final=True)

    initial = reported
    strip = (reported, receipted, fed_back)

    acknowledge = Move(
        _("取得回执"),
        reported,
        receipted,
        HANDLE,
        (only.received_after_the_report,),
        facts=facts.Receiving,
        then=_told,
    )
    feed_back = Move(
        _("收到反馈"),
        (reported, receipted),
        fed_back,
        HANDLE,
        (only.fed_back_after_the_report,),
        facts=facts.FeedingBack,
        then=_told,
    )
    drop = Move(
        _("停止跟进"),
        (reported, receipted),
        dropped,
        HANDLE,
        reason=True,
        help_text=_("报告不因此撤回；只是不再由本会跟进。"),
    )
    chase = Act(
        _("催办"),
        HANDLE,
        (only.chased_after_the_report, *LADDER_GUARDS),
        source=(reported, receipted),
        facts=facts.Chasing,
        then=_chased,
    )


MANDATORY_REPORT = MandatoryReport()
