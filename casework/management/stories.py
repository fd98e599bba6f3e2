"""Whole cases, the source of `story`: two that walk the main road, and one for each turn that a
mediation, a referral, a report, a protection order or a follow-up can take. All of it is invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.engine import moment, registry
from casework.management.proceedings import (
    ACCEPT,
    APPROVE,
    BRING,
    CANCEL,
    CHASE,
    CONFIRMED,
    DEFAULTED,
    ESCALATE,
    FAIL,
    FINISH,
    HEARD,
    HOUR,
    LACK,
    LAPSE,
    PERFORMED,
    PRESS,
    RECEIPT,
    REFUSE,
    REVISED,
    SEND,
    answer,
    applied,
    completed,
    court_chased,
    decided,
    denied,
    fed_back,
    follow,
    follow_up_in,
    granted,
    handed,
    lapsed,
    legal_aid,
    man,
    med,
    mediated,
    missed,
    order,
    pol,
    proposed,
    received,
    ref,
    referred,
    seen,
    taken_on,
    taken_up,
    talked,
    told_back,
    visited,
    warned,
)
from casework.management.telling import DAY, Step
from casework.services.people import SafeContact


def answers(*yes: str) -> tuple[tuple[str, str], ...]:
    """Answers to the risk instrument: the items named are answered yes, all others no."""
    items = registry.instrument("dv").items
    return tuple((i.code, "yes" if i.code in yes else "no") for i in items)


LAND: dict[str, Any] = {
    "channel": "visit",
    "kind": "petition",
    "name": "苏某",
    "phone": "13900000001",
    "category": "land",
    "happened": "出嫁后户口未迁，村里分配征地补偿款时说“出嫁女不算”，没有分给她。",
    "asks": "请求帮助确认成员资格，补发补偿款。",
    "danger_safe_now": "yes",
    "danger_hurt": "no",
    "danger_afraid": "no",
}

PETITION = [
    Step("zhou", "accept", lambda t: {"handling_type": "statutory", "handler": t.uid("lin")}),
    Step(
        "lin",
        "serve_notice",
        lambda t: {"served_at": t.at, "how": "hand", "number": "临妇告〔1〕"},
        after=DAY,
    ),
    Step("lin", "add_party", {"role": "respondent", "name": "东风村村民委员会"}, after=DAY),
    *mediated("lin", ending=PERFORMED),
    Step(
        "lin",
        "request_closure",
        lambda t: {
            "outcome": "resolved",
            "reply_served_at": t.at - timedelta(hours=1),
            "opinion_issued": True,
            "review_told": True,
        },
        after=20 * DAY,
    ),
    Step("zhou", "send_back", reason="答复未写明补发日期，请补充。", after=DAY),
    Step(
        "lin",
        "request_closure",
        lambda t: {
            "outcome": "resolved",
            "reply_served_at": t.at - timedelta(hours=1),
            "opinion_issued": True,
            "review_told": True,
        },
        after=2 * DAY,
    ),
    Step("zhou", "close", after=DAY),
    Step("wu", "archive", {"complete": True}, after=10 * DAY),
]

HURT: dict[str, Any] = {
    "channel": "phone",
    "kind": "domestic_violence",
    "name": "某女士",
    "phone": "13900000002",
    "category": "domestic_violence",
    "happened": "丈夫酒后多次动手，昨晚掐她脖子，孩子在场。现暂住亲戚家。",
    "asks": "想知道怎么申请保护令，不想让他知道她来过电话。",
    "danger_safe_now": "yes",
    "danger_hurt": "yes",
    "danger_afraid": "yes",
    "safe": SafeContact(may_call=True, when="工作日上午", code_word="问菜价"),
}

KNOWN = [
    Step(
        "lin",
        "record_incident",
        lambda t: {
            "happened_at": t.at - DAY,
            "form": "physical",
            "injury": True,
            "children_present": True,
            "happened": "掐脖子，颈部有淤痕。",
        },
        after=timedelta(minutes=20),
    ),
    Step(
        "lin",
        "record_assessment",
        lambda t: {
            "basis": "own",
            "answers": answers("threat_to_kill", "controls_life", "expects_again", "strangulation"),
            "injury": True,
            "repeated": True,
        },
        after=timedelta(minutes=30),
    ),
    Step("lin", "assess", {"right_told": True}, after=timedelta(minutes=10)),
]
AT_ONCE = [
    Step(
        "lin",
        "report_police",
        lambda t: {
            "reported_at": t.at - timedelta(minutes=15),
            "station": "城关派出所",
            "receipt": "接报回执一份。",
            "told_first": True,
            "as_mandatory": True,
        },
        after=timedelta(minutes=25),
    ),
    Step("zhou", "assign", lambda t: {"handler": t.uid("lin")}, after=timedelta(minutes=10)),
    Step(
        "lin",
        "report_superior",
        lambda t: {"reported_at": t.at - timedelta(minutes=5), "how": "电话报市妇联权益部值班员"},
        after=timedelta(minutes=20),
    ),
    Step(
        "lin",
        "offer_plan",
        lambda t: {
            "offered_at": t.at - timedelta(minutes=10),
            "taken": "accepted",
            "words": "证件、钥匙和药放在亲戚家；约好暗语；不在家里留纸。",
            "leave_no_paper": True,
        },
        after=timedelta(minutes=30),
    ),
]
"""What high danger, and the child who saw it, demand: done first, recorded with true times."""

ANSWERED = [decided("lin"), told_back("lin")]
"""The police educate him, and tell us so."""

AFTERWARDS = [
    completed("lin", 3, after=25 * DAY),
    missed("lin", after=2 * DAY),
    talked("lin", after=DAY),
    Step("lin", "escalate", {"trigger": "breach"}, reason="他到亲戚家楼下滋扰。", after=3 * DAY),
    Step(
        "lin",
        "record_assessment",
        lambda t: {"basis": "own", "answers": answers("monitoring"), "injury": False},
        after=timedelta(hours=1),
    ),
    Step(
        "zhou",
        "lower_danger",
        {"level": "medium"},
        reason="已搬离并更换联系方式，量表为低危，先降为中危。",
        after=timedelta(hours=2),
    ),
    Step("lin", "assess", {"right_told": True}, after=timedelta(hours=1)),
    Step("lin", "respond"),
    completed("lin", 7, after=14 * DAY),
    talked("lin", after=7 * DAY, satisfaction="4"),
    talked("lin", after=7 * DAY),
    Step("lin", "request_closure", {"outcome": "order_granted"}, after=13 * DAY),
    Step("zhou", "close", after=DAY),
    Step("wu", "archive", {"complete": True}, after=10 * DAY),
]

DOMESTIC_VIOLENCE = [
    *KNOWN,
    *AT_ONCE,
    Step(
        "lin",
        "give_consent",
        {"scope": "refer", "detail": "同意转介法律援助。"},
        after=timedelta(minutes=10),
    ),
    Step("lin", "respond"),
    *legal_aid("lin"),
    *taken_up("lin"),
    warned("lin"),
    told_back("lin"),
    seen("lin", 5 * DAY),
    *AFTERWARDS[:-1],
    *(seen("lin", 85 * DAY) for _each in range(2)),
    pol("lin", "end_visits"),
    AFTERWARDS[-1],
]
"""The visits after the warning go on when the case is closed."""

ACCEPTED = [
    Step("zhou", "accept", lambda t: {"handling_type": "help", "handler": t.uid("lin")}),
    Step("lin", "serve_notice", lambda t: {"served_at": t.at, "how": "hand"}, after=DAY),
    Step("lin", "add_party", {"role": "respondent", "name": "东风村村民委员会"}, after=DAY),
]
CONSENT = Step("lin", "give_consent", {"scope": "refer", "detail": "同意转介法律援助。"})


def finished(outcome: str) -> list[Step]:
    """The petition is replied to, closed by another person, and archived."""
    return [
        Step(
            "lin",
            "request_closure",
            lambda t: {"outcome": outcome, "reply_served_at": t.at - timedelta(hours=1)},
            after=2 * DAY,
        ),
        Step("zhou", "close", after=DAY),
        Step("wu", "archive", {"complete": True}, after=10 * DAY),
    ]


REFUSED_BY_ONE_SIDE = [
    *ACCEPTED,
    *proposed("lin"),
    med("meng", "hear", {"side": "hers"} | HEARD, after=DAY),
    med("meng", "stop", reason="对方明确拒绝调解。", after=DAY),
    *finished("mediation_failed"),
]

STOPPED_BY_VIOLENCE = [
    *ACCEPTED,
    *mediated("lin", unrelated=False, ending=[]),
    Step(
        "lin",
        "record_incident",
        lambda t: {"happened_at": t.at - timedelta(hours=5), "form": "physical", "injury": True},
    ),
    Step("lin", "convert", reason="调解期间对方动手，应作为家暴个案办理。"),
    Step("wu", "archive", {"complete": True}, after=10 * DAY),
]
"""The incident stops the mediation at once, and the case goes on as domestic violence: there the
table offers no joint mediation with him."""

URGENT = [
    *KNOWN,
    *AT_ONCE[:2],
    referred(
        "lin",
        service="shelter",
        urgency="hours",
        ground="life_danger",
        why="被掐脖子，无处可去。",
        told_first=True,
        requests="今晚安排庇护。",
        fee_asked=0,
    ),
    ref("he", "send", {"channel": "phone"}, after=timedelta(minutes=20)),
    ref("zhou", "ratify", after=timedelta(hours=2)),
    RECEIPT,
    ref("he", "accept", lambda t: answer(t, "已接收入住。")),
    ref("he", "finish", {"result": "已入住庇护所。"}, after=DAY),
    Step("lin", "respond"),
    *AT_ONCE[2:],
    *ANSWERED,
    *AFTERWARDS,
]

HIM = Step("lin", "add_party", {"role": "respondent", "name": "某某", "relation": "spouse"})

COMPLETED = [Step("lin", "respond"), completed("lin", 3, after=DAY)]


def signed(outcome: str) -> list[Step]:
    """The violent case is signed by a second person, and closed by another."""
    return [
        Step("wu", "countersign", reason="已核对安全计划与报告情况。", after=DAY),
        Step("lin", "request_closure", {"outcome": outcome}, after=DAY),
        Step("zhou", "close", after=DAY),
    ]


def ended(outcome: str) -> list[Step]:
    """Likewise, after it was followed up."""
    return [*COMPLETED, talked("lin"), *signed(outcome)]


ARCHIVE = Step("wu", "archive", {"complete": True}, after=5 * DAY)
BEGUN = [*KNOWN, HIM, *AT_ONCE, *ANSWERED]

MANDATORY = Step(
    "lin",
    "report_mandatory",
    lambda t: {"reported_at": t.at - timedelta(minutes=10), "station": "城关派出所"},
    after=timedelta(minutes=5),
)
TO_THE_POLICE = Step(
    "lin",
    "report_police",
    lambda t: {
        "reported_at": t.at - timedelta(minutes=10),
        "station": "城关派出所",
        "against": t.party(),
        "told_first": True,
    },
    after=timedelta(minutes=5),
)

MINOR = [
    Step("lin", "add_party", {"role": "victim", "name": "小某", "minor": True}),
    *KNOWN,
    HIM,
    MANDATORY,
    TO_THE_POLICE,
    *AT_ONCE[1:],
    *received("lin"),
    told_back("lin"),
    *taken_up("lin"),
    decided("lin", "filed"),
    MANDATORY,
    man("lin", "drop", reason="与上次报告同一事实，由公安机关并入同一案件。", after=DAY),
    TO_THE_POLICE,
    pol("lin", "drop", reason="与已立案的报案同一事实，一并处理。"),
    *ended("resolved"),
    ARCHIVE,
]
"""A minor is hurt, too: the duty to report is met by a report of its own, and its answer awaited."""

ASK_LONGER = order("lin", "ask_renewal", lambda t: {"renewal_asked_at": t.at}, after=DAY)

ORDER_LIVED = [
    *BEGUN,
    Step("lin", "add_evidence", {"evidence": "medical", "what": "急诊病历一份。", "holder": "her"}),
    Step("lin", "issue_letter", {"letter": "dv_registration", "kept": "here"}),
    *applied("lin"),
    order("lin", "write_application", {"kept": "here", "service_address": True}),
    taken_on("lin"),
    granted("lin", days=40),
    handed("lin", "police"),
    handed("lin"),
    order("lin", "contest", lambda t: {"contested_at": t.at}, after=2 * DAY),
    *ended("order_granted"),
    visited("lin", 14 * DAY, found_breach=True),
    order(
        "lin",
        "breach",
        lambda t: {
            "breached_at": t.at - DAY,
            "breach": "他到楼下叫骂，邻居报警。",
            "police_told": True,
        },
    ),
    order("lin", "waive_renewal", lambda t: {"waived_at": t.at, "told": True}),
    ASK_LONGER,
    order(
        "lin",
        "refuse_renewal",
        lambda t: {"refused_at": t.at, "refusal": "认为申请材料不足。"},
        after=DAY,
    ),
    ASK_LONGER,
    order(
        "lin",
        "renew",
        lambda t: {
            "renewal_ruling": "（2026）民保更 2 号",
            "renewed_at": t.at,
            "valid_until": moment.day_of(t.at) + timedelta(days=40),
        },
        after=3 * DAY,
    ),
    visited("lin"),
    *lapsed("lin", 13 * DAY),
    ARCHIVE,
]
"""The order outlives the case: it is visited, broken, renewed and fed back after the case was
closed, and only then archived."""

REPORTED_AGAIN = [
    *(step for step in AT_ONCE if step.move in ("report_police", "report_superior")),
    *ANSWERED,
]
"""New violence in high danger is reported like the first."""

FOLLOWED_UP = [
    *BEGUN,
    Step("lin", "respond"),
    Step("lin", "open_follow_up", lambda t: follow_up_in(t, 2), after=HOUR),
    follow("lin", "stop", reason="她要求等方案办完再联系。", after=DAY),
    completed("lin", 3, after=2 * DAY),
    missed("lin"),
    missed("lin"),
    missed("lin"),
    follow("lin", "break_off", lambda t: {"tried_at": t.at, "needs": "旁边有人，改日再打。"}),
    talked("lin", after=DAY, new_incident=True),
    Step(
        "lin",
        "record_incident",
        lambda t: {"happened_at": t.at - 2 * DAY, "form": "threat", "happened": "他托人带话威胁。"},
        after=HOUR,
    ),
    *REPORTED_AGAIN,
    talked("lin", after=DAY),
    follow("lin", "finish", after=2 * DAY),
    Step(
        "lin",
        "record_assessment",
        lambda t: {"basis": "own", "answers": answers("monitoring", "strangulation")},
        after=HOUR,
    ),
    *signed("resolved"),
    ARCHIVE,
]
"""She is not reached three times, then not alone, then tells of a threat: it is written down, she
is asked again, and assessed again before the case is closed."""

BOUNCED = [
    *BEGUN,
    Step("lin", "give_consent", {"scope": "share", "detail": "同意移交邻县妇联。"}, after=HOUR),
    Step(
        "lin",
        "transfer_out",
        {"to": "邻县妇联", "ground": "consent"},
        reason="她已回邻县娘家居住。",
        after=DAY,
    ),
    Step("lin", "bounce", {"receipt": "邻县妇联书面答复：她已离开该县。"}, after=3 * DAY),
    Step("lin", "assess", {"right_told": True}, after=HOUR),
    *ended("resolved"),
    ARCHIVE,
]
"""The other county sends the case back: it is assessed again here, and carried on."""

REGAINED = [
    *BEGUN,
    Step("lin", "respond"),
    Step(
        "lin",
        "mark_lost",
        lambda t: {
            "first_attempt": (t.at - 5 * DAY).date(),
            "second_attempt": (t.at - 3 * DAY).date(),
            "third_attempt": t.at.date(),
            "safe_channel": True,
            "welfare_check": "yes",
        },
        reason="三次未接通。",
        after=9 * DAY,
    ),
    Step("lin", "regain", after=6 * DAY),
    Step(
        "lin",
        "record_assessment",
        {"basis": "own", "answers": answers("controls_life", "strangulation")},
        after=HOUR,
    ),
    Step("lin", "assess", {"right_told": True}, after=HOUR),
    *ended("resolved"),
    ARCHIVE,
]
"""She is not reached on three days, and calls again a week later: she is assessed anew."""

ONE_PERSON = [
    Step("shi", "accept", lambda t: {"handling_type": "help", "handler": t.uid("shi")}),
    Step("shi", "serve_notice", lambda t: {"served_at": t.at, "how": "hand"}, after=DAY),
    Step("shi", "add_party", {"role": "respondent", "name": "桥头村村民委员会"}, after=DAY),
    Step(
        "shi",
        "request_closure",
        lambda t: {"outcome": "resolved", "reply_served_at": t.at - HOUR},
        after=9 * DAY,
    ),
    Step("wu", "close", after=DAY),
    Step("wu", "archive", {"complete": True}, after=10 * DAY),
]
"""In a township of one person the second person is a supervisor of the county."""

TOLD_BY_OTHERS: dict[str, Any] = {
    "channel": "intake_point",
    "kind": "domestic_violence",
    "category": "domestic_violence",
    "happened": "邻居向妇女之家反映：夜里常听到她家打骂声，见过她手臂有淤青。",
    "asks": "希望妇联了解情况。",
}

DECLINED = [
    Step(
        "lin",
        "record_assessment",
        {"basis": "third_party", "answers": answers("controls_life"), "injury": True},
        after=HOUR,
    ),
    Step("lin", "assess", {"why_not_yet": "尚未与她本人取得联系。"}, after=HOUR),
    Step("lin", "note", {"text": "她到妇女之家参加活动时单独见面。"}, after=2 * DAY),
    Step(
        "lin",
        "ask_danger",
        {"danger_safe_now": "yes", "danger_hurt": "refused", "danger_afraid": "no"},
        after=HOUR,
    ),
    Step(
        "lin",
        "decline_service",
        {"safety_information": True},
        reason="她说眼下不需要帮助，需要时自己来。",
        after=HOUR,
    ),
    ARCHIVE,
]
"""A neighbour tells of it; she is asked alone, given what she needs to be safe, and left in peace."""

STORIES: dict[str, tuple[str, dict[str, Any], list[Step]]] = {
    "petition": ("lin", LAND, PETITION),
    "domestic_violence": ("lin", HURT, DOMESTIC_VIOLENCE),
    "mediation_confirmed": (
        "lin",
        LAND,
        [*ACCEPTED, *mediated("lin", ending=CONFIRMED), *finished("mediated")],
    ),
    "mediation_defaulted": (
        "lin",
        LAND,
        [*ACCEPTED, *mediated("lin", ending=DEFAULTED), *finished("mediated")],
    ),
    "mediation_failed": (
        "lin",
        LAND,
        [
            *ACCEPTED,
            CONSENT,
            *mediated("lin", ending=[FAIL]),
            referred("lin"),
            CANCEL,
            *finished("mediation_failed"),
        ],
    ),
    "mediation_refused": ("lin", LAND, REFUSED_BY_ONE_SIDE),
    "mediation_stopped": ("lin", LAND, STOPPED_BY_VIOLENCE),
    "legal_aid": ("lin", LAND, [*ACCEPTED, CONSENT, *legal_aid("lin"), *finished("legal_aid")]),
    "legal_aid_papers_missing": (
        "lin",
        LAND,
        [
            *ACCEPTED,
            CONSENT,
            referred("lin"),
            APPROVE,
            SEND,
            RECEIPT,
            LACK,
            BRING,
            ACCEPT,
            FINISH,
            *finished("legal_aid"),
        ],
    ),
    "legal_aid_refused": (
        "lin",
        LAND,
        [
            *ACCEPTED,
            CONSENT,
            referred("lin"),
            *REVISED,
            APPROVE,
            SEND,
            RECEIPT,
            REFUSE,
            ref(
                "he",
                "object_to",
                lambda t: {"objected_at": t.at, "grounds": "属于可以申请援助的事项。"},
                after=DAY,
            ),
            ref(
                "he",
                "settle_objection",
                lambda t: {
                    "objection_outcome": "upheld",
                    "objection_answered_at": t.at,
                    "objection_answer": "司法行政机关书面答复，维持原决定。",
                },
                after=4 * DAY,
            ),
            *finished("resolved"),
        ],
    ),
    "legal_aid_refusal_accepted": (
        "lin",
        LAND,
        [
            *ACCEPTED,
            CONSENT,
            referred("lin"),
            APPROVE,
            SEND,
            RECEIPT,
            REFUSE,
            ref("he", "accept_refusal", {"told": True}, after=DAY),
            *finished("resolved"),
        ],
    ),
    "referral_unanswered": (
        "lin",
        LAND,
        [
            *ACCEPTED,
            CONSENT,
            referred("lin"),
            APPROVE,
            SEND,
            LAPSE,
            CHASE,
            ESCALATE,
            PRESS,
            ACCEPT,
            FINISH,
            *finished("legal_aid"),
        ],
    ),
    "referral_urgent": ("lin", HURT, URGENT),
    "minor_reported": ("lin", HURT, MINOR),
    "one_person_township": ("shi", LAND, ONE_PERSON),
    "third_party_declined": ("lin", TOLD_BY_OTHERS, DECLINED),
    "transfer_bounced": ("lin", HURT, BOUNCED),
    "contact_regained": ("lin", HURT, REGAINED),
    "order_lived": ("lin", HURT, ORDER_LIVED),
    "order_overturned": (
        "lin",
        HURT,
        [
            *BEGUN,
            *applied(
                "lin",
                applicant="on_behalf",
                proxy_ground="coerced",
                proxy_why="手机、证件都在他手里。",
            ),
            taken_on("lin"),
            court_chased("lin"),
            denied("lin"),
            order(
                "lin",
                "reconsider",
                lambda t: {"reconsidered_at": t.at, "reconsideration": "补充了验伤记录。"},
                after=DAY,
            ),
            granted("lin", move="overturn"),
            *ended("order_granted"),
            order(
                "lin",
                "revoke",
                lambda t: {"revoked_how": "her_application", "revoked_at": t.at},
                reason="她已迁居外地，自己向法院申请撤销。",
                after=10 * DAY,
            ),
            fed_back("lin"),
            ARCHIVE,
        ],
    ),
    "order_upheld": (
        "lin",
        HURT,
        [
            *BEGUN,
            *applied("lin"),
            taken_on("lin"),
            denied("lin"),
            order(
                "lin",
                "reconsider",
                lambda t: {"reconsidered_at": t.at, "reconsideration": "补充了验伤记录。"},
                after=DAY,
            ),
            order(
                "lin",
                "uphold",
                lambda t: {"upheld_at": t.at, "upheld": "维持原裁定。"},
                after=3 * DAY,
            ),
            *ended("order_denied"),
            ARCHIVE,
        ],
    ),
    "order_denied": (
        "lin",
        HURT,
        [
            *BEGUN,
            *applied("lin"),
            taken_on("lin"),
            denied("lin", served=False),
            order(
                "lin",
                "serve_denial",
                lambda t: {"denial_served_on": moment.day_of(t.at)},
                after=DAY,
            ),
            order("lin", "accept_denial", {"told": True}, after=DAY),
            *ended("order_denied"),
            ARCHIVE,
        ],
    ),
    "follow_up": ("lin", HURT, FOLLOWED_UP),
    "follow_up_declined": (
        "lin",
        HURT,
        [
            *BEGUN,
            *COMPLETED,
            follow("lin", "decline", reason="她说会自己打来，不用再联系。", after=2 * DAY),
            *signed("resolved"),
            ARCHIVE,
        ],
    ),
    "follow_up_impossible": (
        "lin",
        HURT,
        [
            *BEGUN,
            *COMPLETED,
            missed("lin"),
            follow("lin", "give_up", reason="她已出国，号码停用，未留其他方式。", after=DAY),
            *signed("resolved"),
            ARCHIVE,
        ],
    ),
    "order_not_accepted": (
        "lin",
        HURT,
        [
            *BEGUN,
            *applied("lin"),
            order(
                "lin",
                "turn_down",
                lambda t: {
                    "turned_down_at": t.at,
                    "in_writing": True,
                    "turned_down": "不属本院管辖，请向邻县法院申请。",
                },
                reason="法院认为不属其管辖。",
            ),
            *applied("lin"),
            order("lin", "withdraw", reason="她当面说已搬到外省，自己在当地申请。", after=DAY),
            *ended("resolved"),
            ARCHIVE,
        ],
    ),
}
"""Each begins with a visit and ends in `archived`."""
