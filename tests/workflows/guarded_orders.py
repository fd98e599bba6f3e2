"""Sound and refused examples of the rows of a protection order, and of the act that opens one."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.engine.people_and_cases import NOON, OFFICER
from tests.workflows.guarded import DAY, HIGH, Allowed, Good, Refused, ladder, rungs
from workflows.protection_order import facts as order
from workflows.protection_order.guards import Protecting

YESTERDAY, TODAY, TOMORROW = date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)
UNTIL, HALF_A_YEAR, BEYOND = date(2026, 6, 30), date(2026, 9, 11), date(2026, 9, 12)
NO_VIOLENCE = frozenset({"no_violence"})
APPLY = {"consents": frozenset({"apply"})}
OF_AGE = {"applicant": "on_behalf", "proxy_ground": "aged"}
COERCED = {"applicant": "on_behalf", "proxy_ground": "coerced", "proxy_why": "手机被他收走。"}


def order_(status: str, facts: object | None = None, **record: Any) -> Good:
    """Her own application against him, which the officer carries."""
    return Good(status, {"handler": "officer"}, facts, OFFICER, {"respondent": "him"} | record)


def lasting(facts: object | None = None, **record: Any) -> Good:
    """An order of the day before yesterday, in force until the end of June."""
    known = {"ruled_at": NOON - 2 * DAY, "valid_until": UNTIL, "open": False}
    return order_("in_force", facts, **(known | record))


def over(facts: object | None = None, **record: Any) -> Good:
    """An order that lapsed yesterday."""
    return lasting(facts, **({"valid_until": YESTERDAY} | record))._replace(status="expired")


ASKED = {"filed_at": NOON - 2 * DAY}
TAKEN = {"accepted_at": NOON - DAY}
GRANTED = order.Granting("民保令1号", NOON, NO_VIOLENCE, valid_until=UNTIL)

GOOD: dict[str, Good] = {
    "file": order_("preparing", order.Filing("县法院", NOON, "written")),
    "accept": order_("filed", order.Accepting(NOON, "民保令1号"), **ASKED),
    "turn_down": order_("filed", order.TurningDown(NOON, True, "不属管辖。"), **ASKED),
    "grant": order_("accepted", GRANTED, **TAKEN),
    "deny": order_("accepted", order.Denying(NOON - DAY / 2, TODAY, "证据不足。"), **TAKEN),
    "reconsider": order_("denied", order.Reconsidering(NOON, "有新的伤情。"), ruled_at=NOON - DAY),
    "accept_denial": order_("denied", order.AcceptingDenial(told=True)),
    "overturn": order_("reconsidering", GRANTED, **TAKEN, reconsidered_at=NOON - DAY / 2),
    "uphold": order_("reconsidering", order.Upholding(NOON, "维持。"), reconsidered_at=NOON - DAY),
    "expire": lasting(valid_until=YESTERDAY),
    "revoke": lasting(order.Revoking("her_application", NOON)),
    "feed_back": over(order.FeedingBack(NOON, "未再发生。")),
    "serve": lasting(order.Serving("respondent", NOON)),
    "visit": lasting(order.Visiting(NOON, safe_setting=True)),
    "breach": lasting(order.Breaching(NOON, "他到楼下叫骂。", police_told=True)),
    "ask_renewal": lasting(order.AskingRenewal(NOON)),
    "renew": lasting(order.Renewing("民保更1号", NOON, date(2026, 12, 30))),
    "chase": lasting(order.Chasing(how="phone", outcome="reached")),
    "contest": lasting(order.Contesting(NOON)),
    "write_application": order_("preparing", order.Writing("here")),
    "serve_denial": order_("denied", order.ServingDenial(TODAY), ruled_at=NOON - DAY),
    "waive_renewal": lasting(order.WaivingRenewal(NOON, told=True)),
    "refuse_renewal": lasting(
        order.RefusingRenewal(NOON, "未见新的危险。"), renewal_asked_at=NOON - DAY
    ),
}

OPENER = Good("", {}, order.Opening("him", "self", measures_asked=NO_VIOLENCE), OFFICER)

RUNNING = {"procedures": (Protecting(status="filed", respondent="him"),)}
REFUSED_OPENERS = [
    # in her name only where the law allows it …
    Refused("open_order", "ground_of_law", APPLY, {"applicant": "on_behalf"}),
    Refused("open_order", "ground_of_law", APPLY, OF_AGE | {"proxy_ground": "busy"}),
    Refused("open_order", "ground_of_law", {}, {"applicant": "police"}),
    # … and as she wishes, unless she cannot say so; then with the reason
    Refused("open_order", "consents_or_cannot", {}, OF_AGE),
    Refused("open_order", "consents_or_cannot", {"consents": frozenset({"refer"})}, OF_AGE),
    Refused("open_order", "consents_or_cannot", {}, COERCED | {"proxy_why": " "}),
    # one at a time against the same person
    Refused("open_order", "no_other_against_him", {"kept_away": frozenset({"him"})}),
    *(
        Refused(
            "open_order",
            "no_other_against_him",
            {"procedures": (Protecting(status=status, respondent="him"),)},
        )
        for status in ("preparing", "filed", "accepted", "reconsidering")
    ),
    Refused("open_order", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
    Refused(
        "open_order",
        "no_conflict_of_interest",
        {"conflicted": frozenset({"l"})},
        {"carrier": "l"},
    ),
]

ALLOWED_OPENERS = [
    Allowed("open_order", {"danger": HIGH}),  # nothing that rescues is blocked
    Allowed("open_order", {"danger": None, "assessment": None}),
    Allowed("open_order", APPLY, OF_AGE),
    Allowed("open_order", {}, COERCED),
    Allowed("open_order", {}, COERCED | {"proxy_ground": "no_capacity"}),
    Allowed("open_order", {}, OF_AGE | {"applicant": "relative"}),
    Allowed("open_order", {"kept_away": frozenset({"his brother"})}),
    Allowed("open_order", RUNNING, {"respondent": "his brother"}),
    # what was denied is none: she asks again, and the court looks again
    Allowed("open_order", {"procedures": (Protecting(status="denied", respondent="him"),)}),
]

LATER = NOON + DAY
REFUSED = [
    Refused("file", "still_agreed", record=OF_AGE),
    Refused("file", "filed_by_now", told={"filed_at": LATER}),
    Refused("file", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
    Refused("accept", "accepted_after_filing", told={"accepted_at": LATER}),
    Refused("accept", "accepted_after_filing", told={"accepted_at": NOON - 3 * DAY}),
    Refused("turn_down", "turned_down_in_writing", told={"in_writing": False}),
    Refused("turn_down", "turned_down_in_writing", told={"turned_down_at": LATER}),
    Refused("turn_down", "turned_down_in_writing", told={"turned_down_at": NOON - 3 * DAY}),
    Refused("grant", "ruled_after_asking", told={"ruled_at": LATER}),
    Refused("grant", "ruled_after_asking", told={"ruled_at": NOON - 2 * DAY}),
    Refused("grant", "within_six_months", told={"valid_until": YESTERDAY}),
    Refused("grant", "within_six_months", told={"valid_until": BEYOND}),
    Refused("deny", "denied_after_acceptance", told={"ruled_at": LATER}),
    Refused("deny", "denied_after_acceptance", told={"ruled_at": NOON - 2 * DAY}),
    Refused("deny", "denied_after_acceptance", told={"denial_served_on": TOMORROW}),
    Refused("deny", "denied_after_acceptance", told={"denial_served_on": date(2026, 3, 9)}),
    Refused("reconsider", "asked_after_denial", told={"reconsidered_at": LATER}),
    Refused("reconsider", "asked_after_denial", told={"reconsidered_at": NOON - 2 * DAY}),
    Refused("reconsider", "no_other_meanwhile", RUNNING),
    Refused("reconsider", "no_other_meanwhile", {"kept_away": frozenset({"him"})}),
    Refused("serve_denial", "denial_not_served_yet", record={"denial_served_on": TODAY}),
    Refused("serve_denial", "denial_served_after_it", told={"denial_served_on": TOMORROW}),
    Refused("serve_denial", "denial_served_after_it", told={"denial_served_on": date(2026, 3, 9)}),
    Refused("waive_renewal", "she_knows_what_ends", told={"told": False}),
    Refused("waive_renewal", "she_knows_what_ends", told={"waived_at": LATER}),
    Refused("waive_renewal", "she_knows_what_ends", told={"waived_at": NOON - 3 * DAY}),
    Refused("refuse_renewal", "renewal_was_asked", record={"renewal_asked_at": None}),
    Refused("refuse_renewal", "refused_after_asking", told={"refused_at": LATER}),
    Refused("refuse_renewal", "refused_after_asking", told={"refused_at": NOON - 2 * DAY}),
    Refused("accept_denial", "right_to_reconsider_told", told={"told": False}),
    Refused("overturn", "ruled_after_asking", told={"ruled_at": LATER}),
    Refused("overturn", "ruled_after_asking", told={"ruled_at": NOON - 0.75 * DAY}),
    Refused("overturn", "within_six_months", told={"valid_until": BEYOND}),
    Refused("uphold", "upheld_after_asking", told={"upheld_at": LATER}),
    Refused("uphold", "upheld_after_asking", told={"upheld_at": NOON - 2 * DAY}),
    Refused("expire", "it_has_lapsed", record={"valid_until": TODAY}),
    Refused("revoke", "revoked_while_it_lasted", told={"revoked_at": LATER}),
    Refused("revoke", "revoked_while_it_lasted", told={"revoked_at": NOON - 3 * DAY}),
    Refused("revoke", "revoked_while_it_lasted", record={"valid_until": YESTERDAY}),
    Refused("feed_back", "no_breach_left_to_write_down", record={"breach_seen": True}),
    Refused("feed_back", "fed_back_at_the_end", told={"fed_back_at": LATER}),
    Refused("feed_back", "fed_back_at_the_end", told={"fed_back_at": NOON - DAY}),
    Refused("serve", "served_after_ruling", told={"handed_at": LATER}),
    Refused("serve", "served_after_ruling", told={"handed_at": NOON - 3 * DAY}),
    Refused("visit", "visited_under_the_order", told={"seen_at": LATER}),
    Refused("visit", "visited_under_the_order", told={"seen_at": NOON - 3 * DAY}),
    Refused("breach", "breached_while_it_lasted", told={"breached_at": LATER}),
    Refused("breach", "breached_while_it_lasted", told={"breached_at": NOON - 3 * DAY}),
    Refused("breach", "breached_while_it_lasted", record={"valid_until": YESTERDAY}),
    Refused("breach", "police_told_or_her_reason", told={"police_told": False}),
    Refused("ask_renewal", "asked_before_it_lapses", told={"renewal_asked_at": LATER}),
    Refused("ask_renewal", "asked_before_it_lapses", record={"valid_until": YESTERDAY}),
    Refused("renew", "renewed_before_it_lapsed", told={"renewed_at": LATER}),
    Refused("renew", "renewed_before_it_lapsed", told={"renewed_at": NOON - 3 * DAY}),
    Refused(
        "renew",
        "renewed_before_it_lapsed",
        told={"valid_until": UNTIL},
        record={"valid_until": YESTERDAY},
    ),
    Refused("renew", "six_months_more", told={"valid_until": UNTIL}),
    Refused("renew", "six_months_more", told={"valid_until": date(2026, 12, 31)}),
    *ladder("order.service", "said"),
    Refused("contest", "contested_once", record={"contested_at": NOON - DAY}),
    Refused("contest", "contested_after_ruling", told={"contested_at": LATER}),
    Refused("contest", "contested_after_ruling", told={"contested_at": NOON - 3 * DAY}),
]

ALLOWED = [
    *rungs("order.service", "said"),
    Allowed("file", APPLY, record=OF_AGE),
    Allowed("file", record={"applicant": "on_behalf", "proxy_ground": "coerced"}),
    Allowed("file", told={"filed_at": NOON - 5 * DAY}),  # by herself, before she came
    Allowed("file", {"danger": HIGH}),
    Allowed("grant", told={"valid_until": HALF_A_YEAR}),
    Allowed("grant", told={"valid_until": TODAY}),
    Allowed("grant", told={"ruled_at": NOON - DAY}),
    Allowed("breach", told={"police_told": False, "why_not_told": "她怕报复，先不报。"}),
    Allowed("breach", told={"breached_at": NOON - DAY}, record={"valid_until": YESTERDAY}),
    Allowed("ask_renewal", record={"valid_until": TODAY}),  # to its last second
    Allowed(
        "breach",
        {"status": "expired"},
        record={"valid_until": YESTERDAY},
        told={"breached_at": NOON - DAY},
    ),
    Allowed("reconsider", {"kept_away": frozenset({"his brother"})}),
    Allowed("deny", told={"denial_served_on": None}),
    Allowed("visit", told={"safe_setting": False}),
    Allowed("feed_back", {"status": "revoked"}, record={"revoked_at": NOON}),
]
