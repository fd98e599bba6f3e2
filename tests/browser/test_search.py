"""The search box under the officer's hands."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OFFICE, PHONE, Windows
from tests.browser.test_visit_log import Hands
from tests.conftest import NewCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("path", ["/", "/visits/new/", "/register/", "/search/"])
def test_two_keys_and_the_initials_show_a_case(
    windows: Windows, new_case: NewCase, path: str
) -> None:
    case = new_case(name="单芳")
    new_case(name="王丽")
    window = windows("officer")
    page, hands = window.open(path), Hands(window.page)
    hands.press("Alt+s")
    expect(page.locator("#search-word")).to_be_focused()
    hands.tell("sf")
    hands.press("Enter")
    page.wait_for_url("**/search/")
    expect(page.locator("main tbody tr")).to_have_count(1)
    link = page.get_by_role("link", name=case.number)
    expect(link).to_be_focused()
    assert hands.count == 2
    hands.press("Enter")
    page.wait_for_url(f"**/cases/{case.uid}/")
    assert window.errors == []


def test_searching_again_begins_with_an_empty_box(windows: Windows, new_case: NewCase) -> None:
    case = new_case(name="单芳")
    window = windows("officer")
    page, hands = window.page, Hands(window.page)
    for word in ("wl", "sf"):
        hands.press("Alt+s")
        hands.tell(word)
        hands.press("Enter")
        expect(page.locator("#search-word")).to_have_value(word)
    expect(page.get_by_role("link", name=case.number)).to_be_visible()


@pytest.mark.parametrize("size", [OFFICE, PHONE])
def test_the_page_is_for_everybody(
    windows: Windows, new_case: NewCase, size: tuple[int, int]
) -> None:
    new_case(name="单芳")
    window = windows("supervisor", size)
    page = window.open("/search/")
    assert window.faults() == []
    page.fill("#search-word", "sf")
    page.press("#search-word", "Enter")
    expect(page.locator("main tbody tr")).to_have_count(1)
    assert window.faults() == []
    assert not window.overflows
