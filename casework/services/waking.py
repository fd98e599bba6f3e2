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


def has_broker() -> bool:
    """Is there a broker, and so a worker elsewhere?"""
    return not settings.CELERY_BROKER_URL.startswith("memory:")


def ring() -> None:
    """Something may be due."""
    if not has_broker():
        bell.set()
        return
    try:
        current_app.send_task("casework.tasks.run_jobs", retry=False, ignore_result=True)
    except OperationalError:
        log.warning("the broker does not answer; the work waits for the next sweep")
