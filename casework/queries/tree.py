"""Organisations and staff below a person, and the accounts a demo offers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from casework.models import Organisation, User


@dataclass(frozen=True)
class Branch:
    """One organisation with its staff; `depth` 0 is the viewer's own."""

    organisation: Organisation
    depth: int
    staff: list[User]


def branches(user: User) -> list[Branch]:
    """The viewer's organisation and everything below it, in order of the tree."""
    top = user.actor.path
    found = Organisation.objects.filter(path__startswith=top).order_by("path")
    staff: dict[int, list[User]] = {}
    for each in (
        User.objects.filter(organisation__path__startswith=top)
        .order_by("-is_active", "name")
        .prefetch_related("roles")
    ):
        staff.setdefault(each.organisation_id, []).append(each)
    return [Branch(o, o.path.count("/") - top.count("/"), staff.get(o.pk, [])) for o in found]


def organisations_of(user: User) -> dict[str, str]:
    """The organisations of the viewer's subtree by uid, indented by depth."""
    return {str(b.organisation.uid): "　" * b.depth + b.organisation.name for b in branches(user)}


def organisation_of(user: User, uid: UUID | str) -> Organisation | None:
    """The organisation of the viewer's subtree with this uid."""
    return Organisation.objects.filter(uid=uid, path__startswith=user.actor.path).first()


def colleague(user: User, uid: UUID) -> User | None:
    """The member of staff of the viewer's subtree with this uid."""
    found = User.objects.filter(uid=uid, organisation__path__startswith=user.actor.path)
    return found.select_related("organisation").prefetch_related("roles").first()


def everybody_active() -> list[User]:
    """Every active account, the nearest to the root first. For the demo's entrance only."""
    found = User.objects.filter(is_active=True).select_related("organisation")
    return list(found.prefetch_related("roles").order_by("organisation__path", "pk"))
