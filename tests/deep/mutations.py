"""The clauses of the deadline engine and the safety rules, each broken by one line.

``python -m tests.deep.mutations [clauses|rules]`` copies the product, breaks one line at a time
(`tests.deep.broken`) and runs the tests named beside it: tests that still pass are reported, and
the run fails.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deep.broken import CLAUSES, RULES, Broken

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("casework", "workflows", "templates", "fixtures", "locale", "static", "tests")
LONGEST = 300
"""Seconds; a test that hangs on a broken engine has seen it."""


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
    known = {"clauses": CLAUSES, "rules": RULES}
    asked = [broken for name in sys.argv[1:] or known for broken in known[name]]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "manage.py"):
            shutil.copy(ROOT / name, copy)
        left = []
        for broken in asked:
            unseen = survives(copy, broken)
            sys.stdout.write(f"{'UNSEEN' if unseen else 'seen  '}  {broken.clause}\n")
            sys.stdout.flush()
            left += [broken] if unseen else []
    sys.exit(f"{len(left)} of {len(asked)} were not seen" if left else 0)


if __name__ == "__main__":
    main()
