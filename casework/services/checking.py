"""Keeping the verdicts of audit verifications."""

from __future__ import annotations

from dataclasses import asdict

from casework import audit
from casework.engine import moment
from casework.models import AuditCheck


def verify_and_keep() -> AuditCheck:
    """Verify all chains now and keep what was found."""
    verdict = audit.verify()
    broken = verdict.first_broken
    return AuditCheck.objects.create(
        at=moment.now(),
        events=verdict.events,
        ok=verdict.ok,
        broken=str(asdict(broken))[:200] if broken else "",
    )
