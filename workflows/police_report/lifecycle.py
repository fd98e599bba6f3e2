"""Report to the police and warning 报案与告诫: what became of it, and the visits afterwards."""

from __future__ import annotations

from casework.engine.chasing import LADDER_GUARDS, climbed
from casework.engine.language import _
from casework.engine.lifecycle import Lifecycle
from casework.engine.moves import Act, Move, Status
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import told_with
from casework.engine.situation import Situation, without_those_that_end_on
from workflows.police_report import facts
from workflows.police_report import guards as only
from workflows.police_report.guards import report_of

HANDLE = Permission.HANDLE


def _told(situation: Situation, actor: Actor) -> Situation:
    return told_with(situation)


def _warned(situation: Situation, actor: Actor) -> Situation:
    """Nobody mediates between the two any more (rule 14)."""
    return _apart(told_with(situation))


def _visited(situation: Situation, actor: Actor) -> Situation:
    """A visit that found something, or met nobody, begins the row of clean ones anew. For the next
    one the police are chased from the first rung on."""
    told, report = situation.facts, report_of(situation)
    assert isinstance(told, facts.Visiting)
    visited = told_with(
        situation,
        visits=report.visits + 1,
        clean_visits=report.clean_visits + 1 if told.clean else 0,
        violence_seen=report.violence_seen or told.found_violence,
        climbed=frozenset(r for r in report.climbed if not r.startswith("dv.warning_visit:")),
    )
    return _apart(visited) if told.found_violence else visited


def _apart(situation: Situation) -> Situation:
    between = f"violence:{report_of(situation).against or '?'}"
    return without_those_that_end_on(situation, "violence", between)


def _chased(situation: Situation, actor: Actor) -> Situation:
    count = report_of(situation).chased + 1
    return told_with(situation, chased=count, climbed=climbed(situation))


class PoliceReport(Lifecycle):
    """Statuses are what the police did; what the people do next lives in the flow."""

    key = "police_report"
    carried = True

    reported = Status(_("已报案"))
    accepted = Status(_("已受案"))
    warned = Status(_("已告诫"))
    decided = Status(_("已处理"), final=True)
    visits_over = Status(_("查访结束"), final=True)
    dropped = Status(_("不再跟进"), final=True)

    initial = reported
    strip = (reported, accepted, warned, visits_over)

    accept = Move(
        _("公安受案"),
        reported,
        accepted,
        HANDLE,
        (only.accepted_after_the_report,),
        facts=facts.Accepting,
        then=_told,
    )
    warn = Move(
        _("登记告诫"),
        (reported, accepted),
        warned,
        HANDLE,
        (only.warned_after_the_report,),
        facts=facts.Warned,
        then=_warned,
        help_text=_(
            "告诫书可以作为申请保护令、庇护和法律援助的凭证。双方之间正在进行的调解随即终止。"
        ),
    )
    decide = Move(
        _("登记处理结果"),
        (reported, accepted),
        decided,
        HANDLE,
        (only.decided_after_the_report,),
        facts=facts.Deciding,
        then=_told,
    )
    end_visits = Move(
        _("结束查访"),
        warned,
        visits_over,
        HANDLE,
        (only.three_clean_visits, only.violence_written_down),
    )
    drop = Move(
        _("停止跟进"),
        (reported, accepted, warned),
        dropped,
        HANDLE,
        reason=True,
        help_text=_("报案不因此撤回；只是不再由本会跟进。"),
    )
    visit = Act(
        _("登记告诫查访"),
        HANDLE,
        (only.visited_after_the_warning, only.clean_or_not),
        source=(warned,),
        facts=facts.Visiting,
        then=_visited,
    )
    chase = Act(
        _("催办"),
        HANDLE,
        (only.chased_after_the_report, *LADDER_GUARDS),
        source=(reported, accepted, warned),
        facts=facts.Chasing,
        then=_chased,
    )


POLICE_REPORT = PoliceReport()
