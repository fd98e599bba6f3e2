"""Evidence that is at hand, and the letters that a case can give out at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.engine.facts import fact
from casework.engine.language import Sentence, _
from casework.engine.moment import day_of
from casework.engine.moves import guard_of
from casework.engine.people import Actor
from casework.engine.situation import Danger, Situation

EVIDENCE_KINDS = {
    "statement": _("当事人的陈述"),
    "warning": _("公安机关出具的告诫书、行政处罚决定书"),
    "police": _("出警记录、询问笔录、接警记录、报警回执等"),
    "promise": _("对方出具的悔过书、保证书等"),
    "recording": _("记录暴力发生或者解决过程的视听资料"),
    "messages": _("电话录音、短信、即时通讯信息、电子邮件等"),
    "medical": _("医疗机构的诊疗记录"),
    "request": _("妇联、居（村）委会、单位等收到求助的记录"),
    "witness": _("未成年子女或者亲友、邻居等的证言"),
    "injury": _("伤情鉴定意见"),
    "other": _("其他能够证明的证据"),
}
"""法释〔2022〕17号 6."""

HOLDERS = {
    "her": _("本人"),
    "us": _("本会"),
    "police": _("公安机关"),
    "hospital": _("医疗机构"),
    "community": _("居（村）委会"),
    "other": _("其他"),
}

REGISTRATION, POLICE_LETTER = "dv_registration", "police_letter"
RIGHTS, CONSENT = "rights_notice", "consent_form"
LETTERS = {
    REGISTRATION: _("家庭暴力登记表（含危险评估）"),
    RIGHTS: _("权利告知书"),
    POLICE_LETTER: _("报案函"),
    CONSENT: _("知情同意书"),
}

KEPT = {
    "here": _("存卷，不带走"),
    "carried": _("本人确认可以安全携带和保存"),
    "sent": _("由本会送交"),
}
"""Where the paper goes: at home he may find it (rule 8)."""


@dataclass(frozen=True)
class Proving:
    """Something that can prove what happened, and who holds it."""

    evidence: str = fact(
        _("证据种类"), "choice", choices=EVIDENCE_KINDS, required=True, samples=("other",)
    )
    what: str = fact(_("内容"), "long", required=True, personal=True, samples=("…",))
    holder: str = fact(_("由谁保存"), "choice", choices=HOLDERS, required=True, samples=("us",))
    obtained_on: date | None = fact(_("取得日期"), "date")


@dataclass(frozen=True)
class Issuing:
    """A letter is written from what the case holds."""

    letter: str = fact(
        _("文书"), "choice", choices=LETTERS, required=True, samples=(RIGHTS, POLICE_LETTER)
    )
    kept: str = fact(
        _("文书去向"),
        "choice",
        choices=KEPT,
        required=True,
        help_text=_("她与对方同住的，不要让她带走会被发现的材料。"),
        samples=("here",),
    )
    to: str = fact(_("收件单位（报案函填写公安机关）"), samples=("…",))
    told_first: bool = fact(_("报案函：已先告知本人"), "yes")
    why_not_told: str = fact(_("报案函：未先告知本人的原因"), "long", personal=True, samples=("",))


@guard_of(Proving)
def obtained_by_now(told: Proving, situation: Situation, actor: Actor) -> Sentence | None:
    """What is at hand was obtained by today."""
    if told.obtained_on and told.obtained_on > day_of(situation.now):
        return _("取得日期不能晚于今天。")
    return None


@guard_of(Issuing)
def there_is_what_it_tells(told: Issuing, situation: Situation, actor: Actor) -> Sentence | None:
    """The registration of violence tells her assessment; a letter to the police tells of violence,
    and names its reader."""
    if told.letter == REGISTRATION and situation.assessment is None:
        return _("请先完成危险评估，登记表载明评估结果。")
    if told.letter == POLICE_LETTER and not situation.violence:
        return _("报案函用于家庭暴力：请先在案件中登记暴力事件。")
    if told.letter == POLICE_LETTER and not told.to.strip():
        return _("请填写报案函送交的公安机关。")
    return None


@guard_of(Issuing, 1)
def she_knows_of_the_letter(told: Issuing, situation: Situation, actor: Actor) -> Sentence | None:
    """She is told before the police are, or it is written why not (rule 1)."""
    if told.letter != POLICE_LETTER or told.told_first or told.why_not_told.strip():
        return None
    return _("请先告知本人，或写明未先告知的原因。")


@guard_of(Issuing, 1)
def the_police_may_know(told: Issuing, situation: Situation, actor: Actor) -> Sentence | None:
    """The police are written to with her consent, or as the duty to report or high danger demand
    (规程 2018, 11; rule 1)."""
    excepted = situation.report_duty or situation.danger is Danger.HIGH
    if told.letter != POLICE_LETTER or excepted or "share" in situation.consents:
        return None
    return _(
        "向公安机关报案须有本人同意（先登记“同意向其他单位提供信息”），或属强制报告、高危情形。"
    )
