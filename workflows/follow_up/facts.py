"""What must be told to make the moves of a follow-up. What plans one is told everywhere alike
(`casework.engine.following.Planning`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from casework.engine.facts import fact
from casework.engine.language import _

SATISFACTION = {
    "5": _("5 很满意"),
    "4": _("4 满意"),
    "3": _("3 一般"),
    "2": _("2 不满意"),
    "1": _("1 很不满意"),
}


@dataclass(frozen=True)
class Talking:
    """How she is, told in a safe setting (规程 2018, 13)."""

    stays_inside: ClassVar[bool] = True

    talked_at: datetime | None = fact(_("回访时间"), "moment", required=True)
    safe_setting: bool = fact(_("通过安全联系方式、在安全环境中进行"), "yes")
    new_incident: bool = fact(_("发现新的暴力事件（请随后在案件中登记）"), "yes")
    needs: str = fact(_("近况和需要"), "long", personal=True, samples=("",))
    satisfaction: str = fact(
        _("对本会工作的满意度（她愿意回答时）"), "choice", choices=SATISFACTION, samples=("",)
    )


@dataclass(frozen=True)
class BreakingOff:
    """Somebody answered, but she could not speak safely: it counts as no talk."""

    stays_inside: ClassVar[bool] = True

    tried_at: datetime | None = fact(_("联系时间"), "moment", required=True)
    new_incident: bool = fact(_("发现新的暴力事件（请随后在案件中登记）"), "yes")
    needs: str = fact(_("近况和需要"), "long", personal=True, samples=("",))


@dataclass(frozen=True)
class Missing:
    """She was not reached (rule 8)."""

    tried_at: datetime | None = fact(_("联系时间"), "moment", required=True)
    safe_channel: bool = fact(_("通过安全联系方式、在安全时段联系"), "yes")
