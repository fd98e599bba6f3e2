"""Sound and refused examples of the rows of a follow-up, and of the act that plans one."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.engine.following import Planning
from tests.engine.people_and_cases import NOON, OFFICER
from tests.workflows.guarded import DAY, HIGH, LOW, MEDIUM, Allowed, Good, Refused
from workflows.follow_up import facts as follow
from workflows.follow_up.guards import Following

YESTERDAY, TODAY = date(2026, 3, 10), date(2026, 3, 11)
LAST = {None: date(2026, 4, 10), LOW: date(2026, 4, 10), MEDIUM: date(2026, 3, 18),
        HIGH: date(2026, 3, 14)}  # fmt: skip
"""The last day for the first talk, by danger, when it is planned on the 11th."""


def following(status: str = "planned", facts: object | None = None, **record: Any) -> Good:
    """A follow-up planned the day before yesterday, which the officer carries."""
    known = {"planned_at": NOON - 2 * DAY, "open": status == "planned"}
    return Good(status, {"handler": "officer"}, facts, OFFICER, known | record)


GOOD: dict[str, Good] = {
    "talk": following(facts=follow.Talking(NOON, safe_setting=True)),
    "finish": following("followed"),
    "break_off": following(facts=follow.BreakingOff(NOON)),
    "miss": following(facts=follow.Missing(NOON, safe_channel=True)),
}

OPENER = Good(
    "",
    {"safety_sensitive": True},
    Planning(TODAY, safely=True),
    OFFICER,
)

PLANNED = [
    ("follow_up_scheduled", {}, {"follow_up_on": YESTERDAY}),
    *(
        ("follow_up_scheduled", {"danger": danger}, {"follow_up_on": day.replace(day=day.day + 1)})
        for danger, day in LAST.items()
    ),
    ("reached_safely", {}, {"safely": False}),
    ("reached_safely", {"safe_channel": False}, {}),
]
"""What refuses a plan, whichever row tells of it: the guard, the case, the telling."""

AS_PLANNED = [
    *(({"danger": danger}, {"follow_up_on": day}) for danger, day in LAST.items()),
    ({"safe_channel": False}, {"safely": False, "welfare_check": True}),
]

REFUSED_OPENERS = [
    *(Refused("open_follow_up", guard, case, told) for guard, case, told in PLANNED),
    Refused("open_follow_up", "her_safety_is_touched", {"safety_sensitive": False}),
    Refused("open_follow_up", "no_other_follow_up", {"procedures": (Following(status="planned"),)}),
    Refused("open_follow_up", "no_other_follow_up", {"standing": (Following(status="followed"),)}),
    Refused("open_follow_up", "no_conflict_of_interest", {"conflicted": frozenset({"officer"})}),
]
ALLOWED_OPENERS = [Allowed("open_follow_up", case, told) for case, told in AS_PLANNED]

LATER, TOO_EARLY = NOON + DAY, NOON - 3 * DAY
REFUSED = [
    Refused("talk", "talked_safely", told={"safe_setting": False}),
    Refused("talk", "talked_by_now", told={"talked_at": LATER}),
    Refused("talk", "talked_by_now", told={"talked_at": TOO_EARLY}),
    Refused(
        "talk",
        "talked_by_now",
        told={"talked_at": NOON - DAY},
        record={"talked_at": NOON - DAY / 2},
    ),
    Refused("break_off", "broken_off_by_now", told={"tried_at": LATER}),
    Refused("break_off", "broken_off_by_now", told={"tried_at": TOO_EARLY}),
    Refused("miss", "tried_safely", told={"safe_channel": False}),
    Refused("miss", "tried_by_now", told={"tried_at": LATER}),
    Refused("miss", "tried_by_now", told={"tried_at": TOO_EARLY}),
    Refused("miss", "tried_by_now", record={"tried_at": LATER}),
    Refused("miss", "once_a_day", record={"missed": 1, "missed_on": TODAY}),
    Refused("finish", "nothing_left_to_write_down", record={"incident_seen": True}),
]
ALLOWED = [
    Allowed("talk", {"status": "followed"}),
    Allowed("talk", {"danger": HIGH}),
    Allowed("talk", {"safe_channel": False}),  # somebody went and looked
    Allowed("miss", record={"missed": 1, "missed_on": YESTERDAY}),
    Allowed("break_off", record={"missed": 1, "missed_on": TODAY}),
]
