"""Letters that a case gives out when they are asked for, and the papers for the court."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Consenting, Incident
from casework.engine.papers import Issuing, Proving
from casework.engine.reaching import Reaching
from casework.models import Case, Document
from casework.queries.parties import contact_names
from casework.services import intake
from casework.services.intake import VisitNote
from casework.services.people import SafeContact
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.letters.reading import text
from tests.services.proceedings import apply_for, bring, violent
from tests.services.steps import HIGH, fresh, go
from workflows.protection_order import facts as order

HOME_ADDRESS = "松风里三号楼二单元"


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A violent case that is worked on; where she lives is known."""
    return violent(
        new_case,
        crew,
        name="某女士",
        address=HOME_ADDRESS,
        happened="近两年多次遭受殴打。",
        asks="希望得到保护。",
        safe=SafeContact(may_call=True),
    )


def issued(case: Case, letter: str, by: object, **told: Any) -> str:
    """The text of the letter that was just made."""
    go(case, "issue_letter", Issuing(letter, "here", **told), by=by)
    return words_of(Document.objects.filter(case=case).latest("id"))


def words_of(document: Document) -> str:
    return text(base64.b64decode(document.content))


def papers(record: object) -> dict[str, str]:
    found = Document.objects.filter(procedure=record).order_by("id")
    return {document.template: words_of(document) for document in found}


def test_the_registration_tells_the_case_and_its_assessment(
    case: Case, crew: SimpleNamespace
) -> None:
    happened = moment.now()
    go(case, "record_incident", Incident(happened, "physical", injury=True, happened="推搡。"),
       by=crew.officer)  # fmt: skip
    go(case, "record_assessment", HIGH, by=crew.officer)
    found = issued(case, "dv_registration", crew.officer)
    for said in (
        "某女士",
        "近两年多次遭受殴打。",
        "身体暴力、有伤情：推搡。",
        "高危",
        "本人陈述",
        case.number,
    ):
        assert said in found
    assert "法释〔2022〕17号" in found  # such a record is evidence itself
    assert audit.verify().ok


def test_without_an_assessment_there_is_no_registration(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    with pytest.raises(Refused, match="请先完成危险评估"):
        issued(case, "dv_registration", crew.officer)


def test_her_rights_and_her_consents_on_paper(case: Case, crew: SimpleNamespace) -> None:
    go(case, "give_consent", Consenting("apply", "向县法院"), by=crew.officer)
    assert "人身安全保护令" in issued(case, "rights_notice", crew.officer)
    consents = issued(case, "consent_form", crew.officer)
    assert "同意代为申请：向县法院" in consents
    assert "同意调解" not in consents


def test_the_police_are_written_to_with_her_consent_or_in_high_danger(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case("domestic_violence", respondent="他", relation="spouse")
    with pytest.raises(Refused, match="须有本人同意"):
        issued(case, "police_letter", crew.officer, to="城关派出所", told_first=True)
    go(case, "record_assessment", HIGH, by=crew.officer)
    with pytest.raises(Refused, match="请填写报案函送交的公安机关"):
        issued(case, "police_letter", crew.officer, told_first=True)
    with pytest.raises(Refused, match="请先告知本人"):
        issued(case, "police_letter", crew.officer, to="城关派出所")
    found = issued(case, "police_letter", crew.officer, to="城关派出所", told_first=True)
    assert "城关派出所：" in found
    assert "配偶" in found


def test_each_letter_has_a_number_of_its_own_series(case: Case, crew: SimpleNamespace) -> None:
    for letter in ("rights_notice", "consent_form", "rights_notice"):
        issued(case, letter, crew.officer)
    numbers = case.documents.order_by("id").values_list("number", flat=True)
    ends = [
        number[number.index("〔") - 2 :].replace(str(moment.today().year), "") for number in numbers
    ]
    assert ends == ["权告〔〕1号", "同意〔〕1号", "权告〔〕2号"]


@pytest.mark.parametrize("letter", ["dv_registration", "police_letter"])
def test_where_she_lives_gets_into_no_letter(
    letter: str, case: Case, crew: SimpleNamespace
) -> None:
    told = "他到松风里 三号楼二单元叫骂，打她的电话 139-0000-1111。"
    go(case, "record_incident", Incident(form="physical", happened=told), by=crew.officer)
    go(case, "record_assessment", HIGH, by=crew.officer)
    found = issued(case, letter, crew.officer, to="城关派出所", told_first=True)
    assert "他到（住址、电话不写入）叫骂" in found
    assert not any(said in found for said in ("松风里", "三号楼", "1111"))


def test_an_address_told_at_a_later_visit_is_known_too(case: Case, crew: SimpleNamespace) -> None:
    visit = {
        "channel": "visit",
        "kind": "existing",
        "existing": case.number,
        "happened": "已搬走。",
    }
    intake.log_visit(VisitNote(**visit, address="江边路九号五零二"), actor=crew.officer)
    record = apply_for(case, crew, grounds="面临现实危险。")
    go(case, "record_incident", Incident(form="threat", happened="他找到江边路九号五零二。"),
       by=crew.officer)  # fmt: skip
    go(record, "write_application", order.Writing("here"), by=crew.officer)
    assert "江边路" not in papers(record)["order_application"]


def test_the_application_lists_the_evidence_and_the_address_is_sealed(
    case: Case, crew: SimpleNamespace
) -> None:
    go(case, "add_evidence", Proving("medical", "急诊病历一份", "her"), by=crew.officer)
    record = apply_for(case, crew, grounds="面临现实危险。")
    go(record, "write_application", order.Writing("here", service_address=True), by=crew.officer)
    made = papers(record)
    assert set(made) == {"order_application", "service_address"}
    for said in (
        "某女士",
        "禁止被申请人实施家庭暴力",
        "面临现实危险。",
        "医疗机构的诊疗记录",
        "急诊病历一份",
    ):
        assert said in made["order_application"]
    assert HOME_ADDRESS not in made["order_application"]
    assert HOME_ADDRESS in made["service_address"]
    assert fresh(record).status == "preparing"


def test_the_court_gets_what_she_told_last_and_he_none_of_it(
    case: Case, crew: SimpleNamespace
) -> None:
    """What is no longer used is told to nobody, and yet kept out of what he reads."""
    visit = VisitNote(
        "visit", "existing", existing=case.number, happened="已搬走。",
        address="江边路九号五零二", phone="13900005555", safe=SafeContact(may_call=True),
    )  # fmt: skip
    intake.log_visit(visit, actor=crew.officer)
    old = next(uid for uid, known in contact_names(case).items() if known == HOME_ADDRESS)
    moved = Reaching("address", "桥头街十二号", replaces=old)
    go(case, "add_contact", moved, by=crew.officer)
    told = f"他到{HOME_ADDRESS}、江边路九号五零二、桥头街十二号找她，打13900005555。"
    go(case, "record_incident", Incident(form="threat", happened=told), by=crew.officer)
    record = apply_for(case, crew, grounds="面临现实危险。")
    go(record, "write_application", order.Writing("here", service_address=True), by=crew.officer)
    made = papers(record)
    places = ["桥头街十二号", "江边路九号五零二", "13900005555"]
    found = [made["service_address"].find(place) for place in places]
    assert -1 not in found
    assert found[0] < found[1]  # the latest first
    assert HOME_ADDRESS not in made["service_address"]
    his = made["order_application"]
    assert not any(place in his for place in (HOME_ADDRESS, *places))


def test_nobody_learns_from_her_own_application_who_helped_her(
    case: Case, crew: SimpleNamespace
) -> None:
    us = case.organisation.name
    go(case, "add_evidence", Proving("request", "登记记录", "us"), by=crew.officer)
    own = apply_for(case, crew)
    go(own, "write_application", order.Writing("here", service_address=True), by=crew.officer)
    assert not any(us in paper or "本会" in paper for paper in papers(own).values())
    bring(own, crew, "filed")
    go(own, "withdraw", by=crew.officer)
    ours = apply_for(
        case, crew, applicant="on_behalf", proxy_ground="coerced", proxy_why="手机被他收走。"
    )
    go(ours, "write_application", order.Writing("here"), by=crew.officer)
    assert us in papers(ours)["order_application"]


def test_what_is_told_with_a_procedure_does_not_name_where_she_lives(
    case: Case, crew: SimpleNamespace
) -> None:
    """It goes into letters; but what stays inside may say where he came to."""
    with pytest.raises(Refused, match="内容中写有她的住址"):
        apply_for(case, crew, grounds=f"他到{HOME_ADDRESS}叫骂。")
    record = bring(apply_for(case, crew), crew, "in_force")
    told = order.Breaching(moment.now(), f"他到{HOME_ADDRESS}叫骂。", police_told=True)
    go(record, "breach", told, by=crew.officer)
    assert fresh(record).detail.breaches == 1
