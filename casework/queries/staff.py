"""Who could carry a case, and where it could be sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from casework.engine.language import _
from casework.engine.people import DESK, GRANTS, Permission, Role
from casework.models import Case, Organisation, Procedure, User
from casework.models.plain import as_stored, rows_of

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
        person = UUID(uid)
    except ValueError:
        return False
    wanted = _wanted(case, user, able)
    return str(person) not in wanted.shut_out and any(
        role in wanted.roles and path in wanted.paths and path.startswith(wanted.reach)
        for path, role in roles_held(person)
    )


def can_do(record: Procedure, uid: str, by: Permission) -> bool:
    """Could this person do tasks of a procedure that demand `by`? What is handled in it a liaison
    may carry too, also where she would not carry the case."""
    case = record.case
    liaises = by is Permission.HANDLE and can_carry(case, uid, None, Permission.LIAISE)
    return can_carry(case, uid, None, by) or liaises


_HELD = """SELECT "casework_organisation"."path", "casework_staffrole"."role" FROM "casework_user"
INNER JOIN "casework_organisation" ON "casework_organisation"."id" = "organisation_id"
INNER JOIN "casework_staffrole" ON "casework_staffrole"."user_id" = "casework_user"."id"
WHERE "casework_user"."uid" = %s AND "is_active"
"""


def roles_held(person: UUID | None) -> list[tuple[str, str]]:
    """The organisation (its path) and role of each role that somebody active holds."""
    held = rows_of(_HELD, [as_stored(User, "uid", person)]) if person else []
    return [(path, role) for path, role in held]


@dataclass(frozen=True)
class _Wanted:
    """Who could do something in a case: by role, by organisation, but for some."""

    roles: Collection[str]
    paths: Collection[str]
    shut_out: Collection[str]
    reach: str
    """Only below it."""


def _wanted(case: Case, user: User | None, able: Permission | None) -> _Wanted:
    roles = [r.value for r in DESK if able is None or able in GRANTS.get(r, frozenset())]
    if able is Permission.HANDLE and case.safety_sensitive:
        roles = CARRIERS
    # An interest may be anybody's, also above: then `able` is None.
    return _Wanted(
        roles,
        ancestors(case.organisation_path),
        case.conflicted.split() if able else (),
        user.actor.path if user and able else "",
    )


def _able(case: Case, user: User, able: Permission | None) -> QuerySet[User]:
    wanted = _wanted(case, user, able)
    found = User.objects.filter(
        is_active=True,
        roles__role__in=wanted.roles,
        organisation__path__in=wanted.paths,
        organisation__path__startswith=wanted.reach,
    )
    return found.exclude(uid__in=wanted.shut_out) if wanted.shut_out else found


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
