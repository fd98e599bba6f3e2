"""Background work: each task is one call of a service."""

from __future__ import annotations

from celery import shared_task

from casework.services import checking, exporting, jobs, sweeping


@shared_task(acks_late=True)
def verify_audit() -> bool:
    """Verify all audit chains and keep the verdict (nightly by beat)."""
    return checking.verify_and_keep().ok


@shared_task(acks_late=True)
def run_jobs() -> int:
    """Do the background work of flows that is due (rung after commits, and by beat)."""
    return jobs.run_due()


@shared_task(acks_late=True)
def sweep() -> int:
    """Tell of the clocks that are due (rung by beat); answers of how many."""
    return sweeping.sweep().clocks


@shared_task(acks_late=True)
def run_exports() -> int:
    """Write the exports that somebody waits for (rung when one asks, and by beat)."""
    return exporting.run_due()
