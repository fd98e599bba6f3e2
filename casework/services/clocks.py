"""Starting, stopping and cancelling the clocks of a case, in the transaction of the move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from casework.engine import moment, registry
from casework.engine.clocks import LEFT_ALONE, OPENING, RETURNED, WORK_NEXT, ClockRule, Step
from casework.engine.following import NEARER
from casework.engine.ticking import Tick
from casework.models import Case, Clock, Procedure
from casework.models.desk import LIVE
from casework.models.plain import read
from casework.queries.situations import proceeding_of
from casework.services.ticks import Ledger

RECORDED_WITHIN = timedelta(hours=24)

_ALL = 'WHERE "case_id" = %s ORDER BY "cycle"'


def running(case: Case) -> list[Clock]:
    """The clocks of a case that are not over."""
    return list(case.clocks.filter(state__in=LIVE))


def counted(told: datetime | None, recorded: datetime) -> datetime | None:
    """The moment that counts for a stop of ours: the true one when it is recorded within 24 hours,
    else the recording (domain: act first, record within a day). The told one stays in the event.
    What others did is dated by their papers, whenever we write it down: it is in no rate of ours.
    """
    return told if told is None or recorded - told <= RECORDED_WITHIN else recorded


def run(
    case: Case,
    step: Step,
    record: Procedure | None = None,
    *,
    opened: Iterable[Procedure] = (),
    sooner: Iterable[Procedure] = (),
) -> list[Clock]:
    """Let `step` act on the clocks of `case` (of its procedure `record`, when it was a row of
    that; `opened` are those that it brought into being, `sooner` those whose deadline begins anew
    because the danger rose); answers those that are not over."""
    life = _Life(case, step)
    for rule in registry.kind(case.kind).clocks:
        life.follow(rule, None)
    if record:
        for rule in registry.procedure(record.kind).clocks:
            life.follow(rule, record)
    for new in opened:
        life.hear_of(new, OPENING)
    for known in sooner:
        life.hear_of(known, NEARER)
    life.leave_her_alone()
    life.drop_those_of_ended_procedures()
    life.keep_moving()
    life.ledger.write()
    return list(life.live.values())


class _Life:
    """The clocks of a case while one step acts on them."""

    def __init__(self, case: Case, step: Step) -> None:
        self.case, self.step, self.ledger = case, step, Ledger()
        self.ever = read(Clock, _ALL, [case.pk])
        self.live = {_name(c.rule, c.procedure_id): c for c in self.ever if c.state in LIVE}

    def follow(self, rule: ClockRule, record: Procedure | None) -> None:
        """What the step does to the clock of `rule`."""
        name, step = _name(rule.key, record.pk if record else None), self.step
        told = rule.stops(step)
        stopped = counted(told, step.at) if rule.own else told
        clock = self.live.get(name)
        if clock and stopped:
            self.ledger.tick(self.live.pop(name), Tick.STOP, max(stopped, clock.started_at))
        elif clock and rule.is_cancelled_by(step):
            self.ledger.tick(self.live.pop(name), Tick.CANCEL, step.at)
        elif clock:
            self._lengthen(clock, rule)
        if name not in self.live:
            begun = self._begin(rule, record, stopped)
            if begun:
                self.live[name] = begun

    def hear_of(self, record: Procedure, what: str) -> None:
        """A procedure begins, or is sooner due: what runs from its plan starts."""
        of_case = self.step
        move = f"{record.kind}.{what}"
        self.step = replace(of_case, move=move, procedure=proceeding_of(record))
        for rule in registry.procedure(record.kind).clocks:
            self.follow(rule, record)
        self.step = of_case

    def _lengthen(self, clock: Clock, rule: ClockRule) -> None:
        """Extended, paused or going on again, when the step says so."""
        more, pause = rule.extends(self.step), rule.pauses(self.step)
        resume = rule.resumes(self.step)
        if more:
            self.ledger.tick(clock, Tick.EXTEND, self.step.at, more)
        if pause and clock.state == "running":
            self.ledger.tick(clock, Tick.PAUSE, max(pause, clock.started_at))
        if resume and clock.state == "paused":
            self.ledger.tick(clock, Tick.RESUME, resume)

    def _begin(
        self, rule: ClockRule, record: Procedure | None, stopped: datetime | None
    ) -> Clock | None:
        """The clock that the step starts, renews or lets run on, if it does."""
        of = record.pk if record else None
        cycles = [c for c in self.ever if c.rule == rule.key and c.procedure_id == of]
        started = None if stopped else rule.starts(self.step)
        if started:
            return self._start(rule, record, started, len(cycles) + 1)
        if not cycles or self.step.move not in rule.resumed_by | rule.renewed_by:
            return None
        last = cycles[-1]
        if last.state == "cancelled":
            return None
        if self.step.move in rule.renewed_by:
            return self._start(rule, record, stopped or self.step.at, len(cycles) + 1)
        self.ledger.tick(last, Tick.REVIVE, self.step.at)
        return last

    def _start(self, rule: ClockRule, record: Procedure | None, at: datetime, cycle: int) -> Clock:
        region = self.case.region if rule.regions else ""
        limit = rule.limit_for(rule.tells(self.step), region)
        return self.ledger.start(self.case, rule, limit, at, cycle=cycle, record=record)

    def leave_her_alone(self) -> None:
        """Once she has ended our help nothing presses us to contact her; when she is back, what
        still stands does so again."""
        step = self.step
        if step.after in LEFT_ALONE:
            for name in [n for n, c in self.live.items() if clock_contacts_her(c)]:
                self.ledger.tick(self.live.pop(name), Tick.CANCEL, step.at)
        elif step.before in LEFT_ALONE and not self._ended():
            for record in self.case.procedures.filter(ended_at=None).order_by("pk"):
                self.hear_of(record, RETURNED)

    def _ended(self) -> bool:
        return registry.kind(self.case.kind).lifecycle.statuses[self.case.status].ended

    def drop_those_of_ended_procedures(self) -> None:
        """Nothing is watched any more in a procedure that is over."""
        theirs = {c.procedure_id for c in self.live.values() if c.procedure_id}
        if not theirs:
            return
        over = Procedure.objects.filter(pk__in=theirs, ended_at__isnull=False)
        for pk in over.values_list("pk", flat=True):
            for name in [n for n, c in self.live.items() if c.procedure_id == pk]:
                self.ledger.tick(self.live.pop(name), Tick.CANCEL, self.step.at)

    def keep_moving(self) -> None:
        """work.next: present exactly while the case is open and nothing else of ours runs."""
        step, name = self.step, _name(WORK_NEXT.key, None)
        status = registry.kind(self.case.kind).lifecycle.statuses[self.case.status]
        others = any(ours(c) for key, c in self.live.items() if key != name)
        clock = self.live.get(name)
        if status.ended or others:
            if clock:
                self.ledger.tick(self.live.pop(name), Tick.CANCEL, step.at)
        elif clock is None:
            self._keep_moving_from_now()
        elif step.at > clock.due_at:
            self.ledger.tick(self.live.pop(name), Tick.STOP, step.at)
            self._keep_moving_from_now()
        else:
            self.ledger.tick(clock, Tick.RESTART, step.at)

    def _keep_moving_from_now(self) -> None:
        cycle = sum(c.rule == WORK_NEXT.key for c in self.ever) + 1
        self.live[_name(WORK_NEXT.key, None)] = self._start(WORK_NEXT, None, self.step.at, cycle)


def clock_contacts_her(clock: Clock) -> bool:
    """Does it press us to contact her?"""
    return registry.clock_rule(clock.rule).contacts_her


def ours(clock: Clock) -> bool:
    """Is it a duty of ours about the case itself? What runs in a procedure has its own todo."""
    return clock.own and clock.procedure_id is None


def recount(clocks: Iterable[Clock]) -> None:
    """Count these clocks of one locked case again: a notice about working days came."""
    ledger = Ledger()
    for clock in clocks:
        ledger.catch_up(clock)
    ledger.write()


def drop(record: Procedure) -> None:
    """Cancel what runs in a procedure that ended by no step of its case; under the case's lock."""
    ledger = Ledger()
    for clock in record.clocks.filter(state__in=LIVE).order_by("pk"):
        ledger.tick(clock, Tick.CANCEL, moment.now())
    ledger.write()


def _name(rule: str, procedure: int | None) -> str:
    return rule if procedure is None else f"{rule}:{procedure}"
