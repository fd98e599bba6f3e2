"""The configurable lists, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from casework.models import CodeItem

Choices = list[tuple[str, str | list[tuple[str, str]]]]


def titles(name: str) -> dict[str, str]:
    """Title by code of the whole list, also of entries no longer in use."""
    return {item.code: _title(item) for item in CodeItem.objects.filter(list=name)}


def choices(name: str) -> Choices:
    """The list as a select shows it: grouped by its heads; a head with nothing below by itself."""
    items = list(CodeItem.objects.filter(list=name, active=True))
    found: Choices = [("", "—")]
    for head in (item for item in items if not item.parent):
        below = [(item.code, _title(item)) for item in items if item.parent == head.code]
        found.append((_title(head), below) if below else (head.code, _title(head)))
    return found


def _title(item: CodeItem) -> str:
    return item.title_en if get_language() == "en" and item.title_en else item.title
