"""Sound and refused examples of the rows of procedures, and of the acts that open them."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.engine.situation import Proceeding
from tests.engine.people_and_cases import LIAISON, MEDIATOR, NOON, OFFICER, SUPERVISOR
from tests.workflows.guarded import DAY, HIGH, LOW, MEDIUM, Allowed, Good, Refused, ladder, rungs
from workflows.mediation import facts as mediation
from workflows.mediation.guards import Mediating
from workflows.referral import facts as referral

HERS, HIS, BOTH = frozenset({"hers"}), frozenset({"other"}), frozenset({"hers", "other"})
TODAY, TOMORROW = date(2026, 3, 11), date(2026, 3, 12)
LAST_DAY, DAY_AFTER = date(2026, 2, 9), date(2026, 2, 8)
"""Signed on these, the court can be asked until today, and could be until yesterday."""
BARRED = {"barred": frozenset({"him"})}
KIN = frozenset({"them"})
WITH_HIM = {"other": "him"}
SEPARATE = {"mode": "separate"}
SECOND = DAY / 86400


def conflicted(who: str) -> dict[str, Any]:
    return {"conflicted": frozenset({who})}


def meeting(status: str, facts: object | None = None, **record: Any) -> Good:
    """A joint mediation with him, of the mediator's; nobody ever was violent."""
    return Good(status, {}, facts, MEDIATOR, {"other": "him", "mode": "joint"} | record)


def letter(status: str, facts: object | None = None, **record: Any) -> Good:
    """A referral to legal aid that the officer drafted on her consent, sent yesterday."""
    known = {"opener": "officer", "service": "legal_aid", "urgency": "days", "ground": "consent"}
    return Good(status, {}, facts, LIAISON, known | {"sent_at": NOON - DAY} | record)


SCREENED = mediation.Screening(screened_alone=True, no_violence=True)
AGREEMENT = mediation.Agreeing("双方陈述。", "补发补偿款。", perform_by=TOMORROW)
HEARD = mediation.Hearing("hers", screened_alone=True, no_violence=True, rights_told=True,
                          agrees=True)  # fmt: skip
BROUGHT = {"papers_asked_at": NOON - DAY / 3, "papers_brought_at": NOON - DAY / 6}
ANSWERED = referral.Answering(NOON, in_writing=True, answer="收字1号")

GOOD: dict[str, dict[str, Good]] = {
    "mediation": {
        "consent": meeting("proposed", agreed=BOTH, screened=BOTH),
        "meet": meeting("consented", SCREENED, planned=True),
        "agree": meeting("in_session", AGREEMENT, screened=BOTH),
        "fail": meeting("in_session", mediation.Failing("谈不拢。", routes_told=True)),
        "sign": meeting("agreed", mediation.Signing(TODAY, signed_by_all=True)),
        "confirm": meeting("signed", mediation.Confirming(True, "县法院", "民特1号"))._replace(
            actor=LIAISON
        ),
        "lapse": meeting("signed", mediation.Lapsing(), signed_on=DAY_AFTER)._replace(
            actor=LIAISON
        ),
        "perform": meeting("signed", mediation.Performing(TODAY)),
        "default": meeting("signed", mediation.Defaulting("没有付款。", routes_told=True)),
        "invite": meeting("proposed", mediation.Inviting("hers", safely=True, how="电话")),
        "hear": meeting("proposed", HEARD),
        "schedule": meeting("consented", mediation.Scheduling(NOON + DAY, "调解室")),
        "resume": meeting("in_session", SCREENED, planned=True),
        "hold": meeting("in_session", mediation.Holding("另约。"), screened=BOTH),
    },
    "referral": {
        "approve": letter("drafted", sent_at=None)._replace(actor=SUPERVISOR),
        "send": letter("approved", referral.Sending("hand"), sent_at=None)._replace(
            case={"consents": frozenset({"refer"})}
        ),
        "acknowledge": letter("sent", referral.Acknowledging(NOON, "收字1号")),
        "lapse": letter("sent", receipt_due_at=NOON - SECOND),
        "accept": letter("received", ANSWERED),
        "refuse": letter("received", ANSWERED),
        "finish": letter(
            "accepted", referral.Finishing("已指派律师。", "决1号", "方律师"), approver="supervisor"
        ),
        "cancel": letter("sent", approver="supervisor"),
        "ratify": letter("sent", sender="liaison")._replace(actor=SUPERVISOR),
        "chase": letter("unanswered", referral.Chasing(how="phone", outcome="reached")),
        "escalate": letter("unanswered"),
        "object_to": letter("refused", referral.Objecting(NOON, "属于援助范围。")),
        "accept_refusal": letter("refused", referral.Accepting(told=True)),
        "settle_objection": letter(
            "refused", referral.Settling("upheld", NOON, "维持。"), objected_at=NOON - DAY / 2
        ),
        "lack_papers": letter(
            "received", referral.Lacking(NOON, "身份证明。"), received_at=NOON - DAY / 2
        ),
        "bring_papers": letter(
            "received", referral.Completing(NOON), papers_asked_at=NOON - DAY / 2
        ),
    },
}

VIOLENT = {"violence": True, "safety_sensitive": True} | BARRED
OPENERS = {
    "open_mediation": Good(
        "", VIOLENT, mediation.Opening("them", "土地分配。", "joint", unrelated=True), OFFICER
    ),
    "open_referral": Good(
        "",
        {"consents": frozenset({"refer"})},
        referral.Opening("legal_aid", "body", "days", "consent", requests="指派律师。",
                         situation="需要代理。"),
        OFFICER,
    ),
}  # fmt: skip
"""In every case in which they may be made: a violent one, too."""

SEPARATELY = {
    "other": "him",
    "mode": "separate",
    "first_and_minor": True,
    "asked_in_writing": True,
    "no_order": True,
}
MINOR = {"danger": LOW, "countersigner": "chief"}
WHY = {"why": "现在就有危险。", "told_first": True}

HIGH_AND_CARRIED = {"danger": HIGH, "handler": "officer"}

REFUSED_OPENERS = [
    # rule 4: nobody is brought to a table before the tasks of high danger are done
    Refused("open_mediation", "high_danger_first", {"danger": HIGH}),  # nobody carries it
    *(
        Refused(
            "open_mediation", "high_danger_first", HIGH_AND_CARRIED | {"owed": frozenset({task})}
        )
        for task in ("police", "superior", "plan")
    ),
    # rule 5: never jointly with him, and the rule binds the pair
    Refused("open_mediation", "never_with_him", {}, WITH_HIM),
    Refused("open_mediation", "never_with_him", {"violence": False}, WITH_HIM),  # another case
    Refused("open_mediation", "never_with_him", {}, {"unrelated": False}),
    Refused("open_mediation", "never_with_him", {"kin": KIN}),  # whoever ticks
    Refused(
        "open_mediation",
        "never_with_him",
        {"violence": False, "barred": frozenset(), "alarming": True},
        {"unrelated": False},
    ),
    # … and separately only if all of it holds
    Refused("open_mediation", "never_with_him", MINOR, SEPARATELY | {"mode": "joint"}),
    Refused("open_mediation", "never_with_him", MINOR, SEPARATELY | {"first_and_minor": False}),
    Refused("open_mediation", "never_with_him", MINOR, SEPARATELY | {"asked_in_writing": False}),
    Refused("open_mediation", "never_with_him", MINOR, SEPARATELY | {"no_order": False}),
    Refused("open_mediation", "never_with_him", MINOR | {"live_order": True}, SEPARATELY),
    Refused("open_mediation", "never_with_him", MINOR | {"warned": True}, SEPARATELY),
    Refused("open_mediation", "never_with_him", MINOR | {"danger": MEDIUM}, SEPARATELY),
    Refused("open_mediation", "never_with_him", MINOR | HIGH_AND_CARRIED, SEPARATELY),
    Refused("open_mediation", "never_with_him", MINOR | {"danger": None}, SEPARATELY),
    Refused("open_mediation", "never_with_him", MINOR | {"countersigner": ""}, SEPARATELY),
    Refused("open_mediation", "never_with_him", MINOR | {"countersigner": "officer"}, SEPARATELY),
    Refused(
        "open_mediation",
        "no_second_with_the_same",
        {"procedures": (Mediating(other="them"),)},
    ),
    Refused("open_mediation", "no_conflict_of_interest", conflicted("officer")),
    Refused("open_mediation", "no_conflict_of_interest", conflicted("m"), {"carrier": "m"}),
    Refused(
        "open_mediation",
        "no_conflict_of_interest",
        conflicted("h") | {"handler": "h"},
        actor=SUPERVISOR,
    ),
    # rule 1: nothing is referred without her consent in scope …
    Refused("open_referral", "consent_or_exception", {"consents": frozenset()}),
    Refused("open_referral", "consent_or_exception", {"consents": frozenset({"share"})}),
    # … but for the exceptions, with the reason and told to her first
    Refused("open_referral", "consent_or_exception", {}, {"ground": "because"} | WHY),
    Refused(
        "open_referral",
        "consent_or_exception",
        {},
        {"ground": "statutory_report", "service": "police"} | WHY,
    ),
    Refused(
        "open_referral",
        "consent_or_exception",
        {"report_duty": True},
        {"ground": "statutory_report", "service": "shelter"} | WHY,
    ),
    Refused(
        "open_referral",
        "consent_or_exception",
        {"report_duty": True},
        {"ground": "statutory_report", "service": "police"} | WHY | {"why": " "},
    ),
    Refused(
        "open_referral",
        "consent_or_exception",
        {"report_duty": True},
        {"ground": "statutory_report", "service": "police"} | WHY | {"told_first": False},
    ),
    Refused(
        "open_referral",
        "consent_or_exception",
        {"danger": MEDIUM},
        {"ground": "high_danger", "service": "police"} | WHY,
    ),
    Refused(
        "open_referral",
        "consent_or_exception",
        {"danger": HIGH},
        {"ground": "high_danger", "service": "legal_aid"} | WHY,
    ),
    Refused("open_referral", "consent_or_exception", {}, {"ground": "life_danger"} | WHY),
    Refused(
        "open_referral",
        "consent_or_exception",
        {"danger": MEDIUM},
        {"ground": "life_danger", "service": "shelter"} | WHY,
    ),
    Refused("open_referral", "no_conflict_of_interest", conflicted("officer")),
    Refused("open_referral", "no_conflict_of_interest", conflicted("l"), {"carrier": "l"}),
]  # fmt: skip

ALLOWED_OPENERS = [
    Allowed("open_mediation", MINOR, SEPARATELY),
    Allowed("open_mediation", HIGH_AND_CARRIED),  # her land dispute with others may be mediated
    Allowed("open_mediation", {"danger": MEDIUM, "owed": frozenset({"plan"})}),
    Allowed("open_mediation", {"violence": False, "barred": frozenset()}, {"unrelated": False}),
    Allowed("open_mediation", {"violence": False, "barred": frozenset(), "kin": KIN}),
    Allowed("open_mediation", {"procedures": (Mediating(other="others"), Proceeding("referral"))}),
    Allowed(
        "open_referral", {"danger": HIGH, "owed": frozenset({"police", "superior", "plan"})}
    ),  # high danger never blocks help
    Allowed("open_referral", {}, {"urgency": "hours"}),
    Allowed("open_referral", {"procedures": (Proceeding("referral"),)}),
    Allowed(
        "open_referral",
        {"consents": frozenset(), "report_duty": True},
        {"ground": "statutory_report", "service": "police"} | WHY,
    ),
    Allowed(
        "open_referral",
        {"consents": frozenset(), "danger": HIGH},
        {"ground": "high_danger", "service": "police"} | WHY,
    ),
    Allowed(
        "open_referral",
        {"consents": frozenset(), "danger": HIGH},
        {"ground": "high_danger", "service": "federation"} | WHY,
    ),
    Allowed(
        "open_referral",
        {"consents": frozenset(), "danger": HIGH},
        {"ground": "life_danger", "service": "shelter"} | WHY,
    ),
]

REFUSED = {
    "mediation": [
        *(
            Refused(row, "high_danger_first", HIGH_AND_CARRIED | {"owed": frozenset({"police"})})
            for row in ("invite", "hear", "consent", "schedule", "meet", "resume")
        ),
        Refused("consent", "both_sides_agreed", record={"agreed": HERS}),
        Refused("consent", "both_sides_agreed", record={"agreed": HIS}),
        Refused("consent", "each_screened_alone", record={"screened": HIS}),
        Refused("consent", "each_screened_alone", record={"screened": frozenset()}),
        Refused("consent", "no_violence_between_them", BARRED),
        Refused("consent", "no_violence_between_them", BARRED, record=SEPARATE),
        Refused(
            "consent", "no_violence_between_them", BARRED | {"danger": MEDIUM}, record=SEPARATE
        ),
        Refused(
            "consent",
            "no_violence_between_them",
            BARRED | {"danger": LOW, "live_order": True},
            record=SEPARATE,
        ),
        Refused(
            "consent",
            "no_violence_between_them",
            BARRED | {"danger": LOW, "warned": True},
            record=SEPARATE,
        ),
        Refused("consent", "no_conflict_of_interest", conflicted("mediator")),
        Refused("consent", "no_conflict_of_interest", conflicted("m"), record={"carrier": "m"},
                actor=SUPERVISOR),
        Refused("meet", "a_session_is_planned", record={"planned": False}),
        Refused("meet", "on_the_planned_day", record={"planned_at": NOON + DAY}),
        Refused("meet", "on_the_planned_day", told={"began": NOON + DAY}),
        Refused(
            "meet",
            "on_the_planned_day",
            told={"began": NOON - DAY},
            record={"planned_at": NOON},
        ),
        Refused("meet", "screened_again", told={"screened_alone": False}),
        Refused("meet", "screened_again", told={"no_violence": False}),
        Refused("meet", "no_violence_between_them", BARRED),
        Refused("agree", "nobody_waits_unscreened", record={"screened": HERS}),
        Refused("agree", "no_violence_between_them", BARRED),
        Refused("agree", "terms_and_dates", told={"terms": " \n"}),
        Refused("agree", "terms_and_dates", told={"perform_by": None}),
        Refused("agree", "terms_and_dates", told={"perform_by": date(2026, 3, 10)}),
        Refused(
            "agree", "confirmable", told={"status_relation": True, "wants_confirmation": True}
        ),
        Refused("fail", "other_ways_told", told={"routes_told": False}),
        Refused("sign", "every_party_signed", told={"signed_by_all": False}),
        Refused("sign", "every_party_signed", told={"signed_on": TOMORROW}),
        Refused("sign", "every_party_signed", record={"began_at": NOON + DAY}),
        Refused("sign", "no_violence_between_them", BARRED),
        Refused("confirm", "jointly_applied", told={"jointly": False}),
        Refused("confirm", "never_status_relations", record={"status_relation": True}),
        Refused("perform", "performed_by_now", told={"performed_on": TOMORROW}),
        Refused("perform", "performed_by_now", record={"began_at": NOON + DAY}),
        Refused("lapse", "confirmation_time_passed", record={"signed_on": LAST_DAY}),
        Refused("default", "she_knows_her_ways", told={"routes_told": False}),
        Refused("invite", "invited_safely", {"safety_sensitive": True}, {"safely": False}),
        Refused("invite", "invited_safely", {"safety_sensitive": True, "safe_channel": False}),
        Refused("invite", "no_violence_between_them", BARRED),
        Refused("hear", "seen_alone", told={"screened_alone": False}),
        Refused("hear", "no_violence_told", told={"no_violence": False}),
        Refused("hear", "the_side_agrees", told={"agrees": False}),
        Refused("hear", "the_side_agrees", told={"rights_told": False}),
        Refused("hear", "the_side_agrees", told={"side": "other", "agrees": False}),
        Refused("hear", "no_violence_between_them", BARRED),
        Refused("hear", "no_conflict_of_interest", conflicted("mediator")),
        Refused("schedule", "not_in_the_past", told={"planned_at": NOON - DAY / 24}),
        Refused("schedule", "no_violence_between_them", BARRED),
        Refused("resume", "a_session_is_planned", record={"planned": False}),
        Refused("resume", "on_the_planned_day", record={"planned_at": NOON + DAY}),
        Refused("resume", "screened_again", told={"screened_alone": False}),
        Refused("resume", "screened_again", told={"no_violence": False}),
        Refused("resume", "no_violence_between_them", BARRED),
        Refused("hold", "nobody_waits_unscreened", record={"screened": frozenset()}),
    ],
    "referral": [
        Refused("approve", "another_person_signs", record={"opener": "supervisor"}),
        Refused("approve", "another_person_signs", record={"reviser": "supervisor"}),
        Refused("approve", "another_person_signs", record={"sender": "supervisor"}),
        Refused("send", "approved_or_urgent", {"status": "drafted"}),
        Refused("send", "approved_or_urgent", {"status": "drafted"}, {}, {"urgency": "not_urgent"}),
        Refused("send", "still_agreed", {"consents": frozenset()}),
        Refused("send", "still_agreed", {"consents": frozenset({"share"})}),
        Refused("send", "body_still_there", record={"body_active": False}),
        Refused("send", "no_conflict_of_interest", conflicted("liaison")),
        Refused("acknowledge", "receipt_after_sending", told={"received_at": NOON - 2 * DAY}),
        Refused("acknowledge", "receipt_after_sending", told={"received_at": NOON + DAY}),
        Refused("lapse", "receipt_time_passed", record={"receipt_due_at": NOON}),
        Refused("lapse", "receipt_time_passed", record={"receipt_due_at": NOON + DAY}),
        Refused("accept", "written_answer", told={"in_writing": False}),
        Refused("accept", "written_answer", told={"answered_at": NOON - 2 * DAY}),
        Refused("accept", "written_answer", told={"answered_at": NOON + DAY}),
        Refused("refuse", "written_answer", told={"in_writing": False}),
        Refused("refuse", "written_answer", told={"answered_at": NOON - 2 * DAY}),
        Refused("finish", "result_recorded", told={"decision": " "}),
        Refused("finish", "result_recorded", told={"lawyer": ""}),
        Refused("finish", "ratified_before_the_end", record={"approver": ""}),
        Refused("cancel", "ratified_before_cancelling", record={"approver": ""}),
        Refused("ratify", "sent_unapproved", record={"approver": "chief"}),
        Refused("ratify", "another_person_signs", record={"opener": "supervisor"}),
        Refused("ratify", "another_person_signs", record={"reviser": "supervisor"}),
        Refused("ratify", "another_person_signs", record={"sender": "supervisor"}),
        *ladder("referral.receipt", "said", status="sent"),
        Refused(
            "chase",
            "handed_up_by_its_own_row",
            told={"how": "superior", "outcome": "", "about": "referral.receipt", "said": "急。"},
        ),
        Refused("escalate", "handed_up_once", record={"escalated": True}),
        Refused("object_to", "objects_to_legal_aid", record={"service": "shelter"}),
        Refused("object_to", "objects_to_legal_aid", record={"objected_at": NOON}),
        Refused("object_to", "objects_to_legal_aid", told={"objected_at": NOON - 2 * DAY}),
        Refused("accept_refusal", "right_to_object_told", told={"told": False}),
        Refused("accept_refusal", "not_objected_yet", record={"objected_at": NOON}),
        Refused("settle_objection", "objection_is_pending", record={"objected_at": None}),
        Refused(
            "settle_objection", "objection_is_pending", record={"objection_answered_at": NOON}
        ),
        Refused(
            "settle_objection", "objection_is_pending", told={"objection_answered_at": NOON - DAY}
        ),
        Refused(
            "settle_objection", "objection_is_pending", told={"objection_answered_at": NOON + DAY}
        ),
        Refused("lack_papers", "of_legal_aid", record={"service": "shelter"}),
        Refused("lack_papers", "nothing_lacks_yet", record={"papers_asked_at": NOON - DAY / 4}),
        Refused("lack_papers", "asked_after_the_receipt", told={"asked_at": NOON - DAY}),
        Refused("lack_papers", "asked_after_the_receipt", told={"asked_at": NOON + DAY}),
        Refused(
            "lack_papers",
            "asked_after_the_receipt",
            record=BROUGHT,
            told={"asked_at": NOON - DAY / 4},
        ),
        Refused("bring_papers", "something_lacks", record={"papers_asked_at": None}),
        Refused("bring_papers", "something_lacks", record={"papers_brought_at": NOON}),
        Refused("bring_papers", "brought_after_asked", told={"brought_at": NOON - DAY}),
        Refused("bring_papers", "brought_after_asked", told={"brought_at": NOON + DAY}),
    ],
}  # fmt: skip

ALLOWED = {
    "mediation": [
        Allowed("consent", BARRED, record={"other": "them"}),  # violence with somebody else
        Allowed("consent", BARRED | {"danger": LOW}, record=SEPARATE),  # allowed as such
        Allowed("meet", BARRED | {"danger": LOW}, record=SEPARATE),
        Allowed("agree", told={"perform_by": None, "nothing_owed": True}),
        Allowed("agree", told={"perform_by": TODAY}),
        Allowed("agree", told={"status_relation": True}),
        Allowed("agree", told={"wants_confirmation": True}),
        Allowed("meet", told={"began": NOON - DAY}, record={"planned_at": NOON - DAY}),
        Allowed("meet", record={"planned_at": NOON + DAY / 4}),  # later today
        Allowed("sign", record={"began_at": NOON}),
        Allowed("sign", told={"signed_by_all": False, "oral": True}),
        Allowed("invite", {}, {"safely": False}),
        Allowed("invite", {"safety_sensitive": True}),
        Allowed("invite", {"safe_channel": False}),  # nothing here touches her safety
        Allowed("invite", {"safety_sensitive": True}, {"side": "other", "safely": False}),
        Allowed("schedule", told={"planned_at": NOON}),
        Allowed("schedule", {"status": "in_session"}),
        Allowed("lapse", told={"not_wanted": True}, record={"signed_on": TODAY}),
        Allowed("perform", {"status": "unconfirmed"}),
        Allowed("default", {"status": "confirmed"}),
    ],
    "referral": [
        *rungs("referral.receipt", "said", status="received"),
        Allowed("send", {"status": "drafted"}, record={"urgency": "hours"}),
        Allowed("send", {"status": "drafted"}, record={"urgency": "one_day"}),
        Allowed("send", {"consents": frozenset()}, record={"ground": "life_danger"}),
        Allowed("acknowledge", {"status": "unanswered"}),
        Allowed("acknowledge", told={"received_at": NOON - DAY}),
        Allowed("accept", {"status": "sent"}),  # an answer is a receipt, too
        Allowed("refuse", {"status": "unanswered"}),
        Allowed("finish", {}, {"decision": "", "lawyer": ""}, {"service": "shelter"}),
        Allowed("cancel", {"status": "drafted"}, record={"sent_at": None, "approver": ""}),
        Allowed("ratify", {"status": "refused"}),
        Allowed("lack_papers", told={"asked_at": NOON - DAY / 2}),  # together with the receipt
        Allowed("lack_papers", record=BROUGHT),  # again, once they were brought
        Allowed("bring_papers", told={"brought_at": NOON - DAY / 2}),
        Allowed("accept", record={"papers_asked_at": NOON - DAY / 2}),  # they answer all the same
    ],
}
