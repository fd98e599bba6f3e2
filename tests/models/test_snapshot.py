"""Whoever looks at one moment sees nothing of what comes later, and keeps nobody waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from casework.models import DayChain
from casework.models.snapshot import one_moment


def written_elsewhere(chain: str) -> int:
    """Somebody else adds a row in a connection of her own; answers how many there then are."""

    def work() -> int:
        try:
            DayChain.objects.create(chain=chain)
            return DayChain.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(15)


@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_not_seen() -> None:
    with one_moment():
        assert DayChain.objects.count() == 0
        assert written_elsewhere("day:1") == 1
        assert DayChain.objects.count() == 0
    assert DayChain.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_afterwards_transactions_are_as_before() -> None:
    with one_moment():
        DayChain.objects.count()
    with transaction.atomic():
        DayChain.objects.create(chain="day:1")
    assert written_elsewhere("day:2") == 2


@pytest.mark.django_db
def test_inside_a_transaction_it_sees_what_that_wrote() -> None:
    DayChain.objects.create(chain="day:1")
    with one_moment():
        assert DayChain.objects.count() == 1
