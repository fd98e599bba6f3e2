"""A procedure beside its case: opened, moved by the one verb, ended with its case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Consenting, Noting
from casework.engine.limits import Counting, WorkingDays
from casework.models import Body, Case, Event, Mediation, Procedure, Referral
from casework.queries.calendars import HomeDays
from casework.queries.timeline import told_in
from casework.services.refusals import KeyReused, NotVisible, OutOfDate, Refused
from casework.services.saving import save
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.services.proceedings import (
    BOTH_SCREENED,
    LIFE,
    acknowledged,
    agreement,
    answered,
    bring,
    faults,
    handled,
    hear,
    invite,
    party,
    plan,
    propose,
    refer,
    tasks,
    todo,
    todos,
    violent,
    work,
)
from tests.services.steps import complete, fresh, go, request_closure
from workflows.mediation import facts as mediation
from workflows.referral import facts as referral

INVITED = mediation.Inviting("hers", safely=True, how="电话")
SENT = referral.Sending("hand")
each_kind = pytest.mark.parametrize("kind", ["mediation", "referral"])


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A petition against a village committee, handled by the officer."""
    return handled(new_case, crew)


def opened(kind: str, case: Case, crew: SimpleNamespace, **told: Any) -> Procedure:
    """A new procedure of this kind, its first letter made."""
    record = {"mediation": propose, "referral": refer}[kind](case, crew, **told)
    work()
    return fresh(record)


def sent(case: Case, crew: SimpleNamespace, **told: Any) -> Procedure:
    """A referral that was approved and sent."""
    return bring(refer(case, crew, **told), crew, "sent")


def last(case: Case, act: str) -> Event:
    """The latest event of the case's chain with this act."""
    return case.events.filter(chain=f"case:{case.uid}", act=act).latest("sequence")


def sentences(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(sentence) for sentence in refused.value.sentences]


def written() -> list[object]:
    """Everything that a row could have written, but for the refusals."""
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Case, Procedure, Mediation, Referral)
    ] + [list(Event.objects.exclude(act="refused").values_list("pk"))]


# ---------------------------------------------------------------- opening


@each_kind
def test_opening_leaves_the_act_of_the_case_and_the_beginning_of_the_procedure(
    kind: str, case: Case, crew: SimpleNamespace
) -> None:
    record = opened(kind, case, crew)
    act, begun = last(case, f"open_{kind}"), last(case, "open_procedure")
    assert (act.record, act.before, act.after) == ("", "handling", "handling")
    assert (begun.record, begun.before, begun.after) == (f"{kind}:{record.uid}", "", record.status)
    assert (record.opened_by, record.open, record.ended_at) == (crew.officer, True, None)
    assert audit.verify().ok


def test_a_new_mediation_waits_for_a_mediator_and_a_new_referral_for_a_supervisor(
    case: Case, crew: SimpleNamespace
) -> None:
    assert todos(opened("mediation", case, crew)) == {
        "invite_hers": "mediator",
        "invite_other": "mediator",
    }
    assert todos(opened("referral", case, crew)) == {"approval": "supervisor"}


def test_whoever_is_named_carries_the_procedure_and_its_tasks(
    case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew, carrier=str(crew.other_mediator.uid))
    assert record.carrier == crew.other_mediator
    assert set(todos(record).values()) == {"other_mediator"}


def test_in_a_violent_case_what_nobody_carries_waits_for_a_supervisor(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = propose(violent(new_case, crew), crew, carrier="")
    assert set(todos(record).values()) == {"supervisor"}


def test_a_refused_opening_leaves_no_record(case: Case, crew: SimpleNamespace) -> None:
    go(case, "withdraw_consent", Consenting("refer"), by=crew.officer)
    before = written()
    with pytest.raises(Refused):
        refer(case, crew)
    assert written() == before


@pytest.mark.parametrize("other", ["", "nobody", "her", "elsewhere"])
def test_she_is_mediated_only_with_a_party_that_stands_against_her(
    other: str, case: Case, crew: SimpleNamespace, new_case: NewCase
) -> None:
    elsewhere = new_case(respondent="另一人")
    uids = {
        "her": str(case.parties.get(role="petitioner").uid),
        "elsewhere": str(elsewhere.parties.get(role="respondent").uid),
    }
    with pytest.raises(Refused):
        propose(case, crew, other=uids.get(other, other))
    assert not Procedure.objects.exists()


@pytest.mark.parametrize("body", ["nowhere", "shelter", "closed", "elsewhere"])
def test_she_is_referred_only_to_a_body_in_the_directory_that_gives_the_service(
    body: str, case: Case, crew: SimpleNamespace
) -> None:
    legal_aid, far = Body.objects.get(service="legal_aid"), crew.stranger.organisation
    kept = {"active": body != "closed"}
    other = Body(name=body, service="legal_aid", organisation=legal_aid.organisation, **kept)
    other.organisation = far if body == "elsewhere" else other.organisation
    save(other, None, "tests")
    uid = {"nowhere": "nowhere", "shelter": str(Body.objects.get(service="shelter").uid)}
    with pytest.raises(Refused) as refused:
        refer(case, crew, body=uid.get(body, str(other.uid)))
    assert sentences(refused) == ["所选单位不在名录中、已停用，或不提供该服务。"]


@pytest.mark.parametrize("who", ["officer", "liaison", "stranger", "auditor"])
def test_nobody_is_named_as_mediator_who_cannot_be_one(
    who: str, case: Case, crew: SimpleNamespace
) -> None:
    with pytest.raises(Refused):
        propose(case, crew, carrier=str(getattr(crew, who).uid))


# ---------------------------------------------------------------- moving


@each_kind
@pytest.mark.parametrize("where", [handled, violent])
def test_through_its_whole_life_statuses_tasks_todos_and_chain_agree(
    kind: str, where: Any, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = where(new_case, crew)
    record = {"mediation": propose, "referral": refer}[kind](case, crew)
    assert faults() == []
    for status in LIFE[kind]:
        record = bring(record, crew, status)
        assert faults() == [], status
        assert audit.verify().ok, status
    assert (todos(record), record.open) == ({}, False)
    assert record.ended_at
    assert not case.procedures.filter(open=True).exists()


def test_a_row_names_its_procedure_its_actor_and_its_event(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(refer(case, crew), crew, "approved")
    event = go(record, "send", SENT, by=crew.liaison)
    assert (event.record, event.before, event.after) == (
        f"referral:{record.uid}",
        "approved",
        "sent",
    )
    row = record.history.filter(status="sent").earliest()
    assert (row.history_user_id, row.history_change_reason) == (
        str(crew.liaison.uid),
        f"send#{event.sequence}",
    )


def test_what_was_told_stands_in_the_details_and_sealed_in_the_event(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(refer(case, crew), crew, "sent")
    at = moment.now()
    event = go(record, "acknowledge", acknowledged(receipt="经办人王芳"), by=crew.liaison)
    assert "王芳" not in event.payload
    facts, reason = told_in(case, event)
    assert (facts["receipt"], reason) == ("经办人王芳", "因为")
    detail = fresh(record).referral
    assert (detail.receipt, detail.channel, detail.sender) == (
        "经办人王芳",
        "hand",
        str(crew.liaison.uid),
    )
    assert detail.received_at >= at


def test_when_the_second_side_agrees_both_have_agreed(case: Case, crew: SimpleNamespace) -> None:
    record = propose(case, crew)
    for side in ("hers", "other"):
        invite(record, crew, side)
    hear(record, crew, "other")
    assert fresh(record).status == "proposed"
    hear(record, crew, "hers")
    assert fresh(record).status == "consented"
    consent = last(case, "consent")
    assert (consent.actor, consent.sequence) == (
        str(crew.mediator.uid),
        last(case, "hear").sequence + 1,
    )


def test_each_session_is_kept_with_its_plan_and_its_minutes(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(propose(case, crew), crew, "in_session")
    go(record, "hold", mediation.Holding("第一次，另约。"), by=crew.mediator)
    work()
    plan(record, crew)
    go(record, "resume", BOTH_SCREENED, by=crew.mediator)
    go(record, "agree", agreement(notes="第二次，达成。"), by=crew.mediator)
    sessions = record.mediation.sessions.order_by("number")
    assert [(s.number, s.notes, s.held_at is None) for s in sessions] == [
        (1, "第一次，另约。", False),
        (2, "第二次，达成。", False),
    ]


def test_the_first_to_do_a_task_of_the_carrier_carries_the_procedure(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(refer(case, crew), crew, "approved")
    assert record.carrier is None  # approving is the supervisor's, carrying the liaison's
    go(record, "send", SENT, by=crew.liaison)
    work()
    assert fresh(record).carrier == crew.liaison
    assert todos(record) == {"receipt": "liaison"}
    with pytest.raises(Refused) as refused:
        go(record, "acknowledge", acknowledged(), by=crew.other_liaison)
    assert sentences(refused) == ["本程序由其他人员承担。"]


def test_a_row_is_made_through_the_very_task_that_is_open(
    case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    his = todo(record, "invite_other")
    with pytest.raises(Refused) as refused:
        go(record, "invite", INVITED, by=crew.mediator, task=his.uid)
    assert sentences(refused) == ["这一步已经办过，或流程还没有到这一步。"]
    go(record, "invite", INVITED, by=crew.mediator, task=todo(record, "invite_hers").uid)
    assert set(tasks(record)) == {"hear_hers", "invite_other"}


def test_the_same_side_is_not_invited_twice(case: Case, crew: SimpleNamespace) -> None:
    record = propose(case, crew)
    invite(record, crew, "hers")
    with pytest.raises(Refused):
        invite(record, crew, "hers")
    assert set(tasks(record)) == {"hear_hers", "invite_other"}


@each_kind
def test_a_row_of_the_other_table_is_refused(kind: str, case: Case, crew: SimpleNamespace) -> None:
    record, other = opened(kind, case, crew), {"mediation": refer, "referral": propose}[kind]
    foreign = {"mediation": "cancel", "referral": "stop"}[kind]
    move = move_of(other(case, crew), foreign)
    with pytest.raises(Refused):
        advance(record, move, actor=crew.supervisor, reason="因为")
    assert fresh(record).status == record.status


# ---------------------------------------------------------------- versions, keys, refusals


@each_kind
def test_a_row_of_a_procedure_does_not_make_the_cases_page_out_of_date(
    kind: str, case: Case, crew: SimpleNamespace
) -> None:
    record = opened(kind, case, crew)
    seen = fresh(case).version
    bring(record, crew, list(LIFE[kind])[2])
    assert fresh(case).version == seen
    go(case, "note", Noting("先打电话"), by=crew.officer, version=seen)
    assert audit.verify().ok


def test_a_row_on_what_was_seen_before_is_refused(case: Case, crew: SimpleNamespace) -> None:
    record = propose(case, crew)
    seen = record.version
    invite(record, crew, "hers")
    before = written()
    with pytest.raises(OutOfDate):
        go(record, "stop", by=crew.mediator, version=seen)
    assert written() == before
    assert Event.objects.filter(act="refused", actor=str(crew.mediator.uid)).count() == 1
    go(record, "stop", by=crew.mediator, version=fresh(record).version)
    assert fresh(record).status == "stopped"


def test_the_same_key_again_answers_with_the_first_event(case: Case, crew: SimpleNamespace) -> None:
    record = propose(case, crew)
    sent_again = {"by": crew.mediator, "key": "k1", "version": record.version}
    first = go(record, "invite", INVITED, **sent_again)
    before = written()
    again = go(record, "invite", INVITED, **sent_again)
    assert again == first
    assert written() == before
    assert set(tasks(record)) == {"hear_hers", "invite_other"}


def test_a_key_answers_with_the_row_and_not_with_what_followed(
    case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    for side in ("hers", "other"):
        invite(record, crew, side)
    hear(record, crew, "hers")
    told = mediation.Hearing("other", True, True, True, True)
    first = go(record, "hear", told, by=crew.mediator, key="k1")
    assert fresh(record).status == "consented"
    assert go(record, "hear", told, by=crew.mediator, key="k1") == first
    assert first.act == "hear"


@pytest.mark.parametrize("changed", ["facts", "reason", "move", "record", "case"])
def test_a_key_is_not_used_for_something_else(
    changed: str, case: Case, crew: SimpleNamespace
) -> None:
    record, other = propose(case, crew), refer(case, crew)
    go(record, "invite", INVITED, by=crew.mediator, key="k1")
    told = mediation.Inviting("hers", safely=True, how="书面")
    act: dict[str, Any] = {
        "facts": lambda **k: go(record, "invite", told, **k),
        "reason": lambda **k: go(record, "invite", INVITED, reason="所以", **k),
        "move": lambda **k: go(record, "stop", **k),
        "record": lambda **k: go(other, "cancel", **k),
        "case": lambda **k: go(case, "note", Noting("…"), **k),
    }[changed]
    with pytest.raises(KeyReused):
        act(by=crew.mediator, key="k1")
    assert Event.objects.filter(key="k1").count() == 1


def test_a_refused_key_may_be_used_again(case: Case, crew: SimpleNamespace) -> None:
    record = propose(case, crew)
    with pytest.raises(Refused):
        go(record, "invite", INVITED, by=crew.officer, key="k1")
    assert go(record, "invite", INVITED, by=crew.mediator, key="k1").act == "invite"


def test_a_refusal_leaves_nothing_but_a_line_in_the_day_of_the_actor(
    case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    before = written()
    with pytest.raises(Refused):
        go(record, "invite", INVITED, by=crew.officer, reason="王芳说的")
    assert written() == before
    event = Event.objects.get(act="refused")
    assert event.chain.startswith(f"day:{crew.officer.uid}:")
    assert event.case == case
    assert json.loads(event.payload)["detail"] == {
        "move": "invite",
        "sentences": ["这一步需要“%(permission)s”权限。"],
    }
    assert audit.verify().ok


@pytest.mark.parametrize("who", ["stranger", "auditor", "security", "system"])
def test_for_others_the_procedure_does_not_exist(
    who: str, case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    with pytest.raises(NotVisible):
        go(record, "stop", by=getattr(crew, who))


def test_in_a_violent_case_only_the_mediator_who_carries_it_sees_the_mediation(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = propose(violent(new_case, crew), crew)
    with pytest.raises(NotVisible):
        go(record, "invite", INVITED, by=crew.other_mediator)
    assert go(record, "invite", INVITED, by=crew.mediator).act == "invite"


# ---------------------------------------------------------------- letters that people sign


def test_whoever_drafts_a_letter_does_not_approve_it(case: Case, crew: SimpleNamespace) -> None:
    record = refer(case, crew, by=crew.supervisor)
    work()
    approval = todo(record, "approval")
    assert (approval.role, approval.organisation_path) == ("supervisor", "/4401/")
    with pytest.raises(Refused) as refused:
        go(record, "approve", by=crew.supervisor)
    assert sentences(refused) == ["审签须由拟稿人、修改人、发出人以外的另一人办理。"]
    go(record, "approve", by=crew.chief)
    assert fresh(record).referral.approver == str(crew.chief.uid)


def test_an_unapproved_letter_is_not_sent_unless_it_is_urgent(
    case: Case, crew: SimpleNamespace
) -> None:
    record = opened("referral", case, crew)
    with pytest.raises(Refused) as refused:
        go(record, "send", SENT, by=crew.liaison)
    assert sentences(refused) == ["不紧急的转介函须先经审签。"]
    urgent = opened("referral", case, crew, urgency="hours")
    go(urgent, "send", SENT, by=crew.liaison)
    assert fresh(urgent).status == "sent"


def test_an_urgent_letter_is_ratified_afterwards_and_before_the_end(
    case: Case, crew: SimpleNamespace
) -> None:
    record = opened("referral", case, crew, urgency="hours")
    go(record, "send", SENT, by=crew.liaison)
    work()
    assert todos(record) == {"receipt": "liaison", "ratification": "supervisor"}
    go(record, "accept", answered(), by=crew.liaison)
    done = referral.Finishing("已指派。", "决1号", "方律师")
    with pytest.raises(Refused) as refused:
        go(record, "finish", done, by=crew.liaison)
    assert sentences(refused) == ["紧急发出的转介函尚未补审。"]
    go(record, "ratify", by=crew.supervisor)
    go(record, "finish", done, by=crew.liaison)
    assert fresh(record).status == "completed"
    assert faults() == []


def test_a_supervisor_who_sent_an_urgent_letter_does_not_ratify_it(
    case: Case, crew: SimpleNamespace
) -> None:
    record = opened("referral", case, crew, urgency="hours")
    go(record, "send", SENT, by=crew.supervisor)
    work()
    with pytest.raises(Refused):
        go(record, "ratify", by=crew.supervisor)
    go(record, "ratify", by=crew.chief)
    with pytest.raises(Refused):
        go(record, "ratify", by=crew.chief)  # once


def test_a_letter_that_was_given_back_is_made_again_under_its_number(
    case: Case, crew: SimpleNamespace
) -> None:
    record = opened("referral", case, crew)
    go(record, "give_back", by=crew.supervisor)
    assert todos(record) == {"revision": "liaison"}
    told = referral.Revising(requests="请尽快。", situation="情况有变。")
    go(record, "revise", told, by=crew.liaison)
    work()
    letters = record.documents.order_by("pk")
    assert len({letter.number for letter in letters}) == 1
    assert len({letter.digest for letter in letters}) == 2
    assert todos(record) == {"approval": "supervisor"}
    assert fresh(record).referral.requests == "请尽快。"


def test_consent_taken_back_between_letter_and_sending_stops_the_letter(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(refer(case, crew), crew, "approved")
    go(case, "withdraw_consent", Consenting("refer"), by=crew.officer)
    with pytest.raises(Refused):
        go(record, "send", SENT, by=crew.liaison)
    assert (fresh(record).status, todos(record)) == ("cancelled", {})


def test_nothing_is_sent_to_a_body_that_closed_down(case: Case, crew: SimpleNamespace) -> None:
    record = bring(refer(case, crew), crew, "approved")
    Body.objects.filter(service="legal_aid").update(active=False)
    with pytest.raises(Refused) as refused:
        go(record, "send", SENT, by=crew.liaison)
    assert sentences(refused) == ["转介单位已停用，请取消后另行转介。"]
    go(record, "cancel", by=crew.liaison)
    assert fresh(record).status == "cancelled"


def test_there_is_one_receipt(case: Case, crew: SimpleNamespace) -> None:
    record = sent(case, crew)
    go(record, "acknowledge", acknowledged(), by=crew.liaison)
    with pytest.raises(Refused):
        go(record, "acknowledge", acknowledged(), by=crew.liaison)


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_receipt_is_not_dated_before_the_sending_nor_in_the_future(
    hours: int, case: Case, crew: SimpleNamespace
) -> None:
    record = sent(case, crew)
    told = acknowledged(received_at=moment.now() + timedelta(hours=hours))
    with pytest.raises(Refused) as refused:
        go(record, "acknowledge", told, by=crew.liaison)
    assert sentences(refused) == ["时间应在发出之后、现在之前。"]


def test_silence_is_recorded_when_the_time_for_the_receipt_is_over(
    case: Case, crew: SimpleNamespace
) -> None:
    record = sent(case, crew)
    due: datetime = record.referral.receipt_due_at
    assert todo(record, "receipt").due_at == due
    with moment.at(due), pytest.raises(Refused):
        go(record, "lapse", by=crew.liaison)
    with moment.at(due + timedelta(seconds=1)):
        go(record, "lapse", by=crew.liaison)
    assert (fresh(record).status, set(todos(record))) == ("unanswered", {"chasing"})


def test_silence_that_is_handed_up_comes_back_to_the_liaison(
    case: Case, crew: SimpleNamespace
) -> None:
    record = sent(case, crew)
    with moment.at(record.referral.receipt_due_at + timedelta(seconds=1)):
        go(record, "lapse", by=crew.liaison)
        go(record, "escalate", by=crew.liaison)
        assert todos(record) == {"supervision": "supervisor"}
        go(record, "press", referral.Pressing("致函主管部门。"), by=crew.supervisor)
        assert todos(record) == {"chasing": "liaison"}
        go(record, "escalate", by=crew.liaison)  # once more, if it must be
    assert todos(record) == {"supervision": "supervisor"}


def settled(**told: Any) -> referral.Settling:
    """The authority's word on her objection, of now."""
    return replace(referral.Settling("upheld", moment.now(), "维持。"), **told)


def test_a_refusal_of_legal_aid_can_be_objected_to_and_the_objection_is_followed(
    case: Case, crew: SimpleNamespace
) -> None:
    record = sent(case, crew)
    go(record, "refuse", answered(), by=crew.liaison)
    assert todos(record) == {"objection": "liaison"}
    made_at = moment.now()
    objected = referral.Objecting(made_at, "属于援助范围。")
    go(record, "object_to", objected, by=crew.liaison)
    assert todos(record) == {"objection_result": "liaison"}
    due = todo(record, "objection_result").due_at
    working = WorkingDays(5).due(made_at, Counting(HomeDays())).at
    assert due == working
    for row, told in (("object_to", objected), ("accept_refusal", referral.Accepting(True))):
        with pytest.raises(Refused):
            go(record, row, told, by=crew.liaison)
    early = settled(objection_answered_at=moment.now() - timedelta(days=1))
    with pytest.raises(Refused, match="答复时间"):
        go(record, "settle_objection", early, by=crew.liaison)
    go(record, "settle_objection", settled(), by=crew.liaison)
    record = fresh(record)
    assert (record.status, todos(record), faults()) == ("refused", {}, [])
    assert record.ended_at and record.referral.objection_outcome == "upheld"


def test_who_does_not_object_was_told_that_she_may(case: Case, crew: SimpleNamespace) -> None:
    record = sent(case, crew)
    go(record, "refuse", answered(), by=crew.liaison)
    with pytest.raises(Refused, match="告知"):
        go(record, "accept_refusal", referral.Accepting(), by=crew.liaison)
    go(record, "accept_refusal", referral.Accepting(told=True), by=crew.liaison)
    assert fresh(record).ended_at and todos(record) == {}


def test_a_refusal_of_another_service_ends_the_referral(case: Case, crew: SimpleNamespace) -> None:
    record = sent(case, crew, service="shelter")
    go(record, "refuse", answered(), by=crew.liaison)
    assert fresh(record).ended_at and todos(record) == {}


def test_an_agreement_on_status_relations_never_reaches_the_court(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(propose(case, crew), crew, "in_session")
    with pytest.raises(Refused):
        told = agreement(status_relation=True, wants_confirmation=True)
        go(record, "agree", told, by=crew.mediator)
    record = bring(record, crew, "signed", status_relation=True)
    assert todos(record) == {"performance": "mediator"}
    ruling = mediation.Confirming(True, "县法院", "民特1号")
    with pytest.raises(Refused) as refused:
        go(record, "confirm", ruling, by=crew.liaison)
    assert sentences(refused) == ["涉及离婚、亲子等身份关系的协议不能申请司法确认。"]


def test_an_agreement_that_the_court_confirms_is_performed(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(propose(case, crew), crew, "signed", wants_confirmation=True)
    assert todos(record) == {"confirmation": "liaison"}
    with pytest.raises(Refused):  # not before the court, or the time for it, has spoken
        go(record, "perform", mediation.Performing(moment.today()), by=crew.mediator)
    go(record, "confirm", mediation.Confirming(True, "县法院", "民特1号"), by=crew.liaison)
    assert (fresh(record).status, todos(record)) == ("confirmed", {"performance": "mediator"})
    assert fresh(record).open


@pytest.mark.parametrize("wants", [False, True])
def test_a_signed_agreement_with_nothing_owed_ends_the_mediation(
    wants: bool, case: Case, crew: SimpleNamespace
) -> None:
    told = {"nothing_owed": True, "perform_by": None, "wants_confirmation": wants}
    record = bring(propose(case, crew), crew, "signed", **told)
    assert record.open is wants
    if wants:
        go(record, "lapse", mediation.Lapsing(not_wanted=True), by=crew.liaison)
    record = fresh(record)
    assert (record.open, todos(record)) == (False, {})
    assert record.ended_at
    assert faults() == []


def test_performance_is_due_on_the_day_that_was_agreed(case: Case, crew: SimpleNamespace) -> None:
    day = moment.today() + timedelta(days=20)
    record = bring(propose(case, crew), crew, "signed", perform_by=day)
    due = todo(record, "performance").due_at
    assert due and (moment.day_of(due), due.astimezone(moment.HOME).hour) == (day, 23)


def test_a_session_is_due_when_it_is_planned(case: Case, crew: SimpleNamespace) -> None:
    record = bring(propose(case, crew), crew, "consented")
    plan(record, crew)
    assert todo(record, "opening").due_at == record.mediation.sessions.get().planned_at


# ---------------------------------------------------------------- the case and its procedures


@each_kind
def test_a_petition_is_not_closed_while_anything_is_open(
    kind: str, case: Case, crew: SimpleNamespace
) -> None:
    record = opened(kind, case, crew)
    title = {"mediation": "调解", "referral": "转介"}[kind]
    with pytest.raises(Refused) as refused:
        request_closure(case, crew.officer)
    assert sentences(refused) == [f"尚有未办结的程序：{title}。"]
    go(record, {"mediation": "stop", "referral": "cancel"}[kind], by=crew.supervisor)
    request_closure(case, crew.officer)
    assert fresh(case).status == "closing"


def test_a_violent_case_is_complete_when_its_referrals_are_answered(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew)
    record = sent(case, crew)
    with pytest.raises(Refused) as refused:
        complete(case, crew.officer)
    assert sentences(refused) == ["还有转介没有书面答复。"]
    go(record, "refuse", answered(), by=crew.liaison)  # a refusal is an answer, too
    complete(case, crew.officer)
    assert fresh(case).status == "monitoring"


def test_a_violent_case_is_complete_while_she_is_mediated_with_others(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew)
    record = propose(case, crew)
    complete(case, crew.officer)
    assert (fresh(case).status, fresh(record).status) == ("monitoring", "proposed")


def test_there_is_one_mediation_at_a_time_with_the_same_party(
    case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    with pytest.raises(Refused):
        propose(case, crew)
    go(record, "stop", by=crew.supervisor)
    assert propose(case, crew).pk != record.pk


def test_an_open_procedure_of_another_case_holds_nothing_back(
    case: Case, crew: SimpleNamespace, new_case: NewCase
) -> None:
    propose(handled(new_case, crew), crew)
    request_closure(case, crew.officer)
    assert fresh(case).status == "closing"


def test_he_is_never_brought_to_the_table_in_a_violent_case(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew)
    with pytest.raises(Refused) as refused:
        propose(case, crew, other=party(case, "spouse"))
    assert sentences(refused) == ["存在家庭暴力：不得与施暴者或其亲属共同调解。"]


def test_the_court_is_asked_within_thirty_days_of_the_signature_not_of_its_record(
    case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(moment.now() - timedelta(days=20)):
        record = bring(propose(case, crew), crew, "agreed", wants_confirmation=True)
        day = moment.today()
    told = mediation.Signing(day, signed_by_all=True)
    go(record, "sign", told, by=crew.mediator)
    due = todo(record, "confirmation").due_at
    assert due and moment.day_of(due) == day + timedelta(days=30)


def test_the_answer_is_due_thirty_days_after_the_receipt_not_after_its_record(
    case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(moment.now() - timedelta(days=6)):
        record = bring(refer(case, crew), crew, "sent")
    received = moment.now() - timedelta(days=4)
    go(record, "acknowledge", acknowledged(received_at=received), by=crew.liaison)
    due = todo(record, "answer").due_at
    assert due and moment.day_of(due) == moment.day_of(received) + timedelta(days=30)


def test_minutes_say_when_the_session_began_not_when_they_were_typed(
    case: Case, crew: SimpleNamespace
) -> None:
    began = moment.now() - timedelta(hours=3)
    with moment.at(began):
        record = bring(propose(case, crew), crew, "in_session")
    go(record, "hold", mediation.Holding("另约。"), by=crew.mediator)
    assert record.mediation.sessions.get().held_at == began
