"""The page of today's chasing: one press logs the call."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import Case, Clock, Procedure
from tests.conftest import NewCase
from tests.services.proceedings import apply_for, bring, party, report, violent
from tests.views.conftest import Pages, text


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    with moment.at(moment.now() - timedelta(days=9)):
        return violent(new_case, crew, name="欧阳某某")


@pytest.fixture
def police(case: Case, crew: SimpleNamespace) -> Procedure:
    with moment.at(moment.now() - timedelta(days=8)):
        return bring(report(case, crew, against=party(case, "spouse")), crew, "accepted")


@pytest.fixture
def where(police: Procedure) -> str:
    clock = Clock.objects.get(procedure=police, own=False)
    return f"/chasing/{clock.uid}/"


def test_the_page_says_who_owes_what_by_which_law_and_what_to_say(
    pages: Pages, police: Procedure, case: Case
) -> None:
    page = text(pages("officer").get("/chasing/"))
    for words in (
        case.number,
        "城关派出所",
        "告诫决定",
        "公通字〔2024〕34 号",
        "报案，受1号，",
        "电话 0 次",
    ):
        assert words in page
    assert "欧阳" not in page


def test_one_press_logs_the_call(pages: Pages, police: Procedure, where: str) -> None:
    client = pages("officer")
    for _twice in range(2):
        answer = client.post(where, {"press": "phone:no_answer", "key": "k"})
        assert answer["Location"] == "/chasing/?done=made"
    page = text(client.get("/chasing/"))
    assert ("电话 1 次" in page, "无人接听" in page) == (True, True)
    assert police.chases.get().outcome == "no_answer"


def test_a_call_stands_in_the_timeline_and_in_the_answer_of_the_api(
    pages: Pages, police: Procedure, case: Case, where: str
) -> None:
    client = pages("officer")
    client.post(where, {"press": "phone:reached", "key": "k", "words": "说在核实。"})
    assert "说在核实。" in text(client.get(f"/cases/{case.uid}/procedures/{police.uid}/"))
    (told,) = client.get(f"/api/v1/cases/{case.uid}/procedures").json()
    (made,) = told["chases"]
    assert (made["about"], made["outcome"], made["by"]) == (
        "dv.police_decision", "reached", "officer",
    )  # fmt: skip


def test_what_was_typed_stays_when_it_is_refused(
    pages: Pages, police: Procedure, where: str
) -> None:
    told = {"press": "phone:promised", "key": "k", "words": "周五答复"}
    answer = pages("officer").post(where, told)
    page = text(answer)
    assert answer.status_code == 422
    assert ("请填写答应的日期" in page, "周五答复" in page) == (True, True)
    assert not police.chases.exists()


def test_somebody_elses_is_not_there(pages: Pages, police: Procedure, where: str) -> None:
    for who in ("mediator", "liaison", "stranger", "security"):
        answer = pages(who).post(where, {"press": "phone:reached", "key": "k"})
        assert answer.status_code == 404
    assert not police.chases.exists()


def test_without_a_safe_channel_she_is_waited_for(
    pages: Pages, new_case: NewCase, crew: SimpleNamespace
) -> None:
    with moment.at(moment.now() - timedelta(days=8)):
        case = violent(new_case, crew, safe=None)
        bring(apply_for(case, crew), crew, "in_force", days=10)
    page = text(pages("officer").get("/chasing/"))
    assert ("保护令到期" in page, "等她来访或来电" in page) == (True, True)
    assert "13900001111" not in page
