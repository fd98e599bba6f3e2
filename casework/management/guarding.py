"""What commands check before they touch a database."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from casework.models import Installation

PLAYGROUNDS = ("demo", "bench", "bars", "test")


def tables_are_there() -> bool:
    """Was this database ever migrated?"""
    return Installation._meta.db_table in connection.introspection.table_names()


def only_in_a_playground() -> None:
    """Stories and benchmarks write invented cases: refuse on anything that could be a real desk."""
    name = Path(str(connection.settings_dict["NAME"])).name
    if tables_are_there() and Installation.objects.filter(demo=False).exists():
        raise CommandError(
            "这是正式的工作台，拒绝写入虚构案件。 This is a real desk: nothing was written."
        )
    if settings.DEMO or any(word in name for word in PLAYGROUNDS):
        return
    raise CommandError(
        f"数据库“{name}”不是演示或测试库，拒绝写入虚构案件"
        f"（设置 DEMO=1，或使用名称含 {'、'.join(PLAYGROUNDS)} 的数据库）。 "
        f"Database {name} is no playground: refusing to write invented cases."
    )
