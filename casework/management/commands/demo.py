"""The demo: its own database, an invented county, about 150 cases, and a server."""

from __future__ import annotations

import gc
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction

from casework.management.county import found_county
from casework.management.invented import invent
from casework.management.tables import lay_tables
from casework.models import Installation, Organisation
from casework.services import executor
from casework.services.reference import mark_installation
from casework.services.startup import right_key


class Command(BaseCommand):
    """``manage.py demo [--reset] [--no-serve] [--port N]``."""

    help = "Make the demo and serve it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where and how."""
        parser.add_argument("--reset", action="store_true", help="begin anew")
        parser.add_argument("--no-serve", action="store_true")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, invent, serve."""
        if not settings.DEMO:
            raise CommandError("演示须设置 DEMO=1。 The demo needs DEMO=1.")
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        if options["reset"]:
            self._reset()
        with _seldom_looking_for_garbage():
            if connection.vendor == "sqlite" and not connection.introspection.table_names():
                lay_tables(connection)
            call_command("migrate", verbosity=0)
        right_key()
        self._refuse_a_real_desk()
        if not Organisation.objects.exists():
            self._make()
        if not options["no_serve"]:
            serve(options["port"], self.stdout.write)

    def _refuse_a_real_desk(self) -> None:
        mark = Installation.objects.first()
        if (mark and not mark.demo) or (mark is None and Organisation.objects.exists()):
            raise CommandError(
                "这个数据库不是演示库，拒绝写入演示数据。 "
                "This is no demo database: nothing was written."
            )

    def _reset(self) -> None:
        name = str(settings.DATABASES["default"]["NAME"])
        if connection.vendor != "sqlite" or "demo" not in Path(name).name:
            raise CommandError("只能重置演示自己的数据库文件。 Only the demo's own file is reset.")
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)

    def _make(self) -> None:
        password = secrets.token_urlsafe(9)
        with transaction.atomic():
            mark_installation(demo=True)
            made = invent(found_county(password))
        self.stdout.write(f"已生成 {made} 件演示案件。 {made} invented cases.")
        self.stdout.write(f"所有演示账号的密码（仅显示这一次）：{password}")


@contextmanager
def _seldom_looking_for_garbage() -> Iterator[None]:
    """Migrating builds every model anew, hundreds of times: by default a quarter of its time goes
    into looking through all of them for what can be thrown away."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def serve(port: int, say: Any) -> None:
    """Serve on loopback until interrupted."""
    from waitress import create_server

    try:
        server = create_server(get_wsgi_application(), host="127.0.0.1", port=port, threads=8)
    except OSError as error:
        raise CommandError(
            f"端口 {port} 已被占用，请换一个：--port N。 Port {port} is taken: try --port N."
        ) from error
    executor.start()
    say(f"请打开 http://127.0.0.1:{port}/ （按 Ctrl+C 结束）")
    try:
        server.run()
    except KeyboardInterrupt:
        say("已停止。 Stopped.")
