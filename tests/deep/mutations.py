"""Each clause of "a deadline engine is right when" broken by one line, and the test that sees it.

``python -m tests.deep.mutations`` copies the product, breaks one line at a time and runs the
test that is named beside it: a test that still passes is reported, and the run fails.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("casework", "workflows", "templates", "fixtures", "locale", "static", "tests")
LONGEST = 300
"""Seconds; a test that hangs on a broken engine has seen it."""


@dataclass(frozen=True)
class Broken:
    """A clause, what stands once in a file, what breaks it there, and the tests that must see
    that."""

    clause: str
    file: str
    line: str
    becomes: str
    seen_by: str


CLAUSES = (
    Broken(
        "due can be rebuilt from events alone",
        "casework/services/ticks.py",
        'limit=str(event.limit) if event.limit else "",',
        'limit="",',
        "tests/services/test_sweeping.py::test_every_clock_adds_up",
    ),
    Broken(
        "each rule states whether the last day rolls",
        "casework/engine/clocks.py",
        "return replace(how, first_day_counts=self.first_day_counts, rolls=self.rolls)",
        "return replace(how, first_day_counts=self.first_day_counts)",
        "tests/services/test_sweeping.py::test_a_last_day_off_rolls_forward_where_the_law_says_so",
    ),
    Broken(
        "days are never n x 24 hours",
        "casework/engine/limits.py",
        "last = _day(start, how) + timedelta(days=self.count)",
        "last = _day(start.astimezone(UTC) + timedelta(hours=24 * self.count), how)",
        "tests/engine/test_limits.py::test_days_are_right_across_the_change_of_hours",
    ),
    Broken(
        "make-up working days count",
        "casework/engine/calendar.py",
        "return day.weekday() < SATURDAY if said is None else said is DayKind.MAKEUP",
        "return day.weekday() < SATURDAY if said is None else False",
        "tests/engine/test_limits.py::test_working_days_equal_a_count_day_by_day",
    ),
    Broken(
        "an unpublished year gives a provisional date",
        "casework/engine/calendar.py",
        "return self.years is None or day.year in self.years",
        "return True",
        "tests/engine/test_limits.py::test_every_unit_ends_where_it_should",
    ),
    Broken(
        "amendments never un-breach",
        "casework/engine/ticking.py",
        "return _counted(_late(state, event.at), how)",
        "return _counted(state, how)",
        "tests/services/test_sweeping.py::test_a_notice_that_comes_too_late_takes_no_breach_back",
    ),
    Broken(
        "overlapping pauses count as their union",
        "casework/engine/limits.py",
        "if found and begin <= found[-1][1]:",
        "if False:",
        "tests/engine",
    ),
    Broken(
        "an extension counts from the original due date",
        "casework/engine/ticking.py",
        "more.due(so_far.at, counting)",
        "more.due(state.started_at, counting)",
        "tests/engine/test_ticking.py::test_an_extension_keeps_both_dates",
    ),
    Broken(
        "reopening starts a new cycle, the old verdict stands",
        "casework/services/clocks.py",
        "if self.step.move in rule.renewed_by:",
        "if False:",
        "tests/services/test_clocks.py",
    ),
    Broken(
        "a breach is of the moment it was due",
        "casework/engine/ticking.py",
        "return replace(state, breached_at=state.due_at)",
        "return replace(state, breached_at=at)",
        "tests/services/test_sweeping.py::test_a_case_closed_late_while_nobody_swept_is_late",
    ),
    Broken(
        "each milestone at most once",
        "casework/services/sweeping.py",
        "clock.told_until = passed[-1].at if passed else now",
        "clock.told_until = clock.started_at",
        "tests/services/test_sweeping.py::test_what_was_told_before_a_shorter_outage_is_not_told_again",
    ),
    Broken(
        "each milestone at least once after an outage",
        "casework/services/sweeping.py",
        "passed = [m for m in left if m.at <= now]",
        "passed = [m for m in left if m.at <= now][-1:]",
        "tests/services/test_sweeping.py::"
        "test_after_an_outage_each_milestone_is_noted_and_only_the_last_is_said",
    ),
    Broken(
        "nothing stale fires after stop or pause",
        "casework/queries/clocks.py",
        'if state.state != "running":',
        'if state.state == "cancelled":',
        "tests/services/test_sweeping.py tests/services/test_clocks.py",
    ),
    Broken(
        "nothing stale fires after an extension",
        "casework/services/ticks.py",
        "clock.told_until = min(moment.now(), state.due_at - A_MOMENT)",
        "clock.told_until = None",
        "tests/services/test_sweeping.py::test_what_would_have_been_said_of_the_new_date_is_not_made_up_for",
    ),
    Broken(
        "a sweep reads only what is due",
        "casework/services/sweeping.py",
        'next_fire_at__lte=now).order_by("next_fire_at")',
        'due_at__lte=now).order_by("due_at")',
        "tests/services/test_sweeping.py::test_an_idle_sweep_reads_the_index_of_what_is_due",
    ),
    Broken(
        "every due date can explain itself",
        "casework/queries/clocks.py",
        "begin = state.original_due_at",
        "begin = state.started_at",
        "tests/views/test_clocks.py::test_a_longer_time_is_explained_from_the_first_date",
    ),
    Broken(
        "one expression defines overdue",
        "casework/queries/clocks.py",
        'OVERDUE = Q(state="running", own=True)',
        'OVERDUE = Q(state="running")',
        "tests/services/test_sweeping.py::test_one_definition_of_overdue",
    ),
)


def survives(copy: Path, broken: Broken) -> bool:
    """Do its tests pass although the line is broken?"""
    file = copy / broken.file
    kept = file.read_text("utf-8")
    assert kept.count(broken.line) == 1, f"{broken.file} has not just one: {broken.line}"
    file.write_text(kept.replace(broken.line, broken.becomes), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, *broken.seen_by.split()],
            cwd=copy,
            check=False,
            capture_output=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        file.write_text(kept, "utf-8")
    if done.returncode not in (0, 1):
        sys.exit(f"{broken.clause}: {done.stdout.decode()[-2000:]}{done.stderr.decode()[-2000:]}")
    return done.returncode == 0


def main() -> None:
    """Break them one by one."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "manage.py"):
            shutil.copy(ROOT / name, copy)
        left = []
        for broken in CLAUSES:
            unseen = survives(copy, broken)
            sys.stdout.write(f"{'UNSEEN' if unseen else 'seen  '}  {broken.clause}\n")
            sys.stdout.flush()
            left += [broken] if unseen else []
    sys.exit(f"{len(left)} of {len(CLAUSES)} were not seen" if left else 0)


if __name__ == "__main__":
    main()
