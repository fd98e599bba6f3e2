"""The small executor inside a server without a broker: one thread does what is due, another one
writes exports."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from casework.services import exporting, jobs, sweeping, waking

log = logging.getLogger(__name__)

LOOK_EVERY = settings.JOB_LEASE_SECONDS / 2
"""Seconds between two looks at the rows when nobody rings."""


def start() -> None:
    """Start the threads, unless workers elsewhere do the work. They end with the process: whatever
    they leave undone stands in the rows."""
    if waking.has_broker():
        return
    for name, bell, look in (
        ("background-work", waking.bell, _look),
        ("exports", waking.export_bell, exporting.run_due),
    ):
        threading.Thread(target=_work, args=(bell, look), name=name, daemon=True).start()


def _look() -> None:
    while jobs.run_due():
        pass
    sweeping.sweep()


def _work(bell: threading.Event, look: Callable[[], object]) -> None:
    while True:
        bell.wait(LOOK_EVERY)
        bell.clear()
        try:
            look()
        except Exception:
            log.exception("background work stopped short; it is tried again")
        finally:
            connection.close()
