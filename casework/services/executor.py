"""The small executor inside a server without a broker: one thread does what is due."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db import connection

from casework.services import jobs, sweeping, waking

log = logging.getLogger(__name__)

LOOK_EVERY = settings.JOB_LEASE_SECONDS / 2
"""Seconds between two looks at the rows when nobody rings."""


def start() -> None:
    """Start the thread, unless workers elsewhere do the work. It ends with the process: whatever
    it leaves undone stands in the rows."""
    if not waking.has_broker():
        threading.Thread(target=_work, name="background-work", daemon=True).start()


def _work() -> None:
    while True:
        waking.bell.wait(LOOK_EVERY)
        waking.bell.clear()
        try:
            while jobs.run_due():
                pass
            sweeping.sweep()
        except Exception:
            log.exception("background work stopped short; it is tried again")
        finally:
            connection.close()
