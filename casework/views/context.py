"""What the frame around every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from casework import access
from casework.models import User


def desk(request: HttpRequest) -> dict[str, Any]:
    """Is it a demo, and which pages this person may open."""
    frame: dict[str, Any] = {"demo": settings.DEMO, "languages": settings.LANGUAGES}
    user = getattr(request, "user", None)
    if isinstance(user, User):
        frame["nav"] = {
            "log": access.may_log(user),
            "register": access.works_at_desk(user),
            "chasing": access.works_at_desk(user),
            "figures": access.supervises(user),
            "reminders": access.works_at_desk(user),
            "referrals": access.liaises(user),
            "sessions": access.mediates(user),
            "staff": access.sees_staff(user),
            "bodies": access.keeps_bodies(user),
            "calendar": access.keeps_calendars(user),
        }
    return frame
