"""Making moves from the page."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest

from casework.models import Case, Event, RiskAssessment
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.views.conftest import Pages, alert, stamped, text


def test_a_move_is_made_and_the_case_page_says_so(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, client = new_case(), pages("supervisor")
    facts = {"handling_type": "help", "handler": str(people.officer.uid)}
    answer = client.post(f"/cases/{case.uid}/moves/accept/", stamped(case, **facts))
    assert answer["Location"] == f"/cases/{case.uid}/?done=made"
    assert Case.objects.get(pk=case.pk).status == "handling"
    assert "已办理。" in text(client.get(answer["Location"]))


def test_asking_for_facts_leaves_the_table_as_it_is(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    pages("supervisor").get(f"/cases/{case.uid}/moves/accept/")
    assert move_of(case, "accept").name == "accept"


def test_the_page_of_a_move_asks_for_its_facts(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    page = text(pages("supervisor").get(f"/cases/{case.uid}/moves/accept/"))
    for word in ("办理类型", "承办人", "测试officer", 'name="version"', 'name="key"'):
        assert word in page


def test_a_move_that_is_not_open_tells_why_before_anything_is_typed(
    pages: Pages, new_case: NewCase
) -> None:
    case = new_case()
    page = text(pages("officer").get(f"/cases/{case.uid}/moves/accept/"))
    assert "现在还不能办理" in page
    assert "这一步需要“受理分派”权限。" in page


def test_every_refusal_is_told_and_what_was_typed_is_kept(pages: Pages, new_case: NewCase) -> None:
    case, client = new_case(), pages("supervisor")
    typed = {"body": "县自然资源局", "letter": "", "reason": "属其职权范围，详见来信"}
    answer = client.post(f"/cases/{case.uid}/moves/transfer/", stamped(case, **typed))
    assert answer.status_code == 422
    assert "请填写“转送函文号”。" in alert(answer)
    assert 'value="县自然资源局"' in text(answer)
    assert "属其职权范围，详见来信" in text(answer)
    typed["letter"] = "柳妇函〔2026〕3号"
    answer = client.post(f"/cases/{case.uid}/moves/transfer/", stamped(case, **typed))
    assert answer.status_code == 422
    assert "请先告知信访人。" in alert(answer)
    assert "属其职权范围，详见来信" in text(answer)
    assert Event.objects.filter(act="refused", case=case).exists()
    typed["told_her"] = "on"
    answer = client.post(f"/cases/{case.uid}/moves/transfer/", stamped(case, **typed))
    assert answer.status_code == 302


def test_a_stale_page_is_told_so_and_can_be_sent_again(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, client = new_case(), pages("officer")
    stale = stamped(case, text="她说下周再来")
    advance(case, move_of(case, "seal"), actor=people.supervisor, reason="涉及住址")
    answer = client.post(f"/cases/{case.uid}/moves/note/", stale)
    assert answer.status_code == 409
    assert "本案刚刚被他人更新" in alert(answer)
    assert "她说下周再来" in text(answer)
    fresh = Case.objects.get(pk=case.pk).version
    assert f'name="version" value="{fresh}"' in text(answer)
    again = stale | {"version": str(fresh)}
    assert client.post(f"/cases/{case.uid}/moves/note/", again).status_code == 302


def test_a_double_click_makes_one_event(pages: Pages, new_case: NewCase) -> None:
    case, client = new_case(), pages("officer")
    sent = stamped(case, text="她说下周再来")
    first, second = (client.post(f"/cases/{case.uid}/moves/note/", sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert Event.objects.filter(case=case, act="note").count() == 1


def test_a_move_without_questions_is_one_button_on_the_case_page(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept, ask = move_of(case, "accept"), move_of(case, "request_closure")
    assert accept.facts
    assert ask.facts
    handler = str(people.officer.uid)
    advance(
        case, accept, accept.facts(handling_type="help", handler=handler), actor=people.supervisor
    )
    facts = ask.facts(outcome="resolved", reply_served_at=case.received_at)
    advance(case, ask, facts, actor=people.officer)
    client = pages("supervisor")
    page = text(client.get(f"/cases/{case.uid}/"))
    assert f'<form method="post" action="/cases/{case.uid}/moves/close/">' in page
    assert client.post(f"/cases/{case.uid}/moves/close/", stamped(case)).status_code == 302
    assert Case.objects.get(pk=case.pk).status == "closed"


def test_a_risk_assessment_is_one_row_an_item(pages: Pages, new_case: NewCase) -> None:
    case, client = new_case("domestic_violence"), pages("officer")
    path = f"/cases/{case.uid}/moves/record_assessment/"
    page = text(client.get(path))
    assert page.count('<div class="field field-answer_') == 11
    told = stamped(case, basis="own", answer_strangulation="yes", injury="on")
    assert client.post(path, told).status_code == 302
    assert RiskAssessment.objects.get().level == "high"
    assert "高危" in text(client.get(f"/cases/{case.uid}/"))


@pytest.mark.parametrize(
    "marks",
    [
        {"version": ""},
        {"version": "x"},
        {"version": "9" * 400},
        {"version": "-1"},
        {"key": ""},
        {"key": "k" * 81},
    ],
)
def test_marks_that_no_page_sends_are_refused(
    pages: Pages, new_case: NewCase, marks: dict[str, str]
) -> None:
    case = new_case()
    sent = stamped(case, text="记") | marks
    answer = pages("officer").post(f"/cases/{case.uid}/moves/note/", sent)
    assert answer.status_code == 400
    assert "提交的内容无法识别" in text(answer)
    assert not Event.objects.filter(case=case, act="note").exists()


def test_a_move_that_takes_the_case_out_of_her_sight_leads_to_her_desk(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, client = new_case(), pages("officer")
    told = stamped(case, person=str(people.officer.uid), reason="被反映人是我的亲戚")
    answer = client.post(f"/cases/{case.uid}/moves/recuse/", told)
    assert answer["Location"] == "/?done=made"
    assert client.get(f"/cases/{case.uid}/").status_code == 404


def test_there_are_no_other_moves(pages: Pages, new_case: NewCase) -> None:
    case, client = new_case(), pages("officer")
    assert client.get(f"/cases/{case.uid}/moves/vanish/").status_code == 404
    assert client.post(f"/cases/{case.uid}/moves/vanish/").status_code == 404


def test_a_get_never_makes_a_move(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    pages("supervisor").get(
        f"/cases/{case.uid}/moves/seal/", {"reason": "r", "version": 0, "key": uuid.uuid4().hex}
    )
    assert not Case.objects.get(pk=case.pk).sealed
