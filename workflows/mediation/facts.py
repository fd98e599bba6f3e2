"""What must be told to open a mediation and to make its moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from casework.engine.facts import SAMPLE_NOW, fact
from casework.engine.language import _
from casework.engine.people import Permission

SIDES = {"hers": _("她的一方"), "other": _("对方")}

MODES = {
    "joint": _("共同调解（双方同场）"),
    "separate": _("分别调解（双方不见面）"),
}


@dataclass(frozen=True)
class Opening:
    """Between her and whom, about what, and how."""

    other: str = fact(_("对方当事人"), "party", required=True, samples=("him", "them"))
    matter: str = fact(_("争议事项"), "long", required=True, personal=True, samples=("…",))
    mode: str = fact(_("调解方式"), "choice", choices=MODES, required=True)
    unrelated: bool = fact(_("已核实：对方不是施暴者，也不是其亲属"), "yes")
    first_and_minor: bool = fact(_("首次发生且情节轻微"), "yes")
    asked_in_writing: bool = fact(_("本人书面要求调解"), "yes")
    no_order: bool = fact(_("没有保护令、告诫书或刑事案件"), "yes")
    carrier: str = fact(
        _("调解员（可以先不定，由调解员认领）"),
        "staff",
        able=Permission.MEDIATE,
        samples=("",),
    )


@dataclass(frozen=True)
class Inviting:
    """How one side was invited."""

    side: str = fact(_("哪一方"), "choice", choices=SIDES, required=True)
    safely: bool = fact(_("通过安全联系方式、在安全时段联系"), "yes")
    how: str = fact(_("邀请方式和时间"), required=True, samples=("…",))


@dataclass(frozen=True)
class Hearing:
    """What one side said, seen alone."""

    side: str = fact(_("哪一方"), "choice", choices=SIDES, required=True)
    screened_alone: bool = fact(_("已单独会见，没有旁人在场"), "yes")
    no_violence: bool = fact(_("未发现暴力、胁迫或恐惧"), "yes")
    rights_told: bool = fact(_("已告知：调解自愿，随时可以终止"), "yes")
    agrees: bool = fact(_("本人同意调解"), "yes")
    in_writing: bool = fact(_("书面同意"), "yes", samples=(False,))


@dataclass(frozen=True)
class Scheduling:
    """When and where the next session takes place."""

    planned_at: datetime | None = fact(_("时间"), "moment", required=True)
    place: str = fact(_("地点"), required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Screening:
    """Each side seen alone again, right before the session."""

    screened_alone: bool = fact(_("双方均已再次单独会见"), "yes")
    no_violence: bool = fact(_("未发现暴力、胁迫或恐惧"), "yes")
    began: datetime | None = fact(
        _("实际开始时间（事后补记时填写）"), "moment", samples=(None, SAMPLE_NOW)
    )


@dataclass(frozen=True)
class Holding:
    """A session took place, and another one is needed."""

    notes: str = fact(_("调解经过"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Agreeing:
    """What both agreed on."""

    notes: str = fact(_("调解经过"), "long", required=True, personal=True, samples=("…",))
    terms: str = fact(_("协议内容（每条一行）"), "long", required=True, personal=True)
    perform_by: date | None = fact(_("履行期限"), "date")
    nothing_owed: bool = fact(_("当场履行完毕，没有待履行的内容"), "yes")
    status_relation: bool = fact(_("涉及离婚、亲子等身份关系"), "yes")
    wants_confirmation: bool = fact(_("双方要求共同申请司法确认"), "yes")


@dataclass(frozen=True)
class Failing:
    """No agreement; they leave knowing the other ways."""

    notes: str = fact(_("调解经过"), "long", required=True, personal=True, samples=("…",))
    routes_told: bool = fact(_("已告知其他解决途径（人民调解法第二十六条）"), "yes")


@dataclass(frozen=True)
class Signing:
    """Signed by every party, or an oral agreement that was registered (人民调解法 28–30)."""

    signed_on: date | None = fact(_("签署日期"), "date", required=True)
    signed_by_all: bool = fact(_("各方当事人均已签名或按指印"), "yes")
    oral: bool = fact(_("口头协议，已由调解员登记"), "yes")


@dataclass(frozen=True)
class Confirming:
    """The court confirmed (人民调解法 33, 民事诉讼法 205)."""

    jointly: bool = fact(_("双方共同申请"), "yes")
    court: str = fact(_("法院"), required=True, samples=("…",))
    ruling: str = fact(_("裁定书文号"), required=True, samples=("…",))


@dataclass(frozen=True)
class Lapsing:
    """The court was not asked: its time is over, or both say that they do not want it."""

    not_wanted: bool = fact(_("双方已书面表示不申请司法确认"), "yes")


@dataclass(frozen=True)
class Performing:
    """What was owed is done."""

    performed_on: date | None = fact(_("履行日期"), "date", required=True)
    how: str = fact(_("履行情况"), "long", samples=("",))


@dataclass(frozen=True)
class Defaulting:
    """What was owed was not done; she knows what she can do now."""

    what: str = fact(_("未履行的内容"), "long", required=True, samples=("…",))
    routes_told: bool = fact(_("已告知可以起诉或申请强制执行"), "yes")
