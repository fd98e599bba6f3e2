"""Every guard of every row: a situation in which it refuses, and one in which nothing does.

For each row with guards `GOOD` holds a case and a telling that nothing refuses. Each line of
`REFUSED` changes as little as possible (in the case, in the telling) so that one guard refuses, and
this one alone. So any guard that is disabled, or taken from a row, fails here. The examples of
procedures stand in `guarded_procedures`, `guarded_orders` and `guarded_reports`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date

import pytest

from casework.engine.case_acts import (
    Assigning,
    Consenting,
    HandingOn,
    Incident,
    Levelling,
    Recusing,
)
from casework.engine.owed import (
    OfferingPlan,
    ReportingMandatorily,
    ReportingPolice,
    ReportingUp,
)
from casework.engine.papers import REGISTRATION, Issuing, Proving
from casework.engine.reaching import Reaching
from casework.engine.registry import lifecycle, procedures
from casework.engine.situation import Questions
from tests.engine.people_and_cases import CHIEF, NOON, OFFICER, SUPERVISOR, assessed
from tests.workflows import (
    guarded_follow_ups,
    guarded_orders,
    guarded_procedures,
    guarded_reports,
)
from tests.workflows.guarded import (
    DAY,
    HIGH,
    LOW,
    MEDIUM,
    Allowed,
    Good,
    Refused,
    known,
    path_of,
    refusals,
)
from tests.workflows.tables import KINDS, MACHINES
from workflows.domestic_violence import facts as dv
from workflows.follow_up.guards import Following
from workflows.mediation.guards import Mediating
from workflows.petition import facts as petition
from workflows.police_report.guards import Reported
from workflows.protection_order.guards import Protecting
from workflows.referral.guards import Referring

ASKED = {"questions": Questions.ANSWERED}


GOOD = {
    "petition": {
        "accept": Good("registered", {}, petition.Accepting("statutory", "officer")),
        "answer": Good("registered", {}, petition.Answering("答复", "owed")),
        "not_ours": Good("registered", {}, petition.Directing("litigation")),
        "decline": Good("registered", {}, petition.Declining("art_19_3")),
        "object": Good("registered", {"forwarded": True}),
        "uphold": Good("objecting", {}, petition.SenderAnswering("同意")),
        "refuse": Good("objecting", {}, petition.SenderAnswering("不同意")),
        "transfer": Good(
            "registered", {}, petition.Transferring("县法院", "转〔2026〕1号", told_her=True)
        ),
        "assign_down": Good(
            "registered",
            {},
            petition.AssigningDown("org", "交〔2026〕1号", date(2026, 4, 1), told_her=True),
        ),
        "report_back": Good("assigned", {}, petition.ReportingBack("已办结")),
        "merge": Good("registered", {}, petition.Merging("2026-1", same_matter=True)),
        "serve_notice": Good("registered", {"received_at": NOON - DAY}, petition.Notifying(NOON)),
        "request_closure": Good("handling", {}, petition.RequestingClosure("resolved", NOON)),
        "ask_extension": Good(
            "handling", {"handling_due": NOON + DAY}, petition.AskingForTime(30, "等待鉴定")
        ),
        "grant_extension": Good(
            "handling",
            {"handling_due": NOON + DAY, "extension_by": "officer"},
            petition.Extending(30, told_her=True),
        ),
        "refuse_extension": Good("handling", {"extension_by": "officer"}),
        "reopen": Good("closed", {}),
        "close": Good("closing", {"requester": "officer"}),
        "withdraw": Good("handling", ASKED, petition.Withdrawing(declared=True, seen_alone=True)),
        "archive": Good("closed", {}, petition.Archiving(complete=True)),
    },
    "domestic_violence": {
        "assess": Good("reported", {"assessment": assessed()}, dv.Evaluating(right_told=True)),
        "respond": Good("assessed", {}, dv.Responding("officer")),
        "escalate": Good("responding", {}, dv.Escalating("breach")),
        "complete": Good(
            "responding",
            {},
            dv.Completing(date(2026, 3, 14), safely=True, plan_done=True),
        ),
        "mark_lost": Good(
            "monitoring",
            {},
            dv.MarkingLost(date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), True, "no"),
        ),
        "close_lost": Good(
            "lost_contact", {"status_since": NOON - 30 * DAY}, dv.ClosingLost(), CHIEF
        ),
        "transfer_out": Good(
            "assessed",
            ASKED | {"consents": frozenset({"share"})},
            dv.TransferringOut("外县", "consent"),
        ),
        "received": Good("transferring", {}, dv.Receipting("收字1号")),
        "bounce": Good("transferring", {}, dv.Receipting("退字1号")),
        "merge": Good("reported", ASKED, dv.Merging("2026-1", same_pair=True)),
        "not_dv": Good("reported", ASKED, dv.NotViolence(seen_alone=True)),
        "decline_service": Good("responding", ASKED, dv.EndingService(safety_information=True)),
        "request_closure": Good(
            "monitoring",
            {"assessment": assessed(), "followed_up": "followed"},
            dv.RequestingClosure("resolved"),
        ),
        "close": Good("closing", {"requester": "officer"}),
        "archive": Good("closed", {}, dv.Archiving(complete=True)),
    },
}

LETTER = Issuing("police_letter", "here", "派出所", told_first=True)

SHARED = {
    "assign": Good("", {}, Assigning("officer")),
    "hand_on": Good("", {}, HandingOn("officer", "sheet")),
    "raise_danger": Good("", {"danger": MEDIUM}, Levelling("high")),
    "lower_danger": Good("", {"danger": MEDIUM, "assessment": assessed(LOW)}, Levelling("low")),
    "seal": Good("", {}),
    "recuse": Good("", {}, Recusing("officer"), OFFICER),
    "unseal": Good("", {"sealed": True}),
    "add_contact": Good("", {}, Reaching("phone", "13900001111", may_call=True)),
    "add_evidence": Good("", {}, Proving("medical", "急诊病历一份", "her")),
    "issue_letter": Good("", {"consents": frozenset({"share"}), "violence": True}, LETTER),
    "record_incident": Good("", {}, Incident(NOON, "physical")),
    "report_police": Good("", {}, ReportingPolice(NOON, "派出所", told_first=True)),
    "report_superior": Good("", {}, ReportingUp(NOON, "电话")),
    "report_mandatory": Good("", {}, ReportingMandatorily(NOON, "派出所")),
    "offer_plan": Good("", {}, OfferingPlan(NOON, "accepted")),
    "withdraw_consent": Good("", {"consents": frozenset({"refer"})}, Consenting("refer")),
}
"""Acts of both kinds, tried in the initial status."""

TRUE_TIMES = {
    "report_police": "reported_at",
    "report_superior": "reported_at",
    "report_mandatory": "reported_at",
    "offer_plan": "offered_at",
}

MANDATORY, POLICE, SUPERIOR, PLAN = (
    frozenset({task}) for task in ("mandatory", "police", "superior", "plan")
)
REPORTS = (MANDATORY, POLICE, SUPERIOR)
CARRIED = {"handler": "officer"}
CLOSED_BY_WHAT_IS_OWED = [
    Refused(row, guard, case)
    for row in ("request_closure", "close")
    for guard, case in (
        ("high_danger_reported", {"owed": POLICE}),
        ("high_danger_reported", {"owed": SUPERIOR}),
        ("high_danger_reported", {"danger": HIGH, "countersigner": "chief"}),  # nobody carries it
        ("safety_plan_offered", {"owed": PLAN}),
        ("mandatory_report_made", {"owed": MANDATORY}),
    )
]

REFUSED = {
    "petition": [
        Refused("accept", "not_domestic_violence", {"violence": True}),
        Refused("accept", "not_domestic_violence", {"alarming": True}),
        Refused("accept", "handler_named", {}, {"handler": ""}),
        Refused("accept", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
        Refused("accept", "no_conflict_of_interest", {"conflicted": frozenset({"supervisor"})}),
        Refused("accept", "handling_type_chosen", {}, {"handling_type": "something else"}),
        Refused("answer", "not_safety_sensitive", {"safety_sensitive": True}),
        Refused("answer", "not_safety_sensitive", {"violence": True}),
        Refused("answer", "notice_handed_over_or_owed", {}, {"notice": "told by word of mouth"}),
        Refused("not_ours", "right_route_named", {}, {"route": "elsewhere"}),
        Refused("decline", "ground_of_law", {}, {"ground": "too busy"}),
        Refused("decline", "not_a_person_asking_for_help", {}, {"asks_for_help": True}),
        Refused("decline", "not_a_person_asking_for_help", {"safety_sensitive": True}),
        Refused("object", "forwarded_item", {"forwarded": False}),
        Refused("uphold", "sender_answered", {}, {"answer": " "}),
        Refused("refuse", "sender_answered", {}, {"answer": " "}),
        Refused("transfer", "competent_body_named", {}, {"body": " "}),
        Refused("transfer", "transfer_letter_issued", {}, {"letter": " "}),
        Refused("transfer", "petitioner_told", {}, {"told_her": False}),
        Refused("assign_down", "dated_letter_issued", {}, {"letter": " "}),
        Refused("assign_down", "petitioner_told_where", {}, {"told_her": False}),
        Refused("report_back", "report_received", {}, {"report": " "}),
        Refused("merge", "same_matter_and_person", {}, {"same_matter": False}),
        Refused("answer", "no_open_procedure", {"procedures": (Mediating(),)}),
        Refused("request_closure", "no_open_procedure", {"procedures": (Mediating(),)}),
        Refused("request_closure", "no_open_procedure", {"procedures": (Referring(),)}),
        Refused("request_closure", "outcome_chosen", {}, {"outcome": "reconciled"}),
        Refused("request_closure", "reply_served", {}, {"reply_served_at": NOON + DAY}),
        Refused("request_closure", "sender_has_report", {"forwarded": True}),
        Refused("request_closure", "review_rights_told", {}, {"opinion_issued": True}),
        Refused("reopen", "not_domestic_violence", {"violence": True}),
        Refused("ask_extension", "handling_can_be_extended", {"handling_due": None}),
        Refused("ask_extension", "handling_can_be_extended", {"extended": True}),
        Refused("ask_extension", "handling_can_be_extended", {"handling_due": NOON - DAY}),
        Refused("ask_extension", "within_thirty_days", {}, {"days": 31}),
        Refused("ask_extension", "within_thirty_days", {}, {"days": 0}),
        Refused("grant_extension", "handling_can_be_extended", {"handling_due": NOON - DAY}),
        Refused("grant_extension", "extension_was_asked", {"extension_by": ""}),
        Refused("grant_extension", "another_person_extends", {"extension_by": "supervisor"}),
        Refused("grant_extension", "allowed_within_thirty_days", {}, {"days": 31}),
        Refused("grant_extension", "told_of_extension", {}, {"told_her": False}),
        Refused("refuse_extension", "extension_was_asked", {"extension_by": ""}),
        Refused("refuse_extension", "another_person_extends", {"extension_by": "supervisor"}),
        Refused("serve_notice", "served_in_time", {}, {"served_at": NOON - 2 * DAY}),
        Refused("assign_down", "not_domestic_violence", {"violence": True}),
        Refused("report_back", "not_domestic_violence", {"violence": True}),
        Refused("request_closure", "not_domestic_violence", {"violence": True}),
        Refused("request_closure", "reply_served", {}, {"reply_served_at": NOON - 900 * DAY}),
        Refused("not_ours", "mandatory_report_made", {"owed": MANDATORY}),
        Refused("decline", "mandatory_report_made", {"owed": MANDATORY}),
        Refused("transfer", "mandatory_report_made", {"owed": MANDATORY}),
        Refused("serve_notice", "served_in_time", {}, {"served_at": NOON + DAY}),
        Refused("close", "another_person", {"requester": "supervisor"}),
        Refused("close", "another_person", {"requester": ""}),
        Refused("withdraw", "her_own_declaration", {}, {"declared": False}),
        Refused("withdraw", "seen_alone", {}, {"seen_alone": False}),
        Refused("withdraw", "danger_questions_asked", {"questions": Questions.NOT_ASKED}),
        Refused("withdraw", "mandatory_report_made", {"owed": MANDATORY}),
        *CLOSED_BY_WHAT_IS_OWED,
        *(Refused("archive", "nothing_left_to_report", {"owed": owed}) for owed in REPORTS),
        Refused("archive", "file_list_complete", {}, {"complete": False}),
    ],
    "domestic_violence": [
        Refused("assess", "assessment_valid", {"assessment": None}),
        Refused("assess", "assessment_valid", {"assessment": assessed(days=-1)}),
        Refused("assess", "order_right_told", {}, {"right_told": False, "why_not_yet": " "}),
        Refused("respond", "handler_named", {}, {"handler": ""}),
        Refused("respond", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
        Refused("escalate", "something_changed", {}, {"trigger": "because"}),
        Refused("complete", "plan_done", {}, {"plan_done": False}),
        Refused("complete", "referrals_answered", {"procedures": (Referring(),)}),
        Refused("complete", "referrals_answered", {"procedures": (Referring(status="received"),)}),
        Refused("complete", "referrals_answered", {"procedures": (Mediating(), Referring())}),
        *(
            Refused("complete", guard, CARRIED | case, told)
            for guard, case, told in guarded_follow_ups.PLANNED
        ),
        Refused("complete", "safety_plan_offered", {"owed": PLAN}),
        Refused("complete", "high_danger_reported", {"owed": POLICE}),
        Refused("complete", "high_danger_reported", {"owed": SUPERIOR}),
        Refused("complete", "high_danger_reported", {"danger": HIGH}),  # nobody carries it
        Refused("complete", "mandatory_report_made", {"owed": MANDATORY}),
        Refused(
            "mark_lost",
            "three_attempts_on_different_days",
            {},
            {"third_attempt": date(2026, 3, 8)},
        ),
        Refused(
            "mark_lost",
            "three_attempts_on_different_days",
            {},
            {"third_attempt": date(2026, 3, 20)},
        ),
        Refused("mark_lost", "three_attempts_on_different_days", {}, {"safe_channel": False}),
        Refused("mark_lost", "welfare_check_decided", {}, {"welfare_check": "later"}),
        Refused("close_lost", "by_the_superior_organisation", actor=SUPERVISOR),
        Refused("close_lost", "lost_for_thirty_days", {"status_since": NOON - 29 * DAY}),
        Refused("close_lost", "police_check_answered", {"danger": HIGH} | CARRIED),
        Refused("close_lost", "high_danger_reported", {"owed": POLICE}),
        Refused("close_lost", "high_danger_reported", {"owed": SUPERIOR}),
        Refused("close_lost", "mandatory_report_made", {"owed": MANDATORY}),
        Refused(
            "transfer_out", "danger_questions_asked_or_why_not", {"questions": Questions.NOT_ASKED}
        ),
        Refused("transfer_out", "consent_or_life_danger", {"consents": frozenset()}),
        Refused("transfer_out", "consent_or_life_danger", {"consents": frozenset({"mediate"})}),
        Refused(
            "transfer_out", "consent_or_life_danger", {"danger": MEDIUM}, {"ground": "life_danger"}
        ),
        Refused("received", "written_word_received", {}, {"receipt": " "}),
        Refused("bounce", "written_word_received", {}, {"receipt": " "}),
        Refused("merge", "same_survivor_same_respondent", {}, {"same_pair": False}),
        Refused("merge", "danger_questions_asked_or_why_not", {"questions": Questions.NOT_ASKED}),
        Refused("not_dv", "seen_alone", {}, {"seen_alone": False}),
        Refused("not_dv", "danger_questions_asked_or_why_not", {"questions": Questions.NOT_ASKED}),
        Refused("decline_service", "danger_questions_asked", {"questions": Questions.NOT_ASKED}),
        Refused("decline_service", "safety_information_given", {}, {"safety_information": False}),
        Refused("decline_service", "not_a_minor", {"minor": True}),
        Refused("decline_service", "mandatory_report_made", {"owed": MANDATORY}),
        Refused("decline_service", "second_signature_when_high", {"danger": HIGH}),
        Refused(
            "decline_service",
            "second_signature_when_high",
            {"danger": HIGH, "countersigner": "supervisor"},
        ),
        Refused("request_closure", "no_open_procedure", {"procedures": (Mediating(),)}),
        Refused("request_closure", "no_open_procedure", {"procedures": (Protecting(),)}),
        Refused("request_closure", "no_open_procedure", {"procedures": (Following(),)}),
        Refused("request_closure", "outcome_chosen", {}, {"outcome": "reconciled"}),
        *(
            Refused("request_closure", "followed_up_safely", {"followed_up": how})
            for how in ("", "planned", "stopped")
        ),
        *(
            Refused(row, "told_violence_is_written_down", {"followed_up": "incident_seen"})
            for row in ("complete", "request_closure")
        ),
        Refused("request_closure", "assessment_current", {"assessment": None}),
        Refused("request_closure", "assessment_current", {"assessment": assessed(days=-1)}),
        Refused("request_closure", "second_signature_when_high", {"danger": HIGH} | CARRIED),
        *CLOSED_BY_WHAT_IS_OWED,
        Refused("close", "another_person", {"requester": "supervisor"}),
        *(Refused("archive", "nothing_left_to_report", {"owed": owed}) for owed in REPORTS),
        Refused("archive", "no_live_order", {"live_order": True}),
        Refused("archive", "no_live_order", {"standing": (Reported(status="warned"),)}),
        Refused("archive", "no_live_order", {"procedures": (Protecting(status="accepted"),)}),
        Refused("archive", "file_list_complete", {}, {"complete": False}),
    ],
}

REFUSED_ACTS = [
    Refused("assign", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
    Refused("hand_on", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
    Refused("hand_on", "by_a_signed_sheet", told={"sheet": ""}),
    Refused("raise_danger", "it_is_higher", {}, {"level": "medium"}),
    Refused("raise_danger", "it_is_higher", {"danger": HIGH}),
    Refused("lower_danger", "it_is_lower", {}, {"level": "medium"}),
    Refused("lower_danger", "it_is_lower", {"danger": None}),
    Refused("lower_danger", "it_is_lower", {"assessment": None}),
    Refused("lower_danger", "it_is_lower", {"assessment": assessed(LOW, days=-1)}),
    Refused("lower_danger", "it_is_lower", {"assessment": assessed(MEDIUM)}),
    Refused(
        "lower_danger",
        "second_pair_of_eyes",
        {"assessment": replace(assessed(LOW), assessor="supervisor")},
    ),
    Refused("seal", "not_sealed_yet", {"sealed": True}),
    Refused("recuse", "herself_or_by_a_supervisor", {}, {"person": "colleague"}),
    *(Refused(row, "already_happened", {}, {at: NOON + DAY}) for row, at in TRUE_TIMES.items()),
    Refused("add_contact", "it_could_ring", {}, {"value": "没有号码"}),
    Refused("add_evidence", "obtained_by_now", {}, {"obtained_on": (NOON + DAY).date()}),
    Refused(
        "issue_letter", "there_is_what_it_tells", {"assessment": None}, {"letter": REGISTRATION}
    ),
    Refused("issue_letter", "there_is_what_it_tells", {}, {"to": " "}),
    Refused("issue_letter", "there_is_what_it_tells", {"violence": False}),
    Refused("issue_letter", "she_knows_of_the_letter", {}, {"told_first": False}),
    Refused("issue_letter", "the_police_may_know", {"consents": frozenset({"refer"})}),
    Refused("record_incident", "happened_by_now", {}, {"happened_at": NOON + DAY}),
    Refused("issue_letter", "the_police_may_know", {"consents": frozenset(), "danger": MEDIUM}),
    Refused("report_police", "told_her_first", {}, {"told_first": False}),
    Refused("unseal", "sealed_now", {"sealed": False}),
    Refused("withdraw_consent", "consent_given", {"consents": frozenset()}),
    Refused("withdraw_consent", "consent_given", {}, {"scope": "share"}),
]

ALLOWED = {
    "petition": [
        Allowed("accept", {"alarming": True}, {"violence_elsewhere": True}),
        Allowed("accept", {"handler": "officer"}, {"handler": ""}),
        Allowed("accept", {"safety_sensitive": True}, {}),
        Allowed("ask_extension", {"handling_due": NOON}, {"days": 1}),  # to its last second
        Allowed("request_closure", {"forwarded": True}, {"report_sent": True}),
        Allowed("request_closure", {"report_duty": True}, {}),  # the report is made
        Allowed("request_closure", {}, {"opinion_issued": True, "review_told": True}),
        Allowed("withdraw", {"questions": Questions.REFUSED}, {}),
        Allowed("withdraw", {"report_duty": True}, {}),  # the report is made
    ],
    "domestic_violence": [
        Allowed("assess", {"assessment": assessed(own=False)}, {}),  # a third party's facts will do
        Allowed("assess", {"assessment": assessed(days=0)}, {}),  # to its last second
        Allowed("assess", {}, {"right_told": False, "why_not_yet": "尚在医院"}),
        Allowed("respond", {"danger": HIGH}, {}),  # high danger never blocks help
        Allowed("complete", {"danger": LOW}, {}),
        *(
            Allowed("complete", CARRIED | case, told)
            for case, told in guarded_follow_ups.AS_PLANNED
        ),
        Allowed("complete", {"standing": (Following(status="followed"),)}, {}),
        Allowed("complete", {"procedures": (Mediating(),)}, {}),
        Allowed("complete", {"procedures": (Referring(status="refused"),)}, {}),  # not ratified
        Allowed("complete", {"danger": MEDIUM}, {}),  # the plan is offered
        Allowed("complete", {"danger": HIGH} | CARRIED, {}),  # all is recorded
        Allowed("complete", {"report_duty": True}, {}),  # the report is made
        Allowed("close_lost", {"danger": HIGH} | CARRIED, {"police_check": True}),
        Allowed("close_lost", {"report_duty": True}, {}),  # the report is made
        Allowed("transfer_out", {"consents": frozenset({"refer"})}, {}),
        Allowed(
            "transfer_out",
            {"consents": frozenset(), "danger": HIGH},
            {"ground": "life_danger"},
        ),
        Allowed("transfer_out", {"questions": Questions.NOT_ASKED}, {"why_not_asked": "他在旁边"}),
        Allowed("transfer_out", {"questions": Questions.REFUSED}, {}),
        Allowed("merge", {"questions": Questions.NOT_ASKED}, {"why_not_asked": "已在前案问过"}),
        Allowed("not_dv", {"questions": Questions.NOT_ASKED}, {"why_not_asked": "误登"}),
        Allowed("decline_service", {"questions": Questions.REFUSED}, {}),
        Allowed("decline_service", {"danger": HIGH, "countersigner": "chief"}, {}),
        Allowed(
            "decline_service", {"countersigner": "chief", "owed": POLICE | SUPERIOR | PLAN}, {}
        ),
        *(
            Allowed("request_closure", {"followed_up": how}, {})
            for how in ("finished", "declined", "impossible")
        ),
        Allowed("request_closure", {"standing": (Following(status="followed"),)}, {}),
        Allowed("request_closure", {"danger": HIGH, "countersigner": "chief"} | CARRIED, {}),
        Allowed("request_closure", {"report_duty": True}, {}),  # the report is made
        Allowed("request_closure", {"live_order": True}, {}),  # a live order does not block closure
    ],
}


OWN = {"protection_order": guarded_orders, "follow_up": guarded_follow_ups}
GOOD |= guarded_procedures.GOOD | {key: examples.GOOD for key, examples in OWN.items()}
REFUSED |= guarded_procedures.REFUSED | {key: examples.REFUSED for key, examples in OWN.items()}
ALLOWED |= guarded_procedures.ALLOWED | {key: examples.ALLOWED for key, examples in OWN.items()}
GOOD |= guarded_reports.GOOD
REFUSED |= guarded_reports.REFUSED
ALLOWED |= guarded_reports.ALLOWED
SHARED_OPENERS = (guarded_procedures, guarded_follow_ups)
for kind in KINDS:
    REFUSED[kind] = REFUSED[kind] + REFUSED_ACTS
    for openers in SHARED_OPENERS:
        REFUSED[kind] = REFUSED[kind] + openers.REFUSED_OPENERS
        ALLOWED[kind] = ALLOWED[kind] + openers.ALLOWED_OPENERS
REFUSED["domestic_violence"] += guarded_orders.REFUSED_OPENERS
ALLOWED["domestic_violence"] += guarded_orders.ALLOWED_OPENERS


def goods(key: str) -> dict[str, Good]:
    """The sound example of each row with guards."""
    if key not in KINDS:
        return GOOD[key]
    initial = lifecycle(key).initial.name
    shared = {name: good._replace(status=initial) for name, good in SHARED.items()}
    examples = guarded_procedures.OPENERS | {
        "open_order": guarded_orders.OPENER,
        "open_follow_up": guarded_follow_ups.OPENER,
    }
    opening = {
        plate.opener.name: examples[plate.opener.name]._replace(status=plate.opens_in[key][0])
        for plate in procedures()
        if key in plate.opens_in
    }
    return GOOD[key] | shared | opening


def named(value: object) -> str:
    guard = getattr(value, "guard", "")
    return "-".join(part for part in (getattr(value, "row", str(value)), guard) if part)


LINES = [(key, line) for key, lines in REFUSED.items() for line in lines]


@pytest.mark.parametrize(("key", "line"), LINES, ids=named)
def test_the_guard_and_only_the_guard_refuses(key: str, line: Refused) -> None:
    good, path = goods(key)[line.row], path_of(key, line.row, line.guard)
    assert len(refusals(key, good, line)) == 1
    assert refusals(key, good, line, without=path) == []


@pytest.mark.parametrize(("key", "row"), [(key, row) for key in GOOD for row in goods(key)])
def test_nothing_refuses_the_sound_example(key: str, row: str) -> None:
    assert refusals(key, goods(key)[row], Allowed(row)) == []


@pytest.mark.parametrize(
    ("key", "line"), [(key, line) for key, lines in ALLOWED.items() for line in lines], ids=named
)
def test_nothing_refuses_what_the_domain_allows(key: str, line: Allowed) -> None:
    assert refusals(key, goods(key)[line.row], line) == []


@pytest.mark.parametrize("key", MACHINES)
def test_every_guard_of_every_row_is_in_the_table(key: str) -> None:
    in_code = {
        (move.name, guard.path.rpartition(".")[2])
        for move in lifecycle(key).moves.values()
        for guard in move.only_if
    }
    assert {(line.row, line.guard) for k, line in LINES if k == key} == in_code


def test_guards_about_facts_stay_silent_until_they_are_told() -> None:
    for key in MACHINES:
        for row, good in goods(key).items():
            if row == "hand_on":  # no page asks for it: it is made by a sheet
                continue
            table = lifecycle(key)
            asked = known(key, good, {}, {}, None)
            assert table.refusals(asked, good.actor, table.moves[row], asking=True) == (), row


def test_three_attempts_may_reach_up_to_today() -> None:
    today = Allowed("mark_lost", {}, {"third_attempt": NOON.astimezone(UTC).date()})
    assert refusals("domestic_violence", goods("domestic_violence")["mark_lost"], today) == []


def test_a_handler_named_with_the_move_may_not_be_in_conflict() -> None:
    good = goods("petition")["accept"]
    conflicted = {"conflicted": frozenset({"other"}), "handler": "officer"}
    assert refusals("petition", good, Allowed("accept", conflicted, {"handler": ""})) == []
    assert len(refusals("petition", good, Allowed("accept", conflicted, {"handler": "other"}))) == 1
