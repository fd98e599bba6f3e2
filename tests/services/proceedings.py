"""Short ways to bring a procedure where a test needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from viewflow.workflow.models import Task

from casework.engine import moment, registry
from casework.engine.case_acts import Consenting, Joining
from casework.engine.following import Planning
from casework.engine.owed import ReportingMandatorily, ReportingPolice
from casework.models import Body, Case, Procedure, Todo, User
from casework.queries import drift
from casework.services import jobs
from casework.services.people import SafeContact
from tests.services.steps import accept, assess, fresh, go, respond
from workflows.follow_up import facts as follow
from workflows.mandatory_report import facts as mandatory
from workflows.mediation import facts as mediation
from workflows.police_report import facts as police
from workflows.protection_order import facts as order
from workflows.referral import facts as referral

BOTH_SCREENED = mediation.Screening(screened_alone=True, no_violence=True)
SIGNED_NOW: Callable[[], Any] = lambda: mediation.Signing(moment.today(), signed_by_all=True)  # noqa: E731 - short, and used right here


def work() -> None:
    """Background workers do everything that is due."""
    while jobs.run_due():
        pass


def handled(new_case: Callable[..., Case], crew: SimpleNamespace, **told: Any) -> Case:
    """A petition against a village committee, accepted; she agrees to be referred."""
    case = new_case(respondent="某村委会", relation="other", **told)
    accept(case, crew)
    go(case, "give_consent", Consenting("refer"), by=crew.officer)
    return fresh(case)


def violent(new_case: Callable[..., Case], crew: SimpleNamespace, **told: Any) -> Case:
    """A violent case that is worked on, low in danger; she may be called and agrees to be
    referred, and has a dispute with a village committee, too."""
    known = {"phone": "13900001111", "safe": SafeContact(may_call=True)} | told
    case = new_case("domestic_violence", respondent="他", relation="spouse", **known)
    assess(case, crew.officer)
    respond(case, crew)
    go(case, "give_consent", Consenting("refer"), by=crew.officer)
    committee = Joining("respondent", "某村委会", relation="other")
    go(case, "add_party", committee, by=crew.officer)
    return fresh(case)


def party(case: Case, relation: str = "other") -> str:
    """The uid of the respondent who stands in this relation to her."""
    return str(case.parties.get(role="respondent", relation=relation).uid)


def propose(case: Case, crew: SimpleNamespace, **told: Any) -> Procedure:
    """The officer proposes a joint mediation with the village committee; in a sensitive case she
    names the mediator, who would not see it otherwise."""
    carrier = str(crew.mediator.uid) if case.safety_sensitive else ""
    known = {"matter": "征地补偿。", "mode": "joint", "unrelated": True, "carrier": carrier} | told
    facts = mediation.Opening(known.pop("other") if "other" in known else party(case), **known)
    go(case, "open_mediation", facts, by=crew.officer)
    return case.procedures.latest("pk")


def refer(case: Case, crew: SimpleNamespace, by: User | None = None, **told: Any) -> Procedure:
    """The officer (or `by`) drafts a referral to legal aid on her consent, in need of approval;
    in a sensitive case she names the liaison."""
    carrier = str(crew.liaison.uid) if case.safety_sensitive else ""
    known: dict[str, Any] = {
        "service": "legal_aid",
        "body": "",
        "urgency": "days",
        "ground": "consent",
        "requests": "指派律师。",
        "situation": "需要代理。",
        "carrier": carrier,
    }
    facts = referral.Opening(**(known | told))
    if "body" not in told:
        facts = replace(facts, body=str(Body.objects.get(service=facts.service).uid))
    go(case, "open_referral", facts, by=by or crew.officer)
    return case.procedures.latest("pk")


MEASURES = frozenset({"no_violence", "no_contact"})


def apply_for(case: Case, crew: SimpleNamespace, by: User | None = None, **told: Any) -> Procedure:
    """She applies for an order against her husband; the officer (or `by`) writes it down."""
    known: dict[str, Any] = {"applicant": "self", "measures_asked": MEASURES}
    against = told.pop("respondent", "") or party(case, "spouse")
    go(case, "open_order", order.Opening(against, **(known | told)), by=by or crew.officer)
    return case.procedures.latest("pk")


def report(case: Case, crew: SimpleNamespace, **told: Any) -> Procedure:
    """The officer reported to the police just now, and told her first."""
    facts = ReportingPolice(moment.now(), "城关派出所", told_first=True)
    go(case, "report_police", replace(facts, **told), by=crew.officer)
    return case.procedures.filter(kind="police_report").latest("pk")


def report_mandatorily(case: Case, crew: SimpleNamespace, **told: Any) -> Procedure:
    """The officer reported just now as the law demands."""
    facts = ReportingMandatorily(moment.now(), "城关派出所")
    go(case, "report_mandatory", replace(facts, **told), by=crew.officer)
    return case.procedures.filter(kind="mandatory_report").latest("pk")


REPORTS: dict[str, Callable[..., Procedure]] = {
    "police_report": report,
    "mandatory_report": report_mandatorily,
}


def granting(days: int = 90, **told: Any) -> order.Granting:
    """The order as the court makes it now, for so many days."""
    until = moment.today() + timedelta(days=days)
    known = order.Granting("民保令1号", moment.now(), MEASURES, valid_until=until)
    return replace(known, **told)


def _filed(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "file", order.Filing("县法院", moment.now(), "written"), by=crew.officer)


def _taken_on(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "accept", order.Accepting(moment.now(), "民保令1号"), by=crew.officer)


def _in_force(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "grant", granting(**told), by=crew.officer)


def _revoked(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "revoke", order.Revoking("her_application", moment.now()), by=crew.officer)


def _concluded(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "feed_back", order.FeedingBack(moment.now(), "未再发生。"), by=crew.officer)


def warning(**told: Any) -> police.Warned:
    """The police warn him now."""
    return replace(police.Warned(moment.now(), "告1号", frozenset({"respondent"})), **told)


def _police_accept(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "accept", police.Accepting(moment.now(), "受1号"), by=crew.officer)


def _police_warn(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "warn", warning(**told), by=crew.officer)


def visit(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    """A visit after the warning, of now, finds nothing new."""
    seen = police.Visiting(moment.now(), clean=True, visited="近况平稳。")
    go(record, "visit", replace(seen, **told), by=crew.officer)


def _visits_over(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    for _each in range(3):
        visit(record, crew)
    go(record, "end_visits", by=crew.officer)


def _receipted(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "acknowledge", mandatory.Receiving(moment.now(), "接1号"), by=crew.officer)


def _fed_back(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "feed_back", mandatory.FeedingBack(moment.now(), "已受案。"), by=crew.officer)


def invite(record: Procedure, crew: SimpleNamespace, side: str) -> None:
    """The mediator invites one side."""
    go(record, "invite", mediation.Inviting(side, safely=True, how="电话"), by=crew.mediator)


def hear(record: Procedure, crew: SimpleNamespace, side: str) -> None:
    """The mediator sees one side alone, and it agrees."""
    told = mediation.Hearing(
        side, screened_alone=True, no_violence=True, rights_told=True, agrees=True
    )
    go(record, "hear", told, by=crew.mediator)


def _consented(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    for side in mediation.SIDES:
        invite(record, crew, side)
        hear(record, crew, side)


def plan(record: Procedure, crew: SimpleNamespace, days: int = 0) -> None:
    """The mediator plans the next session, for today unless told otherwise."""
    told = mediation.Scheduling(moment.now() + timedelta(days=days), "调解室")
    go(record, "schedule", told, by=crew.mediator)


def _in_session(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    plan(record, crew)
    go(record, "meet", BOTH_SCREENED, by=crew.mediator)


def agreement(**told: Any) -> mediation.Agreeing:
    """Both agree; what is owed is due in ten days."""
    due = moment.today() + timedelta(days=10)
    return replace(mediation.Agreeing("双方陈述。", "补发补偿款。", perform_by=due), **told)


def _agreed(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "agree", agreement(**told), by=crew.mediator)
    work()


def _signed(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "sign", SIGNED_NOW(), by=crew.mediator)


def _performed(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "perform", mediation.Performing(moment.today()), by=crew.mediator)


def _approved(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "approve", by=crew.supervisor)


def _sent(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "send", referral.Sending("hand"), by=crew.liaison)
    work()


def acknowledged(**told: Any) -> referral.Acknowledging:
    """The body's receipt, of now."""
    return replace(referral.Acknowledging(moment.now(), "收字1号"), **told)


def answered(**told: Any) -> referral.Answering:
    """The body's written answer, of now."""
    return replace(referral.Answering(moment.now(), in_writing=True, answer="准予。"), **told)


def _received(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "acknowledge", acknowledged(), by=crew.liaison)


def _accepted(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "accept", answered(), by=crew.liaison)


def _completed(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    done = referral.Finishing("已指派律师。", "决1号", "方律师")
    go(record, "finish", done, by=crew.liaison)


def follow_up(case: Case, crew: SimpleNamespace, by: User | None = None) -> Procedure:
    """The officer (or `by`) plans to ask her how she is, today."""
    go(case, "open_follow_up", Planning(moment.today(), safely=True), by=by or crew.officer)
    return case.procedures.latest("pk")


def talking(**told: Any) -> follow.Talking:
    """She was asked just now, in a safe setting."""
    return replace(follow.Talking(moment.now(), safe_setting=True), **told)


def _followed(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "talk", talking(**told), by=crew.officer)


def _finished(record: Procedure, crew: SimpleNamespace, **told: Any) -> None:
    go(record, "finish", by=crew.officer)


LIFE: dict[str, dict[str, Callable[..., None]]] = {
    "mediation": {
        "consented": _consented,
        "in_session": _in_session,
        "agreed": _agreed,
        "signed": _signed,
        "performed": _performed,
    },
    "referral": {
        "approved": _approved,
        "sent": _sent,
        "received": _received,
        "accepted": _accepted,
        "completed": _completed,
    },
    "protection_order": {
        "filed": _filed,
        "accepted": _taken_on,
        "in_force": _in_force,
        "revoked": _revoked,
        "concluded": _concluded,
    },
    "follow_up": {"followed": _followed, "finished": _finished},
    "police_report": {
        "accepted": _police_accept,
        "warned": _police_warn,
        "visits_over": _visits_over,
    },
    "mandatory_report": {"receipted": _receipted, "fed_back": _fed_back},
}
"""The uneventful life of each procedure, status by status."""


def bring(record: Procedure, crew: SimpleNamespace, to: str, **told: Any) -> Procedure:
    """Let the procedure live until it is in the status `to`; answers it as it then is."""
    work()
    life = [registry.lifecycle(record.kind).initial.name, *LIFE[record.kind]]
    for status in life[life.index(fresh(record).status) + 1 : life.index(to) + 1]:
        LIFE[record.kind][status](fresh(record), crew, **told)
        assert fresh(record).status == status
    return fresh(record)


def tasks(record: Procedure) -> dict[str, Task]:
    """The tasks that still are to be done, by the name of their node."""
    living = Task.objects.filter(process__caseprocess__procedure=record).exclude(
        status__in=drift.ENDED_TASKS
    )
    return {task.flow_task.name: task for task in living}


def todo(record: Procedure, node: str) -> Todo:
    """The open todo of the task at a node."""
    return tasks(record)[node].todo


def todos(record: Procedure) -> dict[str, str]:
    """Who is to do what in a procedure: node, and the name of a person or a role."""
    open_ = Todo.objects.filter(done_at=None, task__process__caseprocess__procedure=record)
    return {
        one.subject.rpartition(".")[2]: one.assignee.username if one.assignee else one.role
        for one in open_.select_related("assignee")
    }


def again(user: User) -> User:
    """The account as the next request reads it."""
    return User.objects.get(pk=user.pk)


def faults() -> list[str]:
    """Where statuses, tasks and todos do not tell the same story."""
    return [f"{wrong.process}: {wrong.why}" for wrong in drift.verify().wrong]
