"""Protection orders: from the application to the feedback, also when the case is closed before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Asking, Assigning, Consenting, Levelling
from casework.engine.moment import HOME
from casework.models import Case, Clock, Procedure, Reminder
from casework.queries.clocks import verify
from casework.queries.situations import situation_of
from casework.services import sweeping, tasks
from casework.services.refusals import NotVisible, Refused
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.services.proceedings import (
    apply_for,
    bring,
    faults,
    granting,
    party,
    propose,
    todo,
    todos,
    violent,
    work,
)
from tests.services.steps import accept, complete, fresh, go, talk
from workflows.domestic_violence import facts as dv
from workflows.mediation.facts import Opening
from workflows.protection_order import facts as order

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=HOME)  # a Monday
ORDER = datetime(2026, 3, 4, 10, 0, tzinfo=HOME)
UNTIL = date(2026, 6, 30)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A violent case that is worked on since Monday."""
    with moment.at(BEGUN):
        return violent(new_case, crew)


@pytest.fixture
def lasting(case: Case, crew: SimpleNamespace) -> Procedure:
    """Her order against her husband, made on Wednesday at ten, valid until the end of June."""
    with moment.at(BEGUN):
        record = bring(apply_for(case, crew), crew, "filed")
    with moment.at(on("2026-03-03 10:00")):
        bring(record, crew, "accepted")
    with moment.at(ORDER):
        return bring(record, crew, "in_force", valid_until=UNTIL)


def clock(record: Procedure, rule: str) -> Clock:
    """The latest clock of a rule."""
    return record.clocks.filter(rule=rule).latest("cycle")


def states(record: Procedure, rule: str) -> list[str]:
    """How each cycle of a rule stands."""
    found = record.clocks.filter(rule=rule).order_by("cycle")
    return list(found.values_list("state", flat=True))


def served(record: Procedure, at: datetime, by: Any, to: str = "respondent") -> None:
    go(record, "serve", order.Serving(to, at), by=by)


def visited(record: Procedure, by: Any, **told: Any) -> None:
    facts = order.Visiting(moment.now(), safe_setting=True, needs="近况平稳。")
    go(record, "visit", replace(facts, **told), by=by)


def lapse(record: Procedure, by: Any) -> None:
    go(record, "expire", by=by)


def tell_court(record: Procedure, by: Any) -> None:
    go(record, "feed_back", order.FeedingBack(moment.now(), "未再发生。", signed=True), by=by)


def close(case: Case, crew: SimpleNamespace) -> None:
    """Followed up, asked for by the officer, approved by the supervisor."""
    complete(case, crew.officer)
    talk(case, crew.officer)
    go(case, "request_closure", dv.RequestingClosure("order_granted"), by=crew.officer)
    go(case, "close", by=crew.supervisor)


# ---------------------------------------------------------------- a whole life


def test_an_order_is_granted_broken_renewed_expires_and_is_told_to_the_court(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    officer = crew.officer
    assert not lasting.open
    with moment.at(on("2026-03-04 20:00")):
        served(lasting, on("2026-03-04 18:00"), officer)
    with moment.at(on("2026-04-01 10:00")):
        visited(lasting, officer, found_breach=True)
        assert todo(lasting, "watching").due_at == on("2026-04-01 23:59:59")
        told = order.Breaching(on("2026-03-30 21:00"), "他到楼下叫骂。", police_told=True)
        go(lasting, "breach", told, by=officer)
    with moment.at(on("2026-06-20 10:00")):
        go(lasting, "ask_renewal", order.AskingRenewal(moment.now()), by=officer)
    with moment.at(on("2026-06-28 10:00")):
        longer = order.Renewing("民保更1号", moment.now(), date(2026, 12, 30))
        go(lasting, "renew", longer, by=officer)
    with moment.at(on("2026-12-31 09:00")):
        lapse(lasting, officer)
        assert list(todos(lasting)) == ["feedback"]
    with moment.at(on("2027-01-05 09:00")):
        tell_court(lasting, officer)
    detail = fresh(lasting).protection_order
    assert (detail.visits, detail.breaches, detail.renewals) == (1, 1, 1)
    assert (fresh(lasting).status, fresh(lasting).ended_at) == ("concluded", on("2027-01-05 09:00"))
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


def test_a_denial_is_reconsidered_and_overturned(case: Case, crew: SimpleNamespace) -> None:
    officer = crew.officer
    with moment.at(on("2026-03-03 09:00")):
        record = bring(apply_for(case, crew, urgent=True), crew, "accepted")
    with moment.at(on("2026-03-05 10:00")):
        told = order.Denying(on("2026-03-04 15:00"), date(2026, 3, 5), "证据不足。")
        go(record, "deny", told, by=officer)
        ruling = clock(record, "order.ruling")
        assert (ruling.due_at, ruling.state) == (on("2026-03-04 09:00"), "breached")
        assert fresh(record).open  # it holds back the closure
        assert clock(record, "order.reconsider").due_at == on("2026-03-10 23:59:59")
        assert list(todos(record)) == ["reconsideration"]
    with moment.at(on("2026-03-09 10:00")):
        asked = order.Reconsidering(moment.now(), "有新的伤情。")
        go(record, "reconsider", asked, by=officer)
        assert clock(record, "order.reconsider").state == "met"
    with moment.at(on("2026-03-12 10:00")):
        go(record, "overturn", granting(valid_until=UNTIL), by=officer)
        assert situation_of(fresh(case)).live_order
    record = fresh(record)
    assert (record.status, record.open, list(todos(record))) == ("in_force", False, ["watching"])
    assert {c.rule for c in record.clocks.filter(state="running")} == {
        "order.service", "order.expiry", "order.visit",
    }  # fmt: skip
    assert (faults(), verify().wrong) == ([], [])


def test_a_denial_stands_when_she_knows_and_does_not_ask(case: Case, crew: SimpleNamespace) -> None:
    record = bring(apply_for(case, crew), crew, "accepted")
    go(record, "deny", order.Denying(moment.now(), moment.today(), "证据不足。"), by=crew.officer)
    with pytest.raises(Refused, match="五日内"):
        go(record, "accept_denial", order.AcceptingDenial(), by=crew.officer)
    go(record, "accept_denial", order.AcceptingDenial(told=True), by=crew.officer)
    record = fresh(record)
    assert (record.status, record.open, record.ended_at is None) == ("denial_final", False, False)
    assert clock(record, "order.reconsider").state == "cancelled"  # nobody was late
    assert faults() == []


# ---------------------------------------------------------------- its clocks


def test_the_court_has_72_hours_from_the_acceptance_and_24_when_it_is_urgent(
    case: Case, crew: SimpleNamespace
) -> None:
    for urgent, due in ((False, "2026-03-06 09:00"), (True, "2026-03-04 09:00")):
        with moment.at(on("2026-03-03 09:00")):
            record = bring(apply_for(case, crew, urgent=urgent), crew, "accepted")
        assert clock(record, "order.ruling").due_at == on(due)
        assert todo(record, "ruling").due_at == on(due)
        go(record, "withdraw", by=crew.officer)
        assert clock(record, "order.ruling").state == "cancelled"


def test_the_true_moments_count_not_those_of_writing(case: Case, crew: SimpleNamespace) -> None:
    with moment.at(on("2026-03-03 20:00")):
        record = bring(apply_for(case, crew), crew, "filed")
        told = order.Accepting(on("2026-03-03 20:00"), "民保令1号")
        go(record, "accept", told, by=crew.officer)
    with moment.at(on("2026-03-05 09:00")):
        go(record, "grant", granting(ruled_at=on("2026-03-04 15:00"), valid_until=UNTIL),
           by=crew.officer)  # fmt: skip
        assert clock(record, "order.ruling").stopped_at == on("2026-03-04 15:00")
        assert clock(record, "order.service").due_at == on("2026-03-05 15:00")
        assert clock(record, "order.visit").due_at == on("2026-04-03 23:59:59")


def test_service_is_watched_until_he_himself_has_it(
    lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-05 12:00")):
        served(lasting, on("2026-03-04 12:00"), crew.officer, "police")
        assert clock(lasting, "order.service").state == "running"
        served(lasting, on("2026-03-05 09:30"), crew.officer)
    service = clock(lasting, "order.service")
    assert (service.state, service.stopped_at) == ("met", on("2026-03-05 09:30"))
    assert fresh(lasting).protection_order.served == "police respondent"


def test_each_visit_begins_a_new_month(lasting: Procedure, crew: SimpleNamespace) -> None:
    assert clock(lasting, "order.visit").due_at == on("2026-04-03 23:59:59")
    with moment.at(on("2026-04-01 10:00")):
        visited(lasting, crew.officer, safe_setting=False)  # he was beside her
        assert states(lasting, "order.visit") == ["running"]
    with moment.at(on("2026-04-02 10:00")):
        visited(lasting, crew.officer, seen_at=on("2026-04-01 19:00"))
    assert states(lasting, "order.visit") == ["met", "running"]
    following = clock(lasting, "order.visit")
    assert (following.started_at, following.due_at) == (
        on("2026-04-01 19:00"),
        on("2026-05-01 23:59:59"),
    )


def test_expiry_is_spoken_of_a_month_two_weeks_a_week_and_three_days_before(
    lasting: Procedure, crew: SimpleNamespace
) -> None:
    expiry = clock(lasting, "order.expiry")
    assert expiry.due_at == on("2026-06-30 23:59:59")
    told = []
    for day in ("2026-06-01", "2026-06-17", "2026-06-24", "2026-06-28", "2026-07-01"):
        with moment.at(on(f"{day} 00:30")):
            sweeping.sweep()
        found = Reminder.objects.filter(clock=expiry, audience="handler").order_by("pk")
        told.append(found.latest("pk").milestone)
    assert told == [*(f"before:{days} calendar_days" for days in (30, 14, 7, 3)), "due"]


def test_a_renewal_begins_a_new_cycle_and_the_old_verdict_stands(
    lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-06-29 10:00")):
        longer = order.Renewing("民保更1号", on("2026-06-29 09:00"), date(2026, 12, 30))
        go(lasting, "renew", longer, by=crew.officer)
    assert states(lasting, "order.expiry") == ["met", "running"]
    assert clock(lasting, "order.expiry").due_at == on("2026-12-30 23:59:59")
    with moment.at(on("2026-07-15 10:00")):
        assert situation_of(lasting.case).live_order


def test_a_renewal_written_down_late_is_dated_by_the_ruling(
    lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-07-06 10:00")):
        longer = order.Renewing("民保更1号", on("2026-06-29 09:00"), date(2026, 12, 30))
        go(lasting, "renew", longer, by=crew.officer)
    assert states(lasting, "order.expiry") == ["met", "running"]


def test_an_order_that_simply_ends_is_nobodys_lateness(
    lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-07-03 10:00")):
        lapse(lasting, crew.officer)
    assert states(lasting, "order.expiry") == ["cancelled"]
    assert clock(lasting, "order.expiry").breached_at is None
    assert verify().wrong == []


def test_when_she_asks_for_no_longer_time_or_gets_none_nothing_presses(
    lasting: Procedure, crew: SimpleNamespace
) -> None:
    last_day = on("2026-06-30 23:59:59")
    with moment.at(on("2026-06-20 10:00")):
        visited(lasting, crew.officer)
        assert todo(lasting, "watching").due_at == on("2026-06-23 23:59:59")
        go(lasting, "waive_renewal", order.WaivingRenewal(moment.now(), told=True), by=crew.officer)
        assert todo(lasting, "watching").due_at == last_day
        go(lasting, "ask_renewal", order.AskingRenewal(moment.now()), by=crew.officer)
        refused = order.RefusingRenewal(moment.now(), "未见新的危险。")
        go(lasting, "refuse_renewal", refused, by=crew.officer)
        assert todo(lasting, "watching").due_at == last_day
    detail = fresh(lasting).detail
    assert (detail.waived_at, detail.renewal_asked_at) == (None, None)
    assert detail.refused_at


def test_a_breach_heard_of_after_the_end_is_written_down_and_told(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-07-03 10:00")):
        lapse(lasting, crew.officer)
        told = order.Breaching(on("2026-06-29 21:00"), "他到松风里三号楼门口。", police_told=True)
        go(lasting, "breach", told, by=crew.officer)
    assert fresh(lasting).detail.breaches == 1
    assert list(todos(lasting)) == ["feedback"]


def test_her_five_days_run_from_when_she_was_given_the_denial(
    case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-03 09:00")):
        record = bring(apply_for(case, crew), crew, "accepted")
    with moment.at(on("2026-03-05 10:00")):
        go(record, "deny", order.Denying(moment.now(), None, "证据不足。"), by=crew.officer)
        assert not record.clocks.filter(rule="order.reconsider").exists()
    with moment.at(on("2026-03-09 10:00")):
        go(record, "serve_denial", order.ServingDenial(date(2026, 3, 7)), by=crew.officer)
    assert clock(record, "order.reconsider").due_at == on("2026-03-12 23:59:59")
    assert list(todos(record)) == ["reconsideration"]


@pytest.mark.parametrize(
    ("how", "at", "due"),
    [
        ("expire", "2026-07-03 10:00", "2026-07-07 23:59:59"),  # seven days after its last
        ("revoke", "2026-05-04 10:00", "2026-05-11 23:59:59"),
    ],
)
def test_with_the_order_its_visits_end_and_the_court_is_to_be_told(
    how: str, at: str, due: str, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on(at)):
        told = order.Revoking("her_application", moment.now()) if how == "revoke" else None
        go(lasting, how, told, by=crew.officer)
    running = lasting.clocks.filter(state="running")
    assert [(c.rule, c.due_at) for c in running] == [("order.feedback", on(due))]
    assert (states(lasting, "order.visit"), states(lasting, "order.service")) == (
        ["cancelled"],
        ["cancelled"],
    )
    assert todo(lasting, "feedback").due_at == on(due)
    with moment.at(on(at) + timedelta(days=1)):
        tell_court(lasting, crew.officer)
    assert clock(lasting, "order.feedback").state == "met"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("until", ["2026-03-03", "2026-09-05"])
def test_an_order_that_ends_before_it_begins_or_after_six_months_is_refused(
    until: str, case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-03 10:00")):
        record = bring(apply_for(case, crew), crew, "accepted")
    with moment.at(ORDER), pytest.raises(Refused, match="六个月"):
        go(record, "grant", granting(valid_until=date.fromisoformat(until)), by=crew.officer)
    with moment.at(ORDER):
        go(record, "grant", granting(valid_until=date(2026, 9, 4)), by=crew.officer)


def test_two_orders_against_the_same_man_are_refused_and_against_another_are_not(
    case: Case, crew: SimpleNamespace
) -> None:
    first = apply_for(case, crew)
    for status in ("preparing", "filed", "accepted", "in_force"):
        bring(first, crew, status)
        with pytest.raises(Refused, match="正在申请或仍然有效"):
            apply_for(case, crew)
    apply_for(case, crew, respondent=party(case, "other"))
    bring(first, crew, "revoked")
    assert apply_for(case, crew).status == "preparing"


def test_what_has_lapsed_does_not_stand_in_the_way_of_a_new_one(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-07-01 00:00")):  # nobody has written down that it lapsed
        assert not situation_of(fresh(case)).live_order
        assert apply_for(case, crew).status == "preparing"


def test_nobody_applies_against_herself_or_somebody_of_another_case(
    case: Case, crew: SimpleNamespace, new_case: NewCase
) -> None:
    other = new_case("domestic_violence", respondent="另一人")
    wrong = [case.parties.get(role="victim"), other.parties.get(role="respondent")]
    for uid in (*(str(found.uid) for found in wrong), "nobody"):
        with pytest.raises(Refused, match="从本案当事人中选择"):
            apply_for(case, crew, respondent=uid)


def test_nothing_that_rescues_is_blocked(new_case: NewCase, crew: SimpleNamespace) -> None:
    unassessed = new_case("domestic_violence", respondent="他", relation="spouse")
    assert apply_for(unassessed, crew).status == "preparing"
    high = new_case("domestic_violence", respondent="他", relation="spouse")
    go(high, "raise_danger", Levelling("high"), by=crew.officer)
    assert bring(apply_for(high, crew), crew, "in_force").status == "in_force"


def test_it_is_applied_for_in_her_name_only_as_the_law_allows(
    case: Case, crew: SimpleNamespace
) -> None:
    in_her_name = {"applicant": "on_behalf", "proxy_ground": "ill"}
    with pytest.raises(Refused, match="法定依据"):
        apply_for(case, crew, applicant="on_behalf")
    with pytest.raises(Refused, match="同意代为申请"):
        apply_for(case, crew, **in_her_name)
    go(case, "give_consent", Consenting("apply"), by=crew.officer)
    record = bring(apply_for(case, crew, **in_her_name), crew, "filed")
    go(case, "withdraw_consent", Consenting("apply"), by=crew.officer)
    assert fresh(record).status == "withdrawn"  # it rested on her wish
    cannot = {"applicant": "on_behalf", "proxy_ground": "coerced"}
    with pytest.raises(Refused, match="写明"):
        apply_for(case, crew, **cannot)
    assert apply_for(case, crew, **cannot, proxy_why="手机被他收走。").status == "preparing"
    assert faults() == []


# ---------------------------------------------------------------- the case ends, the order does not


def test_an_order_in_force_does_not_hold_back_the_closure_but_the_archive(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-10 10:00")):
        close(case, crew)
        with pytest.raises(Refused, match="不能归档"):
            go(case, "archive", dv.Archiving(complete=True), by=crew.supervisor)
    with moment.at(on("2026-07-01 10:00")):
        lapse(lasting, crew.officer)
        go(case, "archive", dv.Archiving(complete=True), by=crew.supervisor)
        tell_court(lasting, crew.officer)
    assert fresh(case).status == "archived"
    assert faults() == []


@pytest.mark.parametrize("status", ["preparing", "filed", "accepted"])
def test_an_application_holds_back_the_closure(
    status: str, case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(BEGUN):
        bring(apply_for(case, crew), crew, status)
        with pytest.raises(Refused, match="未办结的程序"):
            close(case, crew)


def test_after_the_case_is_closed_she_is_visited_and_reminded_of_as_before(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-10 10:00")):
        served(lasting, on("2026-03-05 09:00"), crew.officer)
        close(case, crew)
        assert todos(lasting) == {"watching": "officer"}
        assert {c.rule for c in lasting.clocks.filter(state="running")} == {
            "order.expiry", "order.visit",
        }  # fmt: skip
    assert faults() == []
    with moment.at(on("2026-04-05 10:00")):
        sweeping.sweep()  # nobody has been to see her
        told = Reminder.objects.filter(clock__rule="order.visit").values_list("audience", flat=True)
        assert {"handler", "supervisor"} <= set(told)
        visited(lasting, crew.officer)
    with moment.at(on("2026-06-24 10:00")):
        sweeping.sweep()
        expiry = Reminder.objects.filter(clock__rule="order.expiry").latest("pk")
        assert (expiry.milestone, expiry.assignee) == ("before:7 calendar_days", crew.officer)
    assert states(lasting, "order.visit") == ["breached", "running"]
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


def test_a_supervisor_takes_over_when_the_case_is_closed(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-10 10:00")):
        close(case, crew)
        tasks.assign(todo(lasting, "watching").uid, crew.supervisor, str(crew.supervisor.uid))
        visited(lasting, crew.supervisor)
    assert todos(lasting) == {"watching": "supervisor"}


def decline(case: Case, crew: SimpleNamespace) -> None:
    """She does not want any more help."""
    go(case, "decline_service", dv.EndingService(safety_information=True), by=crew.officer)


def test_a_case_that_ends_takes_only_the_application_with_it(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-10 10:00")):
        asked = apply_for(case, crew, respondent=party(case, "other"))
        go(case, "ask_danger", Asking("refused", "refused", "refused"), by=crew.officer)
        decline(case, crew)
    assert (fresh(asked).status, fresh(lasting).status) == ("withdrawn", "in_force")
    assert fresh(lasting).ended_at is None
    assert faults() == []


@pytest.mark.parametrize("status", ["filed", "accepted"])
def test_what_the_court_has_stays_with_the_court_when_the_case_ends(
    case: Case, crew: SimpleNamespace, status: str
) -> None:
    record = bring(apply_for(case, crew), crew, status)
    go(case, "ask_danger", Asking("refused", "refused", "refused"), by=crew.officer)
    decline(case, crew)
    still = fresh(record)
    assert (still.status, still.open, still.ended_at) == (status, True, None)
    assert states(record, "order.ruling") != ["cancelled"]
    with pytest.raises(Refused, match="保护令申请还在法院"):
        go(case, "archive", dv.Archiving(complete=True), by=crew.supervisor)
    if status == "accepted":
        bring(record, crew, "in_force")
    assert (faults(), verify().wrong, audit.verify().ok) == ([], [], True)


# ---------------------------------------------------------------- the two are kept apart


def test_an_order_ends_the_mediation_of_the_pair(case: Case, crew: SimpleNamespace) -> None:
    committee = propose(case, crew)
    record = bring(apply_for(case, crew, respondent=party(case)), crew, "accepted")
    assert fresh(committee).status == "proposed"
    go(record, "grant", granting(), by=crew.officer)
    assert fresh(committee).status == "stopped"
    assert (faults(), audit.verify().ok) == ([], True)


def test_a_mediation_with_others_goes_on(case: Case, crew: SimpleNamespace) -> None:
    committee = propose(case, crew)
    bring(apply_for(case, crew), crew, "in_force")
    assert fresh(committee).status == "proposed"


def test_an_order_ends_the_mediation_of_the_pair_in_another_case(
    case: Case,
    new_case: NewCase,
    crew: SimpleNamespace,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    other = new_case(phone="13900001111", respondent="某村委会", relation="other")
    accept(other, crew)
    elsewhere = propose(fresh(other), crew)
    record = bring(apply_for(case, crew, respondent=party(case)), crew, "accepted")
    with django_capture_on_commit_callbacks(execute=True):
        go(record, "grant", granting(), by=crew.officer)
    work()
    assert fresh(elsewhere).status == "stopped"
    with pytest.raises(Refused):
        propose(fresh(other), crew)
    assert faults() == []


def test_while_an_order_is_in_force_she_is_not_mediated_separately_either(
    case: Case, new_case: NewCase, crew: SimpleNamespace
) -> None:
    hers = {"phone": "13900001111", "respondent": "他", "relation": "spouse"}
    other = new_case(**hers)
    accept(other, crew)
    assert not situation_of(fresh(other), opening="mediation").live_order
    bring(apply_for(case, crew), crew, "in_force")
    assert situation_of(fresh(other), opening="mediation").live_order
    assert not situation_of(fresh(other)).live_order  # it belongs to the other case
    with pytest.raises(Refused):
        told = Opening(party(fresh(other), "spouse"), "财产。", "separate", first_and_minor=True,
                       asked_in_writing=True, no_order=True)  # fmt: skip
        go(fresh(other), "open_mediation", told, by=crew.supervisor)


def test_an_order_keeps_the_two_apart_whichever_of_them_it_protects(
    case: Case, new_case: NewCase, crew: SimpleNamespace
) -> None:
    bring(apply_for(case, crew), crew, "in_force")
    his = new_case(name="他", phone="13900002222", respondent="她", relation="spouse")
    him, her = case.parties.get(relation="spouse"), case.parties.get(role="victim")
    his.parties.filter(role="petitioner").update(person=him.person)
    his.parties.filter(role="respondent").update(person=her.person)
    assert situation_of(fresh(his), opening="mediation").live_order


# ---------------------------------------------------------------- who does it


def test_a_liaison_who_is_named_carries_it_and_the_handler_may_too(
    case: Case, crew: SimpleNamespace
) -> None:
    record = apply_for(case, crew, carrier=str(crew.liaison.uid))
    assert todos(record) == {"preparation": "liaison"}
    go(record, "file", order.Filing("县法院", moment.now(), "oral"), by=crew.officer)
    go(record, "accept", order.Accepting(moment.now()), by=crew.liaison)
    go(record, "withdraw", by=crew.officer)
    assert fresh(record).status == "withdrawn"


def test_an_order_goes_with_the_case_to_its_new_handler(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    hers = apply_for(case, crew, respondent=party(case, "other"), carrier=str(crew.liaison.uid))
    go(case, "assign", Assigning(str(crew.colleague.uid)), by=crew.supervisor)
    assert (fresh(lasting).carrier, fresh(hers).carrier) == (crew.colleague, crew.liaison)
    assert (todos(lasting), todos(hers)) == ({"watching": "colleague"}, {"preparation": "liaison"})
    visited(lasting, crew.colleague)
    assert (faults(), audit.verify().ok) == ([], True)


def test_a_stranger_to_the_case_does_not_even_know_of_it(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with pytest.raises(NotVisible):
        advance(lasting, move_of(lasting, "contest"), order.Contesting(ORDER), actor=crew.colleague)


# ---------------------------------------------------------------- she ended our help


def test_when_she_ends_our_help_nobody_visits_her_and_the_order_stays_watched(
    case: Case, lasting: Procedure, crew: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-10 10:00")):
        go(case, "ask_danger", Asking("yes", "no", "no"), by=crew.officer)
        go(case, "decline_service", dv.EndingService(safety_information=True), by=crew.officer)
    assert (states(lasting, "order.visit"), fresh(lasting).status) == (["cancelled"], "in_force")
    assert states(lasting, "order.expiry") == ["running"]
    with moment.at(on("2026-03-20 10:00")):
        visited(lasting, crew.officer)  # she came of herself
        assert states(lasting, "order.visit") == ["cancelled"]
    with moment.at(on("2026-03-25 10:00")):
        go(case, "reopen", by=crew.officer)
    assert clock(lasting, "order.visit").due_at == on("2026-04-24 23:59:59")
    assert states(lasting, "order.visit") == ["cancelled", "running"]
    assert (faults(), verify().wrong) == ([], [])


def test_an_order_made_after_she_ended_our_help_presses_nobody_to_visit(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(apply_for(case, crew), crew, "accepted")
    go(case, "ask_danger", Asking("yes", "no", "no"), by=crew.officer)
    go(case, "decline_service", dv.EndingService(safety_information=True), by=crew.officer)
    bring(record, crew, "in_force")
    assert (states(record, "order.visit"), states(record, "order.expiry")) == ([], ["running"])
