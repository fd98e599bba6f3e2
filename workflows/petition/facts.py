"""What must be told to make a move on a petition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from casework.engine.case_acts import OUTCOMES
from casework.engine.facts import fact
from casework.engine.language import _
from casework.engine.limits import CalendarDays

HANDLING_TYPES = {
    "statutory": _("申诉求决类（信访工作条例第三十一条第六项，60 日）"),
    "help": _("帮助服务类（服务目标 30 日）"),
}

ROUTES = {
    "litigation": _("诉讼"),
    "arbitration": _("仲裁"),
    "reconsideration": _("行政复议"),
    "duty": _("申请履行法定职责"),
    "inspection": _("检举控告途径"),
    "other": _("其他有权机关"),
}

GROUNDS = {
    "art_19_3": _("第十九条第三款：同一事项已受理或正在办理"),
    "art_36_3": _("第三十六条第三款：已复核终结"),
}


@dataclass(frozen=True)
class Accepting:
    """How the matter will be handled, and by whom."""

    handling_type: str = fact(_("办理类型"), "choice", choices=HANDLING_TYPES, required=True)
    handler: str = fact(_("承办人"), "staff", samples=("", "h", "c"))
    violence_elsewhere: bool = fact(_("已核实：所述伤害或威胁与本件当事人之间无关"), "yes")


@dataclass(frozen=True)
class Notifying:
    """The written notice of what became of the petition."""

    served_at: datetime | None = fact(_("书面告知时间"), "moment", required=True)
    how: str = fact(
        _("送达方式"),
        "choice",
        choices={"hand": _("当面"), "post": _("邮寄"), "relative": _("代收"), "other": _("其他")},
    )
    number: str = fact(_("文号"))


@dataclass(frozen=True)
class Answering:
    """The answer given on the spot."""

    reply: str = fact(_("答复内容"), "long", required=True, personal=True, samples=("…",))
    notice: str = fact(
        _("书面告知"),
        "choice",
        choices={"handed_over": _("已当场交付"), "owed": _("另行送达（时限继续计算）")},
        required=True,
    )


@dataclass(frozen=True)
class Directing:
    """Where the matter belongs, if not here."""

    route: str = fact(_("正确途径"), "choice", choices=ROUTES, required=True)
    body: str = fact(_("有权处理的机关、单位"), samples=("…",))


@dataclass(frozen=True)
class Declining:
    """The ground on which the law lets us not accept."""

    ground: str = fact(
        _("不予受理的依据（信访工作条例）"), "choice", choices=GROUNDS, required=True
    )
    asks_for_help: bool = fact(_("本人仍在求助"), "yes")


@dataclass(frozen=True)
class SenderAnswering:
    """What the sender said to our objection."""

    answer: str = fact(_("转办单位的答复"), "long", required=True, samples=("", "…"))


@dataclass(frozen=True)
class Transferring:
    """To whom the petition goes."""

    body: str = fact(_("有权处理的机关、单位"), required=True)
    letter: str = fact(_("转送函文号"), required=True)
    told_her: bool = fact(_("已告知信访人"), "yes")


@dataclass(frozen=True)
class AssigningDown:
    """To which lower organisation, until when."""

    organisation: str = fact(_("承办的下级组织"), "organisation", required=True)
    letter: str = fact(_("交办函文号"), required=True)
    due: date | None = fact(_("要求办结日期"), "date", required=True)
    told_her: bool = fact(_("已告知信访人去向"), "yes")


@dataclass(frozen=True)
class ReportingBack:
    """The lower organisation's report."""

    report: str = fact(_("下级组织的办理报告"), "long", required=True)


@dataclass(frozen=True)
class Merging:
    """The case this one becomes part of."""

    into: str = fact(_("并入案件编号"), "case", required=True, samples=("…",))
    same_matter: bool = fact(_("已由人核实：同一事项，且同一信访人或已申报的群体"), "yes")


@dataclass(frozen=True)
class RequestingClosure:
    """What was achieved and what was told to her."""

    outcome: str = fact(
        _("办理结果"), "choice", choices=OUTCOMES, required=True, samples=("resolved", "reconciled")
    )
    reply_served_at: datetime | None = fact(_("答复送达时间"), "moment", required=True)
    report_sent: bool = fact(_("已向转办单位报送办理情况"), "yes")
    opinion_issued: bool = fact(_("出具了信访处理意见书"), "yes")
    review_told: bool = fact(_("已告知复查、复核权利"), "yes")


LONGEST_EXTENSION = CalendarDays(30)
"""By how much at most the handling may be lengthened, once (信访工作条例 34)."""


@dataclass(frozen=True)
class AskingForTime:
    """By how much the handling should be lengthened, and why."""

    about_time: ClassVar[bool] = True
    days: int = fact(_("申请延长的天数（最多 30 日）"), "number", samples=(30,))
    why: str = fact(_("延长的理由"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Extending:
    """What the head allows, and that she was told."""

    about_time: ClassVar[bool] = True
    days: int = fact(_("同意延长的天数（最多 30 日）"), "number", samples=(30,))
    told_her: bool = fact(_("已将延长的理由告知信访人"), "yes")


@dataclass(frozen=True)
class Withdrawing:
    """Her own declaration."""

    declared: bool = fact(_("本人书面或当面声明撤回"), "yes")
    seen_alone: bool = fact(_("已单独见面核实，非受他人要求"), "yes")


@dataclass(frozen=True)
class Archiving:
    """The file is complete."""

    complete: bool = fact(_("卷内目录齐全"), "yes")
