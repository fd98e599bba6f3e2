"""Tell a whole case through the real verbs."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import transaction

from casework.engine import moment
from casework.management.base import DataCommand
from casework.management.county import found_county, known_county
from casework.management.guarding import only_in_a_playground
from casework.management.stories import STORIES
from casework.management.telling import DAY, tell
from casework.models import Installation
from casework.services.reference import mark_installation

LENGTH = 400 * DAY


class Command(DataCommand):
    """``manage.py story NAME --json``: one JSON list of steps on standard output."""

    playground = True
    help = "Tell a whole case from the first visit to the archive, and keep it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which story."""
        parser.add_argument("name")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell it, ending today at the latest."""
        if options["name"] not in STORIES:
            known = "、".join(STORIES)
            raise CommandError(f"没有这个故事；可选：{known}。 No such story; there are: {known}.")
        only_in_a_playground()
        if not Installation.objects.exists():
            mark_installation(demo=True)
        county = known_county() or found_county(secrets.token_urlsafe(12))
        opener, note, steps = STORIES[options["name"]]
        with transaction.atomic():
            lines = list(tell(county.staff, opener, note, steps, moment.now() - LENGTH))
        if options["json"]:
            self.stdout.write(json.dumps(lines, ensure_ascii=False))
            return
        for line in lines:
            self.stdout.write(
                f"{line['step']:>3} {line['at'][:16]} {line['actor']:<6} {line['move']:<18}"
                f" {line['from'] or '·'} → {line['to']}"
            )
