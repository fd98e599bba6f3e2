"""One source of time, which tests can set."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from casework.engine import moment

LATE = datetime(2026, 3, 11, 17, 30, tzinfo=UTC)  # 01:30 of the 12th in Shanghai


def test_the_moment_can_be_set() -> None:
    with moment.at(LATE):
        assert moment.now() == LATE


def test_the_present_comes_back_after_the_block() -> None:
    with pytest.raises(ZeroDivisionError), moment.at(LATE):
        _ = 1 / 0
    assert moment.now() != LATE


def test_inner_moments_hide_outer_ones_only_for_a_while() -> None:
    with moment.at(LATE):
        with moment.at(LATE + timedelta(days=1)):
            assert moment.now() == LATE + timedelta(days=1)
        assert moment.now() == LATE


def test_the_moment_is_told_in_utc_whatever_zone_it_was_set_in() -> None:
    with moment.at(LATE.astimezone(timezone(timedelta(hours=8)))):
        assert moment.now().tzinfo is UTC


def test_today_is_the_day_in_shanghai() -> None:
    with moment.at(LATE):
        assert moment.today() == date(2026, 3, 12)


def test_a_set_moment_does_not_reach_other_threads() -> None:
    seen: list[datetime] = []
    with moment.at(LATE):
        thread = threading.Thread(target=lambda: seen.append(moment.now()))
        thread.start()
        thread.join()
    assert seen[0] != LATE
