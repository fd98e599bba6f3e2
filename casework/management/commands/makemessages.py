"""Gather every text that is to be translated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

NOT_SHOWN = ["tests", "data", "benchmarks", "deploy", "docs", "staticfiles", "wheels", "start.py"]


class Command(makemessages.Command):
    """``manage.py makemessages -l en``: Django's, over what people see and nothing else.

    The catalogue says neither when nor on which line a text was found, so that it changes only
    when a text does; and a text that is new stays empty instead of being guessed.
    """

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at the product alone, and drop what is gone."""
        ignored = [*options["ignore_patterns"], *NOT_SHOWN]
        told = {"ignore_patterns": ignored, "add_location": "file", "no_obsolete": True}
        super().handle(*args, **options | told)

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Write the catalogue without the date on which the texts were gathered."""
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        dated = path.read_text("utf-8")
        path.write_text(re.sub(r'"POT-Creation-Date: .*\n', "", dated), encoding="utf-8")
