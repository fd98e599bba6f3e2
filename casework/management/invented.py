"""Some 170 invented cases for the demo, in every status of both kinds, made through the verbs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.engine import moment
from casework.engine.owed import PLAN, POLICE, SUPERIOR
from casework.management.county import County
from casework.management.proceedings import (
    ACCEPT,
    APPROVE,
    FINISH,
    LAPSE,
    PERFORMED,
    RECEIPT,
    SEND,
    applied,
    completed,
    granted,
    handed,
    mediated,
    missed,
    referred,
    taken_on,
    talked,
    visited,
)
from casework.management.stories import answers
from casework.management.telling import DAY, Step, Telling, play
from casework.models import Case
from casework.services.people import SafeContact

HOUR = timedelta(hours=1)

TEAMS = [("lin", "zhou", "wu"), ("tang", "qiu", "zhou"), ("shi", "shi", "wu")]
"""Who takes the parts of officer, boss and chief (somebody above, or another supervisor)."""

TROUBLES = [
    ("land", "村里分征地款，以“出嫁女”为由不分给我。", "请帮忙要回应得的一份。"),
    ("labour_right", "怀孕后被调岗降薪，公司说不同意就自己走。", "想恢复原岗位，补发工资。"),
    ("work_harassment", "部门负责人多次发暧昧信息，拒绝后被排挤。", "希望单位调查处理。"),
    ("custody", "离婚后孩子被前夫家带走，一直不让见。", "想按判决探望孩子。"),
    ("divorce", "分居两年，想离婚，不知道怎么走程序。", "请讲讲离婚的程序。"),
    ("matrimonial_property", "对方瞒着我把房子过户给亲戚。", "想知道怎么追回共同财产。"),
    ("inheritance", "父母去世后兄弟说女儿不能继承。", "请帮忙讲清继承权。"),
    ("insurance", "单位一直没给交生育保险，产假工资没有着落。", "请协调补缴。"),
    ("discrimination", "招聘面试当场被问几年内生不生孩子，随后被拒。", "希望有人管一管。"),
    ("family_dispute", "婆媳之间为带孩子长期争执，家里不得安宁。", "想请人来说和说和道理。"),
    ("demolition", "拆迁安置只按男户主登记，离异妇女没有份额。", "请核实安置政策。"),
    ("personality", "有人把我的照片配上难听的话发到群里。", "想要删除并道歉。"),
]
HARMS = [
    "丈夫喝酒后动手，脸上有伤，已经不是第一次。",
    "前男友分手后一直跟踪，还在单位门口堵她。",
    "丈夫掌管所有的钱，不许出门，顶嘴就打。",
    "昨晚被推下台阶，手臂肿了，孩子一直在哭。",
    "对方说离婚就同归于尽，她不敢回家。",
    "儿子喝醉后打骂老母亲，邻居陪着来的。",
]
ASKS = [
    "想知道怎么申请保护令。",
    "想先找个安全的地方住。",
    "想离婚，也怕他报复。",
    "请帮忙联系法律援助。",
]
SURNAMES = "陈黄梁苏何郑谢罗韩唐冯董萧程曹袁邓许傅沈曾彭吕"


@dataclass(frozen=True)
class Route:
    """A way through a machine: where it ends, the steps there, how many such cases."""

    ends: str
    steps: list[Step]
    count: int
    note: dict[str, Any]


def _earlier(kind: str) -> Callable[[Telling], dict[str, Any]]:
    def facts(telling: Telling) -> dict[str, Any]:
        path = telling.case.organisation_path
        other = Case.objects.filter(kind=kind, organisation_path=path).order_by("pk").first()
        assert other
        same = "same_matter" if kind == "petition" else "same_pair"
        return {"into": other.number, same: True}

    return facts


def _handler(telling: Telling) -> dict[str, Any]:
    return {"handler": telling.uid("officer")}


def petition_routes() -> list[Route]:
    """Every status of a petition."""
    accept = Step(
        "boss",
        "accept",
        lambda t: {"handling_type": "statutory", "handler": t.uid("officer")},
        after=2 * DAY,
    )
    notice = Step(
        "officer", "serve_notice", lambda t: {"served_at": t.at, "how": "hand"}, after=DAY
    )
    ask = Step(
        "officer",
        "request_closure",
        lambda t: {"outcome": "resolved", "reply_served_at": t.at, "report_sent": True},
        after=18 * DAY,
    )
    close = Step("chief", "close", after=2 * DAY)
    file = Step("chief", "archive", {"complete": True}, after=9 * DAY)
    forwarded = {"channel": "forwarded"}
    transfer = Step(
        "boss",
        "transfer",
        {"body": "县人力资源和社会保障局", "letter": "临妇转〔7〕", "told_her": True},
        reason="属劳动监察职权。",
        after=3 * DAY,
    )
    obj = Step("boss", "object", reason="不属本会职权，应由住建部门办理。", after=2 * DAY)
    withdraw = Step(
        "officer",
        "withdraw",
        {"declared": True, "seen_alone": True},
        reason="她已自行解决，当面声明撤回。",
        after=3 * DAY,
    )
    return [
        Route("registered", [], 12, {}),
        Route("handling", [accept, notice], 14, {}),
        Route("handling", [accept], 6, {}),
        Route("objecting", [obj], 2, forwarded),
        Route(
            "returned",
            [obj, Step("boss", "uphold", {"answer": "同意退回。"}, after=4 * DAY)],
            2,
            forwarded,
        ),
        Route(
            "assigned",
            [
                accept,
                Step(
                    "boss",
                    "assign_down",
                    lambda t: {
                        "organisation": _below(t),
                        "letter": "临妇交〔3〕",
                        "due": (t.at + 30 * DAY).date(),
                        "told_her": True,
                    },
                    after=DAY,
                ),
            ],
            2,
            {"team": 0},
        ),
        Route("closing", [accept, notice, ask], 5, {}),
        Route("closed", [accept, notice, ask, close], 8, {}),
        Route(
            "closed",
            [],
            5,
            {
                "kind": "answered",
                "done": "当面讲解了相关规定和办理途径。",
                "notice": "handed_over",
                "category": "divorce",
            },
        ),
        Route(
            "declined",
            [Step("boss", "not_ours", {"route": "arbitration", "body": "劳动仲裁委"}, after=DAY)],
            3,
            {},
        ),
        Route("transferred", [transfer], 3, {}),
        Route("withdrawn", [withdraw], 2, {}),
        Route("merged", [Step("boss", "merge", _earlier("petition"), after=DAY)], 2, {}),
        Route(
            "converted",
            [Step("officer", "convert", reason="再谈时说出长期被打。", after=DAY)],
            2,
            {"category": "family_dispute"},
        ),
        Route("archived", [accept, notice, ask, close, file], 5, {}),
    ]


def violence_routes() -> list[Route]:
    """Every status of a domestic-violence case."""
    measure = Step("officer", "record_assessment", _measured, after=2 * HOUR)
    assess = Step("officer", "assess", {"right_told": True}, after=HOUR)
    respond = Step("boss", "respond", _handler, after=5 * HOUR)
    complete = completed("officer", 3, after=16 * DAY)
    talk = talked("officer")
    sign = Step("chief", "countersign", reason="已核对安全计划与报告情况。", after=6 * DAY)
    ask = Step("officer", "request_closure", {"outcome": "resolved"}, after=20 * DAY)
    close = Step("chief", "close", after=DAY)
    file = Step("chief", "archive", {"complete": True}, after=8 * DAY)
    consent = Step("officer", "give_consent", {"scope": "share"}, after=HOUR)
    leave = Step(
        "officer",
        "transfer_out",
        {"to": "邻县妇联", "ground": "consent"},
        reason="她已回娘家居住。",
        after=DAY,
    )
    lost = Step(
        "officer",
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
    )
    ended = Step(
        "officer",
        "decline_service",
        {"safety_information": True},
        reason="她说先不用帮忙了。",
        after=2 * DAY,
    )
    incident = Step(
        "officer",
        "record_incident",
        lambda t: {"happened_at": t.at - DAY, "form": "physical", "injury": True},
        after=HOUR,
    )
    measured = [measure, _police(), _superior()]
    worked = [incident, *measured, assess, respond, _plan()]
    return [
        Route("reported", [], 6, {}),
        Route("assessed", [*measured, assess], 5, {}),
        Route("responding", worked, 11, {}),
        Route("monitoring", [*worked, complete], 5, {}),
        Route("monitoring", [*worked, complete, missed("officer"), missed("officer")], 2, {}),
        Route("monitoring", [*worked, complete, talk], 2, {}),
        Route("lost_contact", [*worked, lost], 2, {}),
        Route("transferring", [*measured, consent, leave], 2, {}),
        Route(
            "transferred",
            [
                *measured,
                consent,
                leave,
                Step("officer", "received", {"receipt": "邻县妇联回执。"}, after=3 * DAY),
            ],
            2,
            {},
        ),
        Route("closing", [*worked, complete, talk, sign, ask], 4, {}),
        Route("closed", [*worked, complete, talk, sign, ask, close], 7, {}),
        Route(
            "declined_service",
            [*measured, Step("chief", "countersign", reason="已当面核实。", after=DAY), ended],
            2,
            {},
        ),
        Route(
            "merged", [Step("boss", "merge", _earlier("domestic_violence"), after=5 * HOUR)], 1, {}
        ),
        Route(
            "converted",
            [Step("boss", "not_dv", {"seen_alone": True}, reason="核实为邻里纠纷。", after=DAY)],
            1,
            {},
        ),
        Route("archived", [*worked, complete, talk, sign, ask, close, file], 5, {}),
    ]


def _police() -> Step:
    return Step(
        "officer",
        "report_police",
        lambda t: {"reported_at": t.at - HOUR / 4, "station": "城关派出所", "told_first": True},
        after=HOUR,
        when=lambda t: POLICE in t.case.owed.split(),
    )


def _superior() -> Step:
    return Step(
        "officer",
        "report_superior",
        lambda t: {"reported_at": t.at - HOUR / 4, "how": "电话报市妇联权益部"},
        after=HOUR,
        when=lambda t: SUPERIOR in t.case.owed.split(),
    )


def _plan() -> Step:
    return Step(
        "officer",
        "offer_plan",
        lambda t: {"offered_at": t.at - HOUR / 4, "taken": "accepted", "words": "备好证件和钥匙。"},
        after=HOUR,
        when=lambda t: PLAN in t.case.owed.split(),
    )


def _measured(telling: Telling) -> dict[str, Any]:
    """An assessment that differs from case to case: low, medium or high by turns."""
    yes = [
        ("monitoring",),
        ("threat_to_kill", "controls_life", "expects_again", "monitoring"),
        ("threat_to_kill", "could_kill", "controls_life", "strangulation"),
    ][telling.case.pk % 3]
    return {"basis": "own", "answers": answers(*yes), "repeated": telling.case.pk % 2 == 0}


def procedure_routes() -> list[Route]:
    """Mediations and referrals of the county's desk, one or a few at every turn of their ways."""
    ready = [
        Step("boss", "accept", lambda t: {"handling_type": "help", "handler": t.uid("officer")}),
        Step("officer", "serve_notice", lambda t: {"served_at": t.at, "how": "hand"}, after=DAY),
        Step("officer", "add_party", {"role": "respondent", "name": "某村村民委员会"}),
    ]
    consent = Step("officer", "give_consent", {"scope": "refer", "detail": "同意转介法律援助。"})
    mediation = mediated("officer", ending=PERFORMED)
    refer = [consent, referred("officer")]
    answered = [*refer, APPROVE, SEND, RECEIPT, ACCEPT]
    parts: list[tuple[list[Step], int]] = [
        (mediation[:1], 3),
        (mediation[:4], 2),
        (mediation[:6], 3),
        (mediation[:8], 1),
        (mediation[:-2], 2),
        (mediation[:-1], 2),
        (mediation, 2),
        (refer, 3),
        ([*refer, APPROVE], 2),
        ([*refer, APPROVE, SEND], 4),
        ([*refer, APPROVE, SEND, RECEIPT], 3),
        ([*refer, APPROVE, SEND, LAPSE], 2),
        (answered, 2),
        ([*answered, FINISH], 2),
    ]
    about = {"team": 0, "category": "land", "happened": TROUBLES[0][1], "asks": TROUBLES[0][2]}
    return [Route("handling", [*ready, *steps], count, about) for steps, count in parts]


def order_routes() -> list[Route]:
    """Protection orders: asked for, in force, and in force in a case that is closed."""
    ready = [
        Step("officer", "record_assessment", _measured, after=2 * HOUR),
        Step("officer", "assess", {"right_told": True}, after=HOUR),
        Step("boss", "respond", _handler, after=5 * HOUR),
        Step("officer", "add_party", {"role": "respondent", "name": "某某", "relation": "spouse"}),
    ]
    asked = [*ready, *applied("officer")]
    lasting = [*asked, taken_on("officer"), granted("officer"), handed("officer")]
    parts: list[tuple[list[Step], int]] = [
        (asked[:-1], 1),
        (asked, 1),
        ([*asked, taken_on("officer")], 1),
        (lasting, 2),
        ([*lasting, visited("officer")], 2),
    ]
    return [Route("responding", steps, count, {"team": 0}) for steps, count in parts]


def _below(telling: Telling) -> str:
    path = telling.case.organisation_path
    below = telling.staff["tang"].organisation
    assert below.path.startswith(path)
    return str(below.uid)


def invent(county: County, seed: int = 2026) -> int:
    """Tell every route as often as it says, ending shortly before now; answers the number of
    cases. The same seed tells the same cases."""
    chance = random.Random(seed)  # noqa: S311 - invented stories, not secrets
    now = moment.now()
    told = 0
    for routes, violent in (
        (petition_routes(), False),
        (violence_routes(), True),
        (procedure_routes(), False),
        (order_routes(), True),
    ):
        for route in routes:
            for turn in range(route.count):
                team = TEAMS[route.note.get("team", _team(turn))]
                parts = dict(zip(("officer", "boss", "chief"), team, strict=True))
                staff = county.staff | {part: county.staff[who] for part, who in parts.items()}
                begin = _begin(route, now, turn, violent, chance)
                note = _note(route, violent, chance)
                for _made in play(staff, "officer", note, route.steps, begin, now):
                    pass
                told += 1
    return told


def _team(turn: int) -> int:
    """Half of the cases at the county's desk, the rest in two townships."""
    return (0, 1, 0, 2)[turn % 4]


def _begin(
    route: Route, now: datetime, turn: int, violent: bool, chance: random.Random
) -> datetime:
    """So that the last step was a while ago: some today, some overdue, the ended ones long ago."""
    taken = sum((step.after for step in route.steps), timedelta())
    if not route.steps and violent:
        since = timedelta(hours=4 + 9 * turn)
    elif not route.steps:
        since = timedelta(days=1.5 * turn, hours=2)
    elif route.ends == "archived":
        since = timedelta(days=chance.uniform(3, 200))
    else:
        since = timedelta(days=chance.uniform(0.1, 11))
    return now - taken - since


def _note(route: Route, violent: bool, chance: random.Random) -> dict[str, Any]:
    name = chance.choice(SURNAMES) + chance.choice(["某", "女士", "某某"])
    answered: dict[str, Any] = {
        "channel": chance.choice(["visit", "visit", "phone", "hotline", "letter", "web"]),
        "name": name if chance.random() > 0.1 else "",
        "phone": f"1390000{chance.randrange(10000):04d}",
        "danger_safe_now": "yes",
        "danger_hurt": "yes" if violent else "no",
        "danger_afraid": chance.choice(["yes", "no", "refused"]) if violent else "no",
    }
    if violent:
        answered |= {
            "kind": "domestic_violence",
            "category": "domestic_violence",
            "happened": chance.choice(HARMS),
            "asks": chance.choice(ASKS),
            "safe": SafeContact(may_call=True, when="工作日上午"),
        }
    else:
        category, happened, asks = chance.choice(TROUBLES)
        if route.note.get("kind") == "answered" and category == "work_harassment":
            category, happened, asks = TROUBLES[0]
        answered |= {"kind": "petition", "category": category, "happened": happened, "asks": asks}
    return answered | {k: v for k, v in route.note.items() if k != "team"}
