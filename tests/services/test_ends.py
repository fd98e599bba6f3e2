"""What ends in a case takes its procedures with it: at once, with the reason, leaving no task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Asking, Consenting, Incident, Levelling
from casework.models import Case, CaseProcess, Event, Procedure, Todo
from casework.queries.clocks import verify
from casework.queries.timeline import told_in
from casework.services import errands
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.proceedings import (
    answered,
    bring,
    faults,
    handled,
    party,
    propose,
    refer,
    violent,
    work,
)
from tests.services.steps import accept, fresh, go, request_closure
from workflows.domestic_violence import facts as dv
from workflows.mediation.facts import Opening
from workflows.petition import facts as petition
from workflows.referral import facts as referral

HIGH_NOW = Levelling("high")
Act = Callable[[Case, SimpleNamespace], Any]
PAIR = {"phone": "13900002222", "respondent": "他", "relation": "spouse"}


def convert(case: Case, crew: SimpleNamespace) -> None:
    go(case, "convert", by=crew.officer)


def transfer(case: Case, crew: SimpleNamespace) -> None:
    told = petition.Transferring("县法院", "转1号", told_her=True)
    go(case, "transfer", told, by=crew.supervisor)


def withdraw(case: Case, crew: SimpleNamespace) -> None:
    go(case, "ask_danger", Asking("yes", "no", "no"), by=crew.officer)
    told = petition.Withdrawing(declared=True, seen_alone=True)
    go(case, "withdraw", told, by=crew.officer)


def decline_service(case: Case, crew: SimpleNamespace) -> None:
    go(case, "ask_danger", Asking("refused", "refused", "refused"), by=crew.officer)
    go(case, "decline_service", dv.EndingService(safety_information=True), by=crew.officer)


def transfer_out(case: Case, crew: SimpleNamespace) -> None:
    told = dv.TransferringOut("外县妇联", "consent", why_not_asked="已在前次问过")
    go(case, "transfer_out", told, by=crew.officer)
    go(case, "received", dv.Receipting("收字1号"), by=crew.officer)


ENDS = [
    # how a case ends, and the label of the row that ended it
    (handled, convert, "转家暴"),
    (handled, transfer, "转送"),
    (handled, withdraw, "撤回"),
    (violent, decline_service, "终止求助"),
    (violent, transfer_out, "已接收"),
]
EARLY = {"mediation": ("stop", "stopped"), "referral": ("cancel", "cancelled")}


def ended(record: Procedure, row: str, status: str, why: str) -> bool:
    """It was ended by this row, for this reason, and nobody has anything to do with it."""
    case, record = fresh(record.case), fresh(record)
    event = case.events.filter(record=f"{record.kind}:{record.uid}").latest("sequence")
    process = CaseProcess.objects.get(procedure=record)
    living = Task.objects.filter(process=process).exclude(status__in=[STATUS.DONE, STATUS.CANCELED])
    return (
        (event.act, event.after, record.status, record.open) == (row, status, status, False)
        and why in told_in(case, event)[1]
        and record.ended_at is not None
        and process.status == PROCESS.CANCELED
        and not living.exists()
        and not Todo.objects.filter(done_at=None, task__process=process).exists()
    )


@pytest.mark.parametrize(("where", "act", "label"), ENDS, ids=lambda v: getattr(v, "__name__", ""))
def test_a_case_that_ends_takes_its_open_procedures_with_it(
    where: Any, act: Act, label: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = where(new_case, crew)
    records = [propose(case, crew), bring(refer(case, crew), crew, "sent"), refer(case, crew)]
    act(case, crew)
    for record in records:
        assert ended(record, *EARLY[record.kind], label), record.kind
    assert faults() == []
    assert audit.verify().ok


@pytest.mark.parametrize(("where", "act", "label"), ENDS, ids=lambda v: getattr(v, "__name__", ""))
def test_what_has_its_legal_result_keeps_it(
    where: Any, act: Act, label: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = where(new_case, crew)
    mediation = bring(propose(case, crew), crew, "signed")
    referral = bring(refer(case, crew), crew, "accepted")
    act(case, crew)
    assert ended(mediation, "release", "signed", label)
    assert ended(referral, "release", "accepted", label)
    assert faults() == []


def test_closing_ends_the_wait_for_a_result(new_case: NewCase, crew: SimpleNamespace) -> None:
    case = handled(new_case, crew)
    record = bring(refer(case, crew), crew, "accepted")
    request_closure(case, crew.officer)  # answered in writing: nothing holds it back
    assert fresh(record).ended_at is None
    go(case, "close", by=crew.supervisor)
    assert ended(record, "release", "accepted", "办结")


def test_what_ended_before_its_case_is_left_alone(new_case: NewCase, crew: SimpleNamespace) -> None:
    case = handled(new_case, crew)
    record = bring(refer(case, crew), crew, "completed")
    events = Event.objects.filter(record=f"referral:{record.uid}").count()
    convert(case, crew)
    assert fresh(record).version == record.version
    assert Event.objects.filter(record=f"referral:{record.uid}").count() == events


def test_nothing_is_opened_in_a_case_that_ended(new_case: NewCase, crew: SimpleNamespace) -> None:
    case = handled(new_case, crew)
    transfer(case, crew)
    for opening in (propose, refer):
        with pytest.raises(Refused):
            opening(case, crew)


def test_nothing_goes_on_in_what_was_ended(new_case: NewCase, crew: SimpleNamespace) -> None:
    case = handled(new_case, crew)
    record = bring(refer(case, crew), crew, "accepted")
    transfer(case, crew)
    go(case, "take_back", by=crew.supervisor)
    with pytest.raises(Refused):
        go(record, "finish", by=crew.liaison)
    assert fresh(record).status == "accepted"


# ---------------------------------------------------------------- while the case goes on


def incident(case: Case, crew: SimpleNamespace) -> None:
    told = Incident(datetime(2026, 1, 1, tzinfo=moment.HOME), "physical", injury=True)
    go(case, "record_incident", told, by=crew.officer)


def no_more_mediation(case: Case, crew: SimpleNamespace) -> None:
    go(case, "withdraw_consent", Consenting("mediate"), by=crew.officer)


def no_more_referral(case: Case, crew: SimpleNamespace) -> None:
    go(case, "withdraw_consent", Consenting("refer"), by=crew.officer)


@pytest.mark.parametrize("status", ["proposed", "consented", "in_session", "agreed"])
@pytest.mark.parametrize(
    ("act", "why"), [(incident, "登记暴力事件"), (no_more_mediation, "撤回同意")]
)
def test_violence_or_her_word_stops_a_mediation_at_once_until_it_is_signed(
    act: Act, why: str, status: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = handled(new_case, crew)
    record = propose(case, crew, unrelated=False)
    record = bring(record, crew, status)
    referral = refer(case, crew)
    act(case, crew)
    assert ended(record, "stop", "stopped", why)
    assert fresh(referral).status == "drafted"
    assert faults() == []


def test_violence_stops_their_mediation_in_another_case_at_once(
    new_case: NewCase,
    crew: SimpleNamespace,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    hers = {"phone": "13900001111", "respondent": "张三"}
    case, other = new_case(**hers), new_case("domestic_violence", **hers)
    accept(case, crew)
    him = str(case.parties.get(role="respondent").uid)
    Case.objects.filter(pk=other.pk).update(violence=False)  # as long as nobody knows of any
    told = Opening(him, "财产分割。", "joint")
    go(case, "open_mediation", told, by=crew.officer)
    record = case.procedures.get()
    with django_capture_on_commit_callbacks(execute=True):
        incident(fresh(other), crew)
    assert ended(record, "stop", "stopped", "登记暴力事件")
    assert faults() == []
    assert audit.verify().ok


def test_a_signed_agreement_stands_whatever_happens(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = handled(new_case, crew)
    record = bring(propose(case, crew, unrelated=False), crew, "signed")
    incident(case, crew)
    assert (fresh(record).status, fresh(record).open) == ("signed", True)


@pytest.mark.parametrize("status", ["drafted", "approved", "sent", "received"])
def test_her_word_stops_a_referral_at_once_until_it_is_answered(
    status: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = handled(new_case, crew)
    record = refer(case, crew)
    record = bring(record, crew, status)
    no_more_referral(case, crew)
    assert ended(record, "cancel", "cancelled", "撤回同意")
    assert faults() == []


@pytest.mark.parametrize("row", ["accept", "refuse"])
def test_an_answered_referral_stays_answered(
    row: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = handled(new_case, crew)
    record = bring(refer(case, crew), crew, "received")
    go(record, row, answered(), by=crew.liaison)
    with pytest.raises(Refused):  # nothing rests on it any more … but her consent itself
        go(case, "withdraw_consent", Consenting("mediate"), by=crew.officer)
    no_more_referral(case, crew)
    assert fresh(record).status == {"accept": "accepted", "refuse": "refused"}[row]


def test_what_rests_on_danger_to_life_goes_on_without_her_consent(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew)
    go(case, "raise_danger", HIGH_NOW, by=crew.officer)
    told = {"ground": "life_danger", "why": "无处可去。", "told_first": True}
    record = refer(case, crew, service="shelter", urgency="hours", **told)
    work()
    no_more_referral(case, crew)
    assert fresh(record).status == "drafted"


def test_ending_one_by_hand_leaves_the_others(new_case: NewCase, crew: SimpleNamespace) -> None:
    case = handled(new_case, crew)
    one, other = refer(case, crew), propose(case, crew)
    go(one, "cancel", by=crew.supervisor, reason="她自己请了律师")
    assert ended(one, "cancel", "cancelled", "她自己请了律师")
    assert fresh(other).status == "proposed"
    assert faults() == []


@pytest.fixture
def running(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """A joint mediation between her and her husband; nobody knows of any violence yet."""
    case = new_case(**PAIR)
    accept(case, crew)
    return propose(fresh(case), crew, other=party(case, "spouse"), unrelated=False)


def test_a_violent_case_of_the_pair_stops_their_mediation_at_once(
    running: Procedure,
    new_case: NewCase,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        new_case("domestic_violence", **PAIR)
    assert ended(running, "stop", "stopped", "登记")
    assert faults() == []


def test_what_ran_in_a_mediation_that_violence_stops_runs_no_more(
    running: Procedure, new_case: NewCase, crew: SimpleNamespace
) -> None:
    bring(running, crew, "consented")
    clock = running.clocks.get(rule="mediation.finish")
    assert clock.state == "running"
    new_case("domestic_violence", **PAIR)
    work()
    clock.refresh_from_db()
    assert (clock.state, clock.next_fire_at, verify().wrong) == ("cancelled", None, [])


def test_an_errand_left_by_a_process_that_died_is_done_by_whoever_looks_next(
    running: Procedure, new_case: NewCase
) -> None:
    new_case("domestic_violence", **PAIR)  # within the test's transaction: nothing follows it
    assert fresh(running).status == "proposed"
    work()
    assert fresh(running).status == "stopped"
    assert errands.run_due() == 0


def test_what_went_out_unapproved_is_ratified_before_it_is_cancelled(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = refer(handled(new_case, crew), crew, urgency="hours")
    work()
    go(record, "send", referral.Sending("hand"), by=crew.liaison)
    with pytest.raises(Refused, match="补审"):
        go(record, "cancel", by=crew.supervisor, reason="不需要了")
    go(record, "ratify", by=crew.supervisor)
    go(record, "cancel", by=crew.liaison, reason="不需要了")
    assert fresh(record).status == "cancelled"
