"""The register by keyboard, and the pages of an export in a real browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OFFICE, PHONE, Windows
from tests.conftest import NewCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_keys_move_from_row_to_row_and_enter_opens(
    windows: Windows, new_case: NewCase, people: SimpleNamespace
) -> None:
    oldest, middle, newest = new_case(), new_case(), new_case()
    window = windows("officer")
    page = window.open("/register/")
    at = page.locator("[data-rows] a:focus")
    expect(at).to_have_count(0)
    page.keyboard.press("j")
    expect(at).to_have_text(newest.number)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    expect(at).to_have_text(oldest.number)
    page.keyboard.press("j")
    expect(at).to_have_text(oldest.number)
    page.keyboard.press("k")
    expect(at).to_have_text(middle.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{middle.uid}/")
    assert window.errors == []


def test_keys_belong_to_whoever_types(
    windows: Windows, new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case()
    page = windows("officer").open("/register/")
    page.focus("#id_word")
    page.keyboard.type("jkj")
    expect(page.locator("#id_word")).to_have_value("jkj")
    expect(page.locator("#id_word")).to_be_focused()


def test_arrows_scroll_the_page_until_a_row_has_the_focus(
    windows: Windows, new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case()
    page = windows("officer").open("/register/")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-rows] a:focus")).to_have_count(0)


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_an_export_is_accessible_from_asking_to_fetching(
    windows: Windows, new_case: NewCase, people: SimpleNamespace, size: tuple[int, int]
) -> None:
    case = new_case()
    window = windows("officer", size)
    page = window.open("/register/?channel=visit&from=2020-01-01")
    expect(page.locator("[data-rows]")).to_contain_text(case.number)
    assert (window.faults(), window.overflows) == ([], False)
    page.click("text=导出")
    assert (window.faults(), window.overflows) == ([], False)
    page.check("[name=purpose][value=statistics]")
    page.fill("[name=reason]", "季度报表")
    page.click("button:has-text('导出')")
    expect(page.locator("main")).to_contain_text("已写入 1 件")
    assert (window.faults(), window.overflows) == ([], False)
    with page.expect_download() as fetched:
        page.click("text=下载 Excel 文件")
    assert fetched.value.suggested_filename.endswith(".xlsx")
    assert window.errors == []
