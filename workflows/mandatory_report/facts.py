"""What must be told of what came of a mandatory report. None of it ever goes into a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from casework.engine import chasing
from casework.engine.facts import fact
from casework.engine.language import _

WATCHED = {"dv.police_feedback": _("公安反馈")}
"""The deadline that they keep."""


@dataclass(frozen=True)
class Receiving:
    """They gave a receipt, or said that they took it on: their three days run from here."""

    stays_inside: ClassVar[bool] = True

    received_at: datetime | None = fact(_("受案、立案或者出具回执的时间"), "moment", required=True)
    number: str = fact(_("回执（文号、经办人）"), personal=True, samples=("",))


@dataclass(frozen=True)
class FeedingBack:
    """What they told us of it (高检发〔2020〕9号)."""

    stays_inside: ClassVar[bool] = True

    fed_back_at: datetime | None = fact(_("收到反馈的时间"), "moment", required=True)
    fed_back: str = fact(_("反馈内容"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Chasing(chasing.Chasing):
    """They were asked how far it is."""

    about: str = chasing.about(WATCHED)
    chased_at: datetime | None = fact(_("催办时间"), "moment", required=True)
    answer: str = fact(_("对方答复"), "long", personal=True, samples=("",))
