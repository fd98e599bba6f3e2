"""Sentences that are written in Chinese and shown in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Translator = Callable[[str], str]


class _Language:
    """Holds the translator that the application plugs in; plain Chinese without one."""

    translate: Translator = staticmethod(lambda text: text)


def use_translator(translate: Translator) -> None:
    """Let sentences be shown through `translate` (Chinese text → text of the active language)."""
    _Language.translate = staticmethod(translate)


@dataclass(frozen=True)
class Sentence:
    """A text with named values. `str()` gives it in the language active at that moment.

    `context` tells apart what one Chinese word means in two places (gettext's msgctxt).
    """

    text: str
    values: tuple[tuple[str, object], ...] = ()
    context: str = ""

    def __str__(self) -> str:
        key = f"{self.context}\x04{self.text}" if self.context else self.text
        shown = _Language.translate(key).rpartition("\x04")[2]
        return shown % {name: str(value) for name, value in self.values} if self.values else shown


def _(text: str, **values: object) -> Sentence:
    """Mark `text` for translation; `%(name)s` in it is filled from `values` when shown."""
    return Sentence(text, tuple(sorted(values.items())))


def pgettext(context: str, text: str) -> Sentence:
    """Mark `text` for translation in a meaning that `context` names; gettext knows the name."""
    return Sentence(text, context=context)


def listed(items: Iterable[object]) -> str:
    """The items one after the other, as the active language separates them."""
    return str(_("、")).join(str(item) for item in items)
