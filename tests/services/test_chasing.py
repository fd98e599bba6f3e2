"""Chasing: what others owe is chased rung by rung, logged once, and nobody else sees it."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Asking
from casework.engine.chasing import NOBODY, PROMISED, REACHED
from casework.engine.moment import HOME
from casework.models import Case, Clock, Event, Procedure, Reminder
from casework.queries.chasing import chasing, clock_to_chase
from casework.queries.reminders import reminders_of
from casework.services import chases
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.letters.reading import text
from tests.services.proceedings import (
    acknowledged,
    again,
    apply_for,
    bring,
    faults,
    handled,
    party,
    refer,
    report,
    violent,
    visit,
)
from tests.services.steps import fresh, go
from workflows.domestic_violence import facts as dv

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=HOME)  # a Monday
LATER = BEGUN + timedelta(days=9)


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    with moment.at(BEGUN):
        return violent(new_case, crew)


@pytest.fixture
def police(case: Case, crew: SimpleNamespace) -> Procedure:
    """The police took the report on; their 72 hours run."""
    with moment.at(BEGUN):
        return bring(report(case, crew, against=party(case, "spouse")), crew, "accepted")


@pytest.fixture
def sent(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """A referral to legal aid in an everyday case went out; nobody acknowledged it."""
    with moment.at(BEGUN):
        return bring(refer(handled(new_case, crew), crew), crew, "sent")


def clock(record: Procedure) -> Clock:
    return Clock.objects.get(procedure=record, own=False, state="running")


def lines(user: object) -> list[str]:
    return [line.clock.rule for line in chasing(again(user)).lines]  # type: ignore[arg-type]  # an account


def call(record: Procedure, by: object, **told: object) -> Event:
    known: dict[str, object] = {"outcome": REACHED} | told
    how = str(known.pop("how", "phone"))
    return chases.log(clock(record), by, how, **known)  # type: ignore[arg-type]  # an account


def test_what_others_owe_is_shown_once_it_is_near_or_late(
    police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN + timedelta(hours=1)):
        assert lines(crew.officer) == []
    with moment.at(BEGUN + timedelta(hours=69)):
        assert lines(crew.officer) == ["dv.police_decision"]
    with moment.at(LATER):
        (line,) = chasing(again(crew.officer)).lines
    assert (line.late, line.ladder.next, line.sent.to) == (True, "phone", "城关派出所")


def test_our_own_duties_are_not_chased(case: Case, crew: SimpleNamespace) -> None:
    with moment.at(LATER):
        assert case.clocks.filter(own=True, state="running").exists()
        assert lines(crew.supervisor) == []


def test_outside_need_to_know_there_is_nothing_to_chase(
    police: Procedure, sent: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        assert lines(crew.liaison) == ["referral.receipt"]
        assert lines(crew.mediator) == []
        assert clock_to_chase(again(crew.mediator), clock(police).uid) is None
        assert lines(crew.supervisor) == ["dv.police_decision", "referral.receipt"]


def test_who_only_carries_a_referral_in_a_guarded_case_chases_that_alone(
    case: Case, police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN):
        bring(refer(case, crew), crew, "sent")
    with moment.at(LATER):
        assert lines(crew.liaison) == ["referral.receipt"]


def test_a_call_is_an_event_of_the_case_and_stands_on_the_ladder(
    police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        promise = moment.today() + timedelta(days=2)
        event = call(police, crew.officer, outcome=PROMISED, answer_by=promise, words="在查。")
        (line,) = chasing(again(crew.officer)).lines
    assert (event.act, event.record) == ("chase", f"police_report:{police.uid}")
    assert (len(line.ladder.calls), line.ladder.promised, line.ladder.next) == (
        1,
        promise,
        "letter",
    )
    assert line.ladder.calls[0].words == "在查。"
    assert fresh(police).police_report.chased == 1
    assert (audit.verify().ok, faults()) == (True, [])


def test_a_double_press_logs_once(police: Procedure, crew: SimpleNamespace) -> None:
    with moment.at(LATER):
        first = call(police, crew.officer, key="k1")
    with moment.at(LATER + timedelta(seconds=2)):
        second = chases.log(clock(police), crew.officer, "phone", outcome=REACHED, key="k1")
    assert (first.pk, police.chases.count()) == (second.pk, 1)


def test_a_call_tells_how_it_ended(police: Procedure, crew: SimpleNamespace) -> None:
    with moment.at(LATER), pytest.raises(Refused, match="通话结果"):
        call(police, crew.officer, outcome="")
    with moment.at(LATER), pytest.raises(Refused, match="答应的日期"):
        call(police, crew.officer, outcome=PROMISED)
    assert not police.chases.exists()


def test_a_letter_before_any_call_needs_its_reason(
    police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        with pytest.raises(Refused, match="没有打过电话"):
            call(police, crew.officer, how="letter", outcome="")
        call(police, crew.officer, how="letter", outcome="", words="电话一直占线。")
    assert police.documents.filter(template="chasing_letter").count() == 1


def test_the_superior_is_asked_after_a_letter_and_once(
    police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        call(police, crew.officer, outcome=NOBODY)
        with pytest.raises(Refused, match="没有发过催办函"):
            call(police, crew.officer, how="superior", outcome="")
        call(police, crew.officer, how="letter", outcome="")
        call(police, crew.officer, how="superior", outcome="")
        with pytest.raises(Refused, match="已提请上级督办"):
            call(police, crew.officer, how="superior", outcome="", words="再次。")
    told = Reminder.objects.get(milestone="handed_up")
    assert told.case_id == police.case_id
    assert told.organisation_path == crew.chief.organisation.path


def test_whoever_supervises_above_reads_it_among_her_reminders(
    police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        call(police, crew.officer, how="superior", outcome="", words="情况紧急。")
        told = reminders_of(again(crew.chief)).filter(milestone="handed_up")
        assert told.count() == 1
        assert not reminders_of(again(crew.officer)).filter(milestone="handed_up").exists()


def test_a_letter_names_what_was_sent_and_nobody(
    police: Procedure, case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        call(police, crew.officer)
        call(police, crew.officer, how="letter", outcome="")
    letter = police.documents.get(template="chasing_letter")
    said = text(base64.b64decode(letter.content))
    for words in ("城关派出所", "受1号", "告诫决定", "公通字〔2024〕34 号", "2026年3月2日"):
        assert words in said
    names = [p.person.name for p in case.parties.all() if p.person.name]
    assert names
    assert [name for name in names if name in said and len(name) > 1] == []


def test_a_deadline_that_was_kept_is_not_chased(police: Procedure, crew: SimpleNamespace) -> None:
    gone = clock(police)
    with moment.at(LATER):
        bring(police, crew, "warned")
        with pytest.raises(Refused, match="已经办结"):
            chases.log(gone, crew.officer, "phone", outcome=REACHED)


def test_for_the_next_visit_the_ladder_begins_anew(
    police: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        bring(police, crew, "warned")
    with moment.at(LATER + timedelta(days=8)):
        call(police, crew.officer)
        visit(fresh(police), crew)
    with moment.at(LATER + timedelta(days=120)), pytest.raises(Refused, match="没有打过电话"):
        call(police, crew.officer, how="letter", outcome="")


def test_silence_after_the_receipt_is_handed_up_by_its_own_row(
    sent: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(LATER):
        go(fresh(sent), "lapse", by=crew.liaison)
        event = call(fresh(sent), crew.liaison, how="superior", outcome="")
        (line,) = chasing(again(crew.liaison)).lines
    assert (event.act, line.ladder.up, sent.chases.count()) == ("escalate", True, 0)


def test_a_referral_is_chased_while_its_answer_is_awaited(
    sent: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN + timedelta(days=1)):
        go(fresh(sent), "acknowledge", acknowledged(), by=crew.liaison)
    answer = Clock.objects.get(procedure=sent, rule="legalaid.decision")
    with moment.at(BEGUN + timedelta(days=20)):
        chases.log(answer, crew.liaison, "phone", outcome=REACHED)
        shown = {line.clock.rule: len(line.ladder.calls) for line in chasing(crew.liaison).lines}
    assert shown["legalaid.decision"] == 1
    assert faults() == []


def test_whoever_ended_our_help_is_not_reminded(case: Case, crew: SimpleNamespace) -> None:
    with moment.at(BEGUN):
        bring(apply_for(case, crew), crew, "in_force", days=20)
    with moment.at(BEGUN + timedelta(days=18)):
        (hers,) = chasing(again(crew.officer)).hers
        assert not hers.left_alone
        leave = dv.EndingService(safety_information=True)
        go(case, "ask_danger", Asking("yes", "no", "no"), by=crew.officer)
        go(case, "decline_service", leave, by=crew.officer, reason="她要求终止")
        (hers,) = chasing(again(crew.officer)).hers
        assert hers.left_alone


def test_her_own_time_limits_stand_apart_and_say_whether_she_may_be_called(
    case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN):
        order = bring(apply_for(case, crew), crew, "in_force", days=20)
    with moment.at(BEGUN + timedelta(days=18)):
        (hers,) = chasing(again(crew.officer)).hers
        assert (hers.clock.rule, hers.safe) == ("order.expiry", True)
        case.parties.get(role="victim").person.contacts.update(may_call=False)
        assert [line.safe for line in chasing(again(crew.officer)).hers] == [False]
        with pytest.raises(Refused):
            chases.log(hers.clock, crew.officer, "phone", outcome=REACHED)
    assert not order.chases.exists()
