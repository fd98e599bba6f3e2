"""What must be told to make a move on a domestic-violence case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from casework.engine.case_acts import OUTCOMES
from casework.engine.facts import SAMPLE_NOW, fact
from casework.engine.following import Planning
from casework.engine.language import _

DAYS = tuple(SAMPLE_NOW.date() - timedelta(days=n) for n in (3, 2, 1))
"""Days that exploration tries for three attempts: different ones, and one twice."""

TRIGGERS = {
    "new_incident": _("再次发生暴力"),
    "separation": _("分居或离开"),
    "filing": _("起诉或提出申请"),
    "order_refused": _("保护令被驳回"),
    "suit_withdrawn": _("撤回起诉或申请"),
    "breach": _("违反保护令或告诫书"),
    "release": _("加害人获释"),
}


@dataclass(frozen=True)
class Evaluating:
    """The right to a protection order: told (法发〔2022〕10号 十三), or why not yet."""

    right_told: bool = fact(_("已告知可以申请人身安全保护令"), "yes")
    why_not_yet: str = fact(_("尚未告知的原因"), samples=("",))


@dataclass(frozen=True)
class Responding:
    """Who carries the case."""

    handler: str = fact(_("承办人"), "staff", samples=("", "h", "c"))


@dataclass(frozen=True)
class Escalating:
    """What changed, so that she must be assessed again."""

    trigger: str = fact(
        _("升级原因"), "choice", choices=TRIGGERS, required=True, samples=("new_incident",)
    )


@dataclass(frozen=True)
class Completing(Planning):
    """What was done before the case goes over to follow-up, and how that begins."""

    about_follow_up: ClassVar[bool] = True

    plan_done: bool = fact(_("共同商定的方案已执行完毕"), "yes")


@dataclass(frozen=True)
class MarkingLost:
    """Three attempts on different days, all through the safe channel."""

    first_attempt: date | None = fact(_("第一次联系"), "date", required=True, samples=(DAYS[0],))
    second_attempt: date | None = fact(_("第二次联系"), "date", required=True, samples=(DAYS[1],))
    third_attempt: date | None = fact(_("第三次联系"), "date", required=True, samples=DAYS[1:])
    safe_channel: bool = fact(_("均通过安全联系方式"), "yes")
    welfare_check: str = fact(
        _("负责人关于隐秘探视的决定"),
        "choice",
        choices={"yes": _("开展"), "no": _("不开展")},
        required=True,
    )


@dataclass(frozen=True)
class ClosingLost:
    """What the superior organisation looked at before giving up the search."""

    police_check: bool = fact(_("高危：公安核查已有答复"), "yes")


@dataclass(frozen=True)
class TransferringOut:
    """Where she goes, and on what ground her case follows."""

    to: str = fact(_("接收的妇联组织"), required=True, samples=("…",))
    ground: str = fact(
        _("移交依据"),
        "choice",
        choices={"consent": _("本人同意"), "life_danger": _("生命危险，例外移交并已先告知本人")},
        required=True,
    )
    why_not_asked: str = fact(_("未询问安全问题的原因"))


@dataclass(frozen=True)
class Receipting:
    """The other side's written word."""

    receipt: str = fact(_("对方书面回执（文号、经办人、日期）"), "long", required=True)


@dataclass(frozen=True)
class Merging:
    """The case this one becomes part of."""

    into: str = fact(_("并入案件编号"), "case", required=True, samples=("…",))
    same_pair: bool = fact(_("已由人核实：同一受害人、同一加害人"), "yes")
    why_not_asked: str = fact(_("未询问安全问题的原因"))


@dataclass(frozen=True)
class NotViolence:
    """How we know that it is no domestic violence."""

    seen_alone: bool = fact(_("已单独见面核实"), "yes")
    why_not_asked: str = fact(_("未询问安全问题的原因"))


@dataclass(frozen=True)
class EndingService:
    """She ends it: contact stops at once, and she leaves with safety information."""

    safety_information: bool = fact(_("已提供安全信息与求助途径"), "yes")


@dataclass(frozen=True)
class RequestingClosure:
    """What the case came to. How follow-up went stands in its record."""

    about_follow_up: ClassVar[bool] = True

    outcome: str = fact(
        _("办理结果"), "choice", choices=OUTCOMES, required=True, samples=("resolved", "reconciled")
    )


@dataclass(frozen=True)
class Archiving:
    """The file is complete."""

    complete: bool = fact(_("卷内目录齐全"), "yes")
