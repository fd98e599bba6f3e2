"""What a row by which somebody is chased leaves behind: the call, the letter, word to the
superior. And the one key by which the page logs it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from casework.engine import moment, registry
from casework.engine.chasing import LETTER, SUPERIOR, Chasing
from casework.engine.facts import questions
from casework.engine.language import _
from casework.engine.milestones import HANDED_UP, Audience
from casework.engine.moves import Move
from casework.engine.people import Permission
from casework.models import Case, Chase, Clock, Event, Procedure, Reminder, User
from casework.models.desk import LIVE
from casework.queries.calendars import HomeDays
from casework.services import delivering, events, papers, todos
from casework.services.refusals import Refused
from casework.services.saving import save
from casework.services.verbs import advance


def log(
    clock: Clock,
    actor: User,
    how: str,
    *,
    outcome: str = "",
    answer_by: date | None = None,
    words: str = "",
    key: str = "",
) -> Event:
    """Log that the other side was reminded of the deadline `clock`, by the row of its procedure's
    table. The same `key` logs once. Raises `Refused`, `NotVisible` or `KeyReused`."""
    record = clock.procedure
    row = row_for(record, how) if record else None
    if record is None or row is None:
        raise Refused([_("这一期限没有可以催办的单位。")])
    told = {"about": clock.rule, "how": how, "outcome": outcome, "answer_by": answer_by}
    told |= {"said": words, "answer": words, "chased_at": moment.now()}
    mark = events.fingerprint(str(clock.uid), row.name, how, outcome, str(answer_by), words)
    facts = None
    if row.facts:
        asked = {q.name for q in questions(row.facts)}
        facts = row.facts(**{name: value for name, value in told.items() if name in asked})
    reason = "" if facts else words  # a row that asks nothing keeps what was said as its reason
    mark = mark if key else ""
    return advance(record, row, facts, actor=actor, reason=reason, key=key, mark=mark)


def row_for(record: Procedure, how: str) -> Move | None:
    """The row that does it: where the table hands up silence by a row of its own, that one."""
    plate = registry.procedure(record.kind)
    up, here = plate.hands_up, plate.lifecycle.statuses[record.status]
    if up and how == SUPERIOR and here in up.source:
        return up
    return plate.chaser


def also(record: object, told: object, actor: object) -> None:
    """Keep how the other side was chased, of a locked procedure, in the transaction of the row."""
    if not isinstance(told, Chasing):
        return
    assert isinstance(record, Procedure)
    assert isinstance(actor, User)
    clock = _clock(record, told.about)
    made = Chase(
        procedure=record,
        clock=clock,
        by=actor,
        how=told.how,
        outcome=told.outcome,
        answer_by=told.answer_by,
        words=told.words,
    )
    save(made, actor, "chase")
    if told.how == LETTER:
        papers.chasing_letter(record, clock, actor, serial=str(made.pk))
    if told.how == SUPERIOR and clock:
        _hand_up(record.case, clock)


def _clock(record: Procedure, rule: str) -> Clock | None:
    """The deadline that is meant; it must still run."""
    if not rule:
        return None
    found = record.clocks.filter(rule=rule, state__in=LIVE, own=False).first()
    if found is None:
        raise Refused([_("这一期限已经办结或尚未开始，不用催办。")])
    if registry.clock_rule(rule).hers:
        raise Refused([_("这是她自己的期限：由她决定，不向其他单位催办。")])
    return found


def _hand_up(case: Case, clock: Clock) -> None:
    """Whoever supervises in the organisation above is told, by a reminder as of any deadline."""
    role, path = todos.address(
        Permission.SUPERVISE,
        above(case.organisation_path),
        [UUID(uid) for uid in case.conflicted.split()],
        hidden=case.sealed or case.safety_sensitive,
    )
    made = Reminder(
        clock=clock,
        case=case,
        milestone=HANDED_UP,
        due_at=clock.due_at,
        audience=Audience.SUPERIOR.value,
        role=role,
        organisation_path=path,
    )
    save(made, None, HANDED_UP)
    delivering.send_out([made.uid], HomeDays())


def above(path: str) -> str:
    """The organisation above; the highest one has none, and hears of it itself."""
    codes = path.strip("/").split("/")
    return "/" + "/".join(codes[:-1]) + "/" if len(codes) > 1 else path
