"""Give a member of staff a bearer token for the API."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from casework.management.base import DataCommand
from casework.models import User
from casework.services.staffing import new_token, revoke_tokens


class Command(DataCommand):
    """``manage.py token USERNAME [--label TEXT | --revoke]``: prints the token once."""

    help = "Make an API token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For whom and what for."""
        parser.add_argument("username")
        parser.add_argument("--label", default="api")
        parser.add_argument("--revoke", action="store_true", help="revoke all of hers instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError("没有这个在用的账号。 No such active account.")
        if options["revoke"]:
            self.stdout.write(f"已吊销 {revoke_tokens(user)} 个令牌。 Revoked.")
            return
        self.stdout.write(new_token(user, options["label"]))
