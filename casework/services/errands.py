"""What is found in one case and must be seen to in others: violence between two ends their
mediation wherever it runs (rule 14).

Two cases are never locked together. The errand is a row of the move that found it; it is done right
after the commit, or, should the process die, by whoever looks next. Until then the guards let none
of these mediations go on.
"""

from __future__ import annotations

import logging
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from casework.engine import moment, registry
from casework.models import Case, Errand, Procedure, User
from casework.models.plain import any_row
from casework.queries.parties import barred, her_records
from casework.services import clocks, procedures

log = logging.getLogger(__name__)


def leave(case: Case, actor: User, reason: str) -> None:
    """Violence in `case` was told or became known: stop what must not go on in other cases."""
    if _running(case).exists():
        errand = Errand.objects.create(case=case, actor=actor, reason=reason)
        transaction.on_commit(partial(_try, errand.pk))


def run_due() -> int:
    """Do what is left of earlier errands; answers how many. Mostly nothing is: ask that first."""
    if not any_row(Errand, 'WHERE "done_at" IS NULL', []):
        return 0
    left = list(Errand.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True))
    return sum(_try(pk) for pk in left)


def _running(case: Case) -> QuerySet[Procedure]:
    """The mediations of the woman of this case that run in other cases."""
    return Procedure.objects.filter(
        kind="mediation", open=True, case__parties__person__in=her_records(case)
    ).exclude(case=case)


def _try(pk: int) -> bool:
    """Do it, however often it is tried; what goes wrong is tried again, and named without its
    text: that may be about a person."""
    errand = Errand.objects.select_related("case", "actor").get(pk=pk)
    try:
        for record in _running(errand.case).values_list("pk", flat=True).distinct():
            _stop_if_barred(record, errand.actor, errand.reason)
    except Exception as error:
        log.warning("errand %s failed: %s", pk, type(error).__name__)
        return False
    Errand.objects.filter(pk=pk).update(done_at=moment.now())
    return True


@transaction.atomic
def _stop_if_barred(pk: int, actor: User, reason: str) -> None:
    case_id = Procedure.objects.values_list("case_id", flat=True).get(pk=pk)
    case = Case.objects.select_related("subject").select_for_update(of=("self",)).get(pk=case_id)
    record = procedures.lock(Procedure.objects.get(pk=pk), case)
    stoppable = {s.name for s in registry.procedure(record.kind).ender.source}
    if record.status in stoppable and record.mediation.other_id in {UUID(u) for u in barred(case)}:
        procedures.end(record, actor, reason)
        clocks.drop(record)
        case.keep_end_of_chain()
