"""Steps of mediations, referrals, orders, follow-ups and reports: stories are put together of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.engine import moment
from casework.management.telling import DAY, Step, Telling

HEARD = {"screened_alone": True, "no_violence": True, "rights_told": True, "agrees": True}
SCREENED = {"screened_alone": True, "no_violence": True}
HOUR = timedelta(hours=1)


def med(who: str, move: str, facts: Any = None, **more: Any) -> Step:
    """A step of the mediation."""
    return Step(who, move, facts or {}, on="mediation", **more)


def ref(who: str, move: str, facts: Any = None, **more: Any) -> Step:
    """A step of the referral."""
    return Step(who, move, facts or {}, on="referral", **more)


def order(who: str, move: str, facts: Any = None, **more: Any) -> Step:
    """A step of the protection order."""
    return Step(who, move, facts or {}, on="protection_order", **more)


def follow(who: str, move: str, facts: Any = None, **more: Any) -> Step:
    """A step of the follow-up."""
    return Step(who, move, facts or {}, on="follow_up", **more)


def pol(who: str, move: str, facts: Any = None, **more: Any) -> Step:
    """A step of the report to the police."""
    return Step(who, move, facts or {}, on="police_report", **more)


def man(who: str, move: str, facts: Any = None, **more: Any) -> Step:
    """A step of the mandatory report."""
    return Step(who, move, facts or {}, on="mandatory_report", **more)


def proposed(opener: str, *, unrelated: bool = True) -> list[Step]:
    """A mediation is proposed, and both sides are invited."""
    return [
        Step(opener, "open_mediation", lambda t: _proposal(t, unrelated), after=DAY),
        med("meng", "invite", {"side": "hers", "safely": True, "how": "按她约定的时间电话联系"}),
        med("meng", "invite", {"side": "other", "how": "书面通知"}),
    ]


def _proposal(telling: Telling, unrelated: bool) -> dict[str, Any]:
    matter = "征地补偿款的分配。"
    return {"other": telling.party(), "matter": matter, "mode": "joint", "unrelated": unrelated}


def mediated(opener: str, *, ending: list[Step], unrelated: bool = True) -> list[Step]:
    """Both sides agree, two sessions take place, and `ending` follows."""
    return [
        *proposed(opener, unrelated=unrelated),
        med("meng", "hear", {"side": "hers"} | HEARD, after=DAY),
        med("meng", "hear", {"side": "other"} | HEARD, after=DAY),
        med("meng", "schedule", _planned),
        med("meng", "meet", SCREENED, after=2 * DAY),
        med("meng", "hold", {"notes": "双方陈述，村委会要求核对户籍。"}),
        med("meng", "schedule", _planned),
        med("meng", "resume", SCREENED, after=2 * DAY),
        *ending,
    ]


def _planned(telling: Telling) -> dict[str, Any]:
    day = (telling.at + 2 * DAY).astimezone(moment.HOME)
    at = day.replace(hour=9, minute=30, second=0, microsecond=0)
    return {"planned_at": at, "place": "县妇联调解室"}


def agreement(**more: Any) -> Step:
    """Both agree; what is owed is due in ten days."""
    return med(
        "meng",
        "agree",
        lambda t: {
            "notes": "双方自愿达成一致。",
            "terms": "村委会确认她的成员资格。\n村委会补发补偿款。",
            "perform_by": (t.at + 10 * DAY).date(),
            **more,
        },
    )


SIGN = med(
    "meng",
    "sign",
    lambda t: {"signed_on": moment.day_of(t.at), "signed_by_all": True},
    after=DAY,
)
PERFORM = med(
    "meng",
    "perform",
    lambda t: {"performed_on": t.at.astimezone().date(), "how": "补偿款已到账。"},
    after=5 * DAY,
)
CONFIRM = med(
    "he",
    "confirm",
    {"jointly": True, "court": "临江县人民法院", "ruling": "（2026）临民特 7 号"},
    after=6 * DAY,
)

FAIL = med("meng", "fail", {"notes": "双方分歧过大，未达成一致。", "routes_told": True})
LAPSED = med("he", "lapse", after=31 * DAY)
DEFAULT = med("meng", "default", {"what": "补偿款逾期未付。", "routes_told": True}, after=DAY)

PERFORMED = [agreement(), SIGN, PERFORM]
CONFIRMED = [agreement(wants_confirmation=True), SIGN, CONFIRM, PERFORM]
DEFAULTED = [agreement(wants_confirmation=True), SIGN, LAPSED, DEFAULT]


def referred(opener: str, **more: Any) -> Step:
    """A referral to legal aid is drafted, on her consent."""
    return Step(
        opener,
        "open_referral",
        lambda t: {
            "service": "legal_aid",
            "body": t.body(str(more.get("service", "legal_aid"))),
            "urgency": "days",
            "ground": "consent",
            "requests": "指派律师代理诉讼。",
            "situation": "遭受侵害，需要诉讼代理。",
            "fee_asked": 300,
            "carrier": t.uid("he"),
            **more,
        },
    )


APPROVE = ref("zhou", "approve", after=2 * HOUR)
REVISED = [
    ref("zhou", "give_back", reason="请补充减免诉讼费的请求。"),
    ref("he", "revise", {"requests": "指派律师，减免诉讼费。", "situation": "需要诉讼代理。"}),
]
CANCEL = ref("he", "cancel", reason="她决定自行委托律师。")
SEND = ref("he", "send", {"channel": "hand"})
RECEIPT = ref("he", "acknowledge", lambda t: {"received_at": t.at, "receipt": "收字第 12 号"})
LACK = ref(
    "he",
    "lack_papers",
    lambda t: {"asked_at": t.at, "papers": "身份证明、家庭经济状况说明。"},
    after=DAY,
)
BRING = ref("he", "bring_papers", lambda t: {"brought_at": t.at}, after=4 * DAY)
ACCEPT = ref("he", "accept", lambda t: answer(t, "法援受〔31〕，准予法律援助。"), after=3 * DAY)
REFUSE = ref(
    "he",
    "refuse",
    lambda t: answer(t, "法援不〔8〕，不予受理。"),
    reason="对方认为事项不在援助范围。",
    after=3 * DAY,
)
FINISH = ref(
    "he",
    "finish",
    {
        "result": "已指派律师代理诉讼，减免诉讼费。",
        "decision": "法援决〔31〕",
        "lawyer": "方律师",
        "fee_granted": 300,
    },
    after=5 * DAY,
)
LAPSE = ref("he", "lapse", after=21 * DAY)
CHASE = ref(
    "he",
    "chase",
    {
        "about": "referral.receipt",
        "how": "phone",
        "outcome": "reached",
        "said": "对方称经办人外出。",
    },
    after=DAY,
)
ESCALATE = ref("he", "escalate", after=2 * DAY)
PRESS = ref("zhou", "press", {"done": "致函其主管部门，要求三日内答复。"}, after=DAY)


def answer(telling: Telling, words: str) -> dict[str, Any]:
    """The body's written answer, now."""
    return {"answered_at": telling.at, "in_writing": True, "answer": words}


def legal_aid(opener: str) -> list[Step]:
    """Approved, sent, acknowledged, accepted, with lawyer and fee relief."""
    return [referred(opener), APPROVE, SEND, RECEIPT, ACCEPT, FINISH]


MEASURES = frozenset({"no_violence", "no_contact", "move_out"})


def applied(opener: str, **more: Any) -> list[Step]:
    """She applies for an order against him; it is filed, and the court takes it on."""
    return [
        Step(
            opener,
            "open_order",
            lambda t: {
                "respondent": t.party(),
                "applicant": "self",
                "measures_asked": MEASURES,
                "urgent": True,
                "grounds": "多次被打，颈部有淤痕，仍在威胁。",
                **more,
            },
            after=HOUR,
        ),
        order(
            opener,
            "file",
            lambda t: {"court": "临江县人民法院", "filed_at": t.at, "filed_how": "written"},
        ),
    ]


def taken_on(who: str) -> Step:
    """The court takes it on: its hours run."""
    return order(
        who, "accept", lambda t: {"accepted_at": t.at, "case_number": "（2026）民保令 9 号"}
    )


def court_chased(who: str) -> Step:
    """The court is asked how far it is."""
    told = {"about": "order.ruling", "how": "phone", "outcome": "reached", "said": "当日作出。"}
    return order(who, "chase", told, after=HOUR)


def granted(who: str, days: int = 90, move: str = "grant") -> Step:
    """The court makes the order, for so many days."""
    return order(
        who,
        move,
        lambda t: {
            "ruling": "（2026）民保令 9 号",
            "ruled_at": t.at,
            "measures_granted": MEASURES - {"move_out"},
            "valid_until": moment.day_of(t.at) + timedelta(days=days),
        },
        after=20 * HOUR,
    )


def denied(who: str, *, served: bool = True) -> Step:
    """The court does not make it, and she knows (or will be `served` later)."""
    return order(
        who,
        "deny",
        lambda t: {
            "ruled_at": t.at - HOUR,
            "denial_served_on": moment.day_of(t.at) if served else None,
            "why_denied": "认为现实危险的证据不足。",
        },
        after=20 * HOUR,
    )


def handed(who: str, to: str = "respondent") -> Step:
    """Somebody is given the order."""
    return order(who, "serve", lambda t: {"handed_to": to, "handed_at": t.at})


def visited(who: str, after: timedelta = 28 * DAY, **more: Any) -> Step:
    """She is asked how she is, in a safe setting."""
    return order(
        who,
        "visit",
        lambda t: {"seen_at": t.at, "safe_setting": True, "needs": "近况平稳。", **more},
        after=after,
    )


def lapsed(who: str, after: timedelta) -> list[Step]:
    """Its last day is over, and the court is told how it went."""
    return [order(who, "expire", after=after), fed_back(who)]


def fed_back(who: str) -> Step:
    """The court is told how it went."""
    return order(
        who,
        "feed_back",
        lambda t: {"fed_back_at": t.at, "fed_back": "有效期内回访情况。", "signed": True},
        after=2 * DAY,
    )


def completed(who: str, days: int, after: timedelta) -> Step:
    """The plan is done; she is asked how she is in so many days."""
    return Step(
        who,
        "complete",
        lambda t: {"plan_done": True} | follow_up_in(t, days),
        after=after,
    )


def follow_up_in(telling: Telling, days: int) -> dict[str, Any]:
    """A follow-up in so many days, through her safe channel."""
    return {"follow_up_on": moment.day_of(telling.at + days * DAY), "safely": True}


def talked(who: str, after: timedelta = 3 * DAY, **more: Any) -> Step:
    """She is asked how she is, in a safe setting."""
    return follow(
        who,
        "talk",
        lambda t: {"talked_at": t.at, "safe_setting": True, "needs": "近况平稳。", **more},
        after=after,
    )


def missed(who: str, after: timedelta = DAY) -> Step:
    """She is not reached."""
    return follow(who, "miss", lambda t: {"tried_at": t.at, "safe_channel": True}, after=after)


def taken_up(who: str) -> list[Step]:
    """The police take the report on, after they were asked."""
    return [
        pol(
            who,
            "chase",
            lambda t: {
                "chased_at": t.at,
                "how": "phone",
                "outcome": "reached",
                "answer": "正在核实。",
            },
            after=DAY,
        ),
        pol(who, "accept", lambda t: {"accepted_at": t.at, "accepted_number": "受案回执〔9〕"}),
    ]


def warned(who: str) -> Step:
    """They warn him in writing, and hand it to all whom the law names."""
    return pol(
        who,
        "warn",
        lambda t: {
            "warned_at": t.at - 2 * HOUR,
            "number": "告〔5〕",
            "served": frozenset({"respondent", "victim", "community"}),
        },
        after=DAY,
    )


def seen(who: str, after: timedelta) -> Step:
    """A visit after the warning finds nothing new."""
    return pol(
        who,
        "visit",
        lambda t: {"visited_at": t.at, "clean": True, "visited": "社区民警与妇联一同上门。"},
        after=after,
    )


def decided(who: str, outcome: str = "education") -> Step:
    """They decide otherwise."""
    return pol(who, "decide", lambda t: {"outcome": outcome, "decided_at": t.at}, after=DAY)


def received(who: str) -> list[Step]:
    """A receipt for the mandatory report comes after it was asked for."""
    return [
        man(
            who,
            "chase",
            lambda t: {
                "chased_at": t.at,
                "how": "phone",
                "outcome": "reached",
                "answer": "次日补发。",
            },
            after=DAY,
        ),
        man(who, "acknowledge", lambda t: {"received_at": t.at, "number": "接报〔3〕"}),
    ]


def told_back(who: str) -> Step:
    """What they did about the mandatory report."""
    return man(who, "feed_back", lambda t: {"fed_back_at": t.at, "fed_back": "已受案，正在调查。"})
