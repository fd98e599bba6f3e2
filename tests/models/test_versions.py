"""A row version: whoever read an older row does not write over a newer one."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from casework.models import Case
from casework.models.staged import StaleRecord
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of


def test_every_save_counts_the_version(new_case: NewCase) -> None:
    case = Case.objects.get(pk=new_case().pk)
    version = case.version
    case.external_number = "A1"
    case.save()
    assert case.version == version + 1
    assert Case.objects.get(pk=case.pk).version == version + 1


def test_a_stale_save_is_refused(new_case: NewCase) -> None:
    pk = new_case().pk
    first, second = Case.objects.get(pk=pk), Case.objects.get(pk=pk)
    first.external_number = "first"
    first.save()
    second.external_number = "second"
    with pytest.raises(StaleRecord), transaction.atomic():
        second.save()
    assert Case.objects.get(pk=pk).external_number == "first"


def test_a_stale_save_of_some_fields_is_refused_too(new_case: NewCase) -> None:
    pk = new_case().pk
    first, second = Case.objects.get(pk=pk), Case.objects.get(pk=pk)
    first.save()
    with pytest.raises(StaleRecord), transaction.atomic():
        second.save(update_fields=["external_number"])


def test_the_same_object_can_be_saved_twice(new_case: NewCase) -> None:
    case = Case.objects.get(pk=new_case().pk)
    case.save()
    case.external_number = "A1"
    case.save()
    assert Case.objects.get(pk=case.pk).external_number == "A1"


def test_a_stale_save_cannot_unseal(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    stale = Case.objects.get(pk=case.pk)
    advance(case, move_of(case, "seal"), actor=people.supervisor, reason="涉密")
    with pytest.raises(StaleRecord), transaction.atomic():
        stale.save()
    assert Case.objects.get(pk=case.pk).sealed


def test_a_version_cannot_be_set_back_in_bulk(new_case: NewCase) -> None:
    new_case()
    with pytest.raises(Exception, match="advance"):
        Case.objects.update(version=0)
