"""How she may safely be reached: told at any time, corrected, and taken back (rule 8).

Nothing here is refused because of her danger or the status of the case: who can be called at
last is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from casework.engine.facts import fact
from casework.engine.language import Sentence, _
from casework.engine.moves import guard_of
from casework.engine.people import Actor
from casework.engine.situation import Situation

WAYS = {
    "phone": _("电话"),
    "wechat": _("微信"),
    "address": _("地址"),
    "other": _("其他"),
}

SHORTEST_PHONE = 5
"""Digits: shorter is no number that rings anywhere but at an emergency desk."""


@dataclass(frozen=True)
class Reaching:
    """A way to reach her, with what makes it safe; it can stand in for an older one."""

    way: str = fact(_("联系方式"), "choice", choices=WAYS, required=True, samples=("phone",))
    value: str = fact(_("号码、账号或地址"), required=True, personal=True, samples=("…",))
    may_call: bool = fact(_("可以打电话"), "yes", samples=(True,))
    may_message: bool = fact(_("可以发短信、留言或寄信"), "yes", samples=(False,))
    when: str = fact(_("安全的时间"), personal=True, samples=("",))
    code_word: str = fact(_("联系暗语"), personal=True, samples=("",))
    seen_by: str = fact(
        _("还有谁能看到或接听"),
        personal=True,
        help_text=_("家人共用的手机、微信，请写明是谁；不确定的，不要勾选可以联系。"),
        samples=("",),
    )
    replaces: str = fact(
        _("代替原来的联系方式（更正时选择）"),
        "contact",
        help_text=_("原来的不再使用，历史记录保留。"),
        samples=("",),
    )


@dataclass(frozen=True)
class NoLongerReaching:
    """A way to reach her that must not be used any more."""

    contact: str = fact(_("停用的联系方式"), "contact", required=True, samples=("…",))


@guard_of(Reaching)
def it_could_ring(told: Reaching, situation: Situation, actor: Actor) -> Sentence | None:
    """A telephone number has digits; what has none is another way."""
    if told.way == "phone" and len(re.sub(r"\D", "", told.value)) < SHORTEST_PHONE:
        return _("电话号码不完整，请核对；不是电话的，请选择“其他”。")
    return None
