"""The life of a case as it is told on its page: events, with what changed at each."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from casework.crypto.sealing import Unreadable, unseal
from casework.engine import registry
from casework.engine.case_acts import LEVELS, OUTCOMES
from casework.engine.clocks import OPENING
from casework.engine.facts import questions
from casework.engine.language import Sentence, _, listed
from casework.engine.moment import HOME
from casework.engine.owed import POLICE_OUTCOMES
from casework.models import Body, Case, Contact, Event, Organisation, Person, Procedure, User
from casework.queries.codes import titles

SHOWN = {
    "status": _("状态"),
    "handler": _("承办人"),
    "danger": _("危险等级"),
    "sealed": _("保密"),
    "outcome": _("办理结果"),
    "category": _("类别"),
    "safety_sensitive": _("涉及人身安全"),
    "summary": _("情况"),
    "demands": _("诉求"),
}
"""Fields whose changes a reader wants to see; the rest is bookkeeping."""

WORDS: dict[str, Mapping[str, Sentence]] = {"danger": LEVELS, "outcome": OUTCOMES}
"""The words for codes among them."""


@dataclass
class Entry:
    """One line of the timeline."""

    event: Event
    label: Sentence
    actor: str
    at: datetime
    reason: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[Sentence, str, str]] = field(default_factory=list)


def timeline(case: Case, record: Procedure | None = None) -> list[Entry]:
    """Every event of the case, newest first, each with what was told and what changed; or only
    those of one of its procedures."""
    names = lru_cache(_name)
    changes = {} if record else _changes(case, names)
    found = case.events.filter(chain=f"case:{case.uid}").order_by("-sequence")
    if record:
        found = found.filter(record=f"{record.kind}:{record.uid}")
    entries = []
    for event in found:
        told, reason = told_in(case, event)
        changed = changes.get(event.sequence, [])
        shown = {str(label) for label, _old, _new in changed}
        facts = [f for f in _facts(case, event, told, names) if f[0] not in shown]
        entries.append(
            Entry(
                event,
                _label(case, event, titled=record is None),
                names(event.actor),
                event.at,
                reason,
                facts,
                changed,
            )
        )
    return entries


Names = Callable[[str], str]


def _name(uid: str) -> str:
    """The name of a member of staff, or of the house itself."""
    if uid == "house":
        return str(_("系统"))
    return User.objects.filter(uid=uid).values_list("name", flat=True).first() or "—"


def told_in(case: Case, event: Event) -> tuple[dict[str, object], str]:
    """The facts and the reason sealed in an event of `case`; empty once the key is erased."""
    sealed = json.loads(event.payload).get("told", "")
    if not sealed:
        return {}, ""
    place = f"casework_event.payload:{event.chain}:{event.sequence}".encode()
    try:
        plain = unseal(case.subject.open(), base64.b64decode(sealed), place)
    except Unreadable:
        return {}, ""
    content = json.loads(plain)
    return content["facts"], content["reason"]


DEEDS = {
    OPENING: _("登记立案"),
    "open_procedure": _("启动程序"),
    "release": _("程序随案件结束"),
    "letter": _("制作文书"),
    "police_outcome": _("登记报案结果"),
    "claim": _("认领任务"),
    "assign_task": _("改派任务"),
    "hand_back": _("交回任务"),
    "retry": _("重试后台工作"),
}
"""What stands in no table."""


@dataclass(frozen=True)
class _Told:
    """A fact that was once asked for, and is no more."""

    label: Sentence
    kind: str = "text"
    choices: Mapping[str, Sentence] = field(default_factory=dict)

    def meta(self) -> dict[str, Any]:
        """As a question of today says it."""
        return {"label": self.label, "kind": self.kind, "choices": self.choices}


_MADE_REPORT = _Told(_("已履行强制报告（未成年人或无、限制行为能力人）"), "yes")
_OFFERED = {
    "offered": _("已提供"),
    "refused": _("已提供，本人不需要"),
    "not_offered": _("未提供"),
}
_FOLLOWED_UP = {
    "done": _("已在安全环境中回访"),
    "declined": _("本人谢绝回访"),
    "impossible": _("无法回访（写明原因）"),
}
ONCE_ASKED = {
    "police_report": _Told(_("高危：已向公安报告"), "yes"),
    "superior_report": _Told(_("高危：已向上级妇联报告"), "yes"),
    "mandatory_report": _MADE_REPORT,
    "safety_plan": _Told(_("安全计划"), "choice", _OFFERED),
    "follow_up": _Told(_("安全回访"), "choice", _FOLLOWED_UP),
    "why_impossible": _Told(_("无法回访的原因")),
}
"""What moves of cases asked before it became a record (decisions 17, 18): the events still tell."""

ONCE_ASKED_BY = {
    "police_outcome": {
        "outcome": _Told(_("处理结果"), "choice", POLICE_OUTCOMES),
        "decided_at": _Told(_("处理时间"), "moment"),
        "number": _Told(_("文书编号")),
    },
    "report_mandatory": {"to": _Told(_("接收报告的机关"))},
}
"""Likewise, of one act alone (decision 19)."""


def _asked(case: Case, event: Event) -> dict[str, Mapping[str, Any]]:
    """What the move asks, and what it asked once, by name."""
    machine = event.record.partition(":")[0] or case.kind
    move = registry.lifecycle(machine).moves.get(event.act)
    once = {} if event.record else ONCE_ASKED | ONCE_ASKED_BY.get(event.act, {})
    now = questions(move.facts) if move and move.facts else ()
    asked: dict[str, Mapping[str, Any]] = {q.name: q.metadata for q in now}
    return asked | {name: told.meta() for name, told in once.items() if name not in asked}


def _label(case: Case, event: Event, *, titled: bool) -> Sentence:
    """What was done; in a procedure, with its title when several are told of."""
    machine = event.record.partition(":")[0] or case.kind
    move = registry.lifecycle(machine).moves.get(event.act)
    label = move.label if move else DEEDS.get(event.act, Sentence(event.act))
    if not (event.record and titled):
        return label
    title = registry.procedure(machine).title
    return _("%(procedure)s：%(move)s", procedure=title, move=label)


def _facts(
    case: Case, event: Event, told: dict[str, object], names: Names
) -> list[tuple[str, str]]:
    """Label and value of each told fact worth showing."""
    found = []
    for name, meta in _asked(case, event).items():
        value = told.get(name)
        if value in (None, "", False) or value in ({}, []):
            continue
        if meta["kind"] == "case" or value == 0:
            continue  # linked cases stand in their own panel, as far as the reader may see them
        found.append((str(meta["label"]), _shown(meta, value, names)))
    return found


def _shown(meta: Mapping[str, Any], value: Any, names: Names) -> str:
    if value is True:
        return "✓"
    if isinstance(value, dict):
        ticked = sum(v == "yes" for v in value.values())
        return str(_("%(yes)s 项为“是”，共 %(all)s 项", yes=ticked, all=len(value)))
    if meta["kind"] == "moment":
        return f"{datetime.fromisoformat(str(value)).astimezone(HOME):%Y-%m-%d %H:%M}"
    if meta["kind"] == "party":
        person = Person.objects.filter(parts__uid=value).select_related("subject").first()
        return person.name if person else ""
    if meta["kind"] == "contact":
        contact = Contact.objects.filter(uid=value).select_related("person__subject").first()
        return contact.value if contact else ""
    if meta["kind"] == "body":
        return Body.objects.filter(uid=value).values_list("name", flat=True).first() or ""
    if meta["kind"] == "organisation":
        return Organisation.objects.filter(uid=value).values_list("name", flat=True).first() or ""
    if meta["kind"] == "staff":
        return names(value)
    choices = meta["choices"]
    if meta["kind"] == "several":
        return listed(choices[code] for code in choices if code in value)
    return str(choices.get(value, value)) if choices else str(value)


def _changes(case: Case, names: Names) -> dict[int, list[tuple[Sentence, str, str]]]:
    """What changed at each event, by its sequence, from the revisions of the row."""
    found: dict[int, list[tuple[Sentence, str, str]]] = {}
    revisions = list(case.history.order_by("history_id"))
    for revision in revisions:
        revision.subject = case.subject  # the same key, read once
    for older, newer in zip(revisions, revisions[1:], strict=False):
        sequence = int((newer.history_change_reason or "#0").rpartition("#")[2] or 0)
        delta = newer.diff_against(older, included_fields=list(SHOWN))
        found[sequence] = [
            (
                SHOWN[c.field],
                _value(case, c.field, c.old, names),
                _value(case, c.field, c.new, names),
            )
            for c in delta.changes
        ]
    return found


def _value(case: Case, name: str, value: Any, names: Names) -> str:
    if value in (None, ""):
        return "—"
    if name == "status":
        status = registry.kind(case.kind).lifecycle.statuses.get(str(value))
        return str(status.label) if status else str(value)
    if name == "handler":
        return names(value)
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name == "category":
        return titles("category").get(str(value), str(value))
    return str(WORDS.get(name, {}).get(str(value), value))
