"""What a row of a procedure leaves behind, beside the new status."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.engine.case_acts import (
    Asking,
    Assessing,
    Consenting,
    Incident,
    Levelling,
    Visiting,
)
from casework.engine.owed import ReportingMandatorily, ReportingPolice
from casework.engine.registry import lifecycle, procedure
from casework.engine.situation import Danger, Proceeding, Situation
from tests.engine.people_and_cases import NOON, OFFICER, SUPERVISOR, situation
from tests.workflows import guarded_follow_ups, guarded_orders, guarded_reports
from tests.workflows.guarded import DAY, Good, known
from tests.workflows.guarded_procedures import AGREEMENT, BOTH, GOOD, HERS, OPENERS
from tests.workflows.tables import KINDS, MOVES, PROCEDURES, STATUSES
from workflows.follow_up.guards import Following
from workflows.mediation.guards import Mediating
from workflows.protection_order.guards import Protecting
from workflows.referral.guards import Referring

ENDS = {
    # the statuses in which nothing more is owed (domain §4)
    "mediation": {"not_agreed", "stopped", "performed", "defaulted"},
    "referral": {"accepted", "refused", "completed", "cancelled"},
    # an order in force does not hold back the closure of its case (domain §3)
    "protection_order": {
        "not_accepted", "in_force", "denial_final", "expired", "revoked", "concluded", "withdrawn",
    },
    # after its first talk a follow-up goes on, and holds back nothing
    "follow_up": {"followed", "declined", "impossible", "finished", "stopped"},
    # what the police do holds back nothing
    "police_report": set(STATUSES["police_report"]),
    "mandatory_report": set(STATUSES["mandatory_report"]),
}  # fmt: skip
GOOD = GOOD | {"protection_order": guarded_orders.GOOD, "follow_up": guarded_follow_ups.GOOD}
GOOD |= guarded_reports.GOOD
OPENERS = OPENERS | {
    "open_order": guarded_orders.OPENER,
    "open_follow_up": guarded_follow_ups.OPENER,
}
BINDING = {"signed", "confirmed", "unconfirmed"}
"""Statuses of a mediation that end it when nothing is owed, and else do not."""


def before(key: str, row: str, **record: Any) -> Situation:
    """The sound example of a row, or (where nothing guards it) just its status."""
    bare = Good(lifecycle(key).moves[row].source[0].name, {})
    good = GOOD[key].get(row, bare)
    return known(key, good, {}, record, good.facts)


def made(key: str, row: str, facts: object | None = None, **record: Any) -> Any:
    """The proceeding after the row."""
    told = before(key, row, **record)
    told = replace(told, facts=facts) if facts else told
    actor = GOOD[key][row].actor if row in GOOD[key] else SUPERVISOR
    return lifecycle(key).after(told, actor, lifecycle(key).moves[row]).procedure


MOVING = [(key, row.name, row.target) for key in PROCEDURES for row in MOVES[key]]


@pytest.mark.parametrize(("key", "row", "status"), MOVING)
def test_a_procedure_holds_back_its_case_as_long_as_anything_is_owed(
    key: str, row: str, status: str
) -> None:
    approved = {"approver": "supervisor", "open": row != "finish"}  # it was accepted before
    for owes in (False, True) if key == "mediation" else (False,):
        record = {"mediation": {"owes": owes}, "referral": approved}.get(key, {})
        ended = status in ENDS[key] or (status in BINDING and not owes)
        assert made(key, row, **record).open == (not ended)


@pytest.mark.parametrize("row", ["accept", "refuse"])
def test_what_went_out_unapproved_is_owed_its_approval(row: str) -> None:
    answered = made("referral", row, approver="")
    assert answered.open
    ratified = made("referral", "ratify", status=answered.status)
    assert ratified.open  # still waiting for the answer
    told = before("referral", "ratify", status=answered.status)
    told = replace(told, status=answered.status)
    after = lifecycle("referral").after(told, SUPERVISOR, lifecycle("referral").moves["ratify"])
    assert after.procedure and not after.procedure.open


def test_a_signed_agreement_waits_for_the_court_when_both_want_it() -> None:
    assert made("mediation", "sign", wants_confirmation=True).open
    for row in ("confirm", "lapse"):
        decided = made("mediation", row, wants_confirmation=True)
        assert (decided.open, decided.wants_confirmation) == (False, False)


@pytest.mark.parametrize(("key", "row", "status"), MOVING)
def test_a_move_of_a_procedure_leaves_its_case_as_it_was(key: str, row: str, status: str) -> None:
    told = before(key, row)
    after = lifecycle(key).after(told, SUPERVISOR, lifecycle(key).moves[row])
    assert after.procedure and after.procedure.status == status
    assert replace(after, status="", procedure=None) == replace(
        told, status="", procedure=None, facts=None
    )


def test_each_side_is_heard_for_itself() -> None:
    hers = made("mediation", "hear")
    assert (hers.agreed, hers.screened) == (HERS, HERS)
    his = replace(GOOD["mediation"]["hear"].facts, side="other")
    both = made("mediation", "hear", his, agreed=HERS, screened=HERS)
    assert (both.agreed, both.screened) == (BOTH, BOTH)


def test_screening_holds_for_one_session() -> None:
    assert made("mediation", "consent").screened == frozenset()
    for begins in ("meet", "resume"):
        assert made("mediation", begins).screened == BOTH
    for ends in ("hold", "agree"):
        over = made("mediation", ends, planned=True)
        assert (over.screened, over.planned) == (frozenset(), False)


def test_what_both_agreed_on_is_remembered() -> None:
    told = replace(AGREEMENT, status_relation=True)
    agreed = made("mediation", "agree", told)
    assert (agreed.owes, agreed.status_relation, agreed.wants_confirmation) == (True, True, False)
    told = replace(AGREEMENT, nothing_owed=True, wants_confirmation=True)
    agreed = made("mediation", "agree", told)
    assert (agreed.owes, agreed.status_relation, agreed.wants_confirmation) == (False, False, True)


@pytest.mark.parametrize("row", ["approve", "ratify"])
def test_whoever_approves_is_remembered(row: str) -> None:
    assert made("referral", row).approver == SUPERVISOR.uid


def test_whoever_changes_the_letter_is_remembered() -> None:
    assert made("referral", "revise").reviser == SUPERVISOR.uid


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        ("hours", NOON + timedelta(hours=4)),
        ("one_day", datetime.fromisoformat("2026-03-12 23:59:59+08:00")),
        ("days", datetime.fromisoformat("2026-03-16 23:59:59+08:00")),  # working days
        ("not_urgent", datetime.fromisoformat("2026-03-18 23:59:59+08:00")),
    ],
)
def test_the_receipt_is_due_by_urgency(urgency: str, due: datetime) -> None:
    sent = made("referral", "send", urgency=urgency)
    assert (sent.sender, sent.sent_at, sent.receipt_due_at) == ("liaison", NOON, due)


def test_silence_is_chased_handed_up_and_pressed() -> None:
    assert made("referral", "chase", chased=2).chased == 3
    assert made("referral", "escalate").escalated
    assert not made("referral", "press", escalated=True).escalated


def test_the_answer_to_an_objection_is_remembered() -> None:
    assert made("referral", "settle_objection").objection_answered_at == NOON


def test_an_objection_is_remembered() -> None:
    assert made("referral", "object_to").objected_at == NOON


def test_what_lacks_is_remembered_and_what_was_brought_before_is_over() -> None:
    assert made("referral", "acknowledge").received_at == NOON
    lacking = made("referral", "lack_papers", papers_brought_at=NOON - timedelta(hours=1))
    assert (lacking.papers_asked_at, lacking.papers_brought_at) == (NOON, None)
    assert lacking.lacking
    brought = made("referral", "bring_papers")
    assert (brought.papers_brought_at, brought.lacking) == (NOON, False)


def test_what_lacks_is_told_apart_only_while_the_answer_is_awaited() -> None:
    def alike(status: str, **record: Any) -> object:
        return Referring(status=status, received_at=NOON, **record).canonical()

    asked = {"papers_asked_at": NOON}
    assert alike("received", **asked) != alike("received")
    assert alike("received", **asked, papers_brought_at=NOON) == alike("received")
    assert alike("accepted", **asked) == alike("accepted")


# ---------------------------------------------------------------- opened by and ended with the case


OPENING = [(kind, key) for key in PROCEDURES for kind in procedure(key).opens_in]


@pytest.mark.parametrize(("kind", "key"), OPENING)
def test_the_opening_act_adds_one_of_its_kind_and_changes_nothing_else(kind: str, key: str) -> None:
    name = procedure(key).opener.name
    good, act = OPENERS[name], lifecycle(kind).moves[name]
    running = (Proceeding("another", uid="1"),)
    told = known(kind, good._replace(status=act.source[0].name), {"procedures": running}, {},
                 good.facts)  # fmt: skip
    after = lifecycle(kind).after(told, OFFICER, act)
    first, opened = after.procedures
    assert first is running[0]
    assert (opened.kind, opened.status) == (key, lifecycle(key).initial.name)
    assert (opened.opener, opened.uid, opened.open) == ("officer", "", True)
    assert replace(after, procedures=running) == replace(told, facts=None)


def ending(key: str, status: str, **record: Any) -> frozenset[str]:
    """What ends a procedure in this status at once."""
    known_ = {"kind": key, "status": status} | record
    return procedure(key).proceeding(**known_).ends_on


ENDED_BY = {
    "mediation": "consent:mediate",
    "referral": "consent:refer",
    "protection_order": "consent:apply",
    "follow_up": "reassessment",  # she can decline it, and does not consent to it
}


@pytest.mark.parametrize(("key", "status"), [(k, s) for k in ENDED_BY for s in STATUSES[k]])
def test_her_word_ends_a_procedure_as_long_as_it_can_be_ended(key: str, status: str) -> None:
    ender = procedure(key).ender
    word = ENDED_BY[key]
    on_consent = {
        "referral": {"ground": "consent"},
        "protection_order": {"applicant": "on_behalf", "proxy_ground": "aged"},
    }
    record = on_consent.get(key, {})
    can = status in {s.name for s in ender.source}
    assert (word in ending(key, status, **record)) == can
    assert bool(ending(key, status, **record)) == can


@pytest.mark.parametrize("key", ["police_report", "mandatory_report"])
def test_nothing_that_happens_in_the_case_ends_what_was_reported(key: str) -> None:
    assert not any(ending(key, status) for status in STATUSES[key])


def test_what_does_not_rest_on_her_consent_does_not_end_with_it() -> None:
    for ground in ("statutory_report", "high_danger", "life_danger"):
        assert ending("referral", "sent", ground=ground) == frozenset()


def test_what_she_applies_for_herself_or_cannot_consent_to_does_not_end_with_a_consent() -> None:
    for told in ({"applicant": "self"}, {"applicant": "on_behalf", "proxy_ground": "coerced"}):
        assert ending("protection_order", "filed", **told) == frozenset()


RUNNING = (
    Mediating(uid="1", status="in_session", other="him", unrelated=False),
    Mediating(uid="2", status="in_session", other="village", unrelated=True),
    Mediating(uid="7", status="in_session", other="aunt", unrelated=True, mode="separate"),
    Mediating(uid="3", status="signed", other="him"),
    Referring(uid="4", status="sent", ground="consent"),
    Referring(uid="5", status="sent", ground="life_danger"),
    Referring(uid="6", status="accepted", ground="consent"),
)


HARMLESS = Assessing("own", (("strangulation", "no"), ("lethal_act", "no")))
DANGEROUS = replace(HARMLESS, injury=True)


def left(act: str, facts: object) -> str:
    """The procedures that go on after an act of the case, by uid."""
    told = situation("petition", "handling", procedures=RUNNING, facts=facts)
    after = lifecycle("petition").after(told, SUPERVISOR, lifecycle("petition").moves[act])
    return "".join(p.uid for p in after.procedures)


@pytest.mark.parametrize(
    ("act", "facts", "expected"),
    [
        ("record_incident", Incident(form="physical", by="him"), "273456"),
        ("record_incident", Incident(form="physical", by="village"), "73456"),
        ("record_incident", Incident(form="physical"), "3456"),  # nobody said by whom
        ("ask_danger", Asking("yes", "yes", "no"), "273456"),  # somebody of hers hurt her
        ("ask_danger", Asking("yes", "no", "no"), "1273456"),
        ("add_visit", Visiting("…", "no", "no", "no"), "273456"),
        ("report_police", ReportingPolice(NOON, "派出所", against="him"), "273456"),
        ("report_police", ReportingPolice(NOON, "派出所", against="village"), "73456"),
        ("report_police", ReportingPolice(NOON, "派出所"), "3456"),
        ("withdraw_consent", Consenting("refer"), "127356"),
        ("withdraw_consent", Consenting("mediate"), "3456"),
        ("withdraw_consent", Consenting("share"), "1273456"),
        # what was allowed only because the danger was low ends when it is not
        ("raise_danger", Levelling("medium"), "23456"),
        ("lower_danger", Levelling("low"), "1273456"),
        ("record_assessment", DANGEROUS, "23456"),
        ("record_assessment", HARMLESS, "1273456"),
    ],
)
def test_what_happens_in_the_case_ends_what_it_must(act: str, facts: object, expected: str) -> None:
    assert left(act, facts) == expected


BETWEEN = Mediating(uid="8", status="in_session", other="him", unrelated=True)


@pytest.mark.parametrize("row", ["grant", "overturn"])
def test_an_order_ends_every_mediation_between_the_two(row: str) -> None:
    told = replace(before("protection_order", row), procedures=(*RUNNING, BETWEEN))
    table = lifecycle("protection_order")
    after = table.after(told, OFFICER, table.moves[row])
    assert "".join(p.uid for p in after.procedures) == "273456"


def test_a_warning_ends_every_mediation_between_the_two() -> None:
    table = lifecycle("police_report")
    for against, expected in (("him", "273456"), ("", "3456")):
        told = before("police_report", "warn", against=against)
        told = replace(told, procedures=(*RUNNING, BETWEEN))
        after = table.after(told, OFFICER, table.moves["warn"])
        assert "".join(p.uid for p in after.procedures) == expected


def test_violence_that_a_visit_found_ends_them_too() -> None:
    table = lifecycle("police_report")
    for clean, expected in ((False, "273456"), (True, "12734568")):
        told = before("police_report", "visit")
        facts = replace(GOOD["police_report"]["visit"].facts, clean=clean, found_violence=not clean)
        told = replace(told, facts=facts, procedures=(*RUNNING, BETWEEN))
        after = table.after(told, OFFICER, table.moves["visit"])
        assert "".join(p.uid for p in after.procedures) == expected


def test_clean_visits_are_counted_in_a_row() -> None:
    told = GOOD["police_report"]["visit"].facts
    clean = made("police_report", "visit", visits=4, clean_visits=1)
    assert (clean.visits, clean.clean_visits, clean.visited_at) == (5, 2, NOON)
    nobody = made("police_report", "visit", replace(told, clean=False), clean_visits=2)
    assert (nobody.clean_visits, nobody.violence_seen) == (0, False)
    found = replace(told, clean=False, found_violence=True)
    violent = made("police_report", "visit", found, clean_visits=2)
    assert (violent.clean_visits, violent.violence_seen) == (0, True)
    later = made("police_report", "visit", violence_seen=True)
    assert later.violence_seen  # until it is written down


@pytest.mark.parametrize("key", ["police_report", "mandatory_report"])
def test_each_chasing_counts(key: str) -> None:
    assert made(key, "chase", chased=1).chased == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("act", "facts", "opened"),
    [
        ("report_police", ReportingPolice(NOON, "派出所", against="him"), ["police_report"]),
        (
            "report_police",
            ReportingPolice(NOON, "派出所", as_mandatory=True),
            ["police_report", "mandatory_report"],
        ),
        ("report_mandatory", ReportingMandatorily(NOON, "派出所"), ["mandatory_report"]),
    ],
)
def test_a_report_is_followed_from_when_it_is_recorded(
    kind: str, act: str, facts: Any, opened: list[str]
) -> None:
    table = lifecycle(kind)
    for handler, carrier in (("h", "h"), ("", "officer")):
        told = situation(kind, table.initial.name, handler=handler, facts=facts)
        found = table.after(told, OFFICER, table.moves[act]).procedures
        assert [p.kind for p in found] == opened
        for each in found:
            assert (each.status, each.open, each.uid) == ("reported", False, "")
            assert (each.carrier, each.opener) == (carrier, "officer")
            assert getattr(each, "reported_at", None) == NOON
    assert getattr(found[0], "against", "") == getattr(facts, "against", "")


def test_only_an_order_in_force_keeps_him_away_until_the_end_of_its_last_day() -> None:
    order = made("protection_order", "grant")
    last = datetime.fromisoformat("2026-06-30 23:59:59+08:00")
    assert order.keeps_away(last) == {"him"}
    assert order.keeps_away(last + timedelta(seconds=1)) == frozenset()
    assert replace(order, status="revoked").keeps_away(last) == frozenset()
    assert before("protection_order", "grant").procedure.keeps_away(NOON) == frozenset()


def test_he_is_served_when_it_is_handed_to_him() -> None:
    told = GOOD["protection_order"]["serve"].facts
    police = made("protection_order", "serve", replace(told, handed_to="police"))
    assert (police.served, police.served_at) == ({"police"}, None)
    both = made("protection_order", "serve", told, served=police.served)
    assert (both.served, both.served_at) == ({"police", "respondent"}, NOON)


def test_only_a_talk_in_a_safe_setting_is_a_visit() -> None:
    told = replace(GOOD["protection_order"]["visit"].facts, found_breach=True)
    unsafe = made("protection_order", "visit", replace(told, safe_setting=False))
    assert (unsafe.visits, unsafe.visited_at, unsafe.breach_seen) == (0, None, True)
    safe = made("protection_order", "visit", replace(told, found_breach=False), breach_seen=True)
    assert (safe.visits, safe.visited_at, safe.breach_seen) == (1, NOON, True)
    written = made("protection_order", "breach", breach_seen=True)
    assert (written.breaches, written.breach_seen) == (1, False)


def test_a_renewal_answers_what_was_asked() -> None:
    asked = made("protection_order", "ask_renewal").renewal_asked_at
    renewed = made("protection_order", "renew", renewal_asked_at=asked)
    assert (asked, renewed.renewal_asked_at, renewed.renewals) == (NOON, None, 1)
    assert renewed.valid_until.isoformat() == "2026-12-30"


def test_the_handler_carries_the_order_unless_a_liaison_is_named() -> None:
    act = lifecycle("domestic_violence").moves["open_order"]
    for handler, named, carrier in (("h", "", "h"), ("", "", "officer"), ("h", "l", "l")):
        told = replace(guarded_orders.OPENER.facts, carrier=named)
        case = situation("domestic_violence", "reported", handler=handler, facts=told)
        assert (
            lifecycle("domestic_violence").after(case, OFFICER, act).procedures[0].carrier
            == carrier
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_that_ends_has_no_open_procedure(kind: str) -> None:
    table = lifecycle(kind)
    for row in MOVES[kind]:
        told = situation(kind, min(row.sources), procedures=RUNNING)
        move = table.moves[row.name]
        plan = guarded_follow_ups.OPENER.facts if row.name == "complete" else None
        assert move.target
        expected = () if move.target.ended else RUNNING
        after = table.after(replace(told, facts=plan), SUPERVISOR, move)
        assert tuple(p for p in after.procedures if p.uid) == expected, row.name


# ---------------------------------------------------------------- follow-up


def test_whoever_is_not_assessed_is_followed_up_as_in_low_danger() -> None:
    for danger, rhythm in ((None, "low"), (Danger.LOW, "low"), (Danger.HIGH, "high")):
        assert planned(danger=danger).rhythm == rhythm


def planned(**known: Any) -> Any:
    """The follow-up that the act of the case begins."""
    good = guarded_follow_ups.OPENER
    told = situation("domestic_violence", "responding", **(good.case | known), facts=good.facts)
    act = lifecycle("domestic_violence").moves["open_follow_up"]
    return lifecycle("domestic_violence").after(told, OFFICER, act).procedures[-1]


def test_the_handler_carries_the_follow_up_or_whoever_plans_it() -> None:
    assert (planned(handler="h").carrier, planned(handler="").carrier) == ("h", "officer")
    assert (planned().planned_at, planned().next_on) == (NOON, guarded_follow_ups.TODAY)


@pytest.mark.parametrize(
    ("danger", "day"), [("low", "2026-04-10"), ("medium", "2026-03-18"), ("high", "2026-03-14")]
)
def test_the_next_talk_is_counted_by_the_danger_as_it_is_now(danger: str, day: str) -> None:
    told = replace(before("follow_up", "talk", rhythm="low"), danger=Danger(danger))
    after = lifecycle("follow_up").after(told, OFFICER, lifecycle("follow_up").moves["talk"])
    record: Any = after.procedure
    assert (record.rhythm, record.next_on.isoformat(), record.talks) == (danger, day, 1)


def test_only_what_follows_on_another_day_adds_up_until_somebody_answers() -> None:
    missed = made("follow_up", "miss", missed=1, missed_on=guarded_follow_ups.YESTERDAY)
    assert (missed.missed, missed.missed_on, missed.status) == (
        2,
        guarded_follow_ups.TODAY,
        "planned",
    )
    heard = made("follow_up", "talk", missed=2, missed_on=guarded_follow_ups.YESTERDAY)
    assert (heard.missed, heard.missed_on) == (0, None)
    # whoever else answered: she was not reached
    cut = made("follow_up", "break_off", missed=2, missed_on=guarded_follow_ups.YESTERDAY)
    assert (cut.missed, cut.missed_on) == (2, guarded_follow_ups.YESTERDAY)


def test_a_talk_that_was_not_safe_is_none_but_what_was_told_counts() -> None:
    told = replace(GOOD["follow_up"]["break_off"].facts, new_incident=True)
    unsafe = made("follow_up", "break_off", told)
    assert (unsafe.status, unsafe.open, unsafe.talks, unsafe.talked_at) == (
        "planned",
        True,
        0,
        None,
    )
    assert (unsafe.incident_seen, unsafe.incident_at, unsafe.tried_at) == (True, NOON, NOON)


def test_what_she_told_first_is_what_must_be_written_down() -> None:
    told = replace(GOOD["follow_up"]["talk"].facts, new_incident=True)
    earlier = {"incident_at": NOON - DAY, "incident_seen": True}
    assert made("follow_up", "talk", told, **earlier).incident_at == NOON - DAY
    assert made("follow_up", "talk", **earlier).incident_seen
    assert (
        made("follow_up", "talk", told, **(earlier | {"incident_seen": False})).incident_at == NOON
    )
    assert not made("follow_up", "talk").incident_seen


ASKED_AGAIN = Following(uid="9", status="planned"), Following(uid="8", status="followed")


@pytest.mark.parametrize("row", ["escalate", "mark_lost", "regain", "complete", "reopen"])
def test_who_must_be_assessed_or_found_again_is_not_followed_up_by_the_old_measure(
    row: str,
) -> None:
    order = Protecting(uid="1", status="in_force")
    table = lifecycle("domestic_violence")
    plan = guarded_follow_ups.OPENER.facts if row == "complete" else None
    told = situation(
        "domestic_violence",
        table.moves[row].source[0].name,
        procedures=ASKED_AGAIN[:1],
        standing=(order, ASKED_AGAIN[1]),
        facts=plan,
    )
    after = table.after(told, SUPERVISOR, table.moves[row])
    assert [p.status for p in after.procedures] == (["planned"] if row == "complete" else [])
    assert all(p.uid == "" for p in after.procedures)
    assert after.standing == (order,)


@pytest.mark.parametrize("row", ["respond", "transfer_out", "request_closure", "send_back"])
def test_every_other_move_lets_it_go_on(row: str) -> None:
    table = lifecycle("domestic_violence")
    source = table.moves[row].source[-1].name
    told = situation("domestic_violence", source, standing=ASKED_AGAIN[1:])
    assert table.after(told, SUPERVISOR, table.moves[row]).standing == ASKED_AGAIN[1:]
