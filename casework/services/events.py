"""Adding entries to the chains of the audit log."""

from __future__ import annotations

import base64
import json
from datetime import datetime

from django.db import transaction

from casework.crypto.blind import blind_index
from casework.crypto.sealing import seal
from casework.engine import moment
from casework.models import Case, DayChain, Event, Procedure, SubjectKey, User
from casework.models.fields import vault

HOUSE = "house"
"""The actor of what no person does."""


def canonical(data: dict[str, object]) -> str:
    """The one text of a payload: sorted keys, no spaces, UTF-8 kept."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(*parts: object) -> str:
    """A keyed mark of what was submitted, to tell a repetition from another content."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return blind_index(vault().indexing, "event.fingerprint", text, 256)


def place_of(chain: str, sequence: int) -> bytes:
    """Where a payload's sealed part belongs."""
    return f"casework_event.payload:{chain}:{sequence}".encode()


def case_chain(case: Case) -> str:
    """The name of a case's chain."""
    return f"case:{case.uid}"


def next_of_case(
    case: Case,
    actor: User | None,
    act: str,
    *,
    record: Procedure | None = None,
    before: str = "",
    after: str = "",
    told: dict[str, object] | None = None,
    reason: str = "",
    key: str = "",
    mark: str = "",
) -> Event:
    """The next entry of a case's chain, not yet saved; `case` carries the new end of the chain
    and is saved by the caller, who holds its lock. What was told is sealed with the case's key.
    `before` and `after` are statuses of `record`, or of the case when there is none. Without an
    `actor` the house itself did it (a letter that was made)."""
    sequence = case.event_count + 1
    sealed = ""
    if told or reason:
        sealed = _sealed(case.subject, reason, case_chain(case), sequence, told)
    event = _entry(
        case_chain(case),
        sequence,
        case.chain_head,
        actor,
        act,
        moment.now(),
        before=before,
        after=after or (record or case).status,
        told=sealed,
        record=record_name(record) if record else "",
        case=case,
        key=key,
        fingerprint=mark,
    )
    case.event_count, case.chain_head = sequence, event.hash
    return event


def record_name(record: Procedure) -> str:
    """How events name a procedure."""
    return f"{record.kind}:{record.uid}"


@transaction.atomic
def add_to_day(
    actor: User,
    act: str,
    *,
    case: Case | None = None,
    detail: dict[str, object] | None = None,
    reason: str = "",
    subject: SubjectKey | None = None,
    key: str = "",
    mark: str = "",
) -> Event:
    """Add an entry to the actor's chain of today: refusals, reads, and what concerns no case.

    `detail` must name nobody: codes and uids only. A `reason` in somebody's own words is sealed
    with the key of `subject`. Locks the day's row, never a case.
    """
    name = f"day:{actor.uid}:{moment.today().isoformat()}"
    DayChain.objects.get_or_create(chain=name)
    day = DayChain.objects.select_for_update().get(chain=name)
    event = _entry(
        name,
        day.event_count + 1,
        day.chain_head,
        actor,
        act,
        moment.now(),
        detail=detail,
        told=_sealed(subject, reason, name, day.event_count + 1) if subject and reason else "",
        case=case,
        key=key,
        fingerprint=mark,
    )
    event.save(force_insert=True)
    day.event_count, day.chain_head = event.sequence, event.hash
    day.save(update_fields=["event_count", "chain_head"])
    return event


def _sealed(
    subject: SubjectKey,
    reason: str,
    chain: str,
    sequence: int,
    told: dict[str, object] | None = None,
) -> str:
    """What was told, and why, as it stands in a payload."""
    plain = canonical({"facts": told or {}, "reason": reason}).encode()
    return base64.b64encode(seal(subject.open(), plain, place_of(chain, sequence))).decode()


def _entry(
    chain: str,
    sequence: int,
    previous: str,
    actor: User | None,
    act: str,
    at: datetime,
    *,
    before: str = "",
    after: str = "",
    told: str = "",
    record: str = "",
    detail: dict[str, object] | None = None,
    case: Case | None = None,
    key: str = "",
    fingerprint: str = "",
) -> Event:
    who = str(actor.uid) if actor else HOUSE
    role = min((r.value for r in actor.actor.roles), default="") if actor else ""
    payload: dict[str, object] = {
        "v": 1,
        "chain": chain,
        "sequence": sequence,
        "at": at.isoformat(),
        "actor": who,
        "role": role,
        "act": act,
        "case": str(case.uid) if case else "",
    }
    extra = {"before": before, "after": after, "told": told, "detail": detail}
    extra |= {"key": key, "fingerprint": fingerprint, "record": record}
    payload |= {name: value for name, value in extra.items() if value}
    text = canonical(payload)
    return Event(
        chain=chain,
        sequence=sequence,
        case=case,
        at=at,
        actor=who,
        role=role,
        record=record,
        act=act,
        before=before,
        after=after,
        key=key,
        fingerprint=fingerprint,
        payload=text,
        previous=previous,
        hash=vault().chain(previous, text),
    )
