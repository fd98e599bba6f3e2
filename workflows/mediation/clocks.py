"""The deadlines of a mediation."""

from __future__ import annotations

from datetime import datetime

from casework.engine.clocks import ClockRule, Step
from casework.engine.language import _
from casework.engine.limits import Months
from casework.engine.moment import end_of
from workflows.mediation import facts
from workflows.mediation.guards import CONFIRMED_WITHIN, Mediating


def _consented(step: Step) -> datetime | None:
    """The second side's consent, told in a conversation alone, brings both together."""
    heard = step.move == "mediation.hear" and step.procedure
    return step.at if heard and heard.status == "consented" else None


def _came_to_an_end(step: Step) -> datetime | None:
    return step.at if step.move in ("mediation.agree", "mediation.fail") else None


def _in_force(step: Step) -> datetime | None:
    """An agreement is in force when the parties signed (人民调解法 29)."""
    told, record = step.facts, step.procedure
    if not isinstance(told, facts.Signing) or not isinstance(record, Mediating):
        return None
    asks = record.wants_confirmation and told.signed_on
    return min(end_of(told.signed_on), step.at) if asks and told.signed_on else None


def _decided(step: Step) -> datetime | None:
    return step.at if step.move in ("mediation.confirm", "mediation.lapse") else None


CLOCKS = (
    ClockRule(
        key="mediation.finish",
        label=_("调解期限"),
        version=1,
        own=True,
        limit=Months(1),
        source=_("司法部令第 75 号第三十三条：一般在一个月内调结，经双方同意可以延长"),
        starts=_consented,
        stops=_came_to_an_end,
    ),
    ClockRule(
        key="mediation.confirm",
        label=_("司法确认"),
        version=1,
        own=False,
        hers=True,
        limit=CONFIRMED_WITHIN,
        source=_(
            "人民调解法第三十三条、民事诉讼法第二百零五条：协议生效之日起 30 日内共同申请，末日顺延"
        ),
        rolls=True,
        starts=_in_force,
        stops=_decided,
    ),
)
