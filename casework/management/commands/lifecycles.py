"""Print the tables: as Mermaid diagrams, or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from casework.engine import registry
from casework.engine.page import as_page
from casework.engine.picture import as_json, as_mermaid


class Command(BaseCommand):
    """``manage.py lifecycles [--json | --write FOLDER]``. Needs no database."""

    help = "Print every lifecycle."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to print or write."""
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--write", metavar="FOLDER", help="write one page a lifecycle")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        kinds = registry.machines()
        if options["write"]:
            for kind in kinds:
                page = Path(options["write"]) / f"{kind.key}.md"
                page.write_text(as_page(kind.title.text, kind.lifecycle), encoding="utf-8")
            return
        if options["json"]:
            tables = {kind.key: as_json(kind.lifecycle) for kind in kinds}
            self.stdout.write(json.dumps(tables, ensure_ascii=False, indent=1))
            return
        for kind in kinds:
            self.stdout.write(f"%% {kind.key} {kind.title.text}\n{as_mermaid(kind.lifecycle)}")
