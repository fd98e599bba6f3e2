"""Makes the database of a release: one case for every turn of every procedure, then packed.

    python -m tests.released.make NAME     writes tests/released/NAME.sqlite3.xz

Run once for a release, with the code of that release; the file is never made again.
"""

from __future__ import annotations

import lzma
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
KEYS = {
    "DESK_MASTER_KEY": "dGVzdHMgb25seTogdGhpcyBrZXkgb3BlbnMgbm8hISE=",
    "SECRET_KEY": "tests only",
    "DJANGO_SETTINGS_MODULE": "casework.project.settings",
    "DEMO": "1",
}


def make(name: str) -> None:
    """Migrate an empty file, tell one case a route, and pack the file."""
    folder = Path(tempfile.mkdtemp())
    os.environ.update(KEYS, DATA_DIR=str(folder))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from casework.engine import moment
    from casework.management.county import found_county
    from casework.management.invented import procedure_routes
    from casework.management.telling import DAY, tell
    from casework.services.reference import mark_installation

    call_command("migrate", verbosity=0)
    mark_installation(demo=True)
    county = found_county("Only-for-tests-7431")
    staff = county.staff | {"officer": county.staff["lin"], "boss": county.staff["zhou"]}
    now = moment.now()
    for route in procedure_routes():
        note = {"channel": "visit", "kind": "petition", "name": "某女士", **route.note}
        del note["team"]
        list(tell(staff, "officer", note, route.steps, now - 60 * DAY, now))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")
    connection.close()
    packed = lzma.compress((folder / "demo.sqlite3").read_bytes(), preset=9)
    (HERE / f"{name}.sqlite3.xz").write_bytes(packed)


if __name__ == "__main__":
    make(sys.argv[1])
