"""What high danger and the duty to report demand: tasks in any order, each done first and recorded
within 24 hours with its true time (规程 2018, 11; 高检发〔2020〕9号; safety rules 4, 7, 13).

A task is owed until somebody records it, and recording is never refused because nothing is owed.
Only what ends the case, or brings her to one table with somebody, waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from casework.engine.facts import fact
from casework.engine.language import Sentence, _
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor
from casework.engine.proceedings import begun
from casework.engine.situation import Danger, Situation, but, without_those_that_end_on

POLICE, SUPERIOR, PLAN, MANDATORY = "police", "superior", "plan", "mandatory"
HANDLER = "handler"
"""The fourth task of high danger. Never kept: it is owed exactly while nobody carries the case."""

TASKS = {
    MANDATORY: _("强制报告：立即向公安机关报案或者举报"),
    POLICE: _("向公安机关报案"),
    SUPERIOR: _("向上级妇联报告"),
    PLAN: _("提供安全计划（本人可以不要，但须提供）"),
    HANDLER: _("指定承办人"),
}
"""What is to be done, most urgent first."""

DEMANDED = {
    Danger.MEDIUM: frozenset({PLAN}),
    Danger.HIGH: frozenset({POLICE, SUPERIOR, PLAN}),
}
REPORTS = frozenset({POLICE, SUPERIOR})

RECENT = timedelta(days=7)
"""A report older than this, when the danger became known, is not about this danger (internal)."""

POLICE_OUTCOMES = {
    "education": _("批评教育"),
    "warning": _("告诫"),
    "punished": _("行政处罚"),
    "filed": _("立案"),
    "not_filed": _("不予立案"),
}

PLAN_TAKEN = {"accepted": _("本人接受"), "refused": _("已提供，本人不需要")}


@dataclass(frozen=True)
class ReportingPolice:
    """A report to the police that was made, with its true time."""

    stays_inside: ClassVar[bool] = True

    reported_at: datetime | None = fact(_("报案时间（实际时间）"), "moment", required=True)
    station: str = fact(_("受理的公安机关"), required=True, personal=True, samples=("…",))
    receipt: str = fact(_("回执（文号、经办民警）"), "long", personal=True, samples=("",))
    against: str = fact(_("报案针对的当事人（不清楚的不填）"), "party", samples=("",))
    told_first: bool = fact(_("已先告知本人"), "yes")
    why_not_told: str = fact(_("未先告知本人的原因"), "long", personal=True, samples=("",))
    as_mandatory: bool = fact(_("这次报案同时履行强制报告"), "yes")


@dataclass(frozen=True)
class ReportingUp:
    """The report to the superior federation (规程 11)."""

    reported_at: datetime | None = fact(_("报告时间（实际时间）"), "moment", required=True)
    how: str = fact(_("报告方式和接收人"), required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class ReportingMandatorily:
    """The mandatory report, when it was made otherwise than by our report to the police."""

    stays_inside: ClassVar[bool] = True

    reported_at: datetime | None = fact(_("报告时间（实际时间）"), "moment", required=True)
    station: str = fact(_("接收报告的机关"), required=True, personal=True, samples=("…",))
    receipt: str = fact(_("回执（文号、经办人）"), "long", personal=True, samples=("",))


@dataclass(frozen=True)
class OfferingPlan:
    """A safety plan offered to her: she may refuse it, and it need not lie in her home."""

    offered_at: datetime | None = fact(_("提供时间（实际时间）"), "moment", required=True)
    taken: str = fact(
        _("本人意见"), "choice", choices=PLAN_TAKEN, required=True, samples=("accepted",)
    )
    words: str = fact(_("计划内容"), "long", personal=True, samples=("",))
    leave_no_paper: bool = fact(_("不留纸质材料（以免被对方发现）"), "yes", samples=(False,))


def now_owing(before: Situation, after: Situation) -> Situation:
    """`after`, with what a higher level or a new duty demands, without what a lower level no
    longer does."""
    if before.danger is after.danger and before.report_duty == after.report_duty:
        return after
    owed = after.owed
    if after.danger and (before.danger is None or after.danger.rank > before.danger.rank):
        owed |= DEMANDED.get(after.danger, frozenset())
    elif after.danger is not before.danger:
        owed &= DEMANDED.get(after.danger or Danger.LOW, frozenset()) | {MANDATORY}
    if after.report_duty and not before.report_duty:
        owed |= {MANDATORY}
    return but(after, owed=owed)


def owing_again(situation: Situation, happened_at: datetime | None) -> Situation:
    """New violence demands each report again, though the level and the duty stand, unless one was
    made after it happened: what happened before was told then. Violence of which nobody says when
    is taken for that of the last day."""
    demanded = REPORTS if situation.danger is Danger.HIGH else frozenset[str]()
    if situation.report_duty:
        demanded |= {MANDATORY}
    happened = happened_at or situation.now - timedelta(days=1)
    told = {task for task, at in situation.reported if at >= happened}
    return but(situation, owed=situation.owed | (demanded - told))


def undone(situation: Situation) -> frozenset[str]:
    """What is owed now, the handler of high danger included."""
    nobody = situation.danger is Danger.HIGH and not situation.handler
    return situation.owed | {HANDLER} if nobody else situation.owed


def plan_offered(situation: Situation, actor: Actor) -> Situation:
    """She was offered a safety plan."""
    return replace(situation, owed=situation.owed - {PLAN})


def reported_to_police(situation: Situation, actor: Actor) -> Situation:
    """Told the police; the same report may be the mandatory one. What comes of it is followed from
    now on, and nobody mediates between the two any more (rule 14)."""
    told = situation.facts
    assert isinstance(told, ReportingPolice)
    done = {POLICE, MANDATORY} if told.as_mandatory else {POLICE}
    known = {"reported_at": told.reported_at}
    reported = _reported(situation, told.reported_at, done)
    made = begun(reported, actor, "police_report", against=told.against, **known)
    if told.as_mandatory:
        made = begun(made, actor, "mandatory_report", **known)
    return without_those_that_end_on(made, "violence", f"violence:{told.against or '?'}")


def reported_up(situation: Situation, actor: Actor) -> Situation:
    """Told the superior federation."""
    assert isinstance(situation.facts, ReportingUp)
    return _reported(situation, situation.facts.reported_at, {SUPERIOR})


def reported_mandatorily(situation: Situation, actor: Actor) -> Situation:
    """Reported as the law demands, otherwise than by our report to the police."""
    assert isinstance(situation.facts, ReportingMandatorily)
    at = situation.facts.reported_at
    return begun(_reported(situation, at, {MANDATORY}), actor, "mandatory_report", reported_at=at)


def _reported(situation: Situation, at: datetime | None, tasks: set[str]) -> Situation:
    """Without those of `tasks` for which a report of this moment counts: one made after the latest
    violence, and not long before the danger became known. Every other is kept all the same."""
    since = dict(situation.owed_since)
    floors = {task: since[task] - RECENT for task in tasks & since.keys()}
    latest = situation.latest_violence
    done = {
        task
        for task in tasks
        if at and all(at >= floor for floor in (floors.get(task), latest) if floor)
    }
    return replace(situation, owed=situation.owed - done)


_TRUE_TIMES = ("reported_at", "offered_at")


@guard()
def already_happened(situation: Situation, actor: Actor) -> Sentence | None:
    """Act first, then record: nothing is recorded that is still to come."""
    told = (getattr(situation.facts, name, None) for name in _TRUE_TIMES)
    if any(at and at > situation.now for at in told):
        return _("时间不能晚于现在：请先办理，再如实登记。")
    return None


@guard_of(ReportingPolice, 1)
def told_her_first(told: ReportingPolice, situation: Situation, actor: Actor) -> Sentence | None:
    """She is told before the police are, or it is written why not (rule 1)."""
    if told.told_first or told.why_not_told.strip():
        return None
    return _("请先告知本人，或写明未先告知的原因。")


@guard(4)
def high_danger_reported(situation: Situation, actor: Actor) -> Sentence | None:
    """High danger: police and superior federation are told and somebody carries the case before it
    is complete or closed (规程 2018, 11; rule 4)."""
    if undone(situation) & (REPORTS | {HANDLER}):
        return _("高危个案须先向公安和上级妇联报告，并指定承办人。")
    return None


@guard(4, 13)
def safety_plan_offered(situation: Situation, actor: Actor) -> Sentence | None:
    """Medium and high danger: a safety plan is offered; she may refuse it (rule 13)."""
    if PLAN in situation.owed:
        return _("中危、高危须提供安全计划（本人可以不要，但须提供）。")
    return None


@guard(7)
def mandatory_report_made(situation: Situation, actor: Actor) -> Sentence | None:
    """Minor or incapacitated victim, or a child who witnesses: the report cannot be skipped
    (高检发〔2020〕9号 2、5; 规程 2018, 5)."""
    if MANDATORY in situation.owed:
        return _("涉及未成年人或无、限制行为能力人：须先履行强制报告。")
    return None


@guard(4)
def high_danger_first(situation: Situation, actor: Actor) -> Sentence | None:
    """While anything that high danger demands is owed, no mediation is opened, and none brings
    anybody nearer to one table (rule 4)."""
    if situation.danger is Danger.HIGH and undone(situation) - {MANDATORY}:
        return _("高危个案：报案、向上级报告、承办人、安全计划未落实前，不得调解。")
    return None


@guard(4, 7)
def nothing_left_to_report(situation: Situation, actor: Actor) -> Sentence | None:
    """A file in which a report is owed is not complete: its clock runs until it is met."""
    if situation.owed & (REPORTS | {MANDATORY}):
        return _("还有应当作出的报告没有登记，不能归档。")
    return None
