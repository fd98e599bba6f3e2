"""Do the statuses of procedures and the tasks of their flows still agree?"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from casework.management.base import DataCommand
from casework.queries import drift


class Command(DataCommand):
    """``manage.py verify_procedures [--json]``; exit 1 when anything is wrong."""

    help = "Compare every procedure with its flow and its todos."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to tell."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, and tell."""
        found = drift.verify()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
        else:
            self.stdout.write(
                f"{found.processes} 个程序 processes, {len(found.wrong)} 处不符 wrong"
            )
            for wrong in found.wrong:
                self.stdout.write(f"  {wrong.process}: {wrong.why}")
        if found.wrong:
            sys.exit(1)
