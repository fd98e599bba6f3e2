"""What must be told to open a referral and to make its moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.engine import chasing
from casework.engine.facts import fact
from casework.engine.language import _
from casework.engine.people import Permission

SERVICES = {
    "legal_aid": _("法律援助"),
    "police": _("公安"),
    "court": _("法院"),
    "shelter": _("庇护"),
    "hospital": _("医疗"),
    "counselling": _("心理疏导"),
    "civil_affairs": _("社会救助"),
    "judicial_relief": _("司法救助"),
    "labour": _("劳动监察/仲裁"),
    "prosecutors": _("检察院"),
    "federation": _("其他妇联组织"),
}

URGENCIES = {
    "hours": _("数小时内"),
    "one_day": _("一天内"),
    "days": _("数天内"),
    "not_urgent": _("不紧急"),
}
URGENT = frozenset({"hours", "one_day"})
"""Sent before approval when need be: nothing that rescues waits for a signature."""

GROUNDS = {
    "consent": _("本人同意"),
    "statutory_report": _("法定强制报告"),
    "high_danger": _("高危报告（规程第十一条）"),
    "life_danger": _("生命危险"),
}

CHANNELS = {
    "hand": _("专人送达"),
    "post": _("邮寄"),
    "platform": _("协作平台"),
    "email": _("电子邮件（仅通知，不含内容）"),
    "phone": _("电话告知，公文后补"),
}


OBJECTION_OUTCOMES = {
    "overturned": _("异议成立，责令给予法律援助"),
    "upheld": _("维持不予法律援助的决定"),
}


WATCHED = {
    "referral.receipt": _("回执"),
    "referral.answer": _("转介答复"),
    "legalaid.decision": _("法律援助审查"),
    "legalaid.assign": _("法律援助指派"),
    "legalaid.objection": _("法律援助异议审查"),
}
"""The deadlines that the body keeps."""


@dataclass(frozen=True)
class Opening:
    """To whom, for what, how soon, and on what ground she is referred."""

    service: str = fact(
        _("需要的服务"),
        "choice",
        choices=SERVICES,
        required=True,
        samples=("legal_aid", "police"),
    )
    body: str = fact(_("转介单位"), "body", required=True, samples=("…",))
    urgency: str = fact(
        _("紧急程度"), "choice", choices=URGENCIES, required=True, samples=("days",)
    )
    ground: str = fact(_("依据"), "choice", choices=GROUNDS, required=True)
    why: str = fact(_("例外依据的理由"), "long", personal=True, samples=("…",))
    told_first: bool = fact(_("已先告知本人"), "yes")
    requests: str = fact(_("请求事项"), "long", required=True, personal=True, samples=("…",))
    situation: str = fact(
        _("情况说明（只写办理所需；不写现住址、庇护所、学校、单位）"),
        "long",
        required=True,
        personal=True,
        samples=("…",),
    )
    fee_asked: int = fact(_("申请减免诉讼费（元）"), "number")
    carrier: str = fact(
        _("联络员（可以先不定，由联络员认领）"),
        "staff",
        able=Permission.LIAISE,
        samples=("",),
    )


@dataclass(frozen=True)
class Revising:
    """The letter's words after the supervisor gave it back."""

    requests: str = fact(_("请求事项"), "long", required=True, personal=True, samples=("…",))
    situation: str = fact(
        _("情况说明（只写办理所需；不写现住址、庇护所、学校、单位）"),
        "long",
        required=True,
        personal=True,
        samples=("…",),
    )


@dataclass(frozen=True)
class Sending:
    """How the letter went out."""

    channel: str = fact(_("送达方式"), "choice", choices=CHANNELS, required=True, samples=("hand",))


@dataclass(frozen=True)
class Acknowledging:
    """The body's receipt."""

    received_at: datetime | None = fact(_("对方签收时间"), "moment", required=True)
    receipt: str = fact(_("回执（文号、经办人）"), required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Lacking:
    """The legal-aid centre asks for papers that are missing."""

    asked_at: datetime | None = fact(_("要求补正的时间"), "moment", required=True)
    papers: str = fact(_("需要补充的材料"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Completing:
    """The centre has the papers that were missing."""

    brought_at: datetime | None = fact(_("材料补齐的时间"), "moment", required=True)


@dataclass(frozen=True)
class Answering:
    """The body's written answer."""

    answered_at: datetime | None = fact(_("答复时间"), "moment", required=True)
    in_writing: bool = fact(_("书面答复"), "yes")
    answer: str = fact(
        _("答复内容（文号、经办人）"), "long", required=True, personal=True, samples=("…",)
    )


@dataclass(frozen=True)
class Chasing(chasing.Chasing):
    """How the body was reminded."""

    about: str = chasing.about(WATCHED)
    said: str = fact(_("对方答复"), "long", personal=True, samples=("…",))


@dataclass(frozen=True)
class Pressing:
    """What the supervisor did about the silence."""

    done: str = fact(_("督办措施"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Objecting:
    """Her objection to a refusal (法律援助法 49)."""

    objected_at: datetime | None = fact(_("提出异议的时间"), "moment", required=True)
    grounds: str = fact(_("异议理由"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Accepting:
    """She was told that she may object, and does not."""

    told: bool = fact(_("已告知可以向司法行政机关提出异议（法律援助法第四十九条）"), "yes")


@dataclass(frozen=True)
class Settling:
    """What became of her objection."""

    objection_outcome: str = fact(
        _("异议结果"), "choice", choices=OBJECTION_OUTCOMES, required=True, samples=("upheld",)
    )
    objection_answered_at: datetime | None = fact(_("答复时间"), "moment", required=True)
    objection_answer: str = fact(
        _("答复内容（文号、经办人）"), "long", required=True, personal=True, samples=("…",)
    )


@dataclass(frozen=True)
class Finishing:
    """What came of it."""

    result: str = fact(_("办理结果"), "long", required=True, personal=True, samples=("…",))
    decision: str = fact(_("决定文书号"), samples=("", "…"))
    lawyer: str = fact(_("承办律师"), personal=True, samples=("", "…"))
    fee_granted: int = fact(_("减免诉讼费（元）"), "number")
