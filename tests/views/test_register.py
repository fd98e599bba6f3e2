"""The register."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.queries import register as paging
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.services.steps import accept
from tests.views.conftest import Answer, Pages, alert, text


def numbers(answer: Answer) -> list[str]:
    return re.findall(r'<th scope="row">\s*<a[^>]*>([\d-]+)</a>', text(answer))


def test_it_lists_cases_without_any_name(pages: Pages, new_case: NewCase) -> None:
    case = new_case(name="欧阳某某", phone="13900001111", category="land")
    page = text(pages("officer").get("/register/"))
    for word in (case.number, "信访事项", "已登记", "柳溪镇妇联", "土地"):
        assert word in page
    assert "欧阳" not in page
    assert "13900001111" not in page


def test_it_is_narrowed_by_kind_status_and_handler(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    petition, violence = new_case(), new_case("domestic_violence")
    client = pages("supervisor")
    assert numbers(client.get("/register/?kind=petition")) == [petition.number]
    status = "/register/?status=domestic_violence:reported"
    assert numbers(client.get(status)) == [violence.number]
    assert numbers(client.get("/register/?mine=on")) == []
    assign = move_of(petition, "assign")
    assert assign.facts
    advance(petition, assign, assign.facts(handler=str(people.supervisor.uid)), actor=people.chief)
    assert numbers(client.get("/register/?mine=on")) == [petition.number]


@pytest.mark.parametrize("word", ["13900001111", "139 0000 1111", "360426199101010071", "number"])
def test_a_word_is_searched_by_post(pages: Pages, new_case: NewCase, word: str) -> None:
    case = new_case(
        phone="139 0000 1111" if " " in word else "13900001111", id_number="360426199101010071"
    )
    new_case(phone="13900002222")
    sent = case.number if word == "number" else word
    answer = pages("officer").post("/register/", {"word": sent})
    assert numbers(answer) == [case.number]


def test_the_search_form_never_puts_its_word_into_an_address(
    pages: Pages, new_case: NewCase
) -> None:
    new_case(phone="13900001111")
    page = text(pages("officer").post("/register/", {"word": "13900001111"}))
    forms = re.findall(r"<form.*?</form>", page, re.S)
    asking = [f for f in forms if 'name="word"' in f]
    assert asking
    assert all('method="post"' in f for f in asking)
    assert "13900001111" not in " ".join(re.findall(r'(?:href|action)="[^"]*"', page))


def test_pages_follow_each_other_without_gap_or_repetition(
    pages: Pages, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.page, "__defaults__", (2,))
    at = moment.now() - timedelta(hours=1)
    made = [new_case(received_at=at if n < 3 else at + timedelta(minutes=n)) for n in range(5)]
    client, seen, path = pages("officer"), [], "/register/"
    for _ in range(5):
        answer = client.get(path)
        seen.append(numbers(answer))
        older = re.search(r'name="after"\s+value="([\w-]+)"', text(answer))
        if not older:
            break
        path = f"/register/?after={older[1]}"
    newest_first = [c.number for c in reversed(made)]
    assert seen == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    newer = re.search(r'name="before"\s+value="([\w-]+)"', text(answer))
    assert newer
    back = client.get(f"/register/?before={newer[1]}")
    assert numbers(back) == newest_first[2:4]
    assert 'name="before"' in text(back)


def test_a_searched_page_is_turned_by_post(
    pages: Pages, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.page, "__defaults__", (1,))
    first, second = (new_case(phone="13900001111") for _ in range(2))
    client = pages("officer")
    answer = client.post("/register/", {"word": "13900001111"})
    assert numbers(answer) == [second.number]
    told = {"word": "13900001111", "after": str(second.uid)}
    assert numbers(client.post("/register/", told)) == [first.number]


def test_what_she_may_not_see_is_not_in_it(pages: Pages, new_case: NewCase) -> None:
    case = new_case("domestic_violence", phone="13900001111")
    assert numbers(pages("stranger").get("/register/")) == []
    assert numbers(pages("stranger").post("/register/", {"word": case.number})) == []
    assert numbers(pages("colleague").post("/register/", {"word": "13900001111"})) == []


def test_an_edge_that_she_may_not_see_tells_nothing(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    answer = pages("stranger").get(f"/register/?after={case.uid}")
    assert (answer.status_code, numbers(answer)) == (200, [])


WRONG = {
    "kind=x": "“类型”没有这个选项",
    "status=y": "“状态”没有这个选项",
    "category=y": "“类别”没有这个选项",
    "danger=y": "“危险等级”没有这个选项",
    "channel=y": "“来访方式”没有这个选项",
    "involves=y": "“涉及”没有这个选项",
    "organisation=y": "“组织”没有这个选项",
    "handler=y": "“承办人”没有这个选项",
    "only=y": "“期限”没有这个选项",
    "kind=petition&status=domestic_violence:reported": "所选状态不属于所选类型",
    "kind=petition&status=reported": "“状态”没有这个选项",
    "from=2999-01-01": "“收到自”不是有效的日期",
    "to=yesterday": "“收到至”不是有效的日期",
    "closed_from=2026-02-30": "“办结自”不是有效的日期",
    "from=2026-02-01&to=2026-01-01": "收到日期的起止颠倒了",
    "closed_from=2026-02-01&closed_to=2026-01-01": "办结日期的起止颠倒了",
    "after=1": "UUID",
    "before=%F0%9F%98%80": "UUID",
}


@pytest.mark.parametrize(("query", "sentence"), WRONG.items())
def test_a_filter_that_does_not_exist_is_told(pages: Pages, query: str, sentence: str) -> None:
    answer = pages("officer").get(f"/register/?{query}")
    assert answer.status_code == 422
    assert sentence in alert(answer)


def test_a_refused_filter_loses_nothing_that_was_typed(pages: Pages) -> None:
    typed = "/register/?kind=petition&from=2999-01-01&closed_to=2026-01-01&mine=on"
    page = text(pages("officer").get(typed))
    for kept in (
        'value="petition" selected',
        'value="2999-01-01"',
        'value="2026-01-01"',
        "checked",
    ):
        assert kept in page


def test_an_organisation_outside_her_subtree_is_no_choice(
    pages: Pages, people: SimpleNamespace
) -> None:
    for who, what in ((people.stranger, "组织"), (people.chief, "组织")):
        answer = pages("officer").get(f"/register/?organisation={who.organisation.uid}")
        assert answer.status_code == 422
        assert f"“{what}”没有这个选项" in alert(answer)
    answer = pages("officer").get(f"/register/?handler={people.stranger.uid}")
    assert "“承办人”没有这个选项" in alert(answer)


@pytest.mark.parametrize(
    "query", ["kind=petition&status=handling", "status=handling", "status=petition:handling"]
)
def test_a_link_may_name_a_status_in_each_way(
    pages: Pages, new_case: NewCase, people: SimpleNamespace, query: str
) -> None:
    case, _registered = new_case(), new_case()
    accept(case, people)
    page = pages("officer").get(f"/register/?{query}")
    assert numbers(page) == [case.number]
    assert '<option value="petition:handling" selected>' in text(page)


def test_a_status_of_every_kind_is_one_choice(pages: Pages, new_case: NewCase) -> None:
    page = text(pages("officer").get("/register/?status=closed"))
    assert '<option value="closed" selected>' in page


def test_the_filters_stay_when_a_page_is_turned(
    pages: Pages, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.page, "__defaults__", (1,))
    first, _other, last = new_case(channel="letter"), new_case(), new_case(channel="letter")
    page = text(pages("officer").get("/register/?channel=letter&from=2020-01-01"))
    form = re.search(r'<form class="pages".*?</form>', page, re.S)
    assert form
    told = dict(re.findall(r'name="([\w]+)"\s+value="([^"]*)"', form[0]))
    assert told == {"channel": "letter", "from": "2020-01-01", "after": str(last.uid)}
    assert numbers(pages("officer").get("/register/", told)) == [first.number]


def test_the_chip_that_stands_is_marked(pages: Pages) -> None:
    page = text(pages("officer").get("/register/?channel=letter"))
    marked = re.findall(r'<a href="([^"]*)"\s+aria-current="true">([^<]*)</a>', page)
    assert marked == [("/register/?channel=letter", "来信")]


@pytest.mark.parametrize("who", ["auditor", "security", "system"])
def test_it_does_not_exist_for_administrators(pages: Pages, who: str) -> None:
    assert pages(who).get("/register/").status_code == 404
