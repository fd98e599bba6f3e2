"""What every page needs from a template: words for codes, and time left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.forms import BoundField

from casework.engine import moment, registry
from casework.engine.case_acts import (
    CONSENT_SCOPES,
    LEVELS,
    OUTCOMES,
    PARTY_ROLES,
    RELATIONS,
)
from casework.engine.chasing import OUTCOMES as CALLED
from casework.engine.clocks import ClockRule
from casework.engine.language import Sentence, _, listed, pgettext
from casework.engine.limits import Limit, limit_from
from casework.engine.owed import PLAN_TAKEN
from casework.engine.papers import EVIDENCE_KINDS, HOLDERS, LETTERS
from casework.engine.people import ROLE_LABELS, Role
from casework.models import Body, Case, Clock, ClockEvent, Organisation, Procedure, Todo, User
from casework.models.visit import CHANNELS
from casework.queries import procedures
from casework.queries.casepage import reads_whole
from casework.queries.desk import why as reason
from casework.queries.remaining import remaining, remaining_of

register = template.Library()

TICKS = {
    "start": _("开始计时"),
    "restart": _("有新的进展，重新计时"),
    "pause": pgettext("clock", "中止"),
    "resume": _("恢复计时"),
    "extend": _("批准延长"),
    "stop": _("停止计时"),
    "revive": _("退回补办，继续计时"),
    "cancel": pgettext("clock", "取消"),
    "recount": _("按新的放假通知重新计算"),
}
"""What happens to a clock, as shown."""

LISTS: dict[str, Mapping[str, object]] = {
    "channel": CHANNELS,
    "consent": CONSENT_SCOPES,
    "danger": LEVELS,
    "outcome": OUTCOMES,
    "party": PARTY_ROLES,
    "relation": RELATIONS,
    "role": {role.value: label for role, label in ROLE_LABELS.items()},
    "clock": dict(Clock.STATES),
    "service": dict(Body.SERVICES),
    "evidence": EVIDENCE_KINDS,
    "holder": HOLDERS,
    "plan": PLAN_TAKEN,
    "called": CALLED,
    "letter": {
        "chasing_letter": _("催办函"),
        "referral": _("转介函"),
        "mediation_record": _("调解笔录"),
        "mediation_agreement": _("调解协议书"),
        "order_application": _("人身安全保护令申请书"),
        "service_address": _("送达地址确认书（密封，仅供法院）"),
        **LETTERS,
    },
    "level": dict(Organisation.LEVELS),
    "link": {
        "same_person": _("同一当事人"),
        "continues": _("延续"),
        "related": _("相关"),
        "merged": pgettext("link", "并案"),
        "converted": _("由此改登"),
    },
}


@register.filter
def label(code: str, name: str) -> str:
    """The word for a code of the list `name`; the code itself when the list does not know it."""
    word = LISTS[name].get(code)
    return str(word) if word else code


@register.filter
def kind(record: Case | Procedure) -> Sentence:
    """What kind of case, or which procedure, it is, in full."""
    if isinstance(record, Procedure):
        return registry.procedure(record.kind).title
    return registry.kind(record.kind).title


@register.filter
def status(record: Case | Procedure) -> Sentence:
    """What the case or the procedure is now."""
    return registry.lifecycle(record.kind).statuses[record.status].label


@register.filter
def whole(case: Case, user: User) -> bool:
    """May she read all of a case that stands in a list?"""
    return reads_whole(case, user)


@register.filter
def word(record: Procedure, name: str) -> Sentence | str:
    """The word for a code among the details of a procedure."""
    return procedures.word(record, name)


@register.filter
def why(todo: Todo) -> Sentence:
    """Why somebody has this todo."""
    return reason(todo.case.kind, todo.subject)


@register.filter
def rule(clock: Clock) -> ClockRule:
    """The rule that a clock follows."""
    return registry.clock_rule(clock.rule)


@register.filter
def rest(clock: Clock) -> Sentence | None:
    """How long is left of a clock, in words."""
    return remaining_of(clock)


@register.filter
def happened(event: ClockEvent) -> str:
    """What happened to a clock."""
    return str(TICKS[event.kind])


@register.filter
def in_words(limit: Limit | str) -> Sentence:
    """A limit in words."""
    return (limit_from(limit) if isinstance(limit, str) else limit).label


@register.filter
def left(due: datetime | None) -> Sentence | None:
    """How long is left until `due`, in words."""
    return remaining(due, moment.now())


@register.filter
def overdue(due: datetime | None) -> bool:
    """Is it past?"""
    return due is not None and due < moment.now()


@register.filter
def roles(user: User) -> str:
    """The roles of a member of staff, in the order of the list."""
    return listed(r.label for r in Role if r in user.actor.roles)


@register.filter
def get(mapping: Mapping[str, str], key: str) -> str:
    """The value of a key that only the row knows; the key itself when it is missing."""
    return mapping.get(key, key)


@register.filter
def typed(field: BoundField) -> str:
    """What was typed or chosen in a field, as it reads."""
    value = field.value()
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    choices = dict(getattr(field.field, "choices", ()))
    if isinstance(value, list):
        return listed(choices.get(each, each) for each in value) or "—"
    return str(choices.get(value, value) or "—")
