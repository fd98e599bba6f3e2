"""How long is left, in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from casework.engine.moment import HOME
from casework.queries.remaining import remaining

DAY_ENDS, AN_HOUR = "2026-03-26 23:59:59", "2026-03-26 10:00:00"


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.mark.parametrize(
    ("due", "now", "words"),
    [
        (DAY_ENDS, "2026-03-20 09:00", "还剩 6 日"),
        (DAY_ENDS, "2026-03-25 09:00", "还剩 38 小时"),
        (DAY_ENDS, "2026-03-26 09:00", "今天到期"),
        (DAY_ENDS, "2026-03-26 20:30", "还剩 3 小时"),
        (DAY_ENDS, "2026-03-27 00:30", "已超期 1 日"),
        (AN_HOUR, "2026-03-26 11:30", "已超期 2 小时"),
        (AN_HOUR, "2026-03-27 02:15", "已超期 17 小时"),
        (AN_HOUR, "2026-03-28 10:00", "已超期 48 小时"),
        (AN_HOUR, "2026-03-28 11:00", "已超期 2 日"),
    ],
)
def test_what_is_left_in_words(due: str, now: str, words: str) -> None:
    assert str(remaining(on(due), on(now))) == words


def test_what_is_never_due_has_nothing_left() -> None:
    assert remaining(None, on(AN_HOUR)) is None
