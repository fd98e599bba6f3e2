"""Who is on leave, and who could stand in."""

from __future__ import annotations

from django.db.models import Q

from casework.engine import moment
from casework.engine.language import _
from casework.engine.people import DESK, Permission
from casework.models import Absence, User
from casework.queries.staff import ancestors

_AT_A_DESK = [role.value for role in DESK]


def absences_of(user: User) -> list[Absence]:
    """Leaves that are not over: her own, those she stands in for, and those of whom she supervises,
    the soonest first."""
    hers = Q(absent=user) | Q(deputy=user)
    if user.actor.may(Permission.SUPERVISE):
        hers |= Q(absent__organisation__path__startswith=user.actor.path)
    found = Absence.objects.filter(hers, ended_at=None, last_day__gte=moment.today())
    return list(found.select_related("absent__organisation", "deputy").order_by("first_day", "id"))


def may_be_absent(user: User) -> dict[str, User]:
    """Whose leave she may arrange, by uid: her own, and that of whom she supervises."""
    found = Q(pk=user.pk)
    if user.actor.may(Permission.SUPERVISE):
        found |= Q(organisation__path__startswith=user.actor.path)
    return _by_uid(found)


def deputies(user: User) -> dict[str, User]:
    """Who could stand in for one of those whose leave she may arrange: staff of their desks and
    above, with everything that one of them may."""
    absent = list(may_be_absent(user).values())
    places = {path for one in absent for path in ancestors(one.organisation.path)}
    near = _by_uid(Q(organisation__path__in=places))
    return {uid: one for uid, one in near.items() if any(can_stand_in(one, a) for a in absent)}


def can_stand_in(deputy: User, absent: User) -> bool:
    """A deputy works at the same desk or above it, and may everything that the other may."""
    at_home = absent.organisation.path.startswith(deputy.organisation.path)
    able = all(deputy.actor.may(p) for p in Permission if absent.actor.may(p))
    at_a_desk = bool(absent.actor.roles & DESK)
    return deputy.pk != absent.pk and deputy.is_active and at_home and able and at_a_desk


def _by_uid(where: Q) -> dict[str, User]:
    found = User.objects.filter(where, is_active=True, roles__role__in=_AT_A_DESK).distinct()
    rows = (
        found.select_related("organisation")
        .prefetch_related("roles")
        .order_by("organisation__path", "name")
    )
    return {str(person.uid): person for person in rows}


def shown(people: dict[str, User]) -> list[tuple[str, str]]:
    """As a list to choose from: name and place."""
    return [
        (uid, str(_("%(name)s（%(place)s）", name=p.name, place=p.organisation.name)))
        for uid, p in people.items()
    ]
