"""The bell for workers: celery when there is a broker, else the executor of this process.

A lost ring means late, never lost: beat (or the executor's own clock) looks at the rows too.
"""

from __future__ import annotations

import logging
import threading

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
bell = threading.Event()
export_bell = threading.Event()


def has_broker() -> bool:
    """Is there a broker, and so a worker elsewhere?"""
    return not settings.CELERY_BROKER_URL.startswith("memory:")


def ring() -> None:
    """Something may be due."""
    _ring(bell, "casework.tasks.run_jobs")


def ring_for_exports() -> None:
    """Somebody waits for an export. It may take minutes, so it does not stand before the letters
    in one line."""
    _ring(export_bell, "casework.tasks.run_exports")


def _ring(here: threading.Event, task: str) -> None:
    if not has_broker():
        here.set()
        return
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except OperationalError:
        log.warning("the broker does not answer; the work waits for the next sweep")
