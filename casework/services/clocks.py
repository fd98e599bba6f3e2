"""Starting, stopping and cancelling the clocks of a case, in the transaction of the move."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.engine import registry
from casework.engine.clocks import WORK_NEXT, ClockRule, Step
from casework.models import Case, Clock

RECORDED_WITHIN = timedelta(hours=24)

_ALL = "SELECT * FROM casework_clock WHERE case_id = %s ORDER BY cycle"
"""By hand: every move asks it, and the ORM takes twice as long to say it (bench move)."""


def running(case: Case) -> list[Clock]:
    """The clocks of a case that run now."""
    return list(case.clocks.filter(state="running"))


def run(case: Case, step: Step) -> list[Clock]:
    """Let `step` act on the clocks of `case`; answers those still running."""
    kind = registry.kind(case.kind)
    ever = list(Clock.objects.raw(_ALL, [case.pk]))
    ticking = {c.rule: c for c in ever if c.state == "running"}
    for rule in kind.clocks:
        clock = ticking.get(rule.key)
        stopped = counted(rule.stops(step), step.at)
        if clock and stopped:
            _stop(ticking.pop(rule.key), stopped)
        elif clock and rule.is_cancelled_by(step):
            _cancel(ticking.pop(rule.key), step.at)
        if rule.key not in ticking:
            begun = _begin(case, rule, step, stopped, ever)
            if begun:
                ticking[rule.key] = begun
    _keep_moving(case, step, ticking, sum(c.rule == WORK_NEXT.key for c in ever))
    return list(ticking.values())


def counted(told: datetime | None, recorded: datetime) -> datetime | None:
    """The moment that counts for a stop: the true one when it is recorded within 24 hours, else
    the recording (domain: act first, record within a day). The told one stays in the event."""
    return told if told is None or recorded - told <= RECORDED_WITHIN else recorded


def _begin(
    case: Case, rule: ClockRule, step: Step, stopped: datetime | None, ever: list[Clock]
) -> Clock | None:
    """The clock that `step` starts, renews or lets run on, if it does."""
    cycles = [clock for clock in ever if clock.rule == rule.key]
    started = None if stopped else rule.starts(step)
    if started:
        return _start(case, rule, started, len(cycles) + 1)
    if not cycles or step.move not in rule.resumed_by | rule.renewed_by:
        return None
    last = cycles[-1]
    if last.state == "cancelled":
        return None
    if step.move in rule.renewed_by:
        return _start(case, rule, step.at, len(cycles) + 1)
    last.state, last.stopped_at, last.next_fire_at = "running", None, last.due_at
    last.save(update_fields=["state", "stopped_at", "next_fire_at"])
    return last


def _start(case: Case, rule: ClockRule, at: datetime, cycle: int) -> Clock:
    due = rule.limit_for().due(at).at
    return Clock.objects.create(
        case=case,
        rule=rule.key,
        rule_version=rule.version,
        cycle=cycle,
        own=rule.own,
        started_at=at,
        original_due_at=due,
        due_at=due,
        next_fire_at=due,
    )


def _stop(clock: Clock, at: datetime) -> None:
    """The verdict falls here, at the move: late is late, whenever anybody looks."""
    late = at > clock.due_at or clock.breached_at is not None
    clock.state = "breached" if late else "met"
    clock.breached_at = clock.due_at if late else None
    clock.stopped_at, clock.next_fire_at = at, None
    clock.save(update_fields=["state", "breached_at", "stopped_at", "next_fire_at"])


def _cancel(clock: Clock, at: datetime) -> None:
    clock.state, clock.stopped_at, clock.next_fire_at = "cancelled", at, None
    clock.save(update_fields=["state", "stopped_at", "next_fire_at"])


def _keep_moving(case: Case, step: Step, running: dict[str, Clock], cycles: int) -> None:
    """work.next: present exactly while the case is open and nothing else of ours runs."""
    status = registry.kind(case.kind).lifecycle.statuses[case.status]
    others = any(clock.own for key, clock in running.items() if key != WORK_NEXT.key)
    clock = running.get(WORK_NEXT.key)
    if status.ended or others:
        if clock:
            _cancel(running.pop(WORK_NEXT.key), step.at)
    elif clock is None:
        running[WORK_NEXT.key] = _start(case, WORK_NEXT, step.at, cycles + 1)
    elif step.at > clock.due_at:
        _stop(running.pop(WORK_NEXT.key), step.at)
        running[WORK_NEXT.key] = _start(case, WORK_NEXT, step.at, cycles + 1)
    else:
        due = WORK_NEXT.limit_for().due(step.at).at
        clock.started_at, clock.original_due_at = step.at, due
        clock.due_at = clock.next_fire_at = due
        clock.save(update_fields=["started_at", "original_due_at", "due_at", "next_fire_at"])
