"""The base of every command that reads or writes a desk's data."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casework.management.guarding import only_in_a_playground, tables_are_there
from casework.services.startup import right_key


class DataCommand(BaseCommand):
    """Refuses to begin when the master key is not the one this database was sealed with. One for a
    `playground` makes the tables it lacks."""

    playground = False

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Check the tables and the key first; raises `CommandError` or `BadMasterKey`."""
        if not tables_are_there():
            if self.playground:
                only_in_a_playground()
                call_command("migrate", verbosity=0)
                return super().execute(*args, **options)
            raise CommandError(
                "数据库还没有建表，请先运行 manage.py setup（演示：start.py）。 "
                "There are no tables yet: run manage.py setup (the demo: start.py)."
            )
        right_key()
        return super().execute(*args, **options)
