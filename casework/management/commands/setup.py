"""A real installation: keys, tables, the organisation and its first administrators."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from casework.engine.people import Role
from casework.models import Organisation
from casework.services import reference, staffing
from casework.services.refusals import Refused
from casework.services.startup import right_key

QUESTIONS = {
    "organisation": "组织名称（例如 临江县妇联） Organisation: ",
    "code": "组织代码，字母或数字（例如行政区划代码） Code: ",
    "security_admin": "安全管理员用户名 Security administrator: ",
    "system_admin": "系统管理员用户名 System administrator: ",
}
LEVELS = [level for level, _title in Organisation.LEVELS]


class Command(BaseCommand):
    """``manage.py setup``; asks what is not given as an argument."""

    help = "Set up a real installation."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Everything it would ask."""
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", default="", help=question)
        parser.add_argument("--level", default="county", choices=LEVELS)
        parser.add_argument("--password", default="", help="of both administrators, at first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then found the organisation with its two administrators."""
        if settings.DEMO:
            raise CommandError("DEMO=1 是演示环境。 This is the demo: unset DEMO.")
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        if Organisation.objects.exists():
            right_key()
            raise CommandError("这个数据库已经完成初始设置。 This database is set up already.")
        try:
            told = {name: options[name] or input(question) for name, question in QUESTIONS.items()}
            password = options["password"] or getpass.getpass("初始密码 First password: ")
        except EOFError:
            raise CommandError("没有回答。 Nobody answers: give everything as arguments.") from None
        try:
            self._found(told, options["level"], password)
        except Refused as refused:
            raise CommandError("\n".join(str(s) for s in refused.sentences)) from None
        self.stdout.write(
            "设置完成。请备份主密钥与数据库（分开存放），由安全管理员登录后建立各账号。\n"
            f"Done. Keep {settings.DATA_DIR} and the master key safe, apart from each other."
        )

    @transaction.atomic
    def _found(self, told: dict[str, str], level: str, password: str) -> None:
        reference.load_codes()
        reference.mark_installation(demo=False)
        organisation = staffing.add_organisation(
            None, code=told["code"].strip(), name=told["organisation"], level=level
        )
        for name, role in (
            ("security_admin", Role.SECURITY_ADMIN),
            ("system_admin", Role.SYSTEM_ADMIN),
        ):
            staffing.add_staff(
                None,
                username=told[name],
                name=str(role.label),
                organisation=organisation,
                roles=[role],
                password=password,
            )
