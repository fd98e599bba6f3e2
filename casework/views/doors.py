"""Who may open a page. A closed page does not exist: 404, never 403."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from casework.models import Case, Procedure, User
from casework.queries.casepage import reads_whole
from casework.queries.cases import visible_case
from casework.queries.procedures import Doing, doing, procedure_of

P = ParamSpec("P")


class Asked(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


Page = Callable[Concatenate[Asked, P], HttpResponse]


def only(allowed: Callable[[User], bool]) -> Callable[[Page[P]], Page[P]]:
    """Let in whom `allowed` lets in; for everybody else the page does not exist."""

    def guarded(page: Page[P]) -> Page[P]:
        @wraps(page)
        def answer(request: Asked, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not allowed(request.user):
                raise Http404
            return page(request, *args, **kwargs)

        return answer

    return guarded


def seen(user: User, uid: UUID) -> Case:
    """The case `uid`, if this person may know of it."""
    case = visible_case(user, uid)
    if case is None:
        raise Http404
    return case


def seen_whole(user: User, uid: UUID) -> Case:
    """The case `uid`, if this person may read all of it."""
    case = seen(user, uid)
    if not reads_whole(case, user):
        raise Http404
    return case


def seen_procedure(user: User, uid: UUID, which: UUID) -> Procedure:
    """The procedure `which` of the case `uid`, if it concerns this person."""
    record = procedure_of(seen(user, uid), which, user)
    if record is None:
        raise Http404
    return record


def seen_task(user: User, uid: UUID, which: UUID) -> Doing:
    """The task of the case `uid` whose todo is `which`, if its procedure concerns this person."""
    found = doing(seen(user, uid), which, user)
    if found is None:
        raise Http404
    return found
