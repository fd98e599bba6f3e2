"""What must be told to apply for a protection order and to make its moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from casework.engine import chasing
from casework.engine.facts import SAMPLE_NOW, fact
from casework.engine.language import _
from casework.engine.moment import day_of
from casework.engine.papers import KEPT
from casework.engine.people import Permission

APPLICANTS = {
    "self": _("本人申请"),
    "on_behalf": _("由本会代为申请"),
    "relative": _("近亲属代为申请"),
    "police": _("公安机关代为申请"),
    "committee": _("居民委员会、村民委员会代为申请"),
    "relief_station": _("救助管理机构代为申请"),
    "other_body": _("其他依法可以代为申请的单位"),
}
"""反家庭暴力法 23, 法释〔2022〕17号 2."""

UNABLE = {
    "no_capacity": _("无民事行为能力"),
    "limited_capacity": _("限制民事行为能力"),
    "coerced": _("因受到强制、威吓等无法申请"),
}
"""反家庭暴力法 23: applied for without her consent, which by this very ground she cannot give."""

WILLING = {
    "aged": _("年老，本人愿意申请"),
    "disabled": _("残疾，本人愿意申请"),
    "ill": _("重病，本人愿意申请"),
}
"""法释〔2022〕17号 2: only as she wishes."""

PROXY_GROUNDS = UNABLE | WILLING

MEASURES = {
    "no_violence": _("禁止被申请人实施家庭暴力"),
    "no_contact": _("禁止被申请人骚扰、跟踪、接触申请人及其相关近亲属"),
    "move_out": _("责令被申请人迁出申请人住所"),
    "no_messages": _("禁止被申请人以电话、短信、即时通讯、电子邮件等方式侮辱、诽谤、威胁"),
    "keep_distance": _("禁止被申请人在住所、学校、工作单位等经常出入场所的一定范围内活动"),
    "other": _("保护申请人人身安全的其他措施"),
}
"""反家庭暴力法 29, 法释〔2022〕17号 10."""

WAYS_OF_FILING = {
    "written": _("书面申请"),
    "oral": _("口头申请，由法院记入笔录"),
    "online": _("网上申请"),
}

HANDED_TO = {
    "respondent": _("被申请人"),
    "police": _("公安派出所"),
    "community": _("居民委员会、村民委员会"),
}

REVOKED = {
    "her_application": _("依申请人的申请"),
    "reconsideration": _("经被申请人复议"),
}

SOON = day_of(SAMPLE_NOW) + timedelta(days=30)
"""A day to come that exploration tries."""


@dataclass(frozen=True)
class Opening:
    """Against whom, by whom, and what the court is asked to order."""

    respondent: str = fact(_("被申请人"), "party", required=True, samples=("him",))
    applicant: str = fact(
        _("由谁申请"),
        "choice",
        choices=APPLICANTS,
        required=True,
        samples=("self", "on_behalf", "relative"),
    )
    proxy_ground: str = fact(
        _("代为申请的依据"),
        "choice",
        choices=PROXY_GROUNDS,
        help_text=_("反家庭暴力法第二十三条、法释〔2022〕17 号第二条；本人申请的不填。"),
        samples=("", "coerced", "aged"),
    )
    proxy_why: str = fact(
        _("不能由本人申请的情况"),
        "long",
        personal=True,
        help_text=_("未经本人同意代为申请的，须写明。"),
        samples=("", "…"),
    )
    urgent: bool = fact(_("情况紧急（法院应在 24 小时内作出）"), "yes", samples=(False,))
    measures_asked: frozenset[str] = fact(
        _("请求的措施"),
        "several",
        choices=MEASURES,
        required=True,
        samples=(frozenset({"no_violence"}),),
    )
    measures_other: str = fact(_("其他措施的内容"), "long", personal=True, samples=("",))
    grounds: str = fact(
        _("事实和理由（不写现住址、庇护所、学校、单位）"), "long", personal=True, samples=("",)
    )
    carrier: str = fact(
        _("司法联络员（不填则由本案承办人办理）"),
        "staff",
        able=Permission.LIAISE,
        samples=("",),
    )


@dataclass(frozen=True)
class Writing:
    """The application is written from the record, with the list of evidence; her address goes into
    a sealed paper for the court alone (法发〔2022〕10号 4)."""

    kept: str = fact(
        _("文书去向"),
        "choice",
        choices=KEPT,
        required=True,
        help_text=_("她与对方同住的，不要让她带走会被发现的材料。"),
        samples=("here",),
    )
    service_address: bool = fact(
        _("同时制作密封的送达地址确认书（仅供法院）"), "yes", samples=(True,)
    )


@dataclass(frozen=True)
class Filing:
    """To which court, when and how the application went."""

    court: str = fact(_("法院"), required=True, samples=("…",))
    filed_at: datetime | None = fact(_("提出申请的时间"), "moment", required=True)
    filed_how: str = fact(
        _("申请方式"), "choice", choices=WAYS_OF_FILING, required=True, samples=("written",)
    )


@dataclass(frozen=True)
class Accepting:
    """The court took the application on: its 72 or 24 hours run from here."""

    accepted_at: datetime | None = fact(_("法院受理的时间"), "moment", required=True)
    case_number: str = fact(_("案号"), samples=("…",))


@dataclass(frozen=True)
class TurningDown:
    """The court did not take it on."""

    turned_down_at: datetime | None = fact(_("答复时间"), "moment", required=True)
    in_writing: bool = fact(_("书面答复"), "yes")
    turned_down: str = fact(
        _("答复内容（文号、经办人）"), "long", required=True, personal=True, samples=("…",)
    )


@dataclass(frozen=True)
class Granting:
    """The order as the court made it."""

    ruling: str = fact(_("裁定书文号"), required=True, samples=("…",))
    ruled_at: datetime | None = fact(_("作出裁定的时间"), "moment", required=True)
    measures_granted: frozenset[str] = fact(
        _("准予的措施"),
        "several",
        choices=MEASURES,
        required=True,
        samples=(frozenset({"no_violence"}),),
    )
    granted_other: str = fact(_("其他措施的内容"), "long", personal=True, samples=("",))
    valid_until: date | None = fact(
        _("有效期至"),
        "date",
        required=True,
        help_text=_("按裁定书载明的日期填写；不超过六个月（反家庭暴力法第三十条）。"),
        samples=(SOON,),
    )


@dataclass(frozen=True)
class Denying:
    """The court did not make it."""

    ruled_at: datetime | None = fact(_("作出裁定的时间"), "moment", required=True)
    denial_served_on: date | None = fact(
        _("驳回裁定送达申请人的日期"), "date", help_text=_("尚未送达的不填，送达后再登记。")
    )
    why_denied: str = fact(_("驳回的理由"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class ServingDenial:
    """She has been given the denial: her five days run from here (反家庭暴力法 31)."""

    denial_served_on: date | None = fact(_("驳回裁定送达申请人的日期"), "date", required=True)


@dataclass(frozen=True)
class Reconsidering:
    """She asks the court to look again (反家庭暴力法 31)."""

    reconsidered_at: datetime | None = fact(_("申请复议的时间"), "moment", required=True)
    reconsideration: str = fact(_("复议理由"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Upholding:
    """The court looked again and stayed with the denial."""

    upheld_at: datetime | None = fact(_("复议决定的时间"), "moment", required=True)
    upheld: str = fact(
        _("复议结果（文号、理由）"), "long", required=True, personal=True, samples=("…",)
    )


@dataclass(frozen=True)
class AcceptingDenial:
    """She was told that she may ask for reconsideration, and does not."""

    told: bool = fact(
        _("已告知可以自裁定生效之日起五日内申请复议（反家庭暴力法第三十一条）"), "yes"
    )


@dataclass(frozen=True)
class Serving:
    """Who has been given the order."""

    handed_to: str = fact(
        _("送达给谁"),
        "choice",
        choices=HANDED_TO,
        required=True,
        samples=("respondent", "police"),
    )
    handed_at: datetime | None = fact(_("送达时间"), "moment", required=True)


@dataclass(frozen=True)
class Visiting:
    """How she is (法发〔2022〕10号 18). Only a talk in a safe setting is a visit."""

    stays_inside: ClassVar[bool] = True

    seen_at: datetime | None = fact(_("回访时间"), "moment", required=True)
    safe_setting: bool = fact(
        _("通过安全联系方式、在安全环境中进行（否则不算回访，期限继续计算）"), "yes"
    )
    found_breach: bool = fact(_("发现对方违反保护令（请随后登记）"), "yes")
    needs: str = fact(_("近况和需要"), "long", personal=True, samples=("",))


@dataclass(frozen=True)
class Breaching:
    """He broke it, and the police know, or she has her reason."""

    stays_inside: ClassVar[bool] = True

    breached_at: datetime | None = fact(_("违反的时间"), "moment", required=True)
    breach: str = fact(_("经过"), "long", required=True, personal=True, samples=("…",))
    police_told: bool = fact(_("已向公安机关报案"), "yes")
    why_not_told: str = fact(
        _("未报案的原因（本人的意思）"), "long", personal=True, samples=("", "…")
    )


@dataclass(frozen=True)
class AskingRenewal:
    """The court is asked to let it last longer, while it still lasts (反家庭暴力法 30)."""

    renewal_asked_at: datetime | None = fact(_("申请延长的时间"), "moment", required=True)


@dataclass(frozen=True)
class WaivingRenewal:
    """She does not ask for a longer time, and knows what that means."""

    waived_at: datetime | None = fact(_("本人决定的时间"), "moment", required=True)
    told: bool = fact(_("已告知：到期后不再受保护，到期前可以改变主意，到期后可以重新申请"), "yes")


@dataclass(frozen=True)
class RefusingRenewal:
    """The court does not let it last longer."""

    refused_at: datetime | None = fact(_("法院决定的时间"), "moment", required=True)
    refusal: str = fact(
        _("不予延长的理由（文号）"), "long", required=True, personal=True, samples=("…",)
    )


@dataclass(frozen=True)
class Renewing:
    """The court lets it last longer."""

    renewal_ruling: str = fact(_("延长裁定文号"), required=True, samples=("…",))
    renewed_at: datetime | None = fact(_("作出延长裁定的时间"), "moment", required=True)
    valid_until: date | None = fact(
        _("延长至"), "date", required=True, samples=(SOON + timedelta(days=30),)
    )


@dataclass(frozen=True)
class Contesting:
    """He asked for reconsideration; the order goes on meanwhile (反家庭暴力法 31)."""

    contested_at: datetime | None = fact(_("对方申请复议的时间"), "moment", required=True)


@dataclass(frozen=True)
class Revoking:
    """The court took it back."""

    revoked_how: str = fact(
        _("撤销的缘由"), "choice", choices=REVOKED, required=True, samples=("her_application",)
    )
    revoked_at: datetime | None = fact(_("撤销的时间"), "moment", required=True)


@dataclass(frozen=True)
class FeedingBack:
    """What the court was told of the time under the order (法发〔2022〕10号 18)."""

    fed_back_at: datetime | None = fact(_("反馈时间"), "moment", required=True)
    fed_back: str = fact(
        _("反馈的内容"),
        "long",
        required=True,
        personal=True,
        samples=("…",),
    )
    signed: bool = fact(_("已附本人签字的回访单"), "yes", samples=(False,))


WATCHED = {"order.ruling": _("保护令裁定"), "order.service": _("保护令送达")}
"""The deadlines that the court keeps."""


@dataclass(frozen=True)
class Chasing(chasing.Chasing):
    """The court was asked how far it is."""

    about: str = chasing.about(WATCHED)
    said: str = fact(_("对方答复"), "long", personal=True, samples=("…",))
