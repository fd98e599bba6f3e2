"""Bring in a notice about working days; a second person confirms it on the calendar page."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from casework.management.base import DataCommand
from casework.models import User
from casework.queries.calendars import HOME_CALENDAR
from casework.services import calendars
from casework.services.refusals import Refused


class Command(DataCommand):
    """``manage.py import_calendar FILE --user USERNAME [--title T] [--calendar NAME]``: CSV with
    `date,kind` (holiday, rest, makeup), or JSON with `year` and `days`."""

    help = "Bring in a notice about working days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and who brings it in."""
        parser.add_argument("file")
        parser.add_argument("--user", required=True, help="a system administrator or supervisor")
        parser.add_argument("--title", default="", help="name or number of the notice")
        parser.add_argument("--calendar", default=HOME_CALENDAR)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, and propose."""
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有账号 {options['user']}。 There is no such account.")
        path = Path(options["file"])
        try:
            told = calendars.read(path.read_text("utf-8-sig"))
            made = calendars.propose(user, told, options["title"] or path.stem, options["calendar"])
        except (OSError, UnicodeDecodeError):
            raise CommandError("文件读不出来。 The file cannot be read.") from None
        except Refused as refused:
            raise CommandError("\n".join(str(s) for s in refused.sentences)) from None
        self.stdout.write(
            f"已导入 {made.year} 年 {len(told.days)} 天，须由另一人在“工作日历”页核对后生效。 "
            f"Brought in; it counts once another person confirms it on the calendar page."
        )
