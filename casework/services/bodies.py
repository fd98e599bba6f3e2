"""The directory of bodies 协作单位名录: added, changed, closed; never deleted."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from casework.access import keeps_bodies
from casework.engine.language import Sentence, _
from casework.models import Body, Organisation, User
from casework.services import events
from casework.services.refusals import Refused
from casework.services.saving import save

NAME = 100
"""The longest name, in characters."""


@dataclass(frozen=True)
class Entry:
    """What the directory says of a body. `active` ones can be referred to."""

    name: str
    service: str
    phone: str = ""
    email: str = ""
    hours: str = ""
    jurisdiction: str = ""
    active: bool = True


@transaction.atomic
def keep(
    actor: User | None, entry: Entry, *, organisation: Organisation, body: Body | None = None
) -> Body:
    """Add a body that `organisation` works with, or change the known `body`. A closed one stays in
    the referrals made to it, and takes no new ones. Raises `Refused` with every reason."""
    found = [said for said in (_not_hers(actor, organisation), *_wrong(entry)) if said]
    twins = Body.objects.filter(
        organisation=organisation, name=entry.name.strip(), service=entry.service
    )
    if any(twin != body for twin in twins):
        found.append(_("名录中已有同名、同服务的单位。"))
    if found:
        raise Refused(found)
    kept = body or Body(organisation=organisation)
    for name, value in asdict(entry).items():
        setattr(kept, name, value.strip() if isinstance(value, str) else value)
    save(kept, actor, "keep_body")
    if actor:
        detail: dict[str, object] = {"body": str(kept.uid), "active": kept.active}
        events.add_to_day(actor, "keep_body", detail=detail)
    return kept


def _not_hers(actor: User | None, organisation: Organisation) -> Sentence | None:
    if actor is None or (keeps_bodies(actor) and actor.actor.oversees(organisation.path)):
        return None
    return _("协作单位名录由本单位或上级单位的负责人、系统管理员维护。")


def _wrong(entry: Entry) -> list[Sentence | None]:
    found: list[Sentence | None] = []
    if not entry.name.strip() or len(entry.name) > NAME:
        found.append(_("请填写单位名称，最多 %(most)s 字。", most=NAME))
    if entry.service not in dict(Body.SERVICES):
        found.append(_("请选择单位提供的服务。"))
    if entry.email.strip():
        try:
            validate_email(entry.email.strip())
        except ValidationError:
            found.append(_("邮箱地址不对。"))
    return found
