"""The directory of bodies a case can be referred to."""

from __future__ import annotations

from uuid import UUID

from casework.engine.language import _
from casework.models import Body, Case, User
from casework.queries.staff import ancestors

SERVICES = dict(Body.SERVICES)


def bodies_for(case: Case, service: str = "") -> dict[str, str]:
    """The bodies in use that the case's organisation, or one above it, works with, by uid, each
    with what it gives; only those of `service` when one is named."""
    found = Body.objects.filter(
        active=True, organisation__path__in=ancestors(case.organisation_path)
    )
    if service:
        found = found.filter(service=service)
    return {
        str(body.uid): str(_("%(name)s（%(place)s）", name=body.name, place=SERVICES[body.service]))
        for body in found.order_by("service", "name")
    }


def directory(user: User) -> list[Body]:
    """The bodies that her organisation, or one below it, works with; closed ones last."""
    return list(
        Body.objects.filter(organisation__path__startswith=user.actor.path)
        .select_related("organisation")
        .order_by("-active", "organisation__path", "service", "name")
    )


def body_of(user: User, uid: UUID) -> Body | None:
    """The one of these with this uid."""
    return next((body for body in directory(user) if body.uid == uid), None)
