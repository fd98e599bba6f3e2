"""The demo: some 170 cases through the real verbs, told once for all that look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from casework import audit
from casework.engine import moment, registry
from casework.management.county import found_county
from casework.management.invented import invent
from casework.models import Case, Clock, Todo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A county with all its cases, taken back when the last test has looked."""
    with django_db_blocker.unblock(), transaction.atomic():
        invent(found_county("Only-for-tests-7431"))
        yield
        transaction.set_rollback(True)


def test_the_demo_has_cases_in_every_status_and_something_for_everybody() -> None:
    assert Case.objects.count() >= 140
    found = set(Case.objects.values_list("kind", "status"))
    for kind in registry.kinds():
        assert {(kind.key, name) for name in kind.lifecycle.statuses} <= found
    now = moment.now()
    waiting = Todo.objects.filter(done_at=None)
    assert waiting.filter(due_at__lt=now).exists(), "something is overdue"
    tonight = now.astimezone(moment.HOME).replace(hour=23, minute=59, second=59)
    assert waiting.filter(due_at__gt=now, due_at__lte=tonight).exists(), "something is due today"
    assert {"met", "running", "cancelled"} <= set(Clock.objects.values_list("state", flat=True))
    assert audit.verify().ok


def test_every_waiting_step_of_the_demo_is_exactly_one_open_todo() -> None:
    open_ = Counter(
        Todo.objects.filter(done_at=None, subject__startswith="status:").values_list(
            "case", flat=True
        )
    )
    for case in Case.objects.all():
        waits = registry.kind(case.kind).lifecycle.statuses[case.status].waits
        assert open_[case.pk] == (1 if waits else 0), case.status


def test_no_moment_of_the_demo_lies_in_the_future() -> None:
    late = moment.now() + timedelta(minutes=1)
    assert not Case.objects.filter(received_at__gt=late).exists()
    assert not Case.objects.filter(status_since__gt=late).exists()
