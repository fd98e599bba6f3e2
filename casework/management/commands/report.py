"""Tell a figure."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from casework.management.base import DataCommand
from casework.queries import figures
from casework.queries.figures import asking


class Command(DataCommand):
    """``manage.py report NAME [--from D] [--to D] [--as-of D] [--organisation O] [--kind K]``; the
    organisation is a code or uid. Counts every case: whoever runs it has the database."""

    help = "Tell a figure of the desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, of when, of whom."""
        parser.add_argument("name")
        for option in ("from", "to", "as-of", "organisation", "kind"):
            parser.add_argument(f"--{option}", default="")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read what was asked, and tell."""
        name = options["name"]
        if name not in figures.FIGURES:
            known = " ".join(figures.FIGURES)
            raise CommandError(f"没有指标“{name}”。 There is no such figure; there are: {known}")
        told = {key: options[key] for key in ("from", "to", "as_of", "organisation", "kind")}
        try:
            asked = asking.read(None, told)
        except asking.Unreadable as wrong:
            raise CommandError("".join(str(s) for s in wrong.sentences)) from None
        found = figures.report(name, asked)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write(found["definition"])
        for row in found["rows"]:
            values = "  ".join(f"{k}={v}" for k, v in row.items() if k not in ("row", "label"))
            self.stdout.write(f"{row['label']}\t{values}")
