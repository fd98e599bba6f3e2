"""Who and what a move names is checked behind every door, not only in the form."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine.case_acts import Assigning
from casework.models import Case
from casework.services.refusals import Refused
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from workflows.petition.facts import Merging


def assign(case: Case, uid: str, people: SimpleNamespace) -> None:
    """The township's supervisor names a handler."""
    advance(case, move_of(case, "assign"), Assigning(uid), actor=people.supervisor)


@pytest.mark.parametrize("who", ["stranger", "auditor", "archivist", "chief"])
def test_nobody_out_of_reach_or_without_the_role_becomes_handler(
    who: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    with pytest.raises(Refused):
        assign(case, str(getattr(people, who).uid), people)
    assert Case.objects.get(pk=case.pk).handler is None


@pytest.mark.parametrize("uid", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_handler_that_does_not_exist_is_refused(
    uid: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    with pytest.raises(Refused):
        assign(new_case(), uid, people)


def test_somebody_who_left_does_not_become_handler(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    people.colleague.is_active = False
    people.colleague.save(update_fields=["is_active"])
    with pytest.raises(Refused):
        assign(new_case(), str(people.colleague.uid), people)


def test_a_case_is_not_merged_into_another_kind(new_case: NewCase, people: SimpleNamespace) -> None:
    case, violence = new_case(), new_case("domestic_violence")
    with pytest.raises(Refused):
        merge(case, violence, people)
    assert Case.objects.get(pk=case.pk).status == "registered"


def test_two_cases_are_not_merged_into_each_other(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    one, other = new_case(), new_case()
    merge(one, other, people)
    with pytest.raises(Refused):
        merge(other, one, people)


def merge(case: Case, into: Case, people: SimpleNamespace) -> None:
    """The township's supervisor merges two cases."""
    facts = Merging(into.number, same_matter=True)
    advance(case, move_of(case, "merge"), facts, actor=people.supervisor)
