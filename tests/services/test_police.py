"""Reports to the police and mandatory reports: from the report to what came of it, also when the
case ends before."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Assigning, Incident, Joining
from casework.engine.moment import HOME
from casework.models import Case, PoliceReport, Procedure
from casework.queries.clocks import verify
from casework.queries.parties import barred, warning_between
from casework.queries.situations import situation_of
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.proceedings import (
    bring,
    faults,
    handled,
    party,
    propose,
    report,
    report_mandatorily,
    todo,
    todos,
    violent,
    visit,
    warning,
    work,
)
from tests.services.steps import accept, complete, do_what_is_owed, fresh, go, talk
from workflows.domestic_violence import facts as dv
from workflows.mandatory_report import facts as mandatory
from workflows.petition.facts import Withdrawing
from workflows.police_report import facts as police

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=HOME)  # a Monday
WARNED = datetime(2026, 3, 4, 10, 0, tzinfo=HOME)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A violent case that is worked on since Monday."""
    with moment.at(BEGUN):
        return violent(new_case, crew)


@pytest.fixture
def reported(case: Case, crew: SimpleNamespace) -> Procedure:
    """She reported her husband on Monday at nine."""
    with moment.at(BEGUN):
        return fresh(report(case, crew, against=party(case, "spouse")))


@pytest.fixture
def warned(reported: Procedure, crew: SimpleNamespace) -> Procedure:
    """They took it on on Tuesday at ten and warned him on Wednesday at ten."""
    with moment.at(on("2026-03-03 10:00")):
        bring(reported, crew, "accepted")
    with moment.at(WARNED):
        return bring(reported, crew, "warned")


def clocks(record: Procedure, rule: str) -> list[tuple[str, datetime]]:
    """How each cycle of a rule stands, and when it was due."""
    found = record.clocks.filter(rule=f"dv.{rule}").order_by("cycle")
    return list(found.values_list("state", "due_at"))


def due(record: Procedure, node: str) -> str:
    return todo(record, node).due_at.astimezone(HOME).isoformat(" ", "minutes")[:16]


def refused(record: Any, name: str, told: object, by: Any) -> list[str]:
    with pytest.raises(Refused) as said:
        go(record, name, told, by=by)
    return [str(sentence) for sentence in said.value.sentences]


def close(case: Case, crew: SimpleNamespace) -> None:
    """Followed up, asked for by the officer, approved by the supervisor."""
    complete(case, crew.officer)
    talk(case, crew.officer)
    go(case, "request_closure", dv.RequestingClosure("resolved"), by=crew.officer)
    go(case, "close", by=crew.supervisor)


def sound() -> bool:
    return (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


# ---------------------------------------------------------------- whole lives


def test_a_report_is_taken_on_he_is_warned_and_visited_three_times(
    warned: Procedure, crew: SimpleNamespace
) -> None:
    # in Guangdong: 24 hours
    assert clocks(warned, "police_decision") == [("met", on("2026-03-04 10:00"))]
    assert clocks(warned, "warning_visit") == [("running", on("2026-03-11 23:59:59"))]
    assert due(warned, "visits") == "2026-03-11 23:59"
    for day, next_ in (
        ("2026-03-10", "2026-06-10"),
        ("2026-06-08", "2026-09-08"),
    ):
        with moment.at(on(f"{day} 15:00")):
            visit(warned, crew)
        assert due(warned, "visits") == f"{next_} 23:59"
        assert clocks(warned, "warning_visit")[-1] == ("running", on(f"{next_} 23:59:59"))
        three = "连续三次查访未再发生家庭暴力，才能结束查访（公通字〔2024〕34 号第十二条）。"
        assert refused(warned, "end_visits", None, crew.officer) == [three]
    with moment.at(on("2026-09-01 15:00")):
        visit(warned, crew)
        assert due(warned, "visits") == "2026-09-01 23:59"  # what is left is to end them
        go(warned, "end_visits", by=crew.officer)
    record = fresh(warned)
    assert (record.status, record.ended_at) == ("visits_over", on("2026-09-01 15:00"))
    assert [state for state, _due in clocks(record, "warning_visit")] == [
        "met", "met", "met", "cancelled",
    ]  # fmt: skip
    detail = record.police_report
    assert (detail.visits, detail.clean_visits, detail.served) == (3, 3, "respondent")
    assert sound()


def test_the_police_decide_otherwise_at_once(reported: Procedure, crew: SimpleNamespace) -> None:
    assert list(todos(reported).items()) == [("acceptance", "officer")]
    assert due(reported, "acceptance") == "2026-03-05 23:59"
    with moment.at(on("2026-03-05 09:00")):
        asked = police.Chasing(moment.now(), "正在核实。", how="phone", outcome="reached")
        go(reported, "chase", asked, by=crew.officer)
        assert due(reported, "acceptance") == "2026-03-08 23:59"
    with moment.at(on("2026-03-06 09:00")):
        told = police.Deciding("not_filed", on("2026-03-05 16:00"), "不立1号")
        go(reported, "decide", told, by=crew.officer)
    record = fresh(reported)
    detail = record.police_report
    assert (record.status, list(todos(record))) == ("decided", [])
    assert (detail.outcome, detail.number, detail.chased) == ("not_filed", "不立1号", 1)
    assert detail.answer == "正在核实。"
    assert not record.clocks.exists()
    assert sound()


def test_an_overdue_decision_is_chased(reported: Procedure, crew: SimpleNamespace) -> None:
    with moment.at(on("2026-03-03 10:00")):
        bring(reported, crew, "accepted")
    assert due(reported, "decision") == "2026-03-04 10:00"
    with moment.at(on("2026-03-07 09:00")):
        go(
            reported,
            "chase",
            police.Chasing(moment.now(), how="phone", outcome="reached"),
            by=crew.officer,
        )
        assert due(reported, "decision") == "2026-03-10 09:00"
    with moment.at(on("2026-03-09 09:00")):
        # they decided in time; we heard of it late
        go(reported, "warn", warning(warned_at=on("2026-03-04 09:00")), by=crew.officer)
    assert clocks(reported, "police_decision")[0][0] == "met"
    assert clocks(reported, "warning_visit") == [("running", on("2026-03-11 23:59:59"))]


def test_a_mandatory_report_gets_its_receipt_and_its_answer(
    case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN):
        record = report_mandatorily(case, crew)
        assert (fresh(record).status, list(todos(record))) == ("reported", ["acknowledgement"])
    with moment.at(on("2026-03-03 09:00")):
        go(
            record,
            "chase",
            mandatory.Chasing(moment.now(), "明日补发。", how="phone", outcome="reached"),
            by=crew.officer,
        )
    with moment.at(on("2026-03-04 09:00")):
        received = mandatory.Receiving(on("2026-03-03 16:00"), "接1号")
        go(record, "acknowledge", received, by=crew.officer)
        assert clocks(record, "police_feedback") == [("running", on("2026-03-06 23:59:59"))]
        assert due(record, "feedback") == "2026-03-06 23:59"
    with moment.at(on("2026-03-09 09:00")):
        told = mandatory.FeedingBack(on("2026-03-06 17:00"), "已受案。")
        go(record, "feed_back", told, by=crew.officer)
    assert (fresh(record).status, clocks(record, "police_feedback")[0][0]) == ("fed_back", "met")
    assert fresh(record).mandatory_report.station == "城关派出所"
    assert sound()


def test_an_answer_may_come_before_any_receipt(case: Case, crew: SimpleNamespace) -> None:
    record = report_mandatorily(case, crew)
    go(record, "feed_back", mandatory.FeedingBack(moment.now(), "已受案。"), by=crew.officer)
    assert fresh(record).status == "fed_back"
    assert not record.clocks.exists()


def test_one_report_may_be_both(case: Case, crew: SimpleNamespace) -> None:
    do_what_is_owed(case, crew.officer)
    both = {record.kind: record for record in case.procedures.all()}
    assert set(both) == {"police_report", "mandatory_report"}
    ours, theirs = both["police_report"].police_report, both["mandatory_report"].mandatory_report
    assert ours.as_mandatory
    assert (theirs.reported_at, theirs.station) == (ours.reported_at, "城关派出所")


# ---------------------------------------------------------------- beside the case


def test_reports_hold_back_nothing_and_outlive_the_case(
    case: Case, warned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 09:00")):
        other = report_mandatorily(case, crew)
        assert not (fresh(warned).open or fresh(other).open)
        assert situation_of(fresh(case)).procedures == ()
        close(case, crew)
        with pytest.raises(Refused, match="告诫后的查访尚未结束"):
            go(case, "archive", dv.Archiving(complete=True), by=crew.supervisor)
    assert fresh(case).status == "closed"
    assert (list(todos(warned)), list(todos(other))) == (["visits"], ["acknowledgement"])
    assert clocks(warned, "warning_visit")[-1][0] == "running"
    with moment.at(on("2026-03-10 09:00")):
        visit(warned, crew)
        go(other, "feed_back", mandatory.FeedingBack(moment.now(), "已受案。"), by=crew.officer)
    assert fresh(other).ended_at
    assert sound()


@pytest.mark.parametrize("kind", ["petition", "domestic_violence"])
def test_a_report_is_recorded_and_followed_when_the_case_has_ended(
    kind: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case(kind, danger_safe_now="yes", danger_hurt="no", danger_afraid="no")
    if kind == "petition":
        go(case, "withdraw", Withdrawing(declared=True, seen_alone=True), by=crew.officer)
    else:
        told = dv.EndingService(safety_information=True)
        go(case, "decline_service", told, by=crew.officer)
    record = bring(report(fresh(case), crew), crew, "accepted")
    assert (record.ended_at, list(todos(record))) == (None, ["decision"])
    assert sound()


def test_it_goes_with_the_case_to_its_new_handler(
    case: Case, reported: Procedure, crew: SimpleNamespace
) -> None:
    go(case, "assign", Assigning(str(crew.colleague.uid)), by=crew.supervisor)
    assert todos(reported) == {"acceptance": "colleague"}
    assert fresh(reported).carrier == crew.colleague


@pytest.mark.parametrize("to", ["reported", "accepted", "warned"])
def test_it_is_dropped_with_a_reason(to: str, reported: Procedure, crew: SimpleNamespace) -> None:
    record = bring(reported, crew, to)
    go(record, "drop", by=crew.officer)
    assert (fresh(record).status, list(todos(record))) == ("dropped", [])
    assert not record.clocks.filter(state="running").exists()
    assert sound()


# ---------------------------------------------------------------- what a visit found


def test_violence_that_a_visit_found_presses_until_it_is_an_incident(
    case: Case, warned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-08 15:00")):
        visit(warned, crew)
    with moment.at(on("2026-06-01 15:00")):
        visit(warned, crew, clean=False, found_violence=True)
        assert fresh(warned).police_report.violence_seen
        assert due(warned, "visits") == "2026-06-01 23:59"
    for day in ("2026-06-02", "2026-06-03", "2026-06-04"):
        with moment.at(on(f"{day} 09:00")):
            visit(warned, crew)
            assert due(warned, "visits") == f"{day} 23:59"
    with moment.at(on("2026-06-05 09:00")):
        assert refused(warned, "end_visits", None, crew.officer) == [
            "查访发现的家庭暴力尚未登记：请先在案件中“登记暴力事件”。"
        ]
        told = Incident(on("2026-05-30 21:00"), "threat", by=party(case, "spouse"))
        go(case, "record_incident", told, by=crew.officer)
        assert not fresh(warned).police_report.violence_seen
        go(warned, "end_visits", by=crew.officer)
    assert sound()


def test_when_it_is_written_down_the_next_visit_is_due_as_ever(
    case: Case, warned: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-08 15:00")):
        visit(warned, crew, clean=False, found_violence=True)
        told = Incident(on("2026-03-07 21:00"), "threat", by=party(case, "spouse"))
        go(case, "record_incident", told, by=crew.officer)
    assert due(warned, "visits") == "2026-06-08 23:59"


# ---------------------------------------------------------------- rule 14


def test_a_report_ends_the_mediation_between_the_two_and_no_other(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = handled(new_case, crew)
    record = propose(case, crew)
    work()
    go(case, "add_party", Joining("respondent", "邻居", relation="neighbour"), by=crew.officer)
    report(case, crew, against=party(case, "neighbour"))
    assert fresh(record).status == "proposed"
    report(case, crew, against=party(case))
    assert fresh(record).status == "stopped"
    assert party(case) in barred(fresh(case))
    assert sound()


def test_a_report_against_nobody_knows_whom_ends_every_mediation(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = propose(handled(new_case, crew), crew)
    work()
    report(record.case, crew)
    assert fresh(record).status == "stopped"


def test_a_warning_ends_a_mediation_that_was_proposed_meanwhile(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = handled(new_case, crew)
    record = fresh(report(case, crew))
    mediation = propose(case, crew)
    work()
    go(record, "warn", warning(), by=crew.officer)
    assert fresh(mediation).status == "stopped"
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_a_report_ends_the_mediation_with_him_in_another_case(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    her = {"phone": "13900002222"}
    first = handled(new_case, crew, **her)
    mediation = propose(first, crew)
    work()
    second = new_case(respondent="某村委会", relation="other", **her)
    other = new_case(respondent="某村委会", relation="other", phone="13900003333")
    report(other, crew, against=party(other))  # another woman's
    assert fresh(mediation).status == "proposed"
    report(second, crew, against=party(second))
    assert fresh(mediation).status == "stopped"


@pytest.mark.django_db(transaction=True)
def test_a_warning_ends_the_separate_mediation_with_him_in_another_case(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = fresh(report(violent(new_case, crew), crew))
    other = violent(new_case, crew)  # the same woman, by her phone
    go(other, "countersign", by=crew.supervisor)
    separate = {"mode": "separate", "unrelated": False, "other": party(other, "spouse")}
    minor = {"first_and_minor": True, "asked_in_writing": True, "no_order": True}
    mediation = propose(fresh(other), crew, **separate, **minor)
    work()
    assert fresh(mediation).status == "proposed"
    go(record, "warn", warning(), by=crew.officer)
    assert fresh(mediation).status == "stopped"


@pytest.mark.django_db(transaction=True)
def test_violence_that_a_visit_found_ends_the_mediation_with_him_in_another_case(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    pair = {"phone": "13900002222", "respondent": "他", "relation": "spouse"}
    first, other = new_case(**pair), new_case(**pair)
    for case in (first, other):
        accept(case, crew)
    record = bring(fresh(report(first, crew)), crew, "warned")  # nobody said whom
    him = {"other": party(other, "spouse"), "unrelated": False}
    mediation = propose(other, crew, **him)
    visit(record, crew)
    assert fresh(mediation).status == "proposed"
    visit(record, crew, clean=False, found_violence=True)
    assert fresh(mediation).status == "stopped"
    assert sound()


SEPARATE = {"mode": "separate", "unrelated": False, "first_and_minor": True,
            "asked_in_writing": True, "no_order": True}  # fmt: skip
ONLY_MINOR = "分别调解只限首次且轻微"


@pytest.mark.parametrize("to", ["warned", "visits_over", "dropped"])
def test_once_he_is_warned_she_is_not_mediated_separately_in_any_case(
    to: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    other = violent(new_case, crew)  # the same woman, by her phone
    go(other, "countersign", by=crew.supervisor)
    case = violent(new_case, crew)
    record = bring(fresh(report(case, crew, against=party(case, "spouse"))), crew, "warned")
    if to == "visits_over":
        bring(record, crew, to)
    if to == "dropped":
        go(record, "drop", by=crew.officer)
    assert situation_of(fresh(other), opening="mediation").warned
    assert not situation_of(fresh(other)).warned
    with pytest.raises(Refused, match=ONLY_MINOR):
        propose(fresh(other), crew, **SEPARATE, other=party(other, "spouse"))


def test_a_warning_counts_whichever_of_the_two_it_warned_and_nobody_else(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew)
    bring(fresh(report(case, crew, against=party(case, "spouse"))), crew, "warned")
    third = new_case(phone="13900009999", respondent="乙方", relation="spouse")
    assert not warning_between(third)
    him, her = case.parties.get(relation="spouse"), case.parties.get(role="victim")
    his = new_case(name="他", phone="13900002222", respondent="她", relation="spouse")
    his.parties.filter(role="petitioner").update(person=him.person)
    his.parties.filter(role="respondent").update(person=her.person)
    assert warning_between(his)


def test_an_older_warning_against_nobody_knows_whom_counts(case: Case) -> None:
    assert not warning_between(case)
    PoliceReport.objects.create(case=case, reported_at=BEGUN, station="所", outcome="warning")
    assert warning_between(case)


# ---------------------------------------------------------------- the records


def test_a_report_older_than_its_procedure_stays_readable(case: Case) -> None:
    old = PoliceReport.objects.create(
        case=case, reported_at=BEGUN, station="城关派出所", outcome="warning", decided_at=BEGUN
    )
    found = PoliceReport.objects.get(pk=old.pk)
    assert (found.station, found.subject, found.procedure) == ("城关派出所", case.subject, None)
    assert list(case.police_reports.all()) == [found]


def test_a_report_is_of_a_case_or_of_a_procedure(case: Case, reported: Procedure) -> None:
    detail = fresh(reported).police_report
    detail.case = case
    with pytest.raises(IntegrityError), transaction.atomic():
        detail.save()


def test_none_of_it_goes_into_a_letter_so_her_address_may_be_told(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", address="东风路 1 号院")
    record = report(case, crew, station="东风路1号院警务室")
    go(
        record,
        "chase",
        police.Chasing(moment.now(), "已去过东风路1号院。", how="phone", outcome="reached"),
        by=crew.officer,
    )
    told = mandatory.FeedingBack(moment.now(), "已去过东风路1号院。")
    duty = report_mandatorily(case, crew)
    go(duty, "feed_back", told, by=crew.officer)
    assert {e.act for e in case.events.exclude(record="")} >= {"chase", "feed_back"}
