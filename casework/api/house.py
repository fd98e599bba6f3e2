"""What holds for every call: who is asking, and how the API says no."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.defaults import page_not_found
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer, django_auth

from casework.models import ApiToken, User
from casework.services.refusals import KeyReused, NotVisible, OutOfDate, Refused
from casework.services.staffing import token_digest


def _malformed(error: dict[str, Any]) -> str:
    """What is wrong with one value, in a sentence that names it."""
    place = [str(part) for part in error["loc"][1:]]
    name = ".".join(place[-1:] if place[:1] != ["body"] else place[1:3]) or _("内容")
    match error["type"]:
        case "missing":
            return _("缺少“%(name)s”。") % {"name": name}
        case "extra_forbidden":
            return _("没有名为“%(name)s”的内容。") % {"name": name}
        case "string_too_long":
            most = error["ctx"]["max_length"]
            return _("“%(name)s”最多 %(most)s 字。") % {"name": name, "most": most}
    return _("“%(name)s”的格式不对。") % {"name": name}


class Caller(HttpRequest):
    """A request whose user is known: session or token."""

    user: User
    auth: User


class Token(HttpBearer):
    """``Authorization: Bearer …`` of an active member of staff."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's owner, or None."""
        known = ApiToken.objects.select_related("user__organisation").filter(
            digest=token_digest(token), revoked_at=None, user__is_active=True
        )
        found = known.first()
        if found is None:
            return None
        request.user = found.user
        return found.user


def no_such_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that does not exist: under the API it answers as the API does."""
    if request.path.startswith("/api/"):
        said = _("找不到。")
        return JsonResponse({"detail": said, "sentences": [said]}, status=404)
    return page_not_found(request, exception)


def make_api() -> NinjaAPI:
    """The API with its ways of saying no: 401, 404, 409 and 422, always with sentences."""
    api = NinjaAPI(
        title="Weiquan Desk",
        version="1",
        auth=[Token(), django_auth],
        docs_url="/docs",
        docs_decorator=login_required,
        description=gettext_lazy("维权台 API：与页面相同的动作、条件与拒绝。"),  # type: ignore[arg-type]  # shown in the reader's language
    )

    def says(request: HttpRequest, status: int, sentences: list[str]) -> HttpResponse:
        return api.create_response(
            request, {"detail": " ".join(sentences), "sentences": sentences}, status=status
        )

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        status = 409 if isinstance(error, OutOfDate | KeyReused) else 422
        return says(request, status, [str(s) for s in error.sentences])

    @api.exception_handler(NotVisible)
    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Exception) -> HttpResponse:
        return says(request, 404, [_("找不到。")])

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
        found = dict.fromkeys(_malformed(e) for e in error.errors)
        return says(request, 422, [_("内容不符合格式。"), *found])

    @api.exception_handler(SuspiciousOperation)
    @api.exception_handler(MultiPartParserError)
    def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
        return says(request, 400, [_("请求无法识别。")])

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        sentences = {
            401: _("请先登录，或使用有效的令牌。"),
            403: _("请求缺少防伪标记（CSRF），请重新载入页面。"),
        }
        stranger = error.status_code == 403 and not request.user.is_authenticated
        status = 401 if stranger else error.status_code
        return says(request, status, [sentences.get(status, _("请求无法识别。"))])

    return api
