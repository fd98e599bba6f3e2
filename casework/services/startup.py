"""What must hold before anything of this installation is read or written."""

from __future__ import annotations

from django.db import connection

from casework.crypto.keys import BadMasterKey
from casework.models import Installation
from casework.models.fields import vault


def right_key() -> None:
    """Raise `BadMasterKey` when this database was sealed with another master key.

    A database without tables, or not yet marked, was sealed with none.
    """
    if Installation._meta.db_table not in connection.introspection.table_names():
        return
    mark = Installation.objects.first()
    if mark and mark.fingerprint != vault().fingerprint:
        raise BadMasterKey(
            "主密钥不属于这个数据库：请换回当初封存它的密钥；继续运行会写入无法打开的内容。 "
            "The master key is not the one that sealed this database: bring that one back; "
            "going on would write what nobody can open."
        )
