"""Sound and refused examples of the rows about a report to the police and a mandatory report."""

from __future__ import annotations

from typing import Any

from tests.engine.people_and_cases import NOON, OFFICER
from tests.workflows.guarded import DAY, HIGH, Allowed, Good, Refused, ladder, rungs
from workflows.mandatory_report import facts as mandatory
from workflows.police_report import facts as police


def report(status: str, facts: object | None = None, **record: Any) -> Good:
    """A report of two days ago, which the officer follows."""
    known = {"reported_at": NOON - 2 * DAY, "open": False}
    return Good(status, {"handler": "officer"}, facts, OFFICER, known | record)


TAKEN = {"accepted_at": NOON - DAY}
WARNED = {"against": "him", "warned_at": NOON - DAY, "visits": 3, "clean_visits": 3}
LATER, EARLIER, BEFORE = NOON + DAY, NOON - 1.5 * DAY, NOON - 3 * DAY

GOOD: dict[str, dict[str, Good]] = {
    "police_report": {
        "accept": report("reported", police.Accepting(NOON)),
        "warn": report("accepted", police.Warned(NOON, "告1号"), **TAKEN, against="him"),
        "decide": report("accepted", police.Deciding("education", NOON), **TAKEN),
        "end_visits": report("warned", **WARNED),
        "visit": report("warned", police.Visiting(NOON, clean=True), **WARNED),
        "chase": report("reported", police.Chasing(NOON, how="phone", outcome="reached")),
    },
    "mandatory_report": {
        "acknowledge": report("reported", mandatory.Receiving(NOON)),
        "feed_back": report("receipted", mandatory.FeedingBack(NOON, "已受案。"),
                            received_at=NOON - DAY),
        "chase": report("reported", mandatory.Chasing(NOON, how="phone", outcome="reached")),
    },
}  # fmt: skip

REFUSED = {
    "police_report": [
        Refused("accept", "accepted_after_the_report", told={"accepted_at": LATER}),
        Refused("accept", "accepted_after_the_report", told={"accepted_at": BEFORE}),
        Refused("decide", "decided_after_the_report", told={"decided_at": LATER}),
        Refused("decide", "decided_after_the_report", told={"decided_at": EARLIER}),
        Refused(
            "decide",
            "decided_after_the_report",
            told={"decided_at": BEFORE},
            record={"accepted_at": None},
        ),
        Refused("warn", "warned_after_the_report", told={"warned_at": LATER}),
        Refused("warn", "warned_after_the_report", told={"warned_at": EARLIER}),
        Refused(
            "warn",
            "warned_after_the_report",
            told={"warned_at": BEFORE},
            record={"accepted_at": None},
        ),
        Refused("visit", "visited_after_the_warning", told={"visited_at": LATER}),
        Refused("visit", "visited_after_the_warning", told={"visited_at": EARLIER}),
        Refused(
            "visit",
            "visited_after_the_warning",
            told={"visited_at": NOON - DAY / 2},
            record={"visited_at": NOON - DAY / 4},
        ),
        Refused("visit", "clean_or_not", told={"found_violence": True}),
        Refused("end_visits", "three_clean_visits", record={"visits": 9, "clean_visits": 2}),
        Refused("end_visits", "violence_written_down", record={"violence_seen": True}),
        Refused("chase", "chased_after_the_report", told={"chased_at": LATER}),
        Refused("chase", "chased_after_the_report", told={"chased_at": BEFORE}),
        *ladder("dv.police_decision", "answer"),
    ],
    "mandatory_report": [
        Refused("acknowledge", "received_after_the_report", told={"received_at": LATER}),
        Refused("acknowledge", "received_after_the_report", told={"received_at": BEFORE}),
        Refused("feed_back", "fed_back_after_the_report", told={"fed_back_at": LATER}),
        Refused("feed_back", "fed_back_after_the_report", told={"fed_back_at": EARLIER}),
        Refused(
            "feed_back",
            "fed_back_after_the_report",
            told={"fed_back_at": BEFORE},
            record={"received_at": None},
        ),
        Refused("chase", "chased_after_the_report", told={"chased_at": LATER}),
        Refused("chase", "chased_after_the_report", told={"chased_at": BEFORE}),
        *ladder("dv.police_feedback", "answer"),
    ],
}

ALLOWED = {
    "police_report": [
        # what others did is written down, whatever the danger, also from the report at once
        Allowed("warn", {"status": "reported", "danger": HIGH}, record={"accepted_at": None}),
        Allowed("decide", {"status": "reported"}, record={"accepted_at": None}),
        Allowed("chase", {"status": "accepted"}),
        *rungs("dv.police_decision", "answer"),
        Allowed("visit", told={"clean": False}),
        Allowed("visit", told={"clean": False, "found_violence": True}),
        Allowed("end_visits", record={"clean_visits": 4}),
    ],
    "mandatory_report": [
        Allowed("feed_back", {"status": "reported"}, record={"received_at": None}),
        Allowed("chase", {"status": "receipted"}),
        *rungs("dv.police_feedback", "answer"),
    ],
}
