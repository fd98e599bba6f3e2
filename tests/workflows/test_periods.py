"""Every limit in numbers, on its last moment and one beyond: shift any by a day and this fails."""

import json
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from casework.engine.case_acts import Assessing, CaseActs
from casework.engine.clocks import WORK_NEXT, ClockRule, terms
from casework.engine.moment import HOME
from casework.engine.registry import clock_rule, clock_rules, kind, kinds, procedures
from casework.nodes import Person
from tests.engine.people_and_cases import CHIEF, NOON, OFFICER, situation
from workflows.domestic_violence.facts import ClosingLost

ORDERS = {"urgency": "normal", "until": "2026-08-31"}
REPORTS = {"dv.police_report", "dv.superior_report", "dv.mandatory_report"}
LIMITS = {  # every clock that starts on Wednesday 11 March 2026, 09:30
    "petition.notice": "2026-03-26 23:59:59",  # 15 days
    "petition.handling": "2026-05-10 23:59:59",  # 60 days
    "dv.assessment": "2026-03-12 09:30:00",  # 24 hours
    "dv.police_report": "2026-03-11 11:30:00",  # 2 hours
    "dv.superior_report": "2026-03-12 09:30:00",  # 24 hours
    "dv.mandatory_report": "2026-03-11 11:30:00",  # 2 hours
    "work.next": "2026-03-18 23:59:59",  # 7 days
    "petition.service": "2026-04-10 23:59:59",  # 30 days
    "petition.objection": "2026-03-18 23:59:59",  # 5 working days
    "approval.closure": "2026-03-16 23:59:59",  # 3 working days
    "referral.receipt": "2026-03-16 23:59:59",  # 3 working days
    "referral.ratify": "2026-03-12 09:30:00",  # 24 hours
    "referral.answer": "2026-04-10 23:59:59",  # 30 days
    "legalaid.decision": "2026-03-20 23:59:59",  # 7 working days
    "legalaid.assign": "2026-03-16 23:59:59",  # 3 working days
    "legalaid.objection": "2026-03-18 23:59:59",  # 5 working days
    "mediation.finish": "2026-04-11 23:59:59",  # 1 month
    "mediation.confirm": "2026-04-10 23:59:59",  # 30 days
    "order.ruling": "2026-03-14 09:30:00",  # 72 hours
    "order.service": "2026-03-12 09:30:00",  # 24 hours
    "order.reconsider": "2026-03-16 23:59:59",  # 5 days
    "order.expiry": "2026-08-31 23:59:59",  # the day in the ruling
    "order.visit": "2026-04-10 23:59:59",  # 30 days
    "order.feedback": "2026-03-18 23:59:59",  # 7 days
    "followup.due": "2026-03-14 23:59:59",  # 3 days in high danger
    "dv.police_decision": "2026-03-14 09:30:00",  # 72 hours
    "dv.warning_visit": "2026-03-18 23:59:59",  # the first: 7 days
    "dv.police_feedback": "2026-03-14 23:59:59",  # 3 days
}
OWN_DUTIES = {
    "petition.notice",
    "petition.handling",
    "petition.service",
    "petition.objection",
    "approval.closure",
    "dv.assessment",
    *REPORTS,
    "referral.ratify",
    "mediation.finish",
    "order.visit",
    "order.feedback",
    "followup.due",
    "work.next",
}
INTERNAL = {
    "petition.service",
    "approval.closure",
    "dv.assessment",
    *REPORTS,
    "referral.receipt",
    "referral.ratify",
    "referral.answer",
    "order.visit",
    "order.feedback",
    "followup.due",
    "work.next",
}

TASKS = {  # how long each task of a procedure is somebody's to do
    "mediation.invite_hers": "3 日",
    "mediation.hear_hers": "5 日",
    "mediation.invite_other": "3 日",
    "mediation.hear_other": "5 日",
    "mediation.planning": "3 日",
    "mediation.opening": "10 日",
    "mediation.session": "2 日",
    "mediation.signing": "7 日",
    "mediation.confirmation": "30 日",  # 人民调解法 33
    "mediation.performance": "30 日",
    "referral.approval": "1 日",
    "referral.revision": "1 日",
    "referral.dispatch_letter": "24 小时",
    "referral.ratification": "24 小时",
    "referral.receipt": "5 日",
    "referral.answer": "30 日",
    "referral.chasing": "2 日",
    "referral.supervision": "3 日",
    "referral.result": "60 日",
    "referral.objection": "5 日",
    "referral.objection_result": "5 个工作日",  # 法律援助法 49
    "protection_order.preparation": "24 小时",
    "protection_order.acceptance": "1 日",
    "protection_order.ruling": "72 小时",  # 反家庭暴力法 28
    "protection_order.reconsideration": "5 日",  # 反家庭暴力法 31
    "protection_order.second_ruling": "5 日",
    "protection_order.watching": "30 日",
    "protection_order.feedback": "7 日",
    "follow_up.talking": "30 日",
    "follow_up.violence": "2 小时",
    "follow_up.silence": "1 日",
    "police_report.acceptance": "3 日",
    "police_report.decision": "72 小时",  # 公通字〔2024〕34号 8
    "police_report.visits": "7 日",  # 公通字〔2024〕34号 12
    "mandatory_report.acknowledgement": "3 日",
    "mandatory_report.feedback": "3 日",  # 高检发〔2020〕9号
}


def every_rule() -> list[ClockRule]:
    return [*(rule for k in (*kinds(), *procedures()) for rule in k.clocks), WORK_NEXT]


def test_every_clock_is_in_the_table() -> None:
    assert {rule.key for rule in every_rule()} == set(LIMITS)


@pytest.mark.parametrize(("key", "due"), LIMITS.items())
def test_a_clock_is_due_when_the_law_or_the_target_says(key: str, due: str) -> None:
    start = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)
    told = ORDERS if key.startswith("order.") else {"urgency": "days", "danger": "high"}
    limit = clock_rule(key).limit_for(told)
    assert limit.due(start).at == datetime.fromisoformat(due).replace(tzinfo=HOME)


def test_later_visits_after_a_warning_are_due_every_three_months() -> None:
    start = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)
    due = clock_rule("dv.warning_visit").limit_for({"visit": "next"}).due(start).at
    assert due == datetime(2026, 6, 11, 23, 59, 59, tzinfo=HOME)


def test_a_task_is_due_as_long_after_it_came_as_the_table_says() -> None:
    limits = {
        f"{plate.key}.{node.name}": str(node.limit.label)
        for plate in procedures()
        for node in plate.flows[-1].instance.nodes()
        if isinstance(node, Person)
    }
    assert limits == TASKS


def test_our_own_duties_and_internal_targets_are_named() -> None:
    assert {rule.key for rule in every_rule() if rule.own} == OWN_DUTIES
    assert {rule.key for rule in every_rule() if rule.internal} == INTERNAL


def test_only_the_notice_and_the_reports_survive_the_end_of_a_case() -> None:
    surviving = {rule.key for rule in every_rule() if rule.survives}
    assert surviving == {"petition.notice"} | REPORTS


@pytest.mark.parametrize("key", ["petition.notice", "petition.handling"])
def test_a_legal_clock_names_its_article(key: str) -> None:
    assert str(clock_rule(key).source).startswith("信访工作条例第")


@pytest.mark.parametrize(("basis", "days"), [("own", 90), ("third_party", 7)])
def test_an_assessment_holds_for_days(basis: str, days: int) -> None:
    told = Assessing(basis, (("strangulation", "no"), ("lethal_act", "no")))
    known = situation("domestic_violence", "reported", facts=told)
    act = kind("domestic_violence").lifecycle.moves["record_assessment"]
    made = kind("domestic_violence").lifecycle.after(known, OFFICER, act).assessment
    assert made
    assert made.holds(NOON + timedelta(days=days))
    assert not made.holds(NOON + timedelta(days=days, seconds=1))


@pytest.mark.parametrize(
    ("lost_for", "refused"),
    [
        (timedelta(days=30), False),
        (timedelta(days=29), True),
        (timedelta(days=31), False),
    ],
)
def test_a_lost_case_is_closed_after_thirty_days(lost_for: timedelta, refused: bool) -> None:
    table = kind("domestic_violence").lifecycle
    known = situation(
        "domestic_violence", "lost_contact", status_since=NOON - lost_for, facts=ClosingLost()
    )
    found = table.refusals(known, CHIEF, table.moves["close_lost"], reason="…")
    assert [str(s) for s in found] == (["失联满 30 日后方可结案。"] if refused else [])


def test_both_kinds_share_the_acts() -> None:
    for key in ("petition", "domestic_violence"):
        assert set(CaseActs.moves) <= set(kind(key).lifecycle.moves)


ARCHIVE = json.loads((settings.BASE_DIR / "fixtures" / "clocks.json").read_text("utf-8"))


@pytest.mark.parametrize("rule", clock_rules(), ids=lambda rule: str(rule.key))
def test_a_changed_rule_has_a_new_version(rule: ClockRule) -> None:
    """Clocks that run go on as they began: what a version said stays in the archive."""
    assert ARCHIVE[rule.key].get(str(rule.version)) == terms(rule), (
        f"{rule.key}: raise its version and add what it now says to fixtures/clocks.json"
    )
    assert [int(v) for v in ARCHIVE[rule.key]] == list(range(1, rule.version + 1))
