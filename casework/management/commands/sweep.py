"""Tell of every deadline that is due, once: for cron, where there is no celery."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from casework.management.base import DataCommand
from casework.services import sweeping


class Command(DataCommand):
    """``manage.py sweep [--json]``."""

    help = "Tell of every deadline that is due, once: for cron, where there is no celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to tell."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and tell."""
        done = sweeping.sweep()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
            return
        self.stdout.write(
            f"{done.clocks} 个时限 clocks, {done.milestones} 个节点 milestones, "
            f"{done.reminders} 条提醒 reminders, {done.recounted} 个重新计算 recounted"
        )
