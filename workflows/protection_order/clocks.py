"""The deadlines of a protection order. They run on after the case is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.engine.clocks import (
    LEFT_ALONE,
    RETURNED,
    Among,
    ClockRule,
    Named,
    Step,
    Trigger,
)
from casework.engine.language import _
from casework.engine.limits import CalendarDays, Hours
from casework.engine.moment import end_of
from workflows.protection_order import facts
from workflows.protection_order.guards import Protecting

RENEW, VISIT = "protection_order.renew", "protection_order.visit"


def _order(step: Step) -> Protecting:
    assert isinstance(step.procedure, Protecting)
    return step.procedure


def _made(*rows: str) -> Trigger:
    """When one of these rows was written down."""
    names = {f"protection_order.{row}" for row in rows}
    return lambda step: step.at if step.move in names else None


def _urgency(step: Step) -> Mapping[str, str]:
    return {"urgency": "urgent" if _order(step).urgent else "normal"}


def _until(step: Step) -> Mapping[str, str]:
    until = _order(step).valid_until
    return {"until": until.isoformat() if until else ""}


def _accepted(step: Step) -> datetime | None:
    told = step.facts
    return told.accepted_at if isinstance(told, facts.Accepting) else None


def _ruled(step: Step) -> datetime | None:
    told = step.facts
    return told.ruled_at if isinstance(told, facts.Granting | facts.Denying) else None


def _granted(step: Step) -> datetime | None:
    return _ruled(step) if isinstance(step.facts, facts.Granting) else None


def _served_on_him(step: Step) -> datetime | None:
    told = step.facts
    on_him = isinstance(told, facts.Serving) and told.handed_to == "respondent"
    return told.handed_at if isinstance(told, facts.Serving) and on_him else None


def _denied(step: Step) -> datetime | None:
    """The time to ask for reconsideration runs from the day on which the denial was served."""
    told = step.facts
    if not isinstance(told, facts.Denying | facts.ServingDenial):
        return None
    served = told.denial_served_on
    return min(end_of(served), step.at) if served else None


def _reconsidered(step: Step) -> datetime | None:
    told = step.facts
    return told.reconsidered_at if isinstance(told, facts.Reconsidering) else None


def _to_be_visited(step: Step) -> datetime | None:
    """Made, unless she had ended our help; or she is back while it is in force."""
    if _made(RETURNED)(step):
        return step.at if _order(step).status == "in_force" else None
    return None if step.after in LEFT_ALONE else _granted(step)


def _renewed(step: Step) -> datetime | None:
    told = step.facts
    return told.renewed_at if isinstance(told, facts.Renewing) else None


def _visited(step: Step) -> datetime | None:
    told = step.facts
    return told.seen_at if isinstance(told, facts.Visiting) and told.safe_setting else None


def _over(step: Step) -> datetime | None:
    """It lost its force: at the end of its last day, or when it was revoked."""
    return _order(step).over_at if _made("expire", "revoke")(step) else None


def _fed_back(step: Step) -> datetime | None:
    told = step.facts
    return told.fed_back_at if isinstance(told, facts.FeedingBack) else None


CLOCKS = (
    ClockRule(
        key="order.ruling",
        label=_("保护令裁定"),
        version=1,
        own=False,
        limit=Among("urgency", {"normal": Hours(72), "urgent": Hours(24)}),
        source=_("反家庭暴力法第二十八条：受理后 72 小时内，紧急的 24 小时内"),
        starts=_accepted,
        stops=_ruled,
        tells=_urgency,
    ),
    ClockRule(
        key="order.service",
        label=_("保护令送达"),
        version=1,
        own=False,
        limit=Hours(24),
        source=_("法发〔2022〕10 号第十四条：作出后 24 小时内送达"),
        starts=_granted,
        stops=_served_on_him,
        cancels=_over,
    ),
    ClockRule(
        key="order.reconsider",
        label=_("保护令复议"),
        version=1,
        own=False,
        hers=True,
        limit=CalendarDays(5),
        source=_("反家庭暴力法第三十一条：5 日内申请复议，末日顺延"),
        rolls=True,
        starts=_denied,
        stops=_reconsidered,
        cancels=_made("accept_denial"),
    ),
    ClockRule(
        key="order.expiry",
        label=_("保护令到期"),
        version=1,
        own=False,
        hers=True,
        limit=Named(),
        source=_("反家庭暴力法第三十条：裁定载明的日期，失效前申请延长"),
        starts=_granted,
        stops=_renewed,
        renewed_by=frozenset({RENEW}),
        cancels=_made("expire", "revoke"),
        tells=_until,
        leads=(CalendarDays(30), CalendarDays(14), CalendarDays(7), CalendarDays(3)),
    ),
    ClockRule(
        key="order.visit",
        label=_("保护令回访"),
        version=1,
        own=True,
        limit=CalendarDays(30),
        source=_("法发〔2022〕10 号第十八条：定期回访；每 30 日为内部目标"),
        starts=_to_be_visited,
        stops=_visited,
        renewed_by=frozenset({VISIT}),
        cancels=_over,
        contacts_her=True,
        internal=True,
    ),
    ClockRule(
        key="order.feedback",
        label=_("向法院反馈"),
        version=1,
        own=True,
        limit=CalendarDays(7),
        source=_("法发〔2022〕10 号第十八条：期满后反馈；7 日为内部目标"),
        starts=_over,
        stops=_fed_back,
        internal=True,
    ),
)
