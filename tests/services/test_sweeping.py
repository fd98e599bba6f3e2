"""The sweep tells of each milestone once: before a date, on it, and after; and of nothing stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from casework.engine import moment
from casework.engine.case_acts import Noting
from casework.engine.moment import HOME
from casework.models import Case, Clock, ClockEvent, Heartbeat, Procedure, Reminder
from casework.queries.clocks import overdue, verify
from casework.services import calendars, sweeping
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.proceedings import bring, handled, propose, refer
from tests.services.steps import accept, assess, fresh, go, request_closure
from workflows.petition import facts as petition

RECEIVED = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)  # a Wednesday: the notice is due on the 26th


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def sweep(at: str) -> sweeping.Swept:
    """The sweep as it runs at a moment."""
    with moment.at(on(at)):
        return sweeping.sweep()


def told(case: Case, rule: str = "petition.notice") -> list[tuple[str, str]]:
    """What was said of the clock, and to whom, in order."""
    found = Reminder.objects.filter(case=case, clock__rule=rule).order_by("pk")
    return [
        (r.milestone, r.assignee.username if r.assignee else f"{r.role}{r.organisation_path}")
        for r in found.select_related("assignee")
    ]


def fired(case: Case, rule: str = "petition.notice") -> list[str]:
    """The milestones that are noted among the events of the clock."""
    events = ClockEvent.objects.filter(clock__case=case, clock__rule=rule, kind="fire")
    return list(events.order_by("pk").values_list("milestone", flat=True))


@pytest.fixture
def case(new_case: NewCase) -> Case:
    with moment.at(RECEIVED):
        return new_case(received_at=RECEIVED)


def test_nothing_is_said_before_its_time(case: Case) -> None:
    assert sweep("2026-03-23 23:59:58").milestones == 0
    assert told(case) == []


def test_a_deadline_goes_up_step_by_step(case: Case) -> None:
    for at in ("2026-03-24 00:00", "2026-03-26 00:00", "2026-03-27 00:00", "2026-03-28 00:00"):
        assert sweep(at).clocks == 1
        assert sweep(at).clocks == 0  # whoever sweeps again says nothing again
    assert told(case) == [
        ("before:3 calendar_days", "officer"),
        ("before:1 calendar_days", "officer"),
        ("due", "officer"),
        ("due", "supervisor/4401/440101/"),
        ("after:1 calendar_days", "officer"),
        ("after:1 calendar_days", "supervisor/4401/440101/"),
        ("after:1 calendar_days", "supervisor/4401/"),
    ]
    assert case.clocks.get(rule="petition.notice").next_fire_at is None


def test_the_highest_office_is_told_once(people: SimpleNamespace, new_case: NewCase) -> None:
    with moment.at(RECEIVED):
        case = new_case(by=people.chief, received_at=RECEIVED)
    sweep("2026-03-28 00:00")
    assert told(case) == [
        ("after:1 calendar_days", "chief"),
        ("after:1 calendar_days", "supervisor/4401/"),
    ]


def test_after_an_outage_each_milestone_is_noted_and_only_the_last_is_said(case: Case) -> None:
    done = sweep("2026-04-20 12:00")
    assert (done.clocks, done.milestones) == (1, 4)
    assert fired(case) == [
        "before:3 calendar_days", "before:1 calendar_days", "due", "after:1 calendar_days",
    ]  # fmt: skip
    assert {milestone for milestone, _whom in told(case)} == {"after:1 calendar_days"}


def test_hours_are_spoken_of_within_hours(new_case: NewCase) -> None:
    with moment.at(RECEIVED):
        case = new_case("domestic_violence")
    sweep("2026-03-12 05:31")  # at night
    sweep("2026-03-12 08:31")
    assert [m for m, _whom in told(case, "dv.assessment")] == ["before:4 hours", "before:1 hours"]


def test_what_is_over_is_not_spoken_of(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-20 10:00")):
        served = petition.Notifying(on("2026-03-20 10:00"), "hand")
        go(case, "serve_notice", served, by=people.officer)
    sweep("2026-03-26 12:00")
    assert told(case) == []


def test_a_case_closed_late_while_nobody_swept_is_late(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-04-01 10:00")):
        served = petition.Notifying(on("2026-04-01 10:00"), "hand")
        go(case, "serve_notice", served, by=people.officer)
    clock = case.clocks.get(rule="petition.notice")
    assert (clock.state, clock.breached_at) == ("breached", on("2026-03-26 23:59:59"))
    sweep("2026-04-02 10:00")
    assert told(case) == []


def test_what_was_told_before_a_shorter_outage_is_not_told_again(case: Case) -> None:
    """Each milestone once is held by the row (`told_until`), not only by the keys of what is told:
    a sweep does not even try what it has told before."""
    sweep("2026-03-24 00:00")
    clock = case.clocks.get(rule="petition.notice")
    assert (clock.told_until, clock.next_fire_at) == (
        on("2026-03-23 23:59:59"),
        on("2026-03-25 23:59:59"),
    )
    assert sweep("2026-03-26 00:00").milestones == 1
    clock.refresh_from_db()
    assert clock.told_until == on("2026-03-25 23:59:59")


def test_a_rule_that_is_gone_leaves_the_others_in_peace(
    case: Case, new_case: NewCase, caplog: pytest.LogCaptureFixture
) -> None:
    with moment.at(RECEIVED):
        other = new_case(received_at=RECEIVED)
    case.clocks.filter(rule="petition.notice").update(rule="petition.forgotten")
    assert sweep("2026-03-24 00:00").reminders == 1
    assert told(other) == [("before:3 calendar_days", "officer")]
    assert "petition.forgotten" in caplog.text
    assert sweep("2026-03-24 12:00").clocks == 0
    case.clocks.filter(rule="petition.forgotten").update(rule="petition.notice")
    sweep("2026-03-25 00:00")
    assert told(case) == [("before:3 calendar_days", "officer")]


def test_of_a_hidden_case_only_those_who_see_it_are_told(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = refer(handled(new_case, crew), crew)
    bring(record, crew, "sent")
    Procedure.objects.filter(pk=record.pk).update(carrier=None)
    go(record.case, "seal", by=crew.supervisor)
    clock = Clock.objects.get(rule="referral.receipt")
    with moment.at(clock.due_at + timedelta(seconds=1)):
        sweeping.sweep()
    whom = {who for _m, who in told(record.case, "referral.receipt")}
    assert whom == {"supervisor/4401/440101/"}


def test_a_new_step_is_told_of_anew(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-12 10:00")):
        assigned = petition.AssigningDown("村", "交1号", on("2026-06-30").date(), told_her=True)
        go(case, "assign_down", assigned, by=people.supervisor)
        served = petition.Notifying(on("2026-03-12 10:00"), "hand")
        go(case, "serve_notice", served, by=people.officer)
    sweep("2026-03-17 09:00")
    with moment.at(on("2026-03-17 10:00")):
        go(case, "note", Noting("…"), by=people.officer)
    assert sweep("2026-03-18 09:00").clocks == 0  # the earlier date holds no longer
    sweep("2026-03-22 00:00")
    assert [m for m, _whom in told(case, "work.next")] == ["before:3 calendar_days"] * 2


def test_a_mediator_hears_of_her_mediation_and_not_the_officer(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = refer(handled(new_case, crew), crew, carrier=str(crew.liaison.uid))
    bring(record, crew, "sent")
    clock = Clock.objects.get(rule="referral.receipt")
    with moment.at(clock.due_at + timedelta(seconds=1)):
        sweeping.sweep()
    assert ("due", "liaison") in told(record.case, "referral.receipt")


def test_every_clock_adds_up(case: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-03-12 10:00")):
        accept(case, people, "statutory")
    sweep("2026-03-24 00:00")
    assert (verify().clocks, verify().wrong) == (Clock.objects.count(), [])
    Clock.objects.filter(rule="petition.handling").update(due_at=on("2026-07-01 00:00"))
    assert {w.clock.split(":")[0] for w in verify().wrong} == {"petition.handling"}
    ClockEvent.objects.filter(clock__rule="petition.notice", kind="start").delete()
    assert "petition.notice" in {w.clock.split(":")[0] for w in verify().wrong}


def test_one_definition_of_overdue(case: Case) -> None:
    assert not overdue(on("2026-03-26 23:59:59")).exists()
    assert overdue(on("2026-03-27 00:00")).get().rule == "petition.notice"
    case.clocks.update(own=False)  # another body's duty is chased, never overdue with us
    assert not overdue(on("2026-03-27 00:00")).exists()


# ---------------------------------------------------------------- a year without a notice


def test_an_unpublished_year_gives_a_date_that_is_counted_again(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-12-30 09:00")):  # a Wednesday; 2027 is not published
        case = new_case(channel="forwarded", received_at=on("2026-12-30 09:00"))
    clock = case.clocks.get(rule="petition.objection")
    assert (clock.due_at, clock.provisional) == (on("2027-01-06 23:59:59"), True)
    text = "date,kind\n2027-01-01,holiday\n"
    notice = calendars.propose(people.chief, calendars.read(text), "国办发明电〔2026〕9号")
    calendars.decide(people.deputy, notice, right=True)
    assert sweep("2026-12-31 09:00").recounted == 1
    assert sweep("2026-12-31 09:01").recounted == 0
    clock.refresh_from_db()
    assert (clock.due_at, clock.provisional) == (on("2027-01-07 23:59:59"), False)
    assert clock.events.filter(kind="recount").count() == 1
    assert verify().wrong == []


NOTICE = "date,kind\n2027-01-01,holiday\n"


def publish(people: SimpleNamespace, at: str, text: str = NOTICE) -> None:
    """A notice comes, and a second person confirms it."""
    with moment.at(on(at)):
        notice = calendars.propose(people.chief, calendars.read(text), "国办发明电〔2026〕9号")
        calendars.decide(people.deputy, notice, right=True)


@pytest.fixture
def provisional(new_case: NewCase) -> Case:
    """Its objection is due on 6 January while New Year's Day is not published, else on the 7th."""
    with moment.at(on("2026-12-30 09:00")):
        return new_case(channel="forwarded", received_at=on("2026-12-30 09:00"))


def test_a_notice_counts_before_the_sweep_has_seen_it(
    provisional: Case, people: SimpleNamespace
) -> None:
    publish(people, "2027-01-04 09:00")
    with moment.at(on("2027-01-07 10:00")):
        go(provisional, "object", by=people.supervisor)
    clock = provisional.clocks.get(rule="petition.objection")
    assert (clock.state, clock.due_at) == ("met", on("2027-01-07 23:59:59"))
    assert verify().wrong == []


@pytest.mark.parametrize("swept", [False, True])
def test_a_notice_that_comes_too_late_takes_no_breach_back(
    swept: bool, provisional: Case, people: SimpleNamespace
) -> None:
    publish(people, "2027-01-07 00:00")  # the provisional date is past
    if swept:
        sweep("2027-01-07 00:01")
    with moment.at(on("2027-01-07 10:00")):
        go(provisional, "object", by=people.supervisor)
    clock = provisional.clocks.get(rule="petition.objection")
    assert (clock.state, clock.breached_at) == ("breached", on("2027-01-06 23:59:59"))
    assert (clock.due_at, verify().wrong) == (on("2027-01-07 23:59:59"), [])


def test_each_of_several_notices_counts_from_its_own_day(
    provisional: Case, people: SimpleNamespace
) -> None:
    publish(people, "2027-01-04 09:00")
    publish(people, "2027-01-07 09:00", "date,kind\n2027-01-07,holiday\n")
    assert sweep("2027-01-08 09:00").recounted == 1
    clock = provisional.clocks.get(rule="petition.objection")
    told_of = list(clock.events.filter(kind="recount").values_list("at", flat=True))
    assert told_of == [on("2027-01-04 09:00"), on("2027-01-07 09:00")]
    assert (clock.due_at, clock.breached_at) == (on("2027-01-08 23:59:59"), None)
    assert verify().wrong == []


# ---------------------------------------------------------------- a longer time


@pytest.fixture
def statutory(case: Case, people: SimpleNamespace) -> Case:
    """Accepted on Monday 16 March: due on 15 May."""
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
    return case


def ask(case: Case, people: SimpleNamespace, at: str, days: int = 30) -> None:
    with moment.at(on(at)):
        go(case, "ask_extension", petition.AskingForTime(days, "等待鉴定"), by=people.officer)


def grant(case: Case, people: SimpleNamespace, at: str, days: int = 30) -> None:
    with moment.at(on(at)):
        go(case, "grant_extension", petition.Extending(days, told_her=True), by=people.supervisor)


def test_another_person_allows_a_longer_time(statutory: Case, people: SimpleNamespace) -> None:
    ask(statutory, people, "2026-05-10 10:00")
    waiting = statutory.todos.get(subject="asked:extension", done_at=None)
    assert waiting.role == "supervisor"
    assert statutory.clocks.get(rule="petition.handling").due_at == on("2026-05-15 23:59:59")
    grant(statutory, people, "2026-05-11 10:00", days=20)
    clock = statutory.clocks.get(rule="petition.handling")
    assert clock.original_due_at == on("2026-05-15 23:59:59")
    assert clock.due_at == on("2026-06-04 23:59:59")
    assert not statutory.todos.filter(subject="asked:extension", done_at=None).exists()
    assert verify().wrong == []


def test_what_was_said_of_the_earlier_date_is_over(
    statutory: Case, people: SimpleNamespace
) -> None:
    sweep("2026-05-09 10:00")
    before = len(told(statutory, "petition.handling"))
    ask(statutory, people, "2026-05-10 10:00")
    grant(statutory, people, "2026-05-14 10:00")  # now due on 14 June
    sweep("2026-05-17 10:00")
    assert len(told(statutory, "petition.handling")) == before
    sweep("2026-05-31 00:00")
    assert told(statutory, "petition.handling")[before:] == [("before:15 calendar_days", "officer")]


def test_what_would_have_been_said_of_the_new_date_is_not_made_up_for(
    statutory: Case, people: SimpleNamespace
) -> None:
    sweep("2026-05-15 09:00")
    before = len(told(statutory, "petition.handling"))
    ask(statutory, people, "2026-05-15 10:00")
    grant(statutory, people, "2026-05-15 11:00", days=5)  # seven days before that day is past
    assert sweep("2026-05-15 12:00").clocks == 0
    sweep("2026-05-18 00:00")
    assert [m for m, _who in told(statutory, "petition.handling")[before:]] == [
        "before:3 calendar_days"
    ]


def test_a_longer_time_is_refused(statutory: Case, people: SimpleNamespace) -> None:
    ask(statutory, people, "2026-05-10 10:00")
    with pytest.raises(Refused), moment.at(on("2026-05-16 00:00")):  # after the breach
        go(statutory, "grant_extension", petition.Extending(5, told_her=True), by=people.supervisor)
    for days in (0, -3, 31, 10**9):
        with pytest.raises(Refused):
            grant(statutory, people, "2026-05-11 10:00", days=days)
    grant(statutory, people, "2026-05-11 10:00", days=5)
    with pytest.raises(Refused):  # a second one
        ask(statutory, people, "2026-05-12 10:00")


def test_whoever_asked_does_not_allow_it(statutory: Case, people: SimpleNamespace) -> None:
    with moment.at(on("2026-05-10 10:00")):
        told_ = petition.AskingForTime(10, "等待鉴定")
        go(statutory, "ask_extension", told_, by=people.supervisor)
        with pytest.raises(Refused):
            go(
                statutory,
                "grant_extension",
                petition.Extending(10, told_her=True),
                by=people.supervisor,
            )
        go(statutory, "refuse_extension", by=people.chief)
    assert fresh(statutory).extension_by == ""
    assert statutory.clocks.get(rule="petition.handling").due_at == on("2026-05-15 23:59:59")


def test_whoever_asked_for_time_asked_for_this_handling_alone(
    statutory: Case, people: SimpleNamespace
) -> None:
    ask(statutory, people, "2026-05-10 10:00")
    with moment.at(on("2026-05-11 10:00")):
        request_closure(statutory, people.officer)
    assert fresh(statutory).extension_by == ""
    assert not statutory.todos.filter(subject="asked:extension", done_at=None).exists()


# ---------------------------------------------------------------- how it lives


def test_the_sweep_leaves_a_sign_of_life_and_an_alarm_when_it_is_missing(case: Case) -> None:
    with moment.at(on("2026-03-24 00:00")):
        assert sweeping.pulse().alarm is False
    with moment.at(on("2026-03-24 00:11")):
        assert sweeping.pulse().alarm is True
        sweeping.sweep()
        assert sweeping.pulse().alarm is False
    assert Heartbeat.objects.get(name="sweep").at == on("2026-03-24 00:11")


def test_an_idle_sweep_reads_the_index_of_what_is_due(case: Case) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "clock_to_fire" in sweeping.due(moment.now()).explain()
    assert not sweeping.due(on("2026-03-23 23:59:58")).exists()
    assert [c.rule for c in sweeping.due(on("2026-03-23 23:59:59"))] == ["petition.notice"]


def test_a_person_takes_note(case: Case, people: SimpleNamespace) -> None:
    sweep("2026-03-24 00:00")
    reminder = Reminder.objects.get(case=case)
    sweeping.note(people.officer, reminder)
    sweeping.note(people.colleague, reminder)
    reminder.refresh_from_db()
    assert (reminder.read_by, reminder.read_at is not None) == (str(people.officer.uid), True)


def test_an_assessed_case_is_told_of_no_more(new_case: NewCase, people: SimpleNamespace) -> None:
    with moment.at(RECEIVED):
        case = new_case("domestic_violence")
        assess(case, people.officer)
    sweep("2026-03-12 12:00")
    assert told(case, "dv.assessment") == []


def test_a_last_day_off_rolls_forward_where_the_law_says_so(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-12 10:00")):  # 30 days later is a Saturday
        record = propose(handled(new_case, crew), crew)
        bring(record, crew, "signed", wants_confirmation=True)
    clock = record.clocks.get(rule="mediation.confirm")
    assert clock.due_at == on("2026-04-13 23:59:59")
    assert verify().wrong == []
