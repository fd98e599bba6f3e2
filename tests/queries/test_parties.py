"""Rule 5 binds the pair, in whatever case and on whichever side its violence was recorded."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from casework.engine.case_acts import Incident, Joining
from casework.models import Case, CaseParty
from casework.queries.parties import barred, counterparts, kin
from casework.queries.situations import situation_of
from casework.services.saving import save
from tests.conftest import NewCase
from tests.services.steps import fresh, go
from workflows.mediation.facts import Opening

HER_NUMBER, HIS_NUMBER = "11010119900307768X", "110101198803077651"
HER_PHONE = "13900001111"

Pair = Callable[..., Case]


@pytest.fixture
def dispute(new_case: NewCase) -> Case:
    """A petition of hers against somebody, and nothing about violence."""
    return new_case(name="某女士", phone=HER_PHONE, respondent="张三", relation="spouse")


def party(case: Case, role: str) -> CaseParty:
    return case.parties.get(role=role)


def him(case: Case) -> str:
    return str(party(case, "respondent").uid)


def number(case: Case, role: str, told: str) -> None:
    """Write an ID number into the record of a party."""
    person = party(case, role).person
    person.id_number = told
    save(person, None, "tests")


def bars(case: Case) -> bool:
    """Is she kept from the table with him?"""
    found = barred(case)
    assert found <= {him(case)}
    return bool(found)


def test_without_violence_nobody_is_barred(dispute: Case) -> None:
    assert not bars(dispute)


def test_violence_in_the_case_itself_bars_him(new_case: NewCase) -> None:
    assert bars(new_case("domestic_violence", respondent="张三", relation="spouse"))


@pytest.mark.parametrize("hers", ["id_number", "phone"])
@pytest.mark.parametrize("his", ["id_number", "name"])
def test_violence_in_another_case_bars_him(
    hers: str, his: str, dispute: Case, new_case: NewCase
) -> None:
    phone = HER_PHONE if hers == "phone" else ""
    name = "张三" if his == "name" else "他"
    other = new_case("domestic_violence", name="化名", phone=phone, respondent=name)
    if hers == "id_number":
        for case, role in ((dispute, "petitioner"), (other, "victim")):
            number(case, role, HER_NUMBER)
    if his == "id_number":
        for case in (dispute, other):
            number(case, "respondent", HIS_NUMBER)
    assert bars(dispute)


def test_the_same_records_of_two_people_bar_him_in_a_converted_case(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(respondent="张三", relation="spouse")
    go(case, "convert", by=people.officer)
    opened = Case.objects.get(kind="domestic_violence")
    assert bars(opened)
    assert barred(case) == {him(case)}


def test_violence_is_barred_whoever_stood_on_which_side(dispute: Case, new_case: NewCase) -> None:
    """He came to the desk first and called himself the victim."""
    other = new_case("domestic_violence", name="张三", respondent="某女士")
    number(dispute, "petitioner", HER_NUMBER)
    number(other, "respondent", HER_NUMBER)
    number(dispute, "respondent", HIS_NUMBER)
    number(other, "victim", HIS_NUMBER)
    assert bars(dispute)


@pytest.mark.parametrize("case_of", ["another woman", "another man"])
def test_violence_between_others_bars_nobody(
    case_of: str, dispute: Case, new_case: NewCase
) -> None:
    mine = {"name": "某女士", "phone": HER_PHONE, "respondent": "李四"}
    hers = {"name": "别人", "phone": "13900002222", "respondent": "张三"}
    new_case("domestic_violence", **(mine if case_of == "another man" else hers))
    assert not bars(dispute)


@pytest.mark.parametrize("relation", ["employer", "neighbour", "other"])
def test_a_party_outside_the_family_is_not_taken_for_the_violent_one(
    relation: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", respondent="张三", relation="spouse")
    committee = Joining("respondent", "某村委会", relation=relation)
    go(case, "add_party", committee, by=people.officer)
    named = {party_.relation: str(party_.uid) for party_ in counterparts(case).values()}
    assert barred(case) == {named["spouse"]}


def test_whom_an_incident_names_is_barred_whatever_the_relation(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", respondent="邻居", relation="neighbour")
    assert not bars(case)
    go(case, "record_incident", Incident(form="physical", by=him(case)), by=people.officer)
    assert bars(case)


def test_family_is_what_the_relation_says_and_nobodys_tick(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(respondent="张三", relation="parent")
    go(case, "add_party", Joining("respondent", "某村委会", relation="other"), by=people.officer)
    go(case, "add_party", Joining("respondent", "某人"), by=people.officer)
    parents = case.parties.get(relation="parent")
    assert kin(case) == {str(parents.uid)}


def test_who_is_barred_is_looked_up_for_a_mediation_only(new_case: NewCase) -> None:
    case = fresh(new_case("domestic_violence", respondent="张三", relation="spouse"))
    told = Opening(him(case), "…", "joint")
    assert situation_of(case, told, opening="mediation").barred == {him(case)}
    assert situation_of(case, told, opening="referral").barred == frozenset()
    assert situation_of(case).barred == frozenset()


def test_people_of_whom_nothing_is_known_are_not_taken_for_one(new_case: NewCase) -> None:
    case = new_case(name="", respondent="他")
    new_case("domestic_violence", name="", respondent="他")
    assert not bars(case)
