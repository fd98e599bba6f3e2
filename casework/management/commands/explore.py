"""Walk every reachable state of a machine and hold each step against the safety rules."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.engine import registry
from casework.engine.explore import explore


class Command(BaseCommand):
    """``manage.py explore MACHINE [--without GUARD] [--keys] [--json]``. Needs no database."""

    help = "Explore a machine; exit 1 when a safety rule can be violated."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The machine, and perhaps a guard to leave out."""
        parser.add_argument("machine")
        parser.add_argument("--without", default="", metavar="GUARD")
        parser.add_argument("--keys", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Explore and print what was found."""
        machine = options["machine"]
        if machine not in {each.key for each in registry.machines()}:
            raise CommandError(f"没有名为 {machine} 的流程。 There is no machine called {machine}.")
        try:
            found = explore(machine, without=options["without"], keys=options["keys"])
        except KeyError:
            guard = options["without"]
            raise CommandError(f"流程中没有条件 {guard}。 No guard called {guard}.") from None
        data = asdict(found) | {"also_stopped_by": sorted(found.also_stopped_by)}
        if not options["keys"]:
            del data["keys"]
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self._tell(data)
        if found.violations:
            sys.exit(1)

    def _tell(self, data: dict[str, Any]) -> None:
        self.stdout.write(f"{data['states']} states, {data['transitions']} transitions")
        for violation in data["violations"]:
            path = " → ".join(violation["path"])
            self.stdout.write(f"rule {violation['rule']} violated: {path}")
        if data["also_stopped_by"]:
            self.stdout.write("also stopped by: " + ", ".join(data["also_stopped_by"]))
        for key in data.get("keys", []):
            self.stdout.write(key)
