"""Who only carries a procedure in a guarded case learns what the procedure takes, and no more."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from casework.models import Case, Document, Event, Procedure, User
from casework.queries.casepage import case_page, reads_whole
from casework.queries.desk import lines
from casework.services import staffing
from casework.services.people import SafeContact
from tests.conftest import NewCase
from tests.services.proceedings import again, bring, propose, refer, todo, violent, work
from tests.services.steps import fresh, go
from tests.views.conftest import Pages, stamped, text

SECRETS = (
    "昨晚又动了手", "想安全地离开", "13900001111", "领材料", "工作日上午", "低危", "未成年人",
    "登记危险评估", "办理经过", "时限", "评估与同意", "同意转介", "涉及人身安全", "来访",
)  # fmt: skip
"""What her case tells and a carrier of one procedure in it is not told."""


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A violent case with much in it."""
    safe = SafeContact(may_call=True, when="工作日上午", code_word="领材料")
    return violent(
        new_case, crew, happened="昨晚又动了手", asks="想安全地离开", safe=safe,
        category="domestic_violence", minor=True,
    )  # fmt: skip


@pytest.fixture
def mediation(case: Case, crew: SimpleNamespace) -> Procedure:
    """Her dispute with the village, which the mediator carries."""
    return propose(case, crew, carrier=str(crew.mediator.uid))


@pytest.fixture
def referral(case: Case, crew: SimpleNamespace) -> Procedure:
    """Her referral, which the liaison carries; its letter is made."""
    record = refer(case, crew, carrier=str(crew.liaison.uid))
    work()
    return record


def test_the_case_page_shows_her_part_only(
    pages: Pages, case: Case, mediation: Procedure, referral: Procedure
) -> None:
    for who, mine, other in (
        ("mediator", mediation, referral), ("liaison", referral, mediation),
    ):  # fmt: skip
        page = text(pages(who).get(f"/cases/{case.uid}/"))
        for word in (case.number, "处置中", "某女士", "某村委会", "他", str(mine.uid)):
            assert word in page, (who, word)
        assert str(other.uid) not in page
        assert [word for word in SECRETS if word in page] == [], who


def test_whoever_reads_it_whole_sees_all_of_it(
    pages: Pages, case: Case, mediation: Procedure, referral: Procedure
) -> None:
    for who in ("officer", "supervisor", "chief"):
        page = text(pages(who).get(f"/cases/{case.uid}/"))
        for word in ("昨晚又动了手", "13900001111", "低危", str(mediation.uid), str(referral.uid)):
            assert word in page, (who, word)


def test_the_page_is_not_merely_hidden_but_empty(
    case: Case, mediation: Procedure, crew: SimpleNamespace
) -> None:
    page = case_page(case, again(crew.mediator))
    assert not page.whole
    for name in (
        "strip", "moves", "closed_moves", "acts", "closed_acts", "todos", "clocks", "assessments",
        "consents", "links", "timeline",
    ):  # fmt: skip
        assert getattr(page, name) == [], name
    assert page.due is None
    assert [each.record.uid for each in page.procedures] == [mediation.uid]


def test_who_has_no_part_in_it_finds_nothing(
    pages: Pages, case: Case, mediation: Procedure, referral: Procedure
) -> None:
    task = todo(mediation, "invite_hers").uid
    for who in ("colleague", "other_mediator", "other_liaison", "archivist", "stranger"):
        for path in (
            f"/cases/{case.uid}/", f"/cases/{case.uid}/procedures/{mediation.uid}/",
            f"/cases/{case.uid}/tasks/{task}/",
        ):  # fmt: skip
            assert pages(who).get(path).status_code == 404, (who, path)


def test_her_procedure_opens_and_the_others_do_not_exist(
    pages: Pages, case: Case, mediation: Procedure, referral: Procedure
) -> None:
    client = pages("mediator")
    mine = text(client.get(f"/cases/{case.uid}/procedures/{mediation.uid}/"))
    assert "征地补偿。" in mine
    assert [word for word in SECRETS if word in mine and word != "办理经过"] == []
    task = f"/cases/{case.uid}/tasks/{todo(referral, 'approval').uid}/"
    for path in (
        f"/cases/{case.uid}/procedures/{referral.uid}/", task,
        f"/cases/{case.uid}/procedures/{referral.uid}/moves/cancel/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
        assert client.post(path, stamped(referral, reason="理由")).status_code in (404, 405)
    assert client.post(f"{task}claim/").status_code == 404


@pytest.mark.parametrize("name", ["note", "record_incident", "assign", "give_consent", "vanish"])
def test_the_moves_of_the_case_do_not_exist_for_her(
    pages: Pages, case: Case, mediation: Procedure, name: str
) -> None:
    client, path = pages("mediator"), f"/cases/{case.uid}/moves/{name}/"
    assert client.get(path).status_code == 404
    assert client.post(path, stamped(case, text="记")).status_code == 404


def test_letters_are_for_the_carrier_of_their_procedure(
    pages: Pages, case: Case, mediation: Procedure, referral: Procedure, crew: SimpleNamespace
) -> None:
    path = f"/cases/{case.uid}/documents/{Document.objects.get().uid}/"
    assert pages("liaison").get(path).status_code == 200
    assert pages("officer").get(path).status_code == 200
    assert pages("mediator").get(path).status_code == 404
    assert path not in text(pages("mediator").get(f"/cases/{case.uid}/"))


def test_a_task_in_somebody_elses_procedure_opens_it_as_long_as_it_waits(
    pages: Pages, case: Case, mediation: Procedure, crew: SimpleNamespace
) -> None:
    record = bring(mediation, crew, "signed", wants_confirmation=True)
    uid = todo(record, "confirmation").uid
    pages("supervisor").post(
        f"/cases/{case.uid}/tasks/{uid}/assign/", {"to": str(crew.liaison.uid)}
    )
    client, path = pages("liaison"), f"/cases/{case.uid}/tasks/{uid}/"
    assert "司法确认" in text(client.get(path))
    told = stamped(record, jointly="on", court="县法院", ruling="1号")
    answer = client.post(f"{path}?move=confirm", told)
    assert answer["Location"] == "/?done=made"
    assert fresh(record).status == "confirmed"
    assert client.get(path).status_code == 404
    assert client.get(f"/cases/{case.uid}/").status_code == 404


def test_reading_a_sealed_case_in_part_is_logged_too(
    pages: Pages, case: Case, mediation: Procedure, crew: SimpleNamespace
) -> None:
    go(case, "seal", by=crew.supervisor)
    pages("mediator").get(f"/cases/{case.uid}/")
    pages("mediator").get(f"/cases/{case.uid}/procedures/{mediation.uid}/")
    reads = Event.objects.filter(act="read", case=case, actor=str(crew.mediator.uid))
    assert reads.count() == 2


def test_lists_do_not_tell_what_the_page_does_not(
    pages: Pages, case: Case, mediation: Procedure, crew: SimpleNamespace
) -> None:
    assert {line.todo.danger for line in lines(again(crew.mediator))} == {""}
    for path in ("/", "/register/"):
        page = text(pages("mediator").get(path))
        told = page if path == "/" else rows(page)
        assert case.number in told
        assert "低危" not in told
        assert "家庭暴力" not in told
    assert "低危" in rows(text(pages("officer").get("/register/")))


def rows(page: str) -> str:
    """The table of a list, without the filters above it."""
    return page.partition("<tbody>")[2]


def test_a_phone_number_does_not_lead_to_a_case_in_which_she_may_not_read_it(
    pages: Pages, case: Case, mediation: Procedure
) -> None:
    for word, found in (("13900001111", False), (case.number, True)):
        page = text(pages("mediator").post("/register/", {"word": word}))
        assert (f"/cases/{case.uid}/" in page) is found, word
    page = text(pages("officer").post("/register/", {"word": "13900001111"}))
    assert f"/cases/{case.uid}/" in page


def caller(user: User) -> Client:
    """A program with the token of `user`."""
    token = staffing.new_token(user, "tests")
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_the_api_tells_no_more_than_the_page(
    case: Case, mediation: Procedure, referral: Procedure, crew: SimpleNamespace
) -> None:
    here, client = f"/api/v1/cases/{case.uid}", caller(crew.mediator)
    told = client.get(here).json()
    assert told.keys() == caller(crew.officer).get(here).json().keys()
    for name in ("summary", "demands", "danger", "category", "channel", "outcome"):
        assert told[name] == "", name
    assert told["clocks"] == []
    assert {p["name"] for p in told["parties"]} == {"某女士", "他", "某村委会"}
    assert {(p["relation"], p["minor"]) for p in told["parties"]} == {("", False)}
    [listed] = client.get("/api/v1/cases").json()["cases"]
    assert (listed["number"], listed["danger"], listed["category"]) == (case.number, "", "")
    assert client.get(f"{here}/moves").status_code == 404
    [procedure] = client.get(f"{here}/procedures").json()
    assert procedure["uid"] == str(mediation.uid)
    body = {"reason": "她不愿意"}
    for path in (f"{here}/procedures/{referral.uid}/moves/cancel", f"{here}/moves/note"):
        assert client.post(path, body, content_type="application/json").status_code == 404
    path = f"{here}/procedures/{mediation.uid}/moves/stop"
    made = client.post(path, body, content_type="application/json").json()
    assert (made["status"], made["case"]["danger"]) == ("stopped", "")


def test_the_two_ways_to_ask_who_reads_a_case_whole_agree(
    case: Case, mediation: Procedure, referral: Procedure, new_case: NewCase, crew: SimpleNamespace
) -> None:
    sealed = new_case()
    go(sealed, "seal", by=crew.supervisor)
    new_case(by=crew.stranger)
    for name, account in vars(crew).items():
        user = again(account)
        whole = set(Case.objects.whole_for(user).values_list("pk", flat=True))
        said = {c.pk for c in Case.objects.visible_to(user) if reads_whole(c, user)}
        assert said == whole, name
