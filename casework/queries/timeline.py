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
    machine = event.record.partition(":")[0] or case.kind
    move = registry.lifecycle(machine).moves.get(event.act)
    if move is None or move.facts is None:
        return []
    found = []
    for question in questions(move.facts):
        value = told.get(question.name)
        if value in (None, "", False) or value in ({}, []):
            continue
        if question.metadata["kind"] == "case" or value == 0:
            continue  # linked cases stand in their own panel, as far as the reader may see them
        found.append((str(question.metadata["label"]), _shown(question.metadata, value, names)))
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
