"""Every page works when no script runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from casework.models import Case
from tests.browser.conftest import Windows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_visit_is_logged_and_accepted(windows: Windows) -> None:
    page = windows("officer", java_script_enabled=False).open("/visits/new/")
    page.fill("[name=happened]", "村里分地没有她的份")
    expect(page.get_by_text("不劝和，不调解")).to_be_visible()
    page.check("[name=kind][value=answered]")
    page.click("main button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("请写下当场答复的内容")
    expect(page.locator("[name=happened]")).to_have_value("村里分地没有她的份")
    page.check("[name=kind][value=petition]")
    page.click("main button[type=submit]")
    case = Case.objects.get()

    page = windows("supervisor", java_script_enabled=False).open("/")
    page.get_by_role("link", name=case.number).first.click()
    page.get_by_role("link", name="受理…", exact=True).click()
    page.check("[name=handling_type][value=help]")
    page.select_option("[name=handler]", label="测试officer（柳溪镇妇联）")
    page.click("main button[type=submit]")
    expect(page.get_by_role("status")).to_have_text("已办理。")
    expect(page.locator(".strip .now")).to_have_text("办理中")
    assert Case.objects.get().status == "handling"
