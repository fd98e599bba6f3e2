"""The clocks of a case: what starts them, what stops them, and how they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Consenting, Joining, Noting
from casework.engine.moment import HOME
from casework.models import Case, CaseLink, Clock
from tests.conftest import NewCase
from tests.services.steps import (
    HIGH,
    LOW,
    accept,
    assess,
    complete,
    fresh,
    go,
    lose,
    request_closure,
    respond,
    talk,
)
from workflows.domestic_violence import facts as dv
from workflows.petition import facts as petition

RECEIVED = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)  # a Wednesday
TRANSFER = petition.Transferring("县法院", "转1号", told_her=True)
WITHDRAW = petition.Withdrawing(declared=True, seen_alone=True)
ASKED = {"danger_safe_now": "yes", "danger_hurt": "no", "danger_afraid": "no"}


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def served(text: str) -> petition.Notifying:
    return petition.Notifying(on(text), "hand")


def clock(case: Case, rule: str) -> Clock:
    """The latest clock of a rule."""
    return case.clocks.filter(rule=rule).latest("cycle")


def state(case: Case, rule: str) -> str | None:
    found = case.clocks.filter(rule=rule).order_by("cycle").last()
    return found and found.state


def running(case: Case) -> set[str]:
    return set(case.clocks.filter(state="running").values_list("rule", flat=True))


@pytest.fixture
def case(new_case: NewCase) -> Case:
    """A petition received on the Wednesday and written down on the Friday."""
    with moment.at(on("2026-03-13 15:00")):
        return new_case(received_at=RECEIVED, **ASKED)


# ---------------------------------------------------------------- notice


def test_the_notice_runs_from_the_day_of_receipt(case: Case) -> None:
    notice = clock(case, "petition.notice")
    assert (notice.started_at, notice.due_at) == (RECEIVED, on("2026-03-26 23:59:59"))
    assert (notice.state, notice.own, notice.cycle) == ("running", True, 1)
    assert notice.next_fire_at == on("2026-03-23 23:59:59")  # three days before


def test_a_notice_counts_at_the_time_it_was_served(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-27 08:00")):  # written down a day late
        go(case, "serve_notice", served("2026-03-26 20:00"), by=people.officer)
    notice = clock(case, "petition.notice")
    assert (notice.state, notice.stopped_at) == ("met", on("2026-03-26 20:00"))
    assert (notice.breached_at, notice.next_fire_at) == (None, None)


def test_the_last_second_is_in_time(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-27 08:00")):
        go(case, "serve_notice", served("2026-03-26 23:59:59"), by=people.officer)
    assert state(case, "petition.notice") == "met"


@pytest.mark.parametrize(
    ("recorded", "counts"),
    [("2026-03-26 20:00", "2026-03-25 20:00"), ("2026-03-26 20:01", "2026-03-26 20:01")],
)
def test_the_true_time_counts_only_when_recorded_within_a_day(
    recorded: str, counts: str, case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on(recorded)):
        go(case, "serve_notice", served("2026-03-25 20:00"), by=people.officer)
    assert clock(case, "petition.notice").stopped_at == on(counts)


def test_a_late_notice_is_late_from_the_moment_it_was_due(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-27 23:00")):
        go(case, "serve_notice", served("2026-03-27 00:00"), by=people.officer)
    notice = clock(case, "petition.notice")
    assert (notice.state, notice.breached_at) == ("breached", on("2026-03-26 23:59:59"))
    assert notice.stopped_at == on("2026-03-27 00:00")


@pytest.mark.parametrize(("handed", "expected"), [("handed_over", "met"), ("owed", "running")])
def test_an_answer_on_the_spot_serves_the_notice_only_when_it_is_in_writing(
    handed: str, expected: str, case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-13 16:00")):
        go(case, "answer", petition.Answering("答复", handed), by=people.officer)
    assert state(case, "petition.notice") == expected


def test_accepting_is_no_notice(case: Case, people: SimpleNamespace) -> None:
    accept(case, people)
    assert state(case, "petition.notice") == "running"


@pytest.mark.parametrize(
    ("name", "told"),
    [("transfer", TRANSFER), ("withdraw", WITHDRAW), ("convert", None)],
)
def test_the_notice_is_owed_even_when_the_case_goes_away(
    name: str, told: object, case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 09:00")):
        go(case, name, told, by=people.supervisor)
    assert state(case, "petition.notice") == "running"
    with moment.at(on("2026-03-17 09:00")):
        go(case, "serve_notice", served("2026-03-17 09:00"), by=people.supervisor)
    assert state(case, "petition.notice") == "met"


def test_a_merged_petition_keeps_its_own_notice(
    case: Case, new_case: NewCase, people: SimpleNamespace
) -> None:
    into = new_case().number
    go(case, "merge", petition.Merging(into, same_matter=True), by=people.supervisor)
    assert running(case) == {"petition.notice"}


def test_a_returned_petition_keeps_its_notice(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case(channel="forwarded")
    go(case, "object", by=people.supervisor)
    go(case, "uphold", petition.SenderAnswering("同意"), by=people.supervisor)
    assert running(case) == {"petition.notice"}


# ---------------------------------------------------------------- handling


def test_a_statutory_petition_has_sixty_days_from_its_acceptance(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    assert clock(case, "petition.handling").due_at == on("2026-05-15 23:59:59")


def test_help_has_an_aim_and_no_legal_limit(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "help")
    assert not case.clocks.filter(rule="petition.handling").exists()
    aim = clock(case, "petition.service")
    assert (aim.own, aim.due_at) == (True, on("2026-04-15 23:59:59"))
    with moment.at(on("2026-03-20 10:00")):
        reply(case, people, "2026-03-20 10:00")
    assert state(case, "petition.service") == "met"


def test_an_item_that_was_forwarded_is_objected_to_within_five_working_days(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-04-03 09:00")):  # a Friday; 6 April is a day off (清明)
        case = new_case(channel="forwarded", received_at=on("2026-04-03 09:00"))
    objection = clock(case, "petition.objection")
    assert (objection.due_at, objection.provisional) == (on("2026-04-13 23:59:59"), False)
    with moment.at(on("2026-04-14 09:00")):
        go(case, "object", by=people.supervisor)
    assert state(case, "petition.objection") == "breached"
    assert not new_case().clocks.filter(rule="petition.objection").exists()


@pytest.mark.parametrize(("decides", "ends"), [("close", "met"), ("send_back", "met")])
def test_another_person_decides_on_a_closure_within_three_working_days(
    case: Case, people: SimpleNamespace, decides: str, ends: str
) -> None:
    with moment.at(on("2026-03-16 10:00")):  # a Monday
        accept(case, people, "statutory")
        reply(case, people, "2026-03-16 10:00")
    assert clock(case, "approval.closure").due_at == on("2026-03-19 23:59:59")
    todo = case.todos.get(subject="status:closing", done_at=None)
    assert todo.due_at == on("2026-03-19 23:59:59")
    with moment.at(on("2026-03-19 20:00")):
        go(case, decides, by=people.supervisor)
    assert state(case, "approval.closure") == ends


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("escalate", dv.Escalating("new_incident")),
        ("decline_service", dv.EndingService(safety_information=True)),
    ],
)
def test_nobody_decides_any_more_on_a_closure_that_came_to_nothing(
    name: str, told: object, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", **ASKED)
    assess(case, people.officer)
    respond(case, people)
    complete(case, people.officer)
    talk(case, people.officer)
    go(case, "request_closure", dv.RequestingClosure("resolved"), by=people.officer)
    assert "approval.closure" in running(case)
    go(case, name, told, by=people.officer)
    assert state(case, "approval.closure") == "cancelled"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [("2026-05-15 23:59:59", "met"), ("2026-05-16 00:00:00", "breached")],
)
def test_handling_is_judged_by_the_day_of_the_reply(
    reply: str, expected: str, case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    with moment.at(on("2026-05-16 10:00")):
        told = petition.RequestingClosure("resolved", on(reply))
        go(case, "request_closure", told, by=people.officer)
    handling = clock(case, "petition.handling")
    assert (handling.state, handling.stopped_at) == (expected, on(reply))
    assert (handling.breached_at is None) == (expected == "met")


@pytest.mark.parametrize(
    ("name", "told"),
    [("transfer", TRANSFER), ("withdraw", WITHDRAW), ("convert", None)],
)
def test_handling_is_cancelled_when_the_case_goes_away(
    name: str, told: object, case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    with moment.at(on("2026-09-01 10:00")):  # cancelled is neither met nor breached
        go(case, name, told, by=people.supervisor)
    handling = clock(case, "petition.handling")
    assert (handling.state, handling.breached_at) == ("cancelled", None)
    assert (handling.stopped_at, handling.next_fire_at) == (on("2026-09-01 10:00"), None)


def test_nothing_pauses_handling(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
        told = petition.AssigningDown("村", "交1号", on("2026-04-01").date(), told_her=True)
        go(case, "assign_down", told, by=people.supervisor)
        go(case, "note", Noting("…"), by=people.officer)
    handling = clock(case, "petition.handling")
    assert (handling.state, handling.due_at) == ("running", on("2026-05-15 23:59:59"))


def test_an_accepted_petition_that_was_taken_back_begins_a_new_cycle(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
        go(case, "transfer", TRANSFER, by=people.supervisor)
        go(case, "take_back", by=people.supervisor)
    with moment.at(on("2026-03-20 10:00")):
        accept(case, people, "statutory")
    cycles = list(case.clocks.filter(rule="petition.handling").order_by("cycle"))
    assert [(c.cycle, c.state) for c in cycles] == [(1, "cancelled"), (2, "running")]
    assert cycles[1].due_at == on("2026-05-19 23:59:59")


def reply(case: Case, people: SimpleNamespace, served_at: str) -> None:
    """The officer asks for closure; the reply was served at that time."""
    told = petition.RequestingClosure("resolved", on(served_at))
    go(case, "request_closure", told, by=people.officer)


def test_what_is_sent_back_runs_on_in_the_same_cycle_with_the_time_counted(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    with moment.at(on("2026-05-14 10:00")):
        reply(case, people, "2026-05-14 10:00")
    with moment.at(on("2026-05-16 10:00")):
        go(case, "send_back", by=people.supervisor)
    handling = clock(case, "petition.handling")
    assert (handling.cycle, handling.state) == (1, "running")
    assert handling.due_at == on("2026-05-15 23:59:59")
    with moment.at(on("2026-05-18 10:00")):
        reply(case, people, "2026-05-18 10:00")
    assert state(case, "petition.handling") == "breached"


def test_a_breach_stays_a_breach_when_the_case_was_sent_back(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    with moment.at(on("2026-05-18 10:00")):
        reply(case, people, "2026-05-18 10:00")
        go(case, "send_back", by=people.supervisor)
        reply(case, people, "2026-05-15 10:00")  # an earlier date does not undo it
    handling = clock(case, "petition.handling")
    assert (handling.state, handling.breached_at) == ("breached", on("2026-05-15 23:59:59"))


def test_reopening_begins_a_new_cycle_and_leaves_the_old_verdict(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    with moment.at(on("2026-05-18 10:00")):
        reply(case, people, "2026-05-18 10:00")
        go(case, "close", by=people.supervisor)
    with moment.at(on("2026-06-01 10:00")):
        go(case, "reopen", by=people.supervisor)
    cycles = list(case.clocks.filter(rule="petition.handling").order_by("cycle"))
    assert [(c.cycle, c.state) for c in cycles] == [(1, "breached"), (2, "running")]
    assert cycles[1].due_at == on("2026-07-31 23:59:59")


def test_reopening_what_was_never_statutory_starts_no_legal_clock(
    case: Case, people: SimpleNamespace
) -> None:
    accept(case, people, "help")
    request_closure(case, people.officer)
    go(case, "close", by=people.supervisor)
    go(case, "reopen", by=people.supervisor)
    assert not case.clocks.filter(rule="petition.handling").exists()


# ---------------------------------------------------------------- the next step


def assigned(case: Case, people: SimpleNamespace) -> None:
    """Given to an organisation below: no clock of ours says when it must be handled."""
    told = petition.AssigningDown("村", "交1号", on("2026-04-30").date(), told_her=True)
    go(case, "assign_down", told, by=people.supervisor)


def assigned_without_notice(case: Case, people: SimpleNamespace) -> None:
    """Assigned on Monday 16 March, the notice served on that day."""
    with moment.at(on("2026-03-16 10:00")):
        assigned(case, people)
        go(case, "serve_notice", served("2026-03-16 10:00"), by=people.officer)


def test_a_next_step_is_due_when_nothing_else_runs(case: Case, people: SimpleNamespace) -> None:
    assigned(case, people)
    assert running(case) == {"petition.notice"}
    with moment.at(on("2026-03-16 10:00")):
        go(case, "serve_notice", served("2026-03-16 10:00"), by=people.officer)
    assert running(case) == {"work.next"}
    assert clock(case, "work.next").due_at == on("2026-03-23 23:59:59")


def test_every_event_begins_the_next_step_anew(case: Case, people: SimpleNamespace) -> None:
    assigned_without_notice(case, people)
    with moment.at(on("2026-03-20 10:00")):
        go(case, "note", Noting("…"), by=people.officer)
    step = clock(case, "work.next")
    assert (step.cycle, step.started_at) == (1, on("2026-03-20 10:00"))
    assert step.due_at == on("2026-03-27 23:59:59")


def test_the_next_step_ends_with_the_case(case: Case, people: SimpleNamespace) -> None:
    assigned_without_notice(case, people)
    go(case, "report_back", petition.ReportingBack("报告"), by=people.supervisor)
    go(case, "transfer", TRANSFER, by=people.supervisor)
    assert running(case) == set()
    assert state(case, "work.next") == "cancelled"


def test_the_next_step_makes_room_for_a_duty(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case("domestic_violence")
    assert running(case) == {"dv.assessment"}
    assess(case, people.officer)
    assert running(case) == {"work.next"}
    go(case, "escalate", dv.Escalating("new_incident"), by=people.officer)
    assert running(case) == {"dv.assessment"}


def test_an_open_case_always_has_a_clock_of_ours(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    for step in (
        lambda: assess(case, people.officer),
        lambda: respond(case, people),
        lambda: complete(case, people.officer),
        lambda: lose(case, people.officer),
        lambda: go(case, "regain", by=people.officer),
    ):
        step()
        assert len(running(case) - {"followup.due"}) == 1  # that one is the follow-up's


# ---------------------------------------------------------------- assessment


def test_an_assessment_is_due_after_a_day_and_a_night(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(RECEIVED):
        case = new_case("domestic_violence")
    assert clock(case, "dv.assessment").due_at == RECEIVED + timedelta(hours=24)
    with moment.at(RECEIVED + timedelta(hours=24)):
        assess(case, people.officer)
    assert state(case, "dv.assessment") == "met"


def test_an_assessment_a_second_late_is_late(new_case: NewCase, people: SimpleNamespace) -> None:
    with moment.at(RECEIVED):
        case = new_case("domestic_violence")
    with moment.at(RECEIVED + timedelta(hours=24, seconds=1)):
        assess(case, people.officer)
    assert state(case, "dv.assessment") == "breached"


def test_recording_answers_alone_does_not_stop_the_clock(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    go(case, "record_assessment", LOW, by=people.officer)
    assert state(case, "dv.assessment") == "running"


def test_escalation_begins_a_new_cycle_and_leaves_the_old_verdict(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(RECEIVED):
        case = new_case("domestic_violence")
    with moment.at(RECEIVED + timedelta(days=2)):
        assess(case, people.officer)
    later = RECEIVED + timedelta(days=5)
    with moment.at(later):
        go(case, "escalate", dv.Escalating("breach"), by=people.officer)
    cycles = list(case.clocks.filter(rule="dv.assessment").order_by("cycle"))
    assert [(c.cycle, c.state) for c in cycles] == [(1, "breached"), (2, "running")]
    assert cycles[1].due_at == later + timedelta(hours=24)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("decline_service", dv.EndingService(safety_information=True)),
        ("transfer_out", dv.TransferringOut("外县", "consent")),
        ("not_dv", dv.NotViolence(seen_alone=True)),
    ],
)
def test_the_assessment_is_no_longer_due_when_the_case_goes_away(
    name: str, told: object, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", **ASKED)
    go(case, "give_consent", Consenting("refer"), by=people.officer)
    go(case, name, told, by=people.supervisor)
    assert state(case, "dv.assessment") == "cancelled"


# ---------------------------------------------------------------- conversion


def linked(case: Case) -> Case:
    """The case that `case` became."""
    return CaseLink.objects.get(other=case, relation="converted").case


def test_a_converted_petition_opens_a_case_of_violence_received_on_the_first_day(
    case: Case, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        go(case, "convert", by=people.officer, reason="有暴力")
    became = linked(case)
    assert (became.kind, became.status) == ("domestic_violence", "reported")
    assert became.received_at == RECEIVED
    assert (became.summary, became.demands) == (case.summary, case.demands)
    assert [(p.person, p.role) for p in became.parties.all()] == [
        (p.person, p.role) for p in case.parties.all()
    ]
    assert became.safety_sensitive


def test_a_child_in_a_converted_case_brings_the_duty_to_report(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "convert", by=people.officer)
    became = linked(case)
    go(became, "add_party", Joining("child", "小明", minor=True), by=people.officer)
    assert fresh(became).report_duty


def test_what_was_known_of_danger_goes_with_a_converted_petition(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "record_assessment", HIGH, by=people.officer)
    go(case, "seal", by=people.supervisor)
    go(case, "convert", by=people.officer)
    became = linked(case)
    assert (became.danger, became.sealed, became.questions) == ("high", True, "answered")


def test_a_case_that_is_no_violence_opens_a_petition(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-13 15:00")):
        case = new_case("domestic_violence", received_at=RECEIVED, **ASKED)
    with moment.at(on("2026-03-16 10:00")):
        go(case, "not_dv", dv.NotViolence(seen_alone=True), by=people.supervisor)
    became = linked(case)
    assert (fresh(case).status, became.kind, became.status) == (
        "converted",
        "petition",
        "registered",
    )
    assert became.received_at == RECEIVED
    assert clock(became, "petition.notice").due_at == on("2026-03-26 23:59:59")
    accept(became, people)
    assert fresh(became).status == "handling"


def test_the_new_case_of_a_petition_keeps_both_chains_whole(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "convert", by=people.officer)
    assert linked(case).events.get().act == "open"
    assert audit.verify().ok


def test_closing_asked_for_with_a_reply_stops_handling_before_the_approval(
    case: Case, people: SimpleNamespace
) -> None:
    accept(case, people, "statutory")
    request_closure(case, people.officer)
    assert state(case, "petition.handling") == "met"
