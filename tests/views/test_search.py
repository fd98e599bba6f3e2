"""The search box."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from casework.models import Event
from tests.conftest import NewCase
from tests.views.conftest import Pages, alert, text
from tests.views.test_register import numbers


def box(page: str) -> str:
    """What stands in the search box."""
    found = re.search(r'id="search-word".*?>', page, re.S)
    assert found
    value = re.search(r'value="(.*?)"', found[0], re.S)
    assert value
    return value[1]


def test_initials_find_a_case_with_its_name(pages: Pages, new_case: NewCase) -> None:
    case = new_case(name="单芳")
    answer = pages("officer").post("/search/", {"word": "sf"})
    assert numbers(answer) == [case.number]
    assert "单芳" in text(answer)
    assert box(text(answer)) == "sf"


def test_a_number_opens_its_case(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    answer = pages("officer").post("/search/", {"word": f" {case.number} "})
    assert answer["Location"] == f"/cases/{case.uid}/"
    answer = pages("stranger").post("/search/", {"word": case.number})
    assert "没有找到您可以查看的案件" in text(answer)


def test_it_says_what_may_be_searched(pages: Pages) -> None:
    assert "拼音首字母" in text(pages("officer").get("/search/"))
    assert "拼音首字母" in text(pages("officer").post("/search/", {"word": "没有的人"}))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", "请填写要查找"),
        ("   ", "请填写要查找"),
        ("单", "请至少填写两个字符"),
        ("长" * 10_000, "请缩短到 200 个字符以内"),
    ],
)
def test_what_cannot_be_searched_is_told_and_stays(pages: Pages, word: str, said: str) -> None:
    answer = pages("officer").post("/search/", {"word": word})
    assert (answer.status_code, box(text(answer))) == (422, word)
    assert said in alert(answer)
    assert not Event.objects.filter(act="search").exists()


@pytest.mark.parametrize("word", ["%_'\"<", "' OR 1=1 --", "<script>", "\\\\", "😀😀", "%%", "__"])
def test_signs_are_only_signs(pages: Pages, new_case: NewCase, word: str) -> None:
    new_case(name="单芳")
    answer = pages("officer").post("/search/", {"word": word})
    assert (answer.status_code, numbers(answer)) == (200, [])
    assert "<script>" not in box(text(answer))


def test_nul_is_refused_and_the_rest_stands_there_to_be_copied(pages: Pages) -> None:
    answer = pages("officer").post("/search/", {"word": "欧阳单芳\0"})
    assert answer.status_code == 400
    assert "无法识别" in text(answer)
    assert "欧阳单芳" in text(answer)


def test_a_word_in_an_address_is_not_read(pages: Pages, new_case: NewCase) -> None:
    case = new_case(name="单芳")
    page = text(pages("officer").get("/search/?word=sf"))
    assert case.number not in page
    assert box(page) == ""


@pytest.mark.parametrize("who", ["auditor", "security", "system"])
def test_it_does_not_exist_for_administrators(pages: Pages, who: str) -> None:
    client = pages(who)
    assert client.post("/search/", {"word": "sf"}).status_code == 404
    assert 'action="/search/"' not in text(client.get("/"))


def test_a_search_in_the_register_is_written_down_too(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case(name="王芳", phone="13800001111")
    pages("officer").post("/register/", {"word": "13800001111", "kind": "petition"})
    event = Event.objects.get(act="search")
    assert (event.actor, "13800001111" in event.payload) == (str(people.officer.uid), False)
    pages("officer").get("/register/")
    assert Event.objects.filter(act="search").count() == 1
