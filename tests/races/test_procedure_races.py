"""Two at once at one procedure, over real HTTP: its status, tasks and todos stay one story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from threading import Barrier, Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework import audit
from casework.engine import moment, registry
from casework.models import Case, Document, Procedure, Todo
from casework.queries import drift
from casework.services import absences, jobs, staffing
from tests.conftest import NewCase
from tests.races.conftest import Answer, Browser, Server, statuses, together
from tests.services import proceedings as told
from tests.services.steps import fresh

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RACES = 15
FEW = 5

HEARD = {"screened_alone": True, "no_violence": True, "rights_told": True, "agrees": True}
INVITE: dict[str, Any] = {"move": "invite", "facts": {"how": "电话", "safely": True}}
HEAR: dict[str, Any] = {"move": "hear", "facts": HEARD}
STOP: dict[str, Any] = {"move": "stop", "reason": "对方不愿意。"}
SEND: dict[str, Any] = {"move": "send", "facts": {"channel": "hand"}}


@dataclass(frozen=True)
class Stage:
    """Everybody at the server, and cases to open procedures in."""

    server: Server
    crew: SimpleNamespace
    new_case: NewCase

    def case(self, **about: object) -> Case:
        """A petition that is handled; she agrees to be referred."""
        return told.handled(self.new_case, self.crew, **about)

    def mediation(self, to: str = "proposed", **how: Any) -> Procedure:
        """A mediation in a case of its own, as far as the status `to`."""
        return self._brought(told.propose(self.case(), self.crew, **how), to)

    def referral(self, to: str = "drafted", **how: Any) -> Procedure:
        """A referral in a case of its own, as far as the status `to`."""
        return self._brought(told.refer(self.case(), self.crew, **how), to)

    def _brought(self, record: Procedure, to: str) -> Procedure:
        return told.bring(record, self.crew, to) if to != record.status else record

    def invited(self) -> Procedure:
        """A mediation to which both sides were invited."""
        record = self.mediation()
        for side in ("hers", "other"):
            told.invite(fresh(record), self.crew, side)
        return fresh(record)


@pytest.fixture
def stage(server: Server, crew: SimpleNamespace, new_case: NewCase) -> Iterator[Stage]:
    """After every race everything agrees, and nothing was altered."""
    yield Stage(server, crew, new_case)
    assert sound()


def sound() -> bool:
    """Do statuses, tasks and todos agree, and do the chains hold?"""
    found, verdict = drift.verify(), audit.verify()
    assert found.wrong == []
    assert verdict.ok, verdict.first_broken
    return True


def acts(record: Procedure) -> list[str]:
    """What happened in a procedure, in order."""
    name = f"{record.kind}:{record.uid}"
    found = record.case.events.filter(chain__startswith="case:", record=name)
    return list(found.order_by("sequence").values_list("act", flat=True))


def legal(record: Procedure) -> bool:
    """Each row made is one of the table, and begins where the one before it ended."""
    lifecycle = registry.lifecycle(record.kind)
    name = f"{record.kind}:{record.uid}"
    chain = record.case.events.filter(chain__startswith="case:", record=name).order_by("sequence")
    trail = [(e.before, e.act, e.after) for e in chain]
    joined = all(a[2] == b[0] for a, b in zip(trail[1:], trail[2:], strict=False))
    rows = [step for step in trail if step[1] in lifecycle.moves]
    known = all(
        lifecycle.statuses[before] in lifecycle.moves[act].source
        and after == (lifecycle.moves[act].target or lifecycle.statuses[before]).name
        for before, act, after in rows
    )
    return joined and known and trail[-1][2] == fresh(record).status


def made(record: Procedure, node: str) -> list[Task]:
    """Every task that ever was at a node."""
    found = Task.objects.filter(process__caseprocess__procedure=record).order_by("pk")
    return [task for task in found if task.flow_task.name == node]


def over(record: Procedure) -> bool:
    """Is nothing left to be done, by nobody?"""
    left = Todo.objects.filter(done_at=None, task__process__caseprocess__procedure=record)
    return not told.tasks(record) and not left.exists() and bool(fresh(record).ended_at)


def task_page(record: Procedure, node: str, move: str) -> str:
    """The address of the form of a task's move."""
    return f"/cases/{record.case.uid}/tasks/{told.todo(record, node).uid}/?move={move}"


def ender(record: Procedure, browser: Browser, name: str) -> Callable[[], Answer]:
    """Ending it early, without any task."""
    path = f"/api/v1/cases/{record.case.uid}/procedures/{record.uid}/moves/{name}"
    headers = {"Content-Type": "application/json"}
    return partial(browser.send, "POST", path, '{"reason": "不再需要。"}', **headers)


def threads(*works: Callable[[], Any]) -> list[Any]:
    """Let all begin at the same moment, each with a connection of its own."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


# ---------------------------------------------------------------- who does it


def test_of_two_claims_one_wins_and_the_other_hears_who(stage: Stage) -> None:
    names = ("mediator", "other_mediator")
    callers = [stage.server.by_token(who) for who in names]
    for _ in range(RACES):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        answers = together(*(partial(caller.task, uid, do="claim") for caller in callers))
        assert statuses(answers) == [200, 422]
        winner = names[[a.status for a in answers].index(200)]
        loser = next(a for a in answers if a.status == 422)
        assert loser.data["sentences"] == [f"此任务已由测试{winner}承担。"]
        assert acts(record).count("claim") == 1
        assert told.todos(record) == {"invite_hers": winner, "invite_other": winner}
        assert sound()


def test_a_claim_against_somebody_who_just_does_it(stage: Stage) -> None:
    one, other = (stage.server.by_token(who) for who in ("mediator", "other_mediator"))
    for _ in range(FEW):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        answers = together(partial(one.task, uid, do="claim"), partial(other.task, uid, **INVITE))
        assert statuses(answers) == [200, 422]
        assert acts(record)[1:] in (["claim"], ["invite"])
        assert sound()


def test_handing_back_against_doing_it_loses_nothing(stage: Stage) -> None:
    mediator, supervisor = (stage.server.by_token(who) for who in ("mediator", "supervisor"))
    for _ in range(FEW):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        assert mediator.task(uid, do="claim").status == 200
        answers = together(
            partial(mediator.task, uid, **INVITE), partial(supervisor.task, uid, do="hand_back")
        )
        assert answers[0].status == 200 and statuses(answers) in ([200, 200], [200, 422])
        assert acts(record).count("invite") == 1 and len(made(record, "hear_hers")) == 1
        assert sound()


def test_two_assignments_leave_the_task_with_one_person(stage: Stage) -> None:
    callers = [stage.server.by_token(who) for who in ("supervisor", "chief")]
    given = ("mediator", "other_mediator")
    for _ in range(FEW):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        assigning = [
            partial(caller.task, uid, do="assign", to=str(getattr(stage.crew, who).uid))
            for caller, who in zip(callers, given, strict=True)
        ]
        assert statuses(together(*assigning)) == [200, 200]
        last = record.case.events.filter(act="assign_task").latest("sequence")
        told_last = "mediator" if last.actor == str(stage.crew.supervisor.uid) else "other_mediator"
        assert told.todos(record)["invite_hers"] == told_last
        assert sound()


# ---------------------------------------------------------------- doing it


def _once(record: Procedure) -> bool:
    """The first step was made once, and left one next task and one todo for it."""
    return (
        acts(record).count("invite") == 1
        and len(made(record, "invite_hers")) == 1
        and len(made(record, "hear_hers")) == 1
        and sorted(told.todos(record)) == ["hear_hers", "invite_other"]
        and legal(record)
    )


def test_one_key_sent_twice_is_one_step_with_one_answer(stage: Stage) -> None:
    mediator = stage.server.by_token("mediator")
    for number in range(RACES):
        record = stage.mediation()
        click = partial(
            mediator.task, told.todo(record, "invite_hers").uid, f"key {number}", **INVITE
        )
        first, second = together(click, click)
        assert statuses([first, second]) == [200, 200] and first.data == second.data
        assert _once(record) and sound()


def test_two_tabs_of_one_person_make_one_step(stage: Stage) -> None:
    mediator = stage.server.by_token("mediator")
    for number in range(RACES):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        tabs = [partial(mediator.task, uid, f"{tab} {number}", **INVITE) for tab in "ab"]
        answers = together(*tabs)
        assert statuses(answers) == [200, 422]
        assert _once(record) and sound()


def test_two_people_at_one_task_make_one_step(stage: Stage) -> None:
    people = [stage.server.by_token(who) for who in ("mediator", "other_mediator", "supervisor")]
    for _ in range(RACES):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        answers = together(*(partial(person.task, uid, **INVITE) for person in people))
        assert statuses(answers) == [200, 422, 422]
        assert _once(record) and sound()


def test_page_and_program_at_one_task_make_one_step(stage: Stage) -> None:
    page, program = stage.server.logged_in("mediator"), stage.server.by_token("mediator")
    for _ in range(FEW):
        record = stage.mediation()
        path = task_page(record, "invite_hers", "invite")
        fields = page.marks(path) | {"how": "电话", "safely": "on"}
        uid = told.todo(record, "invite_hers").uid
        answers = together(partial(page.submit, path, fields), partial(program.task, uid, **INVITE))
        assert statuses(answers) in ([302, 422], [200, 409])
        assert _once(record) and sound()


def test_a_double_click_on_a_tasks_page_makes_one_step(stage: Stage) -> None:
    page = stage.server.logged_in("mediator")
    for _ in range(FEW):
        record = stage.mediation()
        path = task_page(record, "invite_hers", "invite")
        fields = page.marks(path) | {"how": "电话", "safely": "on"}
        click = partial(page.submit, path, fields)
        assert statuses(together(click, click)) == [302, 302]
        assert _once(record) and sound()


# ---------------------------------------------------------------- both sides at once


def _joined(record: Procedure) -> bool:
    """Both sides agreed once, the join opened once, and somebody plans."""
    return (
        acts(record).count("hear") == 2
        and acts(record).count("consent") == 1
        and fresh(record).status == "consented"
        and [task.status for task in made(record, "joined")] == [STATUS.DONE]
        and list(told.tasks(record)) == ["planning"]
        and list(told.todos(record)) == ["planning"]
        and legal(record)
    )


def test_both_sides_heard_at_one_instant_by_one_person(stage: Stage) -> None:
    mediator = stage.server.by_token("mediator")
    for _ in range(RACES):
        record = stage.invited()
        both = [
            partial(mediator.task, told.todo(record, node).uid, **HEAR)
            for node in ("hear_hers", "hear_other")
        ]
        assert statuses(together(*both)) == [200, 200]
        assert _joined(record) and sound()


def test_both_sides_heard_at_one_instant_by_her_and_her_deputy(stage: Stage) -> None:
    mediator, deputy = (stage.server.by_token(who) for who in ("mediator", "other_mediator"))
    today = moment.today()
    absences.go_on_leave(
        stage.crew.mediator, stage.crew.mediator, stage.crew.other_mediator, today, today
    )
    for _ in range(RACES):
        record = stage.invited()
        hers, his = told.todo(record, "hear_hers").uid, told.todo(record, "hear_other").uid
        both = together(partial(mediator.task, hers, **HEAR), partial(deputy.task, his, **HEAR))
        assert statuses(both) == [200, 200]
        assert _joined(record) and sound()


def test_whoever_hears_one_side_first_hears_both(stage: Stage) -> None:
    """Nobody carries it; of two supervisors one is faster, and all of it is hers."""
    names = ("supervisor", "chief")
    callers = [stage.server.by_token(who) for who in names]
    nodes = ("hear_hers", "hear_other")
    for _ in range(FEW):
        record = stage.invited()
        uids = [told.todo(record, node).uid for node in nodes]
        assert callers[0].task(uids[0], do="hand_back").status == 200
        assert told.todos(record) == dict.fromkeys(nodes, "mediator")
        both = [partial(c.task, uid, **HEAR) for c, uid in zip(callers, uids, strict=True)]
        answers = together(*both)
        assert statuses(answers) == [200, 422]
        first = [a.status for a in answers].index(200)
        assert told.todos(record) == {nodes[1 - first]: names[first]}
        assert callers[first].task(uids[1 - first], **HEAR).status == 200
        assert _joined(record) and sound()


def test_a_mediation_changes_hands_while_one_side_is_heard(stage: Stage) -> None:
    """All its tasks go with it: nobody keeps one that she may no longer do."""
    mediator, supervisor, other = (
        stage.server.by_token(who) for who in ("mediator", "supervisor", "other_mediator")
    )
    for _ in range(FEW):
        record = stage.invited()
        hers, his = told.todo(record, "hear_hers").uid, told.todo(record, "hear_other").uid
        to = str(stage.crew.other_mediator.uid)
        given, heard = together(
            partial(supervisor.task, his, do="assign", to=to), partial(mediator.task, hers, **HEAR)
        )
        assert given.status == 200 and heard.status in (200, 422)
        assert set(told.todos(record).values()) == {"other_mediator"}
        left = [told.todo(record, node).uid for node in told.todos(record)]
        assert [other.task(uid, **HEAR).status for uid in left] == [200] * len(left)
        assert _joined(record) and sound()


def test_both_sides_heard_on_two_pages(stage: Stage) -> None:
    page = stage.server.logged_in("mediator")
    for _ in range(FEW):
        record = stage.invited()
        paths = [task_page(record, node, "hear") for node in ("hear_hers", "hear_other")]
        ticked = dict.fromkeys(HEARD, "on")
        forms = [page.marks(path) | ticked for path in paths]
        answers = together(*(partial(page.submit, p, f) for p, f in zip(paths, forms, strict=True)))
        assert statuses(answers) == [302, 409]
        late = paths[[a.status for a in answers].index(409)]
        assert page.submit(late, page.marks(late) | ticked).status == 302
        assert _joined(record) and sound()


def test_receipt_ratification_and_notice_of_an_urgent_letter_at_once(stage: Stage) -> None:
    liaison, supervisor = (stage.server.by_token(who) for who in ("liaison", "supervisor"))
    for _ in range(FEW):
        record = stage.referral(urgency="hours")
        told.work()
        assert liaison.task(told.todo(record, "dispatch_letter").uid, **SEND).status == 200
        notice = told.tasks(record)["notice"].pk
        receipt = {"received_at": moment.now().isoformat(), "receipt": "收字1号"}
        answers = threads(
            partial(liaison.task, told.todo(record, "receipt").uid, move="acknowledge",
                    facts=receipt),
            partial(supervisor.task, told.todo(record, "ratification").uid),
            partial(jobs.run, notice),
        )  # fmt: skip
        assert statuses(answers[:2]) == [200, 200] and answers[2] is True
        assert list(told.tasks(record)) == ["answer"] and legal(record) and sound()


# ---------------------------------------------------------------- the end against a step


def _nothing_after(record: Procedure, end: str) -> bool:
    """It ended, and nothing happened in it after that."""
    return acts(record)[-1] == end and acts(record).count(end) == 1


def test_stopping_against_the_last_hearing(stage: Stage) -> None:
    mediator, officer = (stage.server.by_token(who) for who in ("mediator", "officer"))
    for _ in range(RACES):
        record = stage.invited()
        told.hear(record, stage.crew, "hers")
        hearing = partial(mediator.task, told.todo(record, "hear_other").uid, **HEAR)
        ended, heard = together(ender(record, officer, "stop"), hearing)
        assert ended.status == 200 and heard.status in (200, 422)
        assert (heard.status == 200) is (acts(record).count("hear") == 2)
        assert _nothing_after(record, "stop") and over(record) and legal(record)
        assert sound()


def test_stopping_against_signing_ends_one_way(stage: Stage) -> None:
    mediator, officer = (stage.server.by_token(who) for who in ("mediator", "officer"))
    for _ in range(FEW):
        record = stage.mediation("agreed")
        facts = {"signed_on": moment.today().isoformat(), "signed_by_all": True}
        uid = told.todo(record, "signing").uid
        signing = partial(mediator.task, uid, move="sign", facts=facts)
        answers = together(ender(record, officer, "stop"), signing)
        assert statuses(answers) == [200, 422]
        stopped = answers[0].status == 200
        assert fresh(record).status == ("stopped" if stopped else "signed")
        assert over(record) is stopped and legal(record) and sound()


def test_stopping_in_two_ways_at_once(stage: Stage) -> None:
    mediator, officer = (stage.server.by_token(who) for who in ("mediator", "officer"))
    for _ in range(FEW):
        record = stage.invited()
        by_task = partial(mediator.task, told.todo(record, "hear_hers").uid, **STOP)
        answers = together(ender(record, officer, "stop"), by_task)
        assert statuses(answers) == [200, 422]
        assert _nothing_after(record, "stop") and over(record) and sound()


INCIDENT = ("record_incident", {"facts": {"form": "physical"}})
CONVERT = ("convert", {"reason": "动手打人。"})
WITHDRAW = ("withdraw_consent", {"facts": {"scope": "mediate"}})


@pytest.mark.parametrize("what", [INCIDENT, CONVERT, WITHDRAW], ids=lambda w: w[0])
def test_the_case_ends_a_mediation_against_its_task(stage: Stage, what: Any) -> None:
    mediator, officer = (stage.server.by_token(who) for who in ("mediator", "officer"))
    move, body = what
    for _ in range(RACES):
        record = stage.invited()
        uid = told.todo(record, "hear_hers").uid
        ending = partial(officer.move, record.case.uid, move, **body)
        ended, heard = together(ending, partial(mediator.task, uid, **HEAR))
        assert ended.status == 200 and heard.status in (200, 404, 422)
        assert (heard.status == 200) is ("hear" in acts(record))
        assert fresh(record).status == "stopped" and _nothing_after(record, "stop")
        assert over(record) and legal(record) and sound()


def test_violence_in_another_case_of_the_pair_against_the_last_hearing(stage: Stage) -> None:
    """The pair is stopped wherever it is mediated; nobody waits for two cases at once."""
    mediator, officer = (stage.server.by_token(who) for who in ("mediator", "officer"))
    for number in range(FEW):
        known = {"phone": f"1390000000{number}", "respondent": "他", "relation": "spouse"}
        violent, mediated = stage.new_case(**known), stage.new_case(**known)
        told.accept(mediated, stage.crew)
        facts: dict[str, Any] = {"other": told.party(mediated, "spouse"), "mode": "joint"}
        facts |= {"matter": "家务。", "unrelated": True}
        opened = officer.move(mediated.uid, "open_mediation", facts=facts)
        assert opened.status == 200
        record = mediated.procedures.get()
        for side in ("hers", "other"):
            told.invite(fresh(record), stage.crew, side)
        told.hear(fresh(record), stage.crew, "hers")
        incidents = [
            partial(officer.move, case.uid, INCIDENT[0], **INCIDENT[1])
            for case in (violent, mediated)
        ]
        hearing = partial(mediator.task, told.todo(record, "hear_other").uid, **HEAR)
        *recorded, heard = together(*incidents[: 1 + number % 2], hearing)
        assert {a.status for a in recorded} == {200} and heard.status in (200, 404, 422)
        assert fresh(record).status == "stopped" and _nothing_after(record, "stop")
        assert over(record) and sound()


def test_taking_her_consent_back_against_sending(stage: Stage) -> None:
    liaison, officer = (stage.server.by_token(who) for who in ("liaison", "officer"))
    for _ in range(RACES):
        record = stage.referral("approved")
        uid = told.todo(record, "dispatch_letter").uid
        withdrawn, sent = together(
            partial(officer.move, record.case.uid, "withdraw_consent", facts={"scope": "refer"}),
            partial(liaison.task, uid, **SEND),
        )
        assert withdrawn.status == 200 and sent.status in (200, 422)
        assert (sent.status == 200) is ("send" in acts(record))
        assert _nothing_after(record, "cancel") and over(record) and legal(record)
        assert sound()


def test_taking_her_consent_back_against_the_answer_that_keeps_it(stage: Stage) -> None:
    liaison, officer = (stage.server.by_token(who) for who in ("liaison", "officer"))
    for _ in range(FEW):
        record = stage.referral("sent")
        facts = {
            "answered_at": moment.now().isoformat(), "in_writing": True, "answer": "准予。",
        }  # fmt: skip
        uid = told.todo(record, "receipt").uid
        withdrawn, accepted = together(
            partial(officer.move, record.case.uid, "withdraw_consent", facts={"scope": "refer"}),
            partial(liaison.task, uid, move="accept", facts=facts),
        )
        assert withdrawn.status == 200 and accepted.status in (200, 422)
        kept = accepted.status == 200
        assert fresh(record).status == ("accepted" if kept else "cancelled")
        assert over(record) is not kept and legal(record) and sound()


def test_opening_two_at_once_in_one_case(stage: Stage) -> None:
    """One mediation with the same party; as many referrals as are asked for."""
    officer = stage.server.by_token("officer")
    for _ in range(FEW):
        case = stage.case()
        facts = {"other": told.party(case), "matter": "补偿。", "mode": "joint", "unrelated": True}
        opening = partial(officer.move, case.uid, "open_mediation", facts=facts)
        assert statuses(together(opening, opening)) == [200, 422]
        assert case.procedures.count() == 1 and sound()


def test_opening_against_the_end_of_the_case(stage: Stage) -> None:
    officer, chief = (stage.server.by_token(who) for who in ("officer", "chief"))
    for _ in range(FEW):
        case = stage.case()
        facts = {"other": told.party(case), "matter": "补偿。", "mode": "joint", "unrelated": True}
        answers = together(
            partial(officer.move, case.uid, "open_mediation", facts=facts),
            partial(chief.move, case.uid, "convert", reason="动手打人。"),
        )
        assert answers[1].status == 200
        opened = case.procedures.all()
        assert len(opened) == (answers[0].status == 200) and all(over(p) for p in opened)
        assert sound()


# ---------------------------------------------------------------- who may know of it


def test_sealing_against_claiming_leaves_it_with_somebody_who_sees_it(stage: Stage) -> None:
    mediator, supervisor = (stage.server.by_token(who) for who in ("mediator", "supervisor"))
    for _ in range(FEW):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        sealed, claimed = together(
            partial(supervisor.move, record.case.uid, "seal", reason="涉密"),
            partial(mediator.task, uid, do="claim"),
        )
        assert sealed.status == 200 and claimed.status in (200, 404)
        hers = "mediator" if claimed.status == 200 else "supervisor"
        assert set(told.todos(record).values()) == {hers}
        assert sound()


def test_leaving_against_doing_it_leaves_it_to_the_others(stage: Stage) -> None:
    mediator, crew = stage.server.by_token("mediator"), stage.crew
    for _ in range(FEW):
        record = stage.mediation()
        uid = told.todo(record, "invite_hers").uid
        assert mediator.task(uid, do="claim").status == 200
        done, _left = threads(
            partial(mediator.task, uid, **INVITE),
            partial(staffing.set_active, crew.security, crew.mediator, False),
        )
        assert done.status in (200, 401, 404, 422)
        assert set(told.todos(record).values()) == {"mediator"}
        assert not Todo.objects.filter(done_at=None, assignee=crew.mediator.uid).exists()
        assert (done.status == 200) is ("invite" in acts(record))
        assert sound()
        staffing.set_active(crew.security, crew.mediator, True)


def test_leaving_against_many_who_work_ends_without_a_deadlock(stage: Stage) -> None:
    """The accounts' own lock takes the cases one after the other, as everybody does."""
    supervisor, crew = stage.server.by_token("supervisor"), stage.crew
    records = [stage.mediation() for _ in range(FEW)]
    for record in records:
        told.invite(record, crew, "hers")
    doing = [
        partial(supervisor.task, told.todo(record, "hear_hers").uid, do="hand_back")
        for record in records
    ]
    *answers, _left = threads(
        *doing, partial(staffing.set_active, crew.security, crew.mediator, False)
    )
    assert set(statuses(answers)) <= {200, 422}
    assert not Todo.objects.filter(done_at=None, assignee=crew.mediator.uid).exists()


# ---------------------------------------------------------------- background work


def letters(record: Procedure) -> int:
    """How many letters it has; each with its event."""
    kept = Document.objects.filter(procedure=record).count()
    assert acts(record).count("letter") == kept
    return kept


def test_several_workers_make_one_letter(stage: Stage) -> None:
    for _ in range(RACES):
        record = stage.referral()
        pk = told.tasks(record)["letter"].pk
        assert sorted(threads(*[partial(jobs.run, pk)] * 5)) == [False] * 4 + [True]
        assert letters(record) == 1 and list(told.todos(record)) == ["approval"]
        assert sound()


def test_several_workers_sweep_what_a_dead_one_left(stage: Stage) -> None:
    for _ in range(FEW):
        records = [stage.referral() for _ in range(4)]
        for record in records:
            _left_by_a_dead_worker(told.tasks(record)["letter"])
        assert sum(threads(*[jobs.run_due] * 4)) == 4
        assert [letters(record) for record in records] == [1] * 4 and sound()


def _left_by_a_dead_worker(job: Task) -> None:
    begun = moment.now() - 2 * jobs.LEASE
    Task.objects.filter(pk=job.pk).update(status=STATUS.STARTED, started=begun)


def test_a_worker_slower_than_its_lease_does_nothing_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else did its job meanwhile; it comes back and finds it done."""
    entered, go_on = Event(), Event()
    usual = jobs.WORK["referral_letter"]

    def slow(record: Procedure, task: Task) -> None:
        if not entered.is_set():
            entered.set()
            assert go_on.wait(60)

    monkeypatch.setitem(jobs.WORK, "referral_letter", replace(usual, outside=slow))
    record = stage.referral()
    job = told.tasks(record)["letter"]
    found: list[bool] = []
    sleeper = Thread(target=lambda: found.extend(threads(partial(jobs.run, job.pk))))
    sleeper.start()
    assert entered.wait(60)
    _left_by_a_dead_worker(job)
    assert jobs.run(job.pk)
    go_on.set()
    sleeper.join(60)
    assert found == [False]
    assert letters(record) == 1 and list(told.tasks(record)) == ["approval"]


def test_a_failing_worker_slower_than_its_lease_undoes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on = Event(), Event()
    usual = jobs.WORK["referral_letter"]

    def slow(record: Procedure, task: Task) -> None:
        if not entered.is_set():
            entered.set()
            assert go_on.wait(60)
            raise OSError

    monkeypatch.setitem(jobs.WORK, "referral_letter", replace(usual, outside=slow))
    record = stage.referral()
    job = told.tasks(record)["letter"]
    sleeper = Thread(target=lambda: threads(partial(jobs.run, job.pk)))
    sleeper.start()
    assert entered.wait(60)
    _left_by_a_dead_worker(job)
    assert jobs.run(job.pk)
    go_on.set()
    sleeper.join(60)
    assert letters(record) == 1 and list(told.tasks(record)) == ["approval"]


def test_workers_against_a_cancellation(stage: Stage) -> None:
    liaison = stage.server.by_token("liaison")
    for _ in range(RACES):
        record = stage.referral()
        pk = told.tasks(record)["letter"].pk
        *ran, cancelled = threads(
            partial(jobs.run, pk), partial(jobs.run, pk), ender(record, liaison, "cancel")
        )
        assert cancelled.status == 200 and sum(ran) in (0, 1)
        assert letters(record) == sum(ran)
        assert _nothing_after(record, "cancel") and over(record) and sound()


def test_workers_against_violence_that_ends_the_mediation(stage: Stage) -> None:
    officer = stage.server.by_token("officer")
    for _ in range(FEW):
        record = stage.mediation("in_session")
        told.go(record, "hold", told.mediation.Holding("另约。"), by=stage.crew.mediator)
        pk = told.tasks(record)["minutes"].pk
        ran, ended = threads(
            partial(jobs.run, pk),
            partial(officer.move, record.case.uid, *INCIDENT[:1], **INCIDENT[1]),
        )
        assert ended.status == 200 and letters(record) == int(ran)
        assert fresh(record).status == "stopped" and over(record) and sound()


def test_a_failed_job_tried_again_by_two(stage: Stage) -> None:
    callers = [stage.server.by_token(who) for who in ("supervisor", "chief")]
    for _ in range(FEW):
        record = stage.referral()
        job = told.tasks(record)["letter"]
        _failed_too_often(job)
        uid = told.todo(record, "letter").uid
        answers = together(*(partial(caller.task, uid, do="retry") for caller in callers))
        assert statuses(answers) == [200, 422]
        assert acts(record).count("retry") == 1 and not told.todos(record)
        assert sum(threads(*[partial(jobs.run, job.pk)] * 3)) == 1
        assert letters(record) == 1 and sound()


def _failed_too_often(job: Task) -> None:
    """As if its letter could not be made five times."""
    left = jobs.TRIES - 1
    begun = moment.now() - timedelta(seconds=1)
    Task.objects.filter(pk=job.pk).update(
        status=STATUS.SCHEDULED, scheduled=begun, data={"tries": left, "error": "OSError"}
    )
    usual = jobs.WORK["referral_letter"]

    def broken(record: Procedure, task: Task) -> None:
        raise OSError

    jobs.WORK["referral_letter"] = replace(usual, inside=broken)
    try:
        assert not jobs.run(job.pk)
    finally:
        jobs.WORK["referral_letter"] = usual


# ---------------------------------------------------------------- looking while it goes on


def test_whoever_verifies_while_the_desk_works_sees_nothing_wrong(stage: Stage) -> None:
    mediator = stage.server.by_token("mediator")
    records = [stage.mediation() for _ in range(12)]
    finished = Event()

    def works() -> None:
        try:
            for record in records:
                for node, body in (
                    ("invite_hers", INVITE), ("invite_other", INVITE),
                    ("hear_hers", HEAR), ("hear_other", HEAR),
                ):  # fmt: skip
                    assert mediator.task(told.todo(record, node).uid, **body).status == 200
        finally:
            finished.set()

    def looks() -> list[object]:
        found: list[object] = []
        while not finished.is_set():
            found += drift.verify().wrong
            broken = audit.verify().first_broken
            found += [broken] if broken else []
        return found

    *seen, _worked = threads(looks, looks, works)
    assert seen == [[], []]
