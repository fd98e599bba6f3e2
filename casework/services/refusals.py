"""Ways in which the desk says no, each with sentences for the person who asked."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.language import Sentence, _


class Refused(Exception):
    """The table, a guard or a permission refuses; every reason is told at once."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("; ".join(s.text for s in self.sentences))


class OutOfDate(Refused):
    """Somebody else changed the case since this page or answer was made."""

    said = _("本案刚刚被他人更新，您的操作未执行。请核对最新情况后再提交。")

    def __init__(self) -> None:
        super().__init__([self.said])


class Busy(OutOfDate):
    """Somebody else was at the same cases at the same moment."""

    said = _("他人正在办理同一案件，您的操作未执行。请稍候再提交。")


class KeyReused(Refused):
    """The same idempotency key came with another content."""

    def __init__(self) -> None:
        super().__init__([_("同一提交标识已用于另一项内容，请重新提交。")])


class NotVisible(Exception):
    """There is no such case for this person; missing and forbidden look the same."""
