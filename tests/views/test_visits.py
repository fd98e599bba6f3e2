"""The visit log as the desk uses it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from casework.models import Case, Contact, Draft, Event, Visit
from tests.views.conftest import Pages, alert, text, told


def test_a_logged_visit_waits_on_the_supervisors_desk(pages: Pages) -> None:
    answer = pages("officer").post("/visits/new/", told())
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.uid}/?done=logged"
    desk = text(pages("supervisor").get("/"))
    assert case.number in desk
    assert "等待受理" in desk


def test_channel_kind_and_a_story_are_enough(pages: Pages) -> None:
    least = {"channel": "phone", "kind": "petition", "asks": "想咨询"}
    assert pages("officer").post("/visits/new/", least).status_code == 302


def test_a_consultation_ends_on_the_desk_and_says_nothing_of_her(pages: Pages) -> None:
    client = pages("officer")
    quiet = {"danger_safe_now": "yes", "danger_hurt": "no", "danger_afraid": "refused"}
    answer = client.post("/visits/new/", told(kind="consultation", **quiet))
    assert answer["Location"] == "/?done=consultation"
    assert Visit.objects.get().case is None
    assert "咨询已登记" in text(client.get(answer["Location"]))


def test_a_refused_visit_keeps_everything_typed(pages: Pages) -> None:
    typed = told(
        kind="consultation",
        happened="她说了很久的话",
        address="柳溪镇三组",
        when="上午",
        category="land",
        may_call="on",
    )
    answer = pages("officer").post("/visits/new/", typed)
    assert answer.status_code == 422
    assert "请先询问三个安全问题" in alert(answer)
    page = text(answer)
    assert "她说了很久的话" in page
    assert 'value="柳溪镇三组"' in page
    assert re.search(r'value="land"\s+selected', page)
    assert re.search(r'name="may_call"[^>]*checked', page)
    assert re.search(r'value="consultation"[^>]*checked', page)
    assert Visit.objects.count() == 0


def test_somebody_beside_her_she_answers_yes_or_no(pages: Pages) -> None:
    client = pages("officer")
    plain, beside = text(client.get("/visits/new/")), text(client.get("/visits/new/?beside=1"))
    assert "beside_him" not in plain
    assert 'name="beside_him"' in beside
    assert "电话断了：不要回拨" in beside
    spoken = {"beside": "1", "beside_him": "yes", "beside_hurt": "no"}
    least = {"channel": "hotline", "kind": "domestic_violence"}
    refused = text(client.post("/visits/new/", least | spoken | {"channel": ""}))
    assert re.search(r'name="beside_him"[^>]*value="yes"[^>]*checked', refused)
    assert client.post("/visits/new/", least | spoken).status_code == 302
    assert "伤害您的人就在旁边吗？是" in Case.objects.get().summary


def test_the_way_to_call_mode_takes_along_what_is_typed(pages: Pages) -> None:
    client, draft = pages("officer"), "0190a1b2-0000-4000-8000-000000000001"
    assert 'formaction="/visits/beside/"' in text(client.get("/visits/new/"))
    client.post("/visits/beside/", told(happened="她刚开始说", draft=draft))
    page = client.post("/visits/beside/", told(happened="她说了一半", draft=draft), follow=True)
    assert 'name="beside_him"' in text(page)
    assert "她说了一半" in text(page)
    assert [str(kept.uid) for kept in Draft.objects.all()] == [draft]


def test_a_sentence_stands_at_its_field_too(pages: Pages) -> None:
    page = text(pages("officer").post("/visits/new/", told(kind="answered", done="")))
    assert 'id="id_done_error"' in page
    assert re.search(r'<textarea[^>]*name="done"[^>]*aria-invalid="true"', page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "请填写“这次来访怎样结束”。"),
        ({"channel": ""}, "请填写“来访方式”。"),
        ({"happened": " ", "asks": ""}, "请写下她说了什么"),
        ({"kind": "answered"}, "请写下当场答复的内容"),
        ({"kind": "existing"}, "请填写已有案件的编号"),
        ({"kind": "existing", "existing": "2026-0-1"}, "找不到编号为"),
        ({"received_at": "2090-01-01T09:30"}, "接待时间不能晚于现在"),
        (
            {
                "kind": "consultation",
                "danger_safe_now": "yes",
                "danger_hurt": "yes",
                "danger_afraid": "no",
            },
            "不要仅作咨询",
        ),
        ({"people": "9" * 400}, "来访人数"),
        ({"people": "9" * 5000}, "来访人数"),
        ({"people": "-1"}, "来访人数"),
        ({"happened": "长" * 20_001}, "发生了什么"),
    ],
)
def test_each_refusal_is_a_sentence(pages: Pages, wrong: dict[str, str], sentence: str) -> None:
    answer = pages("officer").post("/visits/new/", told(**wrong))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert alert(answer)
    assert Visit.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "value"), [("phone", "1390000"), ("id_number", "440101199001011234")]
)
def test_a_number_that_looks_wrong_is_doubted_once_and_kept_as_typed(
    pages: Pages, name: str, value: str
) -> None:
    client, typed = pages("officer"), told(**{name: value})
    doubted = client.post("/visits/new/", typed)
    assert doubted.status_code == 422
    assert "按原样保存，仍然提交" in text(doubted)
    assert f'value="{value}"' in text(doubted)
    assert client.post("/visits/new/", typed | {"as_typed": "on"}).status_code == 302


@pytest.mark.parametrize(
    "phone", ["13900001111", "139 0000 1111", "+8613900001111", "020-12345678", "12338", "87654321"]
)
def test_ordinary_numbers_are_not_doubted(pages: Pages, phone: str) -> None:
    assert pages("officer").post("/visits/new/", told(phone=phone)).status_code == 302


def test_a_true_id_number_is_not_doubted(pages: Pages) -> None:
    # Made up; its check digit is right.
    answer = pages("officer").post("/visits/new/", told(id_number="360426199101010071"))
    assert answer.status_code == 302


def test_safety_of_a_phone_is_kept_with_it(pages: Pages) -> None:
    safe = told(phone="13900001111", may_call="on", when="工作日上午", code_word="领材料")
    pages("officer").post("/visits/new/", safe)
    contact = Contact.objects.get(kind="phone")
    assert (contact.may_call, contact.may_message) == (True, False)
    assert (contact.when, contact.code_word) == ("工作日上午", "领材料")


def test_ten_thousand_characters_come_back_whole(pages: Pages) -> None:
    story = "她说，" + "一二三四五六七八九十" * 999 + "。完"
    pages("officer").post("/visits/new/", told(happened=story))
    assert Case.objects.get().summary == story


def test_rare_characters_and_emoji_come_back(pages: Pages) -> None:
    client, odd = pages("officer"), "㐂𠮷 女士 😢 — “谢谢”"
    page = client.post("/visits/new/", told(name=odd, happened=odd), follow=True)
    assert text(page).count("㐂𠮷 女士 😢") >= 2


def test_a_double_click_logs_one_visit(pages: Pages) -> None:
    client, typed = pages("officer"), told()
    first, second = (client.post("/visits/new/", typed) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Visit.objects.count() == Case.objects.count() == 1
    assert Event.objects.filter(act="open").count() == 1


def test_a_key_used_for_other_words_is_refused_and_renewed(pages: Pages) -> None:
    client, typed = pages("officer"), told()
    client.post("/visits/new/", typed)
    answer = client.post("/visits/new/", typed | {"happened": "另一件事"})
    assert answer.status_code == 422
    assert "同一提交标识" in alert(answer)
    assert "另一件事" in text(answer)
    assert typed["key"] not in text(answer)


def test_a_visit_joins_a_case_that_exists(pages: Pages) -> None:
    client = pages("officer")
    client.post("/visits/new/", told())
    case = Case.objects.get()
    answer = client.post(
        "/visits/new/", told(kind="existing", existing=case.number, happened="她又来了一次")
    )
    assert answer["Location"] == f"/cases/{case.uid}/?done=logged"
    assert "她又来了一次" in text(client.get(answer["Location"]))


def test_a_match_tells_that_and_never_who(pages: Pages) -> None:
    client = pages("officer")
    client.post("/visits/new/", told(name="王某某", phone="13900001111"))
    number = Case.objects.get().number
    answer = client.post("/visits/match/", {"phone": "13900001111"})
    assert answer.json() == {"sentence": "有较早记录，请核实身份"}
    assert number not in text(answer)
    assert client.post("/visits/match/", {"phone": "13900002222"}).json() == {"sentence": ""}


def test_a_match_elsewhere_is_not_told(pages: Pages) -> None:
    pages("officer").post("/visits/new/", told(phone="13900001111"))
    answer = pages("stranger").post("/visits/match/", {"phone": "13900001111"})
    assert answer.json() == {"sentence": ""}


@pytest.mark.parametrize("who", ["archivist", "auditor", "security", "system"])
def test_who_may_not_log_finds_no_visit_log(pages: Pages, who: str) -> None:
    client = pages(who)
    for answer in (
        client.get("/visits/new/"),
        client.post("/visits/new/", told()),
        client.post("/visits/match/", {"phone": "13900001111"}),
        client.post("/visits/draft/", "{}", content_type="application/json"),
    ):
        assert answer.status_code == 404
    assert Visit.objects.count() == 0


def test_a_form_without_its_token_is_refused(people: SimpleNamespace) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(people.officer)
    assert client.post("/visits/new/", told()).status_code == 403
