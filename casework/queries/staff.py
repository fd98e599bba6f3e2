"""Who could carry a case, and where it could be sent."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from casework.engine.language import _
from casework.engine.people import DESK, GRANTS, Permission, Role
from casework.models import Case, Organisation, Procedure, User

HANDLERS = [r.value for r in Role if Permission.HANDLE in GRANTS.get(r, frozenset())]


CARRIERS = [Role.DESK_OFFICER.value, Role.SUPERVISOR.value]
"""Who may carry what touches somebody's safety: mediators and liaisons work in its procedures."""


def handlers_for(
    case: Case, user: User, able: Permission | None = Permission.HANDLE
) -> dict[str, str]:
    """Active staff who may carry a case of this organisation (or what `able` allows in it; None:
    whoever works at a desk), by uid: in it or above it, within the reach of `user`."""
    staff = _able(case, user, able).select_related("organisation").distinct()
    staff = staff.order_by("-organisation__path", "name")
    return {
        str(s.uid): str(_("%(name)s（%(place)s）", name=s.name, place=s.organisation.name))
        for s in staff
    }


def can_carry(
    case: Case, uid: str, user: User | None, able: Permission | None = Permission.HANDLE
) -> bool:
    """Is the person with this uid one of those? Without a `user`, within anybody's reach."""
    try:
        return _able(case, user, able).filter(uid=UUID(uid)).exists()
    except ValueError:
        return False


def _able(case: Case, user: User | None, able: Permission | None) -> QuerySet[User]:
    roles = [r.value for r in DESK if able is None or able in GRANTS.get(r, frozenset())]
    if able is Permission.HANDLE and case.safety_sensitive:
        roles = CARRIERS
    found = User.objects.filter(
        is_active=True,
        roles__role__in=roles,
        organisation__path__in=ancestors(case.organisation_path),
    )
    if able and case.conflicted:
        found = found.exclude(uid__in=case.conflicted.split())
    reach = user is not None and able is not None  # an interest may be anybody's, also above
    return found.filter(organisation__path__startswith=user.actor.path) if user and reach else found


def organisations_below(case: Case) -> dict[str, str]:
    """The organisations under the case's own, by uid."""
    below = Organisation.objects.filter(
        path__startswith=case.organisation_path, intake_point=False
    ).exclude(path=case.organisation_path)
    return {str(o.uid): o.name for o in below.order_by("path")}


def ancestors(path: str) -> list[str]:
    """``/44/01/`` → ``["/44/", "/44/01/"]``."""
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


def shut_out_from(record: Procedure, by: Permission) -> list[UUID]:
    """Who may not do its tasks of this permission: staff with an interest in the case, and from an
    approval whoever drafted, changed or sent what is to be approved."""
    shut_out = [UUID(uid) for uid in record.case.conflicted.split()]
    if by is Permission.SUPERVISE:
        hands = (getattr(record.detail, name, "") for name in ("reviser", "sender"))
        shut_out += [record.opened_by_id, *(UUID(uid) for uid in hands if uid)]
    return shut_out
