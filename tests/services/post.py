"""Mail servers that go wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

SECRET = "张三的电话 13900001111 打不通"
"""What an error could say about a person."""


class Broken(EmailBackend):
    """Refuses every message, and talks about it."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Refuse."""
        raise ConnectionRefusedError(SECRET)


class Slow(EmailBackend):
    """Something happens while a message is under way."""

    meanwhile: ClassVar[Callable[[], Any]] = staticmethod(lambda: None)

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Let it happen, then deliver."""
        type(self).meanwhile()
        return super().send_messages(messages)
