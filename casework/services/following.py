"""When danger rises, she is asked how she is sooner."""

from __future__ import annotations

from casework.engine.following import FOLLOW_UP, next_day, rhythm_of, rises
from casework.engine.moment import end_of
from casework.engine.situation import Situation
from casework.models import Case, Procedure, User
from casework.models.desk import LIVE
from casework.services import flows
from casework.services.procedures import lock
from casework.services.saving import save


def bring_nearer(
    case: Case, before: Situation, after: Situation, why: str, actor: User
) -> list[Procedure]:
    """The running follow-up of a locked `case`, when its deadline is to begin anew: the danger
    rose, and counted from now it is due earlier than it was. Its next day never becomes later,
    and a lower danger leaves everything."""
    if not rises(before, after):
        return []
    rhythm = rhythm_of(after)
    day = next_day(after, rhythm)
    sooner = []
    for row in case.procedures.filter(kind=FOLLOW_UP, ended_at=None).order_by("pk"):
        record = lock(row, case)
        record.follow_up.next_on = min(record.follow_up.next_on, day)
        record.follow_up.rhythm = rhythm
        save(record.follow_up, actor, why, ["next_on", "rhythm"])
        flows.count_again(record)
        if record.clocks.filter(state__in=LIVE, due_at__gt=end_of(day)).exists():
            sooner.append(record)
    return sooner
