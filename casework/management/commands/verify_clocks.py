"""Count every clock again from its events and compare."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from casework.management.base import DataCommand
from casework.queries import clocks


class Command(DataCommand):
    """``manage.py verify_clocks [--json]``; exit 1 when any is wrong."""

    help = "Count every clock again from its events and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to tell."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and tell."""
        found = clocks.verify()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
        else:
            self.stdout.write(f"{found.clocks} 个时限 clocks, {len(found.wrong)} 处不符 wrong")
            for wrong in found.wrong:
                self.stdout.write(f"  {wrong.clock}: {wrong.why}")
        if found.wrong:
            sys.exit(1)
