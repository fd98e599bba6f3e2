"""Whose a task is: claimed, given, handed back, done by a deputy. One open todo each, always."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Noting
from casework.models import Absence, Case, Event, Organisation, Procedure, Todo, User
from casework.queries.desk import inbox
from casework.queries.timeline import told_in
from casework.services import staffing, tasks
from casework.services.refusals import NotVisible, Refused
from casework.services.saving import save
from tests.conftest import NewCase
from tests.services.proceedings import (
    again,
    bring,
    faults,
    handled,
    invite,
    propose,
    refer,
    todo,
    todos,
    violent,
    work,
)
from tests.services.steps import fresh, go
from workflows.mediation.facts import Inviting

DAY = timedelta(days=1)
INVITED = Inviting("hers", safely=True, how="电话")
HERS, HIS = "invite_hers", "invite_other"


@pytest.fixture
def record(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """A mediation that nobody carries yet."""
    return propose(handled(new_case, crew), crew)


@pytest.fixture
def letter(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """A referral whose letter, drafted by a supervisor, waits for approval."""
    case = handled(new_case, crew)
    made = refer(case, crew, by=crew.supervisor)
    work()
    return made


@pytest.fixture(autouse=True)
def always_in_order(crew: SimpleNamespace) -> object:
    """Whatever is done: statuses, tasks and todos agree, and the chains hold."""
    yield
    assert faults() == []
    assert audit.verify().ok


def said(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(sentence) for sentence in refused.value.sentences]


def on_the_desk(user: User, record: Procedure) -> set[str]:
    """The nodes of the procedure that stand on her desk."""
    lines = [line for line in inbox(again(user)) if line.case_uid == record.case.uid]
    return {line.subject.rpartition(".")[2] for line in lines if line.subject.startswith("task:")}


# ---------------------------------------------------------------- claiming


def test_a_task_of_a_role_stands_on_every_desk_of_the_role_until_it_is_claimed(
    record: Procedure, crew: SimpleNamespace
) -> None:
    assert on_the_desk(crew.mediator, record) == {HERS, HIS}
    assert on_the_desk(crew.other_mediator, record) == {HERS, HIS}
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    assert on_the_desk(crew.mediator, record) == {HERS, HIS}
    assert on_the_desk(crew.other_mediator, record) == set()


def test_whoever_claims_a_first_task_carries_the_whole_procedure(
    record: Procedure, crew: SimpleNamespace
) -> None:
    event = tasks.claim(todo(record, HERS).uid, crew.mediator)
    assert fresh(record).carrier == crew.mediator
    assert todos(record) == {HERS: "mediator", HIS: "mediator"}
    assert (event.act, event.record) == ("claim", f"mediation:{record.uid}")
    assert told_in(record.case, event)[0] == {"task": HERS, "to": str(crew.mediator.uid)}
    invite(record, crew, "hers")


def test_a_second_claim_is_refused_with_the_name_of_the_first(
    record: Procedure, crew: SimpleNamespace
) -> None:
    first = todo(record, HERS).uid
    tasks.claim(first, crew.mediator)
    with pytest.raises(Refused) as refused:
        tasks.claim(first, crew.other_mediator)
    assert said(refused) == ["此任务已由测试mediator承担。"]
    logged = Event.objects.get(act="refused")
    assert logged.chain.startswith(f"day:{crew.other_mediator.uid}:")
    assert json.loads(logged.payload)["detail"] == {
        "move": "claim",
        "sentences": ["此任务已由%(name)s承担。"],
    }
    assert todos(record)[HERS] == "mediator"


@pytest.mark.parametrize("who", ["officer", "liaison", "archivist"])
def test_nobody_claims_a_task_without_its_permission(
    who: str, record: Procedure, crew: SimpleNamespace
) -> None:
    with pytest.raises(Refused) as refused:
        tasks.claim(todo(record, HERS).uid, getattr(crew, who))
    assert said(refused) == ["这一步需要“调解”权限。"]
    assert todos(record)[HERS] == "mediator"


@pytest.mark.parametrize("who", ["stranger", "auditor", "security"])
def test_for_whoever_does_not_see_the_case_there_is_no_task(
    who: str, record: Procedure, crew: SimpleNamespace
) -> None:
    with pytest.raises(NotVisible):
        tasks.claim(todo(record, HERS).uid, getattr(crew, who))


def test_in_a_violent_case_a_mediator_without_a_task_sees_none(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = propose(violent(new_case, crew), crew, carrier="")
    with pytest.raises(NotVisible):
        tasks.claim(todo(record, HERS).uid, crew.mediator)
    tasks.assign(todo(record, HERS).uid, crew.supervisor, str(crew.mediator.uid))
    invite(record, crew, "hers")


def test_an_address_that_is_no_task_is_nothing(record: Procedure, crew: SimpleNamespace) -> None:
    status = Todo.objects.get(case=record.case, subject="status:handling")
    for uid in (uuid4(), status.uid):
        with pytest.raises(NotVisible):
            tasks.claim(uid, crew.mediator)


@pytest.mark.parametrize("deed", ["claim", "assign", "hand_back", "retry"])
@pytest.mark.parametrize("over", ["done", "cancelled"])
def test_a_task_that_is_over_is_nobodys(
    over: str, deed: str, record: Procedure, crew: SimpleNamespace
) -> None:
    uid = todo(record, HERS).uid
    if over == "done":
        invite(record, crew, "hers")
    else:
        go(record, "stop", by=crew.supervisor)
    more = [str(crew.mediator.uid)] if deed == "assign" else []
    with pytest.raises(Refused) as refused:
        getattr(tasks, deed)(uid, crew.supervisor, *more)
    assert said(refused) == ["此任务已经办结或取消。"]


def test_a_claimed_task_is_done_by_nobody_else(record: Procedure, crew: SimpleNamespace) -> None:
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    for who, sentence in (
        (crew.other_mediator, "本程序由其他人员承担。"),
        (crew.supervisor, "此任务由测试mediator承担；需要时请先改派。"),
    ):
        with pytest.raises(Refused) as refused:
            go(record, "invite", INVITED, by=who)
        assert said(refused) == [sentence]


def test_a_claim_does_not_make_the_cases_page_out_of_date(
    record: Procedure, crew: SimpleNamespace
) -> None:
    case = fresh(record.case)
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    tasks.hand_back(todo(record, HERS).uid, crew.mediator)
    go(case, "note", Noting("…"), by=crew.officer, version=case.version)
    assert case.events.filter(act="note").count() == 1


def test_the_same_claim_with_the_same_key_is_made_once(
    record: Procedure, crew: SimpleNamespace
) -> None:
    uid = todo(record, HERS).uid
    first = tasks.claim(uid, crew.mediator, key="k1")
    assert tasks.claim(uid, crew.mediator, key="k1") == first
    assert Event.objects.filter(act="claim").count() == 1


# ---------------------------------------------------------------- giving and handing back


def test_a_supervisor_gives_a_task_and_takes_it_from_its_owner(
    record: Procedure, crew: SimpleNamespace
) -> None:
    tasks.assign(todo(record, HERS).uid, crew.supervisor, str(crew.mediator.uid))
    assert todos(record)[HERS] == "mediator"
    tasks.assign(todo(record, HERS).uid, crew.supervisor, str(crew.other_mediator.uid))
    assert todos(record) == {HERS: "other_mediator", HIS: "other_mediator"}
    assert fresh(record).carrier == crew.other_mediator
    go(record, "invite", INVITED, by=crew.other_mediator)


def test_the_owner_hands_a_task_on(record: Procedure, crew: SimpleNamespace) -> None:
    uid = todo(record, HERS).uid
    tasks.claim(uid, crew.mediator)
    tasks.assign(uid, crew.mediator, str(crew.other_mediator.uid))
    assert todos(record)[HERS] == "other_mediator"


@pytest.mark.parametrize("who", ["officer", "other_mediator", "liaison"])
def test_nobody_else_gives_a_task_away(who: str, record: Procedure, crew: SimpleNamespace) -> None:
    uid = todo(record, HERS).uid
    tasks.claim(uid, crew.mediator)
    for deed in (
        lambda: tasks.assign(uid, getattr(crew, who), str(crew.other_mediator.uid)),
        lambda: tasks.hand_back(uid, getattr(crew, who)),
    ):
        with pytest.raises(Refused):
            deed()
    assert todos(record)[HERS] == "mediator"


@pytest.mark.parametrize("to", ["outside", "deactivated", "officer", "nobody", "below"])
def test_a_task_is_given_only_to_somebody_who_can_do_it(
    to: str, record: Procedure, crew: SimpleNamespace, township: Organisation
) -> None:
    from casework.engine.people import Role

    def staff(name: str, organisation: Organisation) -> User:
        return staffing.add_staff(
            None, username=name, name=name, organisation=organisation,
            roles=[Role.MEDIATOR], password="Only-for-tests-7431",
        )  # fmt: skip

    village = staffing.add_organisation(
        None, code="44010101", name="村", level="village", parent=township
    )
    people = {
        "outside": staff("outside", crew.stranger.organisation),
        "below": staff("below", village),
        "deactivated": crew.other_mediator,
        "officer": crew.officer,
    }
    staffing.set_active(crew.security, crew.other_mediator, False)
    uid = str(people[to].uid) if to in people else to
    with pytest.raises(Refused) as refused:
        tasks.assign(todo(record, HERS).uid, crew.supervisor, uid)
    assert said(refused) == ["所选人员不能承担此任务（不在本组织、已停用或没有权限）。"]
    assert todos(record)[HERS] == "mediator"


def test_a_task_that_is_handed_back_waits_for_its_role_again(
    record: Procedure, crew: SimpleNamespace
) -> None:
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    event = tasks.hand_back(todo(record, HERS).uid, crew.mediator)
    assert told_in(record.case, event)[0] == {"task": HERS, "from": str(crew.mediator.uid)}
    assert fresh(record).carrier is None
    assert todos(record) == {HERS: "mediator", HIS: "mediator"}  # the role
    assert todo(record, HERS).assignee is None
    tasks.claim(todo(record, HERS).uid, crew.other_mediator)
    go(record, "invite", INVITED, by=crew.other_mediator)


def test_what_nobody_has_cannot_be_handed_back(record: Procedure, crew: SimpleNamespace) -> None:
    with pytest.raises(Refused) as refused:
        tasks.hand_back(todo(record, HERS).uid, crew.supervisor)
    assert said(refused) == ["此任务尚无人承担。"]


def test_whoever_drafted_a_letter_neither_claims_nor_gets_its_approval(
    letter: Procedure, crew: SimpleNamespace
) -> None:
    uid = todo(letter, "approval").uid
    with pytest.raises(Refused):
        tasks.claim(uid, crew.supervisor)
    with pytest.raises(Refused):
        tasks.assign(uid, crew.chief, str(crew.supervisor.uid))
    assert on_the_desk(crew.chief, letter) == {"approval"}
    tasks.claim(uid, crew.chief)
    go(letter, "approve", by=crew.chief)


def test_a_task_keeps_its_todo_and_its_day_through_all_hands(
    record: Procedure, crew: SimpleNamespace
) -> None:
    first = todo(record, HERS)
    tasks.claim(first.uid, crew.mediator)
    tasks.assign(first.uid, crew.mediator, str(crew.other_mediator.uid))
    tasks.hand_back(first.uid, crew.other_mediator)
    last = todo(record, HERS)
    assert (last.pk, last.uid, last.due_at) == (first.pk, first.uid, first.due_at)
    assert Todo.objects.filter(task=last.task).count() == 1


# ---------------------------------------------------------------- people come and go


def test_a_mediator_who_leaves_leaves_no_task_behind(
    record: Procedure, crew: SimpleNamespace
) -> None:
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    staffing.set_active(crew.security, crew.mediator, False)
    assert fresh(record).carrier is None
    assert on_the_desk(crew.other_mediator, record) == {HERS, HIS}
    go(record, "invite", INVITED, by=crew.other_mediator)


def test_without_a_mediator_the_supervisor_has_the_task(
    record: Procedure, crew: SimpleNamespace
) -> None:
    for mediator in (crew.mediator, crew.other_mediator):
        staffing.set_active(crew.security, mediator, False)
    assert on_the_desk(crew.supervisor, record) == {HERS, HIS}


# ---------------------------------------------------------------- leave


def leave(crew: SimpleNamespace, *, last: int = 3) -> Absence:
    """From today until in `last` days the other mediator stands in for the mediator."""
    today = moment.today()
    made = Absence(
        absent=crew.mediator,
        deputy=crew.other_mediator,
        first_day=today,
        last_day=today + last * DAY,
    )
    save(made, None, "tests")
    return made


@pytest.fixture
def sensitive(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """A mediation in a violent case, of the mediator's."""
    return propose(violent(new_case, crew), crew)


def sees(user: User, case: Case) -> bool:
    return Case.objects.visible_to(again(user)).filter(pk=case.pk).exists()


def test_a_deputy_does_the_absent_persons_task_in_her_own_name(
    record: Procedure, crew: SimpleNamespace
) -> None:
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    leave(crew)
    event = go(record, "invite", INVITED, by=again(crew.other_mediator))
    assert event.actor == str(crew.other_mediator.uid)
    assert fresh(record).carrier == crew.mediator  # it stays hers
    assert todos(record)["hear_hers"] == "mediator"


def test_a_deputy_sees_and_does_what_is_sensitive_as_long_as_the_leave_lasts(
    sensitive: Procedure, crew: SimpleNamespace
) -> None:
    assert not sees(crew.other_mediator, sensitive.case)
    made = leave(crew)
    assert sees(crew.other_mediator, sensitive.case)
    with moment.at(moment.now() + 3 * DAY):  # the last day counts
        go(sensitive, "invite", INVITED, by=again(crew.other_mediator))
    with moment.at(moment.now() + 4 * DAY):
        assert not sees(crew.other_mediator, sensitive.case)
        told = Inviting("other", how="书面")
        with pytest.raises(NotVisible):
            go(sensitive, "invite", told, by=again(crew.other_mediator))
    assert made.last_day


def test_a_leave_that_ended_earlier_gives_nothing_any_more(
    sensitive: Procedure, crew: SimpleNamespace
) -> None:
    made = leave(crew)
    made.ended_at = moment.now()
    save(made, None, "tests", ["ended_at"])
    assert not sees(crew.other_mediator, sensitive.case)
    with pytest.raises(NotVisible):
        go(sensitive, "invite", INVITED, by=again(crew.other_mediator))


def test_a_leave_gives_nothing_before_its_first_day(
    sensitive: Procedure, crew: SimpleNamespace
) -> None:
    leave(crew)
    with moment.at(moment.now() - DAY):
        assert not sees(crew.other_mediator, sensitive.case)


def test_a_deputy_hands_back_and_gives_on_what_is_the_absent_persons(
    record: Procedure, crew: SimpleNamespace
) -> None:
    tasks.claim(todo(record, HERS).uid, crew.mediator)
    leave(crew)
    tasks.hand_back(todo(record, HERS).uid, again(crew.other_mediator))
    assert fresh(record).carrier is None


def test_a_deputy_is_no_second_person_who_approves(
    letter: Procedure, crew: SimpleNamespace
) -> None:
    """Nobody stands in for somebody to sign what she may not sign herself."""
    made = Absence(
        absent=crew.chief,
        deputy=crew.supervisor,
        first_day=moment.today(),
        last_day=moment.today(),
    )
    save(made, None, "tests")
    tasks.claim(todo(letter, "approval").uid, crew.chief)
    with pytest.raises(Refused):
        go(letter, "approve", by=again(crew.supervisor))
    assert fresh(letter).status == "drafted"


def test_a_referral_of_another_carrier_is_not_the_deputys(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = bring(refer(handled(new_case, crew), crew), crew, "sent")
    leave(crew)
    with pytest.raises(Refused):
        go(record, "cancel", by=again(crew.other_mediator))
