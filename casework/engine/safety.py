"""The safety rules as statements about a step that was made, independent of the guards.

`explore` holds every step it can make against them. They are written from docs/safety.md, not
from the guards, so that a wrong or missing guard shows as a violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casework.engine.case_acts import OUTCOMES
from casework.engine.moves import Move
from casework.engine.people import Actor
from casework.engine.situation import Danger, Questions, Situation

CLOSING_ALONE = "closing_alone"
APPROVED_ALONE, SENT_UNAPPROVED = "approved_alone", "sent_unapproved"
STATUS_CONFIRMED = "status_relation_confirmed"


@dataclass(frozen=True)
class Made:
    """A step that was made: what was before (with the facts told), who moved, what came after."""

    before: Situation
    move: Move
    actor: Actor
    after: Situation

    def told(self, name: str) -> object:
        """One of the facts told with the move, or None."""
        return getattr(self.before.facts, name, None)


def violated(made: Made) -> Iterator[str]:
    """The safety rules that the step violates: numbers of the rules, or `closing_alone`."""
    return (rule for rule, broken in RULES.items() if broken(made))


def _shared_without_consent(made: Made) -> bool:
    """Rule 1: nothing is shared, referred, filed on behalf or mediated without consent, but for the
    exceptions."""
    before, after, name = made.before, made.after, made.move.name
    if name == "open_referral":
        return not _may_be_referred(made)
    if name == "open_order":
        return not _may_be_applied_for(made)
    if name == "issue_letter" and made.told("letter") == "police_letter":
        agreed = "share" in before.consents or before.report_duty
        knows = made.told("told_first") or made.told("why_not_told")
        return not knows or not (agreed or before.danger is Danger.HIGH)
    if name == "report_police":
        return not (made.told("told_first") or made.told("why_not_told"))
    if name == "file" and before.kind == "protection_order":
        return _by_her_wish(before.procedure) and "apply" not in before.consents
    if name == "send" and before.kind == "referral":
        consented = "refer" in before.consents
        return getattr(before.procedure, "ground", "") == "consent" and not consented
    if name == "hear":
        return not (made.told("agrees") and made.told("rights_told"))
    if name == "consent" and before.kind == "mediation":
        return getattr(before.procedure, "agreed", frozenset()) != {"hers", "other"}
    rests = {scope for p in after.procedures for scope in ("refer", "apply")
             if f"consent:{scope}" in p.ends_on}  # fmt: skip
    if rests - after.consents:
        return True
    if name != "transfer_out":
        return False
    agreed = bool(made.before.consents & {"share", "refer"})
    return not (agreed if made.told("ground") == "consent" else made.before.danger is Danger.HIGH)


def _may_be_referred(made: Made) -> bool:
    before, ground, to = made.before, made.told("ground"), made.told("service")
    if ground == "consent":
        return "refer" in before.consents
    if not made.told("why") or not made.told("told_first"):
        return False
    if ground == "statutory_report":
        return before.report_duty and to == "police"
    high = before.danger is Danger.HIGH
    return high and (ground == "life_danger" or to in ("police", "federation"))


CANNOT_CONSENT = ("no_capacity", "limited_capacity", "coerced")
BY_HER_WISH = ("aged", "disabled", "ill")


def _by_her_wish(application: object) -> bool:
    """Applied for in her name, which the law allows only as she wishes?"""
    on_behalf = getattr(application, "applicant", "") == "on_behalf"
    return on_behalf and getattr(application, "proxy_ground", "") in BY_HER_WISH


def _may_be_applied_for(made: Made) -> bool:
    if made.told("applicant") == "self":
        return True
    if made.told("applicant") != "on_behalf":  # others apply in their own name, on a ground of law
        return made.told("proxy_ground") in (*CANNOT_CONSENT, *BY_HER_WISH)
    if made.told("proxy_ground") in BY_HER_WISH:
        return "apply" in made.before.consents
    return made.told("proxy_ground") in CANNOT_CONSENT and bool(made.told("proxy_why"))


STEPS_TOGETHER = frozenset({"consent", "schedule", "meet", "resume", "agree", "sign"})
"""Rows of a mediation that bring the two nearer to one table."""


NEARER = STEPS_TOGETHER - {"agree", "sign"} | {"invite", "hear"}
"""Rows that prepare or begin a session: they wait for what high danger demands."""


def _mediated_with_him(made: Made) -> bool:
    """Rule 5: never jointly with him or his relatives; separately only on five conditions."""
    before, name = made.before, made.move.name
    if before.kind == "mediation" and name in STEPS_TOGETHER:
        other, mode = (getattr(before.procedure, n, "") for n in ("other", "mode"))
        protected = before.live_order or before.warned
        return other in before.barred and (mode == "joint" or protected)
    if name != "open_mediation":
        return False
    his = made.told("other") in before.barred or not made.told("unrelated")
    if not his or not (before.violence or before.alarming or made.told("other") in before.barred):
        return False
    minor = made.told("first_and_minor") and made.told("asked_in_writing")
    free = made.told("no_order") and not (before.live_order or before.warned)
    signed = before.countersigner not in ("", made.actor.uid)
    low = before.danger is Danger.LOW
    return not (made.told("mode") == "separate" and minor and free and signed and low)


VIOLENT = {
    "record_incident": "by",
    "report_police": "against",
    "warn": "against",
    "grant": "respondent",
    "overturn": "respondent",
}
"""Rows that tell of violence between the two, and the name of what says by whom."""


def _not_screened_alone(made: Made) -> bool:
    """Rule 14: each side is seen alone before consent and before each session, and violence
    between the two stops it at once."""
    before, name = made.before, made.move.name
    if name in VIOLENT:
        by = made.told(VIOLENT[name]) or getattr(before.procedure, VIOLENT[name], "") or "him"
        return any(getattr(p, "other", "") == by and p.ends_on for p in made.after.procedures)
    if before.kind != "mediation":
        return False
    if name in ("meet", "resume"):
        return not (made.told("screened_alone") and made.told("no_violence"))
    if name == "hear":
        return not (made.told("screened_alone") and made.told("no_violence"))
    screened: frozenset[str] = getattr(before.procedure, "screened", frozenset())
    return name in ("consent", "hold", "agree") and screened != {"hers", "other"}


def _approved_alone(made: Made) -> bool:
    """A letter is approved, before or after, by somebody who neither drafted nor sent it."""
    if made.before.kind != "referral" or made.move.name not in ("approve", "ratify"):
        return False
    record = made.before.procedure
    return made.actor.uid in (getattr(record, n, "") for n in ("opener", "sender"))


def _status_confirmed(made: Made) -> bool:
    """No court confirms what two agreed about divorce or parentage."""
    if made.before.kind != "mediation" or made.move.name != "confirm":
        return False
    return bool(getattr(made.before.procedure, "status_relation", False))


def _sent_unapproved(made: Made) -> bool:
    """Only an urgent letter goes out unapproved."""
    before = made.before
    drafted = before.kind == "referral" and before.status == "drafted" and made.move.name == "send"
    return drafted and getattr(before.procedure, "urgency", "") not in ("hours", "one_day")


def _unassessed(made: Made) -> bool:
    """Rule 2: no work and no closure without a valid assessment, no leaving without the three
    questions; and violence between the parties is not handled as a petition."""
    before, name = made.before, made.move.name
    if before.procedure is not None:
        return False
    asked = before.questions is not Questions.NOT_ASKED
    if name in ("withdraw", "decline_service") and not asked:
        return True
    if before.kind == "petition":
        doubtful = before.alarming and name == "accept" and not made.told("violence_elsewhere")
        onward = made.move.target is not None and name != "send_back"
        worked_on = onward and made.after.status in ("handling", "assigned", "closing")
        return doubtful or (worked_on and before.violence)
    if name in ("transfer_out", "merge", "not_dv"):
        return not (asked or made.told("why_not_asked"))
    leaves = before.status == "reported" and made.after.status != "reported"
    valid = before.assessment is not None and before.assessment.holds(before.now)
    worked_on = leaves and name != "decline_service"
    return (worked_on or name == "request_closure") and not valid


def _danger_understated(made: Made) -> bool:
    """Rule 3: a special item means high, unknown or injury at least medium; only two lower it."""
    before, after = made.before, made.after
    answers = dict(made.told("answers") or ())  # type: ignore[call-overload]  # pairs of the instrument
    if made.move.name == "record_assessment":
        special = [answers.get("strangulation"), answers.get("lethal_act")]
        floor = 2 if "yes" in special else int("unknown" in special or bool(made.told("injury")))
        if after.danger is None or after.danger.rank < floor:
            return True
    if before.danger is None or (after.danger and after.danger.rank >= before.danger.rank):
        return False
    made_by = before.assessment
    return (
        made.move.name != "lower_danger"
        or made_by is None
        or not made_by.holds(before.now)
        or made_by.assessor == made.actor.uid
        or after.danger is None
        or after.danger.rank < made_by.level.rank
    )


TELLS = {
    "police": {"report_police"},
    "superior": {"report_superior"},
    "plan": {"offer_plan"},
    "mandatory": {"report_mandatory", "report_police"},
}
"""Who may take off what is owed, beside a lower level and what becomes of the case elsewhere."""


def _forgotten(made: Made, task: str) -> bool:
    """Is a task no longer owed that nobody recorded?"""
    gone = task in made.before.owed and task not in made.after.owed
    if made.move.name == "report_police" and task == "mandatory":
        return gone and not made.told("as_mandatory")
    goes_on = made.move.name in ("convert", "not_dv")
    lowered = made.move.name == "lower_danger" and task != "mandatory"
    return gone and not (goes_on or lowered) and made.move.name not in TELLS[task]


def _high_danger_let_go(made: Made) -> bool:
    """Rule 4: high danger demands four tasks from the moment it is known, and until they are done
    nothing is mediated, completed or closed; what she ends herself is signed by two."""
    before, after, name = made.before, made.after, made.move.name
    rises = after.danger is Danger.HIGH is not before.danger
    if rises and not after.owed >= {"police", "superior", "plan"}:
        return True
    if any(_forgotten(made, task) for task in ("police", "superior")):
        return True
    unreported = bool(before.owed & {"police", "superior"})
    if name == "archive":
        return unreported
    if before.danger is not Danger.HIGH:
        return False
    unreported = unreported or not before.handler
    waits = name in ("complete", "request_closure", "close", "open_mediation")
    waits = waits or (before.kind == "mediation" and name in NEARER)
    if waits and (unreported or "plan" in before.owed):
        return True
    if name == "close_lost":
        return unreported or not made.told("police_check")
    signed = before.countersigner not in ("", made.actor.uid)
    return (
        name in ("decline_service", "request_closure") and before.kind != "petition" and not signed
    )


def _pressed_to_make_up(made: Made) -> bool:
    """Rule 6: no outcome speaks of reconciliation; nobody withdraws unless seen alone."""
    if made.before.procedure is not None:
        return False
    outcome = made.told("outcome")
    unseen = made.move.name == "withdraw" and not made.told("seen_alone")
    return unseen or (outcome is not None and outcome not in OUTCOMES)


def _child_not_reported(made: Made) -> bool:
    """Rule 7: the mandatory report is not skipped, and a minor's case is not ended for her."""
    name = made.move.name
    if name == "decline_service" and made.before.minor:
        return True
    arises = made.after.report_duty and not made.before.report_duty
    if arises and name != "convert" and "mandatory" not in made.after.owed:
        return True
    owed = "mandatory" in made.before.owed
    return _forgotten(made, "mandatory") or (owed and name in ENDS_OF_A_DUTY)


ENDS_OF_A_DUTY = frozenset(
    {
        "complete",
        "request_closure",
        "close",
        "close_lost",
        "archive",
        "withdraw",
        "decline_service",
        "not_ours",
        "decline",
        "transfer",
    }
)
"""Moves after which nobody here would report any more. A transfer of a survivor is not among them:
nothing that rescues waits for paper, and the receiving federation carries the duty on."""


def _given_up_too_soon(made: Made) -> bool:
    """Rule 8: she is invited and followed up only through the safe channel, and lost after three
    attempts on different days through it."""
    if made.move.name in ("complete", "open_follow_up"):
        return not (made.told("safely") or made.told("welfare_check"))
    if made.before.kind == "follow_up" and made.move.name in ("talk", "miss"):
        return not (made.told("safe_setting") or made.told("safe_channel"))
    if made.move.name == "invite" and made.told("side") == "hers":
        return made.before.safety_sensitive and not made.told("safely")
    if made.move.name != "mark_lost":
        return False
    days = {made.told(f"{nth}_attempt") for nth in ("first", "second", "third")}
    return len(days) < 3 or not made.told("safe_channel")


def _in_wrong_hands(made: Made) -> bool:
    """Rule 12: nobody with an interest gets the case, carries a procedure or acts in it."""
    before, after = made.before, made.after
    carriers = {p.carrier for p in after.procedures} - {p.carrier for p in before.procedures}
    if carriers & before.conflicted:
        return True
    if made.move.name in ("send", "consent", "file") and made.actor.uid in before.conflicted:
        return True
    return made.after.handler in made.before.conflicted and made.after != made.before


def _no_plan_offered(made: Made) -> bool:
    """Rule 13: medium and high danger: a safety plan is offered before the case is complete."""
    before, after = made.before.danger, made.after.danger
    rank = before.rank if before else Danger.LOW.rank
    if after and after.rank > rank and "plan" not in made.after.owed:
        return True
    open_still = "plan" in made.before.owed
    return _forgotten(made, "plan") or (made.move.name in ("complete", "close") and open_still)


def _closed_alone(made: Made) -> bool:
    return made.move.name == "close" and made.before.requester in ("", made.actor.uid)


RULES: dict[str, Callable[[Made], bool]] = {
    "1": _shared_without_consent,
    "2": _unassessed,
    "3": _danger_understated,
    "4": _high_danger_let_go,
    "5": _mediated_with_him,
    "6": _pressed_to_make_up,
    "7": _child_not_reported,
    "8": _given_up_too_soon,
    "12": _in_wrong_hands,
    "13": _no_plan_offered,
    "14": _not_screened_alone,
    CLOSING_ALONE: _closed_alone,
    APPROVED_ALONE: _approved_alone,
    SENT_UNAPPROVED: _sent_unapproved,
    STATUS_CONFIRMED: _status_confirmed,
}
