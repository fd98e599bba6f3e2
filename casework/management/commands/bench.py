"""Measure a job against the hand-written SQL of the same rows, in one run."""

from __future__ import annotations

import importlib
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from casework.management.base import DataCommand
from casework.management.guarding import only_in_a_playground

NAMES = ("move", "report", "sweep", "task", "worklist")


class Command(DataCommand):
    """``manage.py bench NAME [--size N] [--json]`` on the database of DATABASE_URL."""

    playground = True
    help = "Benchmarks; each prints a ratio."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one, and how large."""
        parser.add_argument("name")
        parser.add_argument("--size", type=int, default=0, help="rounds (move) or cases (worklist)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        if options["name"] not in NAMES:
            raise CommandError(f"可选：{'、'.join(NAMES)}。 There are: {', '.join(NAMES)}.")
        if not 0 <= options["size"] <= 10_000_000:
            raise CommandError("--size 须在 0 与 10000000 之间。 --size is out of range.")
        only_in_a_playground()
        measured = importlib.import_module(f"benchmarks.{options['name']}").measure(options["size"])
        indent = None if options["json"] else 1
        self.stdout.write(json.dumps(measured, ensure_ascii=False, indent=indent))
