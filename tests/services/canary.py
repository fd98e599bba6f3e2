"""Types a different mark into every field about a person, by every verb that takes one.

``python -m tests.services.canary`` does so in the configured database and prints the marks.
"""

from __future__ import annotations

import base64
import json
import logging
import os
from datetime import date, timedelta
from itertools import count
from typing import Any

PLANTED = "Planted7431InTheOpen"
"""Stands in the open on purpose: a search that does not find it finds nothing."""

TYPED: list[str] = []
_numbers = count(1)


def mark() -> str:
    """The next mark, so odd that nothing else contains it."""
    TYPED.append(f"Kanarie7431x{next(_numbers):03d}q")
    return TYPED[-1]


def forms_of(text: str) -> set[bytes]:
    """How a text could stand in a file, in small letters: plain, wide, in hex or in base64."""
    raw = text.encode()
    plain = {raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode()}
    for shift in range(3):  # base64 of a longer text that contains it
        coded = base64.b64encode(b"\0" * shift + raw)
        plain.add(coded[4 if shift else 0 : -4])
    return {form.lower() for form in plain}


def found_in(data: bytes, texts: list[str]) -> list[str]:
    """Those of the texts that stand in `data` in any form."""
    small = data.lower()
    if not any(form in small for form in forms_of(os.path.commonprefix(texts))):
        return []  # all of them begin alike
    return [text for text in texts if any(form in small for form in forms_of(text))]


def told(facts: type, **given: Any) -> object:
    """The facts of a move, every text in them a mark unless given."""
    from casework.engine.facts import questions

    texts = {q.name: mark() for q in questions(facts) if q.metadata["kind"] in ("text", "long")}
    return facts(**(texts | given))


def type_everywhere() -> None:
    """A county is set up, visits are logged, and cases go through every move with a text."""
    from casework.engine import case_acts, following, moment, owed, papers, reaching, registry
    from casework.engine.people import Role
    from casework.models import Body, Case, Procedure
    from casework.services import handing, intake, jobs, reference, staffing
    from casework.services.people import SafeContact
    from casework.services.refusals import Refused
    from casework.services.saving import save
    from casework.services.verbs import advance
    from workflows.domestic_violence import facts as dv
    from workflows.follow_up import facts as follow
    from workflows.mandatory_report import facts as mandatory
    from workflows.mediation import facts as mediation
    from workflows.petition import facts as petition
    from workflows.police_report import facts as police
    from workflows.protection_order import facts as order
    from workflows.referral import facts as referral

    logging.getLogger("canary").debug(PLANTED)
    reference.load_codes()
    county = staffing.add_organisation(None, code="4401", name=PLANTED, level="county")

    def staff(name: str, role: Role) -> Any:
        return staffing.add_staff(
            None, username=name, name=name, organisation=county, roles=[role],
            password="Only-for-tests-7431",
        )  # fmt: skip

    officer, chief = staff("officer", Role.DESK_OFFICER), staff("chief", Role.SUPERVISOR)
    other = staff("other", Role.SUPERVISOR)
    uid = str(officer.uid)

    def visit(kind: str, **given: Any) -> Case | None:
        words = {
            name: mark()
            for name in ("name", "phone", "id_number", "address", "happened", "asks", "done")
        }
        words["respondent"] = mark()
        safe = SafeContact(may_call=True, when=mark(), code_word=mark(), seen_by=mark())
        asked = {"danger_safe_now": "yes", "danger_hurt": "no", "danger_afraid": "no"}
        note = intake.VisitNote("visit", kind, **(words | asked | given), safe=safe)
        draft = intake.keep_draft({"happened": mark()}, actor=officer)
        intake.keep_draft({"happened": mark()}, actor=officer, uid=str(draft.uid))
        return intake.log_visit(note, actor=officer, draft=str(draft.uid)).case

    def go(record: Case | Procedure, name: str, facts: object = None, by: Any = chief) -> None:
        move = registry.lifecycle(record.kind).moves[name]
        advance(record, move, facts, actor=by, reason=mark())
        while jobs.run_due():
            pass

    def refused(case: Case, name: str, facts: object = None) -> None:
        try:
            go(case, name, facts)
        except Refused:
            return
        raise AssertionError(f"{name} was not refused")

    def every_act(case: Case) -> None:
        go(case, "note", told(case_acts.Noting))
        go(case, "add_party", told(case_acts.Joining, role="witness", minor=True))
        go(case, "record_assessment", told(case_acts.Assessing, basis="own"))
        go(case, "add_contact", told(reaching.Reaching, way="wechat"))
        known = str(case.parties.earliest("pk").person.contacts.latest("pk").uid)
        go(case, "add_contact", told(reaching.Reaching, way="address", replaces=known))
        known = str(case.parties.earliest("pk").person.contacts.latest("pk").uid)
        go(case, "end_contact", reaching.NoLongerReaching(known))
        go(case, "add_evidence", told(papers.Proving, evidence="medical", holder="her"))
        go(case, "issue_letter", told(papers.Issuing, letter="rights_notice", kept="here"))
        go(case, "give_consent", told(case_acts.Consenting, scope="refer"))
        go(case, "withdraw_consent", told(case_acts.Consenting, scope="refer"))
        go(case, "raise_danger", case_acts.Levelling("high"))
        now = moment.now()
        reported = told(owed.ReportingPolice, reported_at=now, as_mandatory=True)
        go(case, "report_police", reported)
        every_turn_of_a_report(case)
        go(case, "report_superior", told(owed.ReportingUp, reported_at=now))
        go(case, "report_mandatory", told(owed.ReportingMandatorily, reported_at=now))
        drop(case, "mandatory_report")
        go(case, "offer_plan", told(owed.OfferingPlan, offered_at=now, taken="accepted"))
        go(case, "seal")
        go(case, "countersign")

    def drop(case: Case, kind: str) -> None:
        go(case.procedures.filter(kind=kind).latest("pk"), "drop")

    def every_turn_of_a_report(case: Case) -> None:
        """The police report and the mandatory one that were just made."""
        now = moment.now
        record = case.procedures.get(kind="police_report")
        go(record, "chase", told(police.Chasing, chased_at=now(), how="phone", outcome="reached"))
        go(record, "accept", told(police.Accepting, accepted_at=now()))
        go(record, "warn", told(police.Warned, warned_at=now()))
        for _each in range(3):
            go(record, "visit", told(police.Visiting, visited_at=now(), clean=True))
        go(record, "end_visits")
        record = case.procedures.get(kind="mandatory_report")
        go(
            record,
            "chase",
            told(mandatory.Chasing, chased_at=now(), how="phone", outcome="reached"),
        )
        go(record, "acknowledge", told(mandatory.Receiving, received_at=now()))
        go(record, "feed_back", told(mandatory.FeedingBack, fed_back_at=now()))
        go(case, "report_police", told(owed.ReportingPolice, reported_at=now()))
        record = case.procedures.filter(kind="police_report").latest("pk")
        go(record, "decide", told(police.Deciding, outcome="filed", decided_at=now()))
        go(case, "report_police", told(owed.ReportingPolice, reported_at=now()))
        drop(case, "police_report")

    def mediated(case: Case) -> Procedure:
        party = str(case.parties.get(role="respondent").uid)
        go(case, "open_mediation", told(mediation.Opening, other=party, mode="joint"))
        record = case.procedures.latest("pk")
        heard = {"screened_alone": True, "no_violence": True, "rights_told": True, "agrees": True}
        for side in mediation.SIDES:
            go(record, "invite", told(mediation.Inviting, side=side, safely=True))
            go(record, "hear", told(mediation.Hearing, side=side, **heard))
        for begins in ("meet", "resume"):
            go(record, "schedule", told(mediation.Scheduling, planned_at=moment.now()))
            go(record, begins, mediation.Screening(True, True))
            if begins == "meet":
                go(record, "hold", told(mediation.Holding))
        return record

    def every_turn_of_a_mediation(case: Case) -> None:
        today = moment.today()
        failed = mediated(case)
        go(failed, "fail", told(mediation.Failing, routes_told=True))
        for ends in ("perform", "default"):
            record = mediated(case)
            agreed = told(mediation.Agreeing, perform_by=today, wants_confirmation=True)
            go(record, "agree", agreed)
            go(record, "sign", mediation.Signing(today, signed_by_all=True))
            if ends == "perform":
                go(record, "confirm", mediation.Confirming(True, "县法院", "民特1号"))
                go(record, "perform", told(mediation.Performing, performed_on=today))
            else:
                go(record, "lapse", mediation.Lapsing(not_wanted=True))
                go(record, "default", told(mediation.Defaulting, routes_told=True))
        stopped = mediated(case)
        go(stopped, "stop")

    def referred(case: Case, urgency: str) -> Procedure:
        centre = Body.objects.get()
        to = {"service": "legal_aid", "body": str(centre.uid), "urgency": urgency}
        go(case, "open_referral", told(referral.Opening, **to, ground="consent", fee_asked=300))
        return case.procedures.latest("pk")

    def every_turn_of_a_referral(case: Case) -> None:
        now = moment.now
        record = referred(case, "days")
        go(record, "give_back", by=other)
        go(record, "revise", told(referral.Revising))
        go(record, "approve", by=other)
        go(record, "send", referral.Sending("hand"))
        with moment.at(now() + timedelta(days=30)):
            go(record, "lapse")
            go(record, "chase", told(referral.Chasing, how="phone", outcome="reached"))
            go(record, "escalate")
            go(record, "press", told(referral.Pressing), by=other)
            go(record, "acknowledge", told(referral.Acknowledging, received_at=now()))
            go(record, "lack_papers", told(referral.Lacking, asked_at=now()))
            go(record, "bring_papers", told(referral.Completing, brought_at=now()))
            go(record, "accept", told(referral.Answering, answered_at=now(), in_writing=True))
            go(record, "finish", told(referral.Finishing, decision="法援决1号"))
        refused_ = referred(case, "hours")
        go(refused_, "send", referral.Sending("phone"))
        go(refused_, "ratify", by=other)
        go(refused_, "refuse", told(referral.Answering, answered_at=now(), in_writing=True))
        go(refused_, "object_to", told(referral.Objecting, objected_at=now()))
        settled = {"objection_outcome": "upheld", "objection_answered_at": now()}
        go(refused_, "settle_objection", told(referral.Settling, **settled))
        go(referred(case, "days"), "cancel")

    def every_case_changes_hands() -> None:
        """From the officer to a supervisor, and back."""
        for giver, taker in ((officer, other), (other, officer)):
            picked = {one.uid: mark() for one in handing.holdings(giver, giver)}
            sheet = handing.draw_up(giver, giver, taker, "leave", picked)
            handing.sign(giver, sheet)
            handing.take(taker, sheet)

    def hers(record: Procedure, name: str, facts: object = None) -> None:
        go(record, name, facts, by=officer)

    def applied(case: Case, to: str) -> Procedure:
        now, asked = moment.now, frozenset({"no_violence", "other"})
        against = {"respondent": str(case.parties.get(role="respondent").uid)}
        by = {"applicant": "on_behalf", "proxy_ground": "coerced"}
        go(case, "open_order", told(order.Opening, measures_asked=asked, **against, **by))
        record = case.procedures.latest("pk")
        hers(record, "write_application", order.Writing("here", service_address=True))
        hers(record, "file", order.Filing("县法院", now(), "oral"))
        if to != "filed":
            hers(record, "accept", order.Accepting(now(), "民保令1号"))
            hers(record, "chase", told(order.Chasing, how="phone", outcome="reached"))
        if to == "granted":
            until = moment.today() + timedelta(days=30)
            ruling = {"ruling": "民保令1号", "ruled_at": now(), "valid_until": until}
            hers(record, "grant", told(order.Granting, measures_granted=asked, **ruling))
        if to == "denied":
            ruling = {"ruled_at": now(), "denial_served_on": moment.today()}
            hers(record, "deny", told(order.Denying, **ruling))
        return record

    def every_turn_of_an_order(case: Case) -> None:
        now = moment.now
        record = applied(case, "filed")
        hers(record, "turn_down", told(order.TurningDown, turned_down_at=now(), in_writing=True))
        record = applied(case, "denied")
        hers(record, "reconsider", told(order.Reconsidering, reconsidered_at=now()))
        hers(record, "uphold", told(order.Upholding, upheld_at=now()))
        record = applied(case, "granted")
        hers(record, "visit", told(order.Visiting, seen_at=now(), safe_setting=True))
        hers(record, "breach", told(order.Breaching, breached_at=now()))
        hers(record, "revoke", order.Revoking("her_application", now()))
        hers(record, "feed_back", told(order.FeedingBack, fed_back_at=now()))
        hers(applied(case, "accepted"), "withdraw")

    def every_turn_of_a_follow_up(case: Case) -> None:
        now = moment.now
        plan = told(following.Planning, follow_up_on=moment.today(), safely=True)
        for ways in (("talk", "finish"), ("decline",), ("give_up",), ("stop",)):
            go(case, "open_follow_up", plan)
            record = case.procedures.latest("pk")
            hers(record, "break_off", told(follow.BreakingOff, tried_at=now()))
            for row in ways:
                facts = told(follow.Talking, talked_at=now(), safe_setting=True)
                hers(record, row, facts if row == "talk" else None)

    save(Body(name="法律援助中心", service="legal_aid", organisation=county), None, "canary")
    visit("consultation")
    visit("answered")
    into = visit("petition")
    case = visit("petition")
    assert into
    assert case
    visit("existing", existing=case.number)
    intake.keep_draft({"happened": mark(), "name": mark()}, actor=officer)

    every_act(case)
    refused(case, "transfer", told(petition.Transferring, told_her=False))
    refused(case, "close", told(petition.Archiving))
    go(case, "transfer", told(petition.Transferring, told_her=True))
    go(case, "take_back")
    go(case, "accept", told(petition.Accepting, handling_type="statutory", handler=uid))
    due = moment.today() + timedelta(days=9)
    go(case, "assign_down", told(petition.AssigningDown, organisation="x", due=due, told_her=True))
    go(case, "report_back", told(petition.ReportingBack))
    every_turn_of_a_mediation(case)
    go(case, "give_consent", told(case_acts.Consenting, scope="refer"))
    every_turn_of_a_referral(case)
    go(case, "ask_extension", told(petition.AskingForTime, days=3))
    go(case, "grant_extension", petition.Extending(3, told_her=True), by=other)
    now = moment.now()
    go(case, "serve_notice", told(petition.Notifying, served_at=now))
    go(case, "request_closure", petition.RequestingClosure("resolved", now))
    go(case, "close", by=other)
    go(case, "reopen")
    go(case, "convert")
    go(into, "not_ours", told(petition.Directing, route="other"))

    violence = visit("domestic_violence")
    assert violence
    incident = told(case_acts.Incident, form="physical")
    go(violence, "record_incident", incident)
    every_act(violence)
    go(violence, "assess", told(dv.Evaluating))
    go(violence, "respond", dv.Responding(uid))
    every_turn_of_an_order(violence)
    every_turn_of_a_follow_up(violence)
    every_case_changes_hands()
    days = [date(2026, 1, day) for day in (3, 4, 5)]
    go(violence, "mark_lost", dv.MarkingLost(*days, safe_channel=True, welfare_check="no"))
    go(violence, "regain")
    go(violence, "give_consent", told(case_acts.Consenting, scope="share"))
    go(violence, "transfer_out", told(dv.TransferringOut, ground="consent"))
    go(violence, "bounce", told(dv.Receipting))
    same = visit("domestic_violence")
    assert same
    go(violence, "merge", told(dv.Merging, into=same.number, same_pair=True))
    go(violence, "unmerge")
    go(violence, "not_dv", told(dv.NotViolence, seen_alone=True))


if __name__ == "__main__":
    import django

    django.setup()
    logging.getLogger("django").setLevel(logging.DEBUG)  # every statement, with its values
    type_everywhere()
    print(json.dumps(TYPED), flush=True)  # noqa: T201 - read by the test
    os._exit(0)  # as if killed: the database keeps its write-ahead log
