"""The tables of docs domain §3 and §4, written down a second time: the code is compared with them.

A line reads: move, from, to, permission, "reason" when a written reason is required.
"""

from __future__ import annotations

from dataclasses import dataclass

LIVING = "*"
"""An act may be made in every status but the archived one."""


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    name: str
    sources: frozenset[str]
    target: str | None
    permission: str
    reason: bool


KINDS = ("petition", "domestic_violence")
PROCEDURES = (
    "mediation",
    "referral",
    "protection_order",
    "follow_up",
    "police_report",
    "mandatory_report",
)
MACHINES = (*KINDS, *PROCEDURES)

STATUSES = {
    "petition": [
        "registered",
        "objecting",
        "handling",
        "assigned",
        "closing",
        "closed",
        "declined",
        "transferred",
        "returned",
        "withdrawn",
        "merged",
        "converted",
        "archived",
    ],
    "domestic_violence": [
        "reported",
        "assessed",
        "responding",
        "monitoring",
        "lost_contact",
        "transferring",
        "transferred",
        "closing",
        "closed",
        "declined_service",
        "merged",
        "converted",
        "archived",
    ],
    "mediation": [
        "proposed",
        "consented",
        "in_session",
        "agreed",
        "not_agreed",
        "stopped",
        "signed",
        "confirmed",
        "unconfirmed",
        "performed",
        "defaulted",
    ],
    "referral": [
        "drafted",
        "approved",
        "sent",
        "received",
        "unanswered",
        "accepted",
        "refused",
        "completed",
        "cancelled",
    ],
    "protection_order": [
        "preparing",
        "filed",
        "accepted",
        "not_accepted",
        "in_force",
        "denied",
        "reconsidering",
        "denial_final",
        "expired",
        "revoked",
        "concluded",
        "withdrawn",
    ],
    "follow_up": ["planned", "followed", "declined", "impossible", "finished", "stopped"],
    "police_report": ["reported", "accepted", "warned", "decided", "visits_over", "dropped"],
    "mandatory_report": ["reported", "receipted", "fed_back", "dropped"],
}

INITIAL = {
    "petition": "registered",
    "domestic_violence": "reported",
    "mediation": "proposed",
    "referral": "drafted",
    "protection_order": "preparing",
    "follow_up": "planned",
    "police_report": "reported",
    "mandatory_report": "reported",
}

FINAL = {
    "petition": {"archived"},
    "domestic_violence": {"archived"},
    "mediation": {"not_agreed", "stopped", "performed", "defaulted"},
    "referral": {"refused", "completed", "cancelled"},
    "protection_order": {"not_accepted", "denial_final", "concluded", "withdrawn"},
    "follow_up": {"declined", "impossible", "finished", "stopped"},
    "police_report": {"decided", "visits_over", "dropped"},
    "mandatory_report": {"fed_back", "dropped"},
}

PETITION = """
accept          | registered                                      | handling    | triage
answer          | registered                                      | closed      | handle
not_ours        | registered                                      | declined    | triage
decline         | registered                                      | declined    | triage    | reason
object          | registered                                      | objecting   | triage    | reason
uphold          | objecting                                       | returned    | triage
refuse          | objecting                                       | registered  | triage
transfer        | registered handling                             | transferred | triage    | reason
take_back       | transferred                                     | registered  | triage    | reason
assign_down     | registered handling                             | assigned    | triage
report_back     | assigned                                        | handling    | handle
merge           | registered handling                             | merged      | triage
unmerge         | merged                                          | registered  | triage    | reason
convert         | registered objecting handling assigned closing closed declined transferred \
                  returned withdrawn                              | converted   | handle    | reason
request_closure | handling                                        | closing     | handle
send_back       | closing                                         | handling    | supervise | reason
close           | closing                                         | closed      | supervise
reopen          | closed declined withdrawn                       | handling    | supervise | reason
withdraw        | registered handling closing                     | withdrawn   | handle    | reason
archive         | closed declined withdrawn transferred returned converted | archived | archive
"""

DOMESTIC_VIOLENCE = """
assess          | reported                                   | assessed         | handle
respond         | assessed                                   | responding       | handle
escalate        | assessed responding monitoring closing declined_service \
                                                             | reported         | handle    | reason
complete        | responding                                 | monitoring       | handle
mark_lost       | assessed responding monitoring             | lost_contact     | handle    | reason
regain          | lost_contact                               | reported         | handle
close_lost      | lost_contact                               | closed           | supervise | reason
transfer_out    | reported assessed responding               | transferring     | handle    | reason
received        | transferring                               | transferred      | handle
bounce          | transferring                               | reported         | handle
merge           | reported                                   | merged           | triage
unmerge         | merged                                     | reported         | triage    | reason
not_dv          | reported assessed                          | converted        | supervise | reason
decline_service | reported assessed responding monitoring closing \
                                                             | declined_service | handle    | reason
request_closure | monitoring                                 | closing          | handle
send_back       | closing                                    | monitoring       | supervise | reason
close           | closing                                    | closed           | supervise
reopen          | closed declined_service transferred        | reported         | handle    | reason
archive         | closed declined_service transferred converted | archived      | archive
"""

MEDIATION = """
consent  | proposed                                | consented   | mediate
meet     | consented                               | in_session  | mediate
agree    | in_session                              | agreed      | mediate
fail     | in_session                              | not_agreed  | mediate
stop     | proposed consented in_session agreed    | stopped     | handle   | reason
sign     | agreed                                  | signed      | mediate
confirm  | signed                                  | confirmed   | liaise
lapse    | signed                                  | unconfirmed | liaise
perform  | signed confirmed unconfirmed            | performed   | mediate
default  | signed confirmed unconfirmed            | defaulted   | mediate
"""

REFERRAL = """
approve     | drafted                                   | approved   | supervise
send        | drafted approved                          | sent       | liaise
acknowledge | sent unanswered                           | received   | liaise
lapse       | sent                                      | unanswered | liaise
accept      | received sent unanswered                  | accepted   | liaise
refuse      | received sent unanswered                  | refused    | liaise    | reason
finish      | accepted                                  | completed  | liaise
cancel      | drafted approved sent received unanswered | cancelled  | liaise    | reason
"""

PROTECTION_ORDER = """
file          | preparing                | filed         | handle
accept        | filed                    | accepted      | handle
turn_down     | filed                    | not_accepted  | handle   | reason
grant         | accepted                 | in_force      | handle
deny          | accepted                 | denied        | handle
reconsider    | denied                   | reconsidering | handle
accept_denial | denied                   | denial_final  | handle
overturn      | reconsidering            | in_force      | handle
uphold        | reconsidering            | denial_final  | handle
expire        | in_force                 | expired       | handle
revoke        | in_force                 | revoked       | handle   | reason
feed_back     | expired revoked          | concluded     | handle
withdraw      | preparing filed accepted | withdrawn     | handle   | reason
"""

FOLLOW_UP = """
talk    | planned followed | followed   | handle
decline | planned followed | declined   | handle | reason
give_up | planned          | impossible | handle | reason
finish  | followed         | finished   | handle
stop    | planned followed | stopped    | handle | reason
"""

POLICE_REPORT = """
accept     | reported                 | accepted    | handle
warn       | reported accepted        | warned      | handle
decide     | reported accepted        | decided     | handle
end_visits | warned                   | visits_over | handle
drop       | reported accepted warned | dropped     | handle   | reason
"""

MANDATORY_REPORT = """
acknowledge | reported           | receipted | handle
feed_back   | reported receipted | fed_back  | handle
drop        | reported receipted | dropped   | handle   | reason
"""

RATIFY = "ratify | sent unanswered received accepted refused | - | supervise"
"""The only act that the domain's own tables of procedures name."""

OPENERS = {
    # the act of the case that opens a procedure: in which statuses of each kind
    "petition": """
open_mediation | handling                                               | - | handle
open_referral  | registered handling assigned                           | - | handle
open_follow_up | handling assigned                                      | - | handle
""",
    "domestic_violence": """
open_mediation | responding monitoring                                  | - | handle
open_referral  | reported assessed responding monitoring lost_contact   | - | handle
open_order | reported assessed responding monitoring lost_contact transferring closing | - | handle
open_follow_up | responding monitoring lost_contact                     | - | handle
""",
}

OPENS = {
    ("petition", "convert"): "domestic_violence",
    ("domestic_violence", "not_dv"): "petition",
    ("domestic_violence", "open_order"): "protection_order",
    **{(kind, "report_police"): "police_report" for kind in KINDS},
    **{(kind, "report_mandatory"): "mandatory_report" for kind in KINDS},
} | {
    (kind, f"open_{procedure}"): procedure
    for kind in KINDS
    for procedure in ("mediation", "referral", "follow_up")
}

PROCEDURE_ACTS = {
    # ours, beside the domain: what people do in a status without changing it
    "mediation": """
invite   | proposed             | - | mediate
hear     | proposed             | - | mediate
schedule | consented in_session | - | mediate
resume   | in_session           | - | mediate
hold     | in_session           | - | mediate
""",
    "referral": """
give_back | drafted    | - | supervise | reason
revise    | drafted    | - | liaise
chase     | sent received unanswered accepted refused | - | liaise
escalate  | unanswered | - | liaise
press     | unanswered | - | supervise
object_to | refused    | - | liaise
accept_refusal | refused | - | liaise
settle_objection | refused | - | liaise
lack_papers  | received | - | liaise
bring_papers | received | - | liaise
""",
    "protection_order": """
chase          | accepted in_force        | - | handle
write_application | preparing filed denied | - | handle
serve_denial   | denied                   | - | handle
serve          | in_force expired revoked | - | handle
visit          | in_force                 | - | handle
breach         | in_force expired revoked | - | handle
ask_renewal    | in_force                 | - | handle
waive_renewal  | in_force                 | - | handle
refuse_renewal | in_force                 | - | handle
renew          | in_force                 | - | handle
contest        | in_force                 | - | handle
""",
    "follow_up": """
break_off | planned followed | - | handle
miss      | planned followed | - | handle
""",
    "police_report": """
visit | warned            | - | handle
chase | reported accepted warned | - | handle
""",
    "mandatory_report": """
chase | reported receipted | - | handle
""",
}

ACTS = """
assign            | * | - | triage
hand_on           | * | - | handle
ask_danger        | * | - | handle
record_assessment | * | - | handle
record_incident   | * | - | handle
raise_danger      | * | - | handle    | reason
lower_danger      | * | - | supervise | reason
report_police     | * | - | handle
report_superior   | * | - | handle
report_mandatory  | * | - | handle
offer_plan        | * | - | handle
add_contact       | * | - | handle
end_contact       | * | - | handle    | reason
add_evidence      | * | - | handle
issue_letter      | * | - | handle
countersign       | * | - | supervise | reason
add_party         | * | - | handle
give_consent      | * | - | handle
withdraw_consent  | * | - | handle
seal              | * | - | supervise | reason
unseal            | * | - | supervise | reason
add_visit         | * | - | log
recuse            | * | - | handle    | reason
readmit           | * | - | supervise | reason
note              | * | - | handle
link              | * | - | handle
"""


def _rows(kind: str, table: str) -> tuple[Row, ...]:
    living = frozenset(STATUSES[kind]) - {"archived"}
    found = []
    for line in filter(None, table.splitlines()):
        name, sources, target, permission, *reason = (cell.strip() for cell in line.split("|"))
        found.append(
            Row(
                name,
                living if sources == LIVING else frozenset(sources.split()),
                None if target == "-" else target,
                permission,
                reason == ["reason"],
            )
        )
    return tuple(found)


MOVES = {
    "petition": _rows("petition", PETITION),
    "domestic_violence": _rows("domestic_violence", DOMESTIC_VIOLENCE),
    "mediation": _rows("mediation", MEDIATION),
    "referral": _rows("referral", REFERRAL),
    "protection_order": _rows("protection_order", PROTECTION_ORDER),
    "follow_up": _rows("follow_up", FOLLOW_UP),
    "police_report": _rows("police_report", POLICE_REPORT),
    "mandatory_report": _rows("mandatory_report", MANDATORY_REPORT),
}
"""The rows that change a status."""

SERVE_NOTICE = f"serve_notice | {' '.join(STATUSES['petition'])} | - | handle"
"""A notice still owed can be served in the archive too."""

TIME = """
ask_extension    | handling | - | handle
grant_extension  | handling | - | supervise
refuse_extension | handling | - | supervise | reason
"""
"""A longer time to handle it (信访工作条例 34)."""

ACTS_OF = {
    "petition": _rows("petition", ACTS + SERVE_NOTICE + TIME + OPENERS["petition"]),
    "domestic_violence": _rows("domestic_violence", ACTS + OPENERS["domestic_violence"]),
    "mediation": _rows("mediation", PROCEDURE_ACTS["mediation"]),
    "referral": _rows("referral", RATIFY + PROCEDURE_ACTS["referral"]),
    "protection_order": _rows("protection_order", PROCEDURE_ACTS["protection_order"]),
    "follow_up": _rows("follow_up", PROCEDURE_ACTS["follow_up"]),
    "police_report": _rows("police_report", PROCEDURE_ACTS["police_report"]),
    "mandatory_report": _rows("mandatory_report", PROCEDURE_ACTS["mandatory_report"]),
}

ROWS = {key: MOVES[key] + ACTS_OF[key] for key in MACHINES}
"""Moves and acts of each table."""
