"""Small things that hold for every request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation

SHORT = 3
"""Characters up to which a text is quickly typed again."""

Next = Callable[[HttpRequest], HttpResponse]


class ChosenLanguage:
    """The language the user chose (cookie), Chinese otherwise; never what the browser announces."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class DeskLogin(LoginRequiredMiddleware):
    """Every page asks for a login; the API answers 401 by itself instead of redirecting."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the API judge for itself."""
        if request.path.startswith("/api/"):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class ReadableInput:
    """Refuses what no keyboard types, before anything looks at it: NUL and broken UTF-8.

    What was typed stands on the page that says so, to be copied. The API judges for itself, with
    sentences.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 with a sentence, or pass on."""
        if request.path.startswith("/api/"):
            return self.get_response(request)
        values = [request.path, *_texts(request)]
        if any("\x00" in value or "\ufffd" in value for value in values):
            return render(request, "400.html", {"typed": _typed(request)}, status=400)
        return self.get_response(request)


def _typed(request: HttpRequest) -> list[str]:
    """What a person typed into the form, readable again; never a password."""
    plain = [value for name, value in request.POST.items() if "password" not in name]
    texts = (str(value).replace("\x00", "").replace("\ufffd", "□").strip() for value in plain)
    return [text for text in texts if len(text) > SHORT]


def _texts(request: HttpRequest) -> list[str]:
    """Names and values of the query and of a posted form."""
    found: list[str] = []
    for data in (request.GET, request.POST):
        for name, values in data.lists():
            found += [name, *(v for v in values if isinstance(v, str))]
    return found


class NothingKept:
    """Pages about people are not kept by the browser or by anything on the way."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark every page as not to be stored."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
