"""What must be told of what the police do. None of it ever goes into a letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from casework.engine import chasing
from casework.engine.facts import fact
from casework.engine.language import _
from casework.engine.owed import POLICE_OUTCOMES

DECIDED = {code: word for code, word in POLICE_OUTCOMES.items() if code != "warning"}
"""A warning is a row of its own: its visits follow."""

SERVED_ON = {
    "respondent": _("加害人"),
    "victim": _("受害人"),
    "community": _("居民委员会、村民委员会"),
}
"""公通字〔2024〕34号 11."""

WATCHED = {"dv.police_decision": _("告诫决定"), "dv.warning_visit": _("告诫查访")}
"""The deadlines that the police keep."""


@dataclass(frozen=True)
class Accepting:
    """The police took it on: their 72 hours run from here."""

    stays_inside: ClassVar[bool] = True

    accepted_at: datetime | None = fact(_("公安机关受案的时间"), "moment", required=True)
    accepted_number: str = fact(_("受案回执（文号）"), personal=True, samples=("",))


@dataclass(frozen=True)
class Deciding:
    """What they decided, but for a warning."""

    stays_inside: ClassVar[bool] = True

    outcome: str = fact(
        _("处理结果"), "choice", choices=DECIDED, required=True, samples=("education",)
    )
    decided_at: datetime | None = fact(_("处理时间"), "moment", required=True)
    number: str = fact(_("文书编号"), personal=True, samples=("",))


@dataclass(frozen=True)
class Warned:
    """They warned him in writing."""

    stays_inside: ClassVar[bool] = True

    warned_at: datetime | None = fact(_("出具告诫书的时间"), "moment", required=True)
    number: str = fact(_("告诫书编号"), personal=True, samples=("",))
    served: frozenset[str] = fact(
        _("告诫书已送交"),
        "several",
        choices=SERVED_ON,
        help_text=_("应当送交双方，并通知居民委员会、村民委员会（公通字〔2024〕34 号第十一条）。"),
        samples=(frozenset(),),
    )


@dataclass(frozen=True)
class Visiting:
    """What a visit after the warning found (公通字〔2024〕34号 12)."""

    stays_inside: ClassVar[bool] = True

    visited_at: datetime | None = fact(_("查访时间"), "moment", required=True)
    clean: bool = fact(_("已见到或者联系到本人，未发现新的家庭暴力"), "yes")
    found_violence: bool = fact(_("发现新的家庭暴力（请随后在案件中“登记暴力事件”）"), "yes")
    visited: str = fact(_("查访情况"), "long", personal=True, samples=("",))


@dataclass(frozen=True)
class Chasing(chasing.Chasing):
    """The police were asked how far it is."""

    about: str = chasing.about(WATCHED)
    chased_at: datetime | None = fact(_("催办时间"), "moment", required=True)
    answer: str = fact(_("对方答复"), "long", personal=True, samples=("",))
