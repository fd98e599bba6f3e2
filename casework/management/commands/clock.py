"""Replay the life of a clock from its events alone."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from casework.engine.limits import Counting, Limit
from casework.engine.ticking import ClockState, OutOfOrder, Tick, Ticked, replay
from casework.management import deadlines
from casework.management.deadlines import wrong

REOPEN = "reopen"
COLUMNS = {
    "event": ("event", "kind", "type"),
    "at": ("at", "time", "when"),
    "by": ("by", "limit", "value"),
}
"""How a file may call its columns; `by` is how much an extension adds."""


class Command(BaseCommand):
    """``manage.py clock --replay FILE.csv --limit L [--tz Z] [--json]``: rows with `event` (start,
    pause, resume, extend, stop, reopen), `at`, and for an extension `by` (``30 calendar_days``)."""

    help = "Replay the events of a clock."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The events, the limit, and how time is counted."""
        parser.add_argument("--replay", required=True, metavar="FILE.csv")
        parser.add_argument("--limit", required=True)
        parser.add_argument("--json", action="store_true")
        deadlines.add_counting(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, and tell: the last cycle, and all of them."""
        how, limit = deadlines.counting(options), deadlines.limit(options["limit"])
        try:
            cycles = [_told(limit, how, cycle) for cycle in _cycles(options["replay"], how)]
        except OutOfOrder as error:
            raise wrong("事件顺序不对。", f"Out of order: {error}.") from None
        if not cycles:
            raise wrong("文件中没有事件。", "There are no events.")
        told = {"limit": str(limit), **cycles[-1], "cycles": cycles}
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for number, cycle in enumerate(cycles, 1):
            self.stdout.write(f"{number} {cycle['started']} → {cycle['due']} {cycle['verdict']}")


def _cycles(path: str, how: Counting) -> list[list[Ticked]]:
    """The events, a new cycle after each reopening."""
    cycles: list[list[Ticked]] = []
    for name, at, by in _events(path, how):
        reopened = name == REOPEN
        if reopened and not (cycles and cycles[-1][-1].kind is Tick.STOP):
            raise OutOfOrder("only what was stopped is reopened")
        if reopened or not cycles:
            cycles.append([])
        cycles[-1].append(Ticked(Tick.START if reopened else Tick(name), at, by))
    return cycles


def _events(path: str, how: Counting) -> Iterator[tuple[str, datetime, Limit | None]]:
    try:
        rows = list(csv.DictReader(Path(path).read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError):
        raise wrong("文件读不出来。", "The file cannot be read.") from None
    allowed = {tick.value for tick in Tick} - {Tick.FIRE, Tick.RECOUNT} | {REOPEN}
    for row in rows:
        name = _column(row, "event").lower()
        if name not in allowed:
            raise wrong(f"没有事件“{name}”。", f"There is no event {name}.")
        by = _column(row, "by")
        yield (
            name,
            deadlines.instant(_column(row, "at"), how.zone),
            deadlines.limit(by) if by else None,
        )


def _column(row: Mapping[str, str | None], name: str) -> str:
    return next((row[known] or "" for known in COLUMNS[name] if known in row), "").strip()


def _told(limit: Limit, how: Counting, events: list[Ticked]) -> dict[str, Any]:
    """One cycle: its dates, its verdict, and when it ran and stood still."""
    state = replay(limit, how, events)

    def shown(at: datetime | None) -> str | None:
        return deadlines.shown(at, how) if at else None

    return {
        "started": shown(state.started_at),
        "original_due": shown(state.original_due_at),
        "due": shown(state.due_at),
        "provisional": state.provisional,
        "verdict": state.state,
        "stopped": shown(state.stopped_at),
        "breached_at": shown(state.breached_at),
        "spells": [
            {"state": name, "from": shown(begin), "to": shown(end)}
            for name, begin, end in _spells(state)
        ],
    }


def _spells(state: ClockState) -> Iterator[tuple[str, datetime, datetime | None]]:
    """The stretches in which it ran, and those in which it was paused between them."""
    at = state.started_at
    pauses = [*state.paused, *((begin, state.stopped_at) for begin in state.waiting[:1])]
    for begin, end in pauses:
        yield "running", at, begin
        yield "paused", begin, end
        if end is None:
            return
        at = end
    if state.stopped_at is None or at < state.stopped_at:
        yield "running", at, state.stopped_at
