"""Chasing what another body owes 催办: a call, then a letter, then its superior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from casework.engine.facts import fact
from casework.engine.language import Sentence, _
from casework.engine.moment import day_of
from casework.engine.moves import guard_of
from casework.engine.people import Actor
from casework.engine.situation import Proceeding, Situation

PHONE, LETTER, VISIT, SUPERIOR = "phone", "letter", "visit", "superior"
HOW = {
    PHONE: _("电话"),
    LETTER: _("催办函"),
    VISIT: _("上门"),
    SUPERIOR: _("提请上级督办"),
}
LADDER = (PHONE, LETTER, SUPERIOR)
"""One rung after the other; a visit counts as a call."""

REACHED, NOBODY, PROMISED = "reached", "no_answer", "promised"
OUTCOMES = {
    REACHED: _("接通"),
    NOBODY: _("无人接听"),
    PROMISED: _("答应答复"),
}


@dataclass(frozen=True, kw_only=True)
class Chasing:
    """How the other side was reminded, of which deadline, and what came of it. None of it ever
    goes into a letter."""

    stays_inside: ClassVar[bool] = True

    about: str = fact(_("催办的期限"), "choice", samples=("",))
    how: str = fact(_("催办方式"), "choice", choices=HOW, required=True, samples=(PHONE,))
    outcome: str = fact(_("结果"), "choice", choices=OUTCOMES, samples=(REACHED,))
    answer_by: date | None = fact(_("对方答应答复的日期"), "date", samples=(None,))

    @property
    def words(self) -> str:
        """What was said, or why a rung was left out."""
        return str(getattr(self, "said", "") or getattr(self, "answer", "")).strip()

    @property
    def rung(self) -> str:
        """Where on the ladder it stands, of which deadline."""
        return f"{self.about}:{PHONE if self.how == VISIT else self.how}"


def about(choices: Mapping[str, Sentence]) -> Any:
    """Which deadline of a procedure is meant: `choices` are those that another body keeps, by the
    name of their rule."""
    asked = fact(_("催办的期限"), "choice", choices=choices, samples=("",))
    asked.kw_only = True
    return asked


def climbed(situation: Situation) -> frozenset[str]:
    """The rungs that are behind us once this is done."""
    told = situation.facts
    assert isinstance(told, Chasing)
    return _behind(situation.procedure) | {told.rung}


def _behind(procedure: Proceeding | None) -> frozenset[str]:
    found: frozenset[str] = getattr(procedure, "climbed", frozenset())
    return found


@guard_of(Chasing)
def it_is_told_how_the_call_ended(
    told: Chasing, situation: Situation, actor: Actor
) -> Sentence | None:
    """A call was answered or not; a promise names its day."""
    if told.how == PHONE and not told.outcome:
        return _("请选择通话结果：接通、无人接听，或对方答应何日答复。")
    if told.outcome == PROMISED and told.answer_by is None:
        return _("对方答应答复的，请填写答应的日期。")
    if told.answer_by and told.answer_by < day_of(situation.now):
        return _("对方答应答复的日期不能早于今天。")
    return None


@guard_of(Chasing)
def one_rung_after_the_other(told: Chasing, situation: Situation, actor: Actor) -> Sentence | None:
    """First a call, then a letter, then the superior; a rung is left out only with the reason."""
    behind = _behind(situation.procedure)
    if told.words or told.how not in LADDER[1:]:
        return None
    if told.how == LETTER and f"{told.about}:{PHONE}" not in behind:
        return _("还没有打过电话。直接发催办函的，请写明原因。")
    if told.how == SUPERIOR and f"{told.about}:{LETTER}" not in behind:
        return _("还没有发过催办函。直接提请上级督办的，请写明原因。")
    return None


@guard_of(Chasing)
def handed_up_once(told: Chasing, situation: Situation, actor: Actor) -> Sentence | None:
    """The superior is asked about one deadline, and once."""
    if told.how != SUPERIOR:
        return None
    if not told.about:
        return _("提请上级督办的，请选择催办的是哪一个期限。")
    if told.rung in _behind(situation.procedure):
        return _("这一期限已提请上级督办。")
    return None


LADDER_GUARDS = (it_is_told_how_the_call_ended, one_rung_after_the_other, handed_up_once)
"""What every row depends on by which somebody is chased."""
