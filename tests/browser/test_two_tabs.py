"""Two pages of the same case, and two clicks on the same button."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from casework.models import Case, Event
from tests.browser.conftest import Windows
from tests.conftest import NewCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_one_wins_and_the_other_keeps_her_words(windows: Windows, new_case: NewCase) -> None:
    case = new_case()
    path = f"/cases/{case.uid}/moves/note/"
    officer, supervisor = windows("officer"), windows("supervisor")
    first, second = officer.open(path), supervisor.open(path)
    first.fill("[name=text]", "她下周再来")
    second.fill("[name=text]", "已约村委会面谈")
    first.click("main button")
    first.wait_for_url("**/?done=made")
    second.click("main button")
    expect(second.get_by_role("alert")).to_contain_text("本案刚刚被他人更新")
    expect(second.locator("[name=text]")).to_have_value("已约村委会面谈")
    second.click("main button")
    second.wait_for_url("**/?done=made")
    assert Event.objects.filter(case=case, act="note").count() == 2


def test_two_quick_clicks_make_one_event(windows: Windows, new_case: NewCase) -> None:
    case = new_case()
    page = windows("officer").open(f"/cases/{case.uid}/moves/note/")
    page.fill("[name=text]", "她下周再来")
    page.evaluate(
        "() => { const b = document.querySelector('main button'); b.click(); b.click(); }"
    )
    page.wait_for_url("**/?done=made")
    assert Event.objects.filter(case=case, act="note").count() == 1
    assert Case.objects.get(pk=case.pk).event_count == 2
