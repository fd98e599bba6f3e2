"""Leave: somebody stands in, and it ends by itself."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from casework.engine import moment
from casework.engine.language import Sentence, _
from casework.engine.people import Permission
from casework.models import Absence, User
from casework.queries.absences import can_stand_in
from casework.services import events
from casework.services.refusals import Refused
from casework.services.saving import save

LONGEST = 366
"""Days of one leave: longer, and the cases are assigned anew."""


@transaction.atomic
def go_on_leave(
    actor: User, absent: User, deputy: User, first_day: date, last_day: date
) -> Absence:
    """From `first_day` to `last_day`, both counted, `deputy` stands in for `absent`: she sees and
    does what is hers, in her own name. Arranged by the absent person or a supervisor of hers.
    Raises `Refused` with every reason."""
    found = [
        said
        for said in (
            _not_hers(actor, absent),
            _unsuitable(absent, deputy),
            _wrong_days(first_day, last_day),
            _overlapping(absent, first_day, last_day),
        )
        if said
    ]
    if found:
        raise Refused(found)
    made = Absence(absent=absent, deputy=deputy, first_day=first_day, last_day=last_day)
    save(made, actor, "go_on_leave")
    detail: dict[str, object] = {
        "absent": str(absent.uid),
        "deputy": str(deputy.uid),
        "days": f"{first_day}/{last_day}",
    }
    events.add_to_day(actor, "go_on_leave", detail=detail)
    return made


@transaction.atomic
def come_back(actor: User, absence: Absence) -> None:
    """The leave ends now. Raises `Refused`."""
    refused = _not_hers(actor, absence.absent)
    if refused:
        raise Refused([refused])
    absence.ended_at = moment.now()
    save(absence, actor, "come_back", ["ended_at"])
    events.add_to_day(actor, "come_back", detail={"absent": str(absence.absent.uid)})


def _not_hers(actor: User, absent: User) -> Sentence | None:
    supervises = actor.actor.may(Permission.SUPERVISE)
    above = supervises and actor.actor.oversees(absent.organisation.path)
    return None if actor.pk == absent.pk or above else _("只能由本人或其负责人登记休假。")


def _unsuitable(absent: User, deputy: User) -> Sentence | None:
    if can_stand_in(deputy, absent):
        return None
    return _("代理人须是本单位或上级单位在岗、具有相同权限的另一人。")


def _wrong_days(first_day: date, last_day: date) -> Sentence | None:
    today = moment.today()
    if not today <= last_day or not 0 <= (last_day - first_day).days < LONGEST:
        return _("休假起止日期不对：最后一天不能早于第一天和今天，且不超过一年。")
    return None


def _overlapping(absent: User, first_day: date, last_day: date) -> Sentence | None:
    known = absent.absences.filter(first_day__lte=last_day, last_day__gte=first_day, ended_at=None)
    return _("与已登记的休假日期重叠。") if known.exists() else None
