"""The visit log under the officer's hands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from casework.models import Case, Draft, Visit
from tests.browser.conftest import Windows
from tests.conftest import NewCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"已自动保存 \d\d:\d\d:\d\d")


class Hands:
    """Types free text, and counts every other key."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def tell(self, text: str) -> None:
        self.page.keyboard.insert_text(text)


def loads_of(page: Page) -> list[str]:
    """Every page that is loaded from now on."""
    loaded: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            loaded.append(f"{request.method} {request.url}")

    page.on("request", note)
    return loaded


def test_a_visit_is_logged_by_keyboard_alone(windows: Windows) -> None:
    window = windows("officer")
    page = window.page
    loads, hands = loads_of(page), Hands(page)
    hands.press("Alt+n")
    expect(page.locator("[name=name]")).to_be_focused()
    hands.tell("某女士")
    hands.press("Tab")
    hands.tell("13900001111")
    hands.press("Alt+h")
    expect(page.locator("[name=happened]")).to_be_focused()
    hands.tell("村里分地没有她的份")
    hands.press("Tab")
    hands.tell("希望分到土地")
    hands.press("Tab", "y", "n", "n")
    hands.press("Tab")
    expect(page.locator("[name=kind][value=consultation]")).to_be_focused()
    hands.press("3")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    hands.press("Control+Enter")
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    assert (case.kind, case.summary) == ("petition", "村里分地没有她的份")
    visit = Visit.objects.get()
    assert (visit.danger_safe_now, visit.danger_hurt, visit.danger_afraid) == ("yes", "no", "no")
    assert hands.count <= 12, f"{hands.count} keys beside the words"
    assert len([url for url in loads if url.startswith("GET")]) == 1
    assert Draft.objects.count() == 0
    assert window.errors == []


def test_what_is_typed_survives_a_closed_page(windows: Windows) -> None:
    window = windows("officer")
    page = window.open("/visits/new/")
    page.fill("[name=happened]", "她刚开始说")
    page.check("[name=may_call]")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    page.close()
    window.page = window.tab()
    page = window.open("/")
    page.get_by_role("link", name="继续登记").click()
    expect(page.locator("[name=happened]")).to_have_value("她刚开始说")
    expect(page.locator("[name=may_call]")).to_be_checked()


def test_a_reload_or_another_language_keeps_what_is_typed(windows: Windows) -> None:
    page = windows("officer").open("/visits/new/")
    page.fill("[name=happened]", "她刚开始说")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    page.reload()
    expect(page.locator("[name=happened]")).to_have_value("她刚开始说")
    page.fill("[name=asks]", "想离开")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    page.click("button[name=language]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[name=asks]")).to_have_value("想离开")
    assert Draft.objects.count() == 1


def test_half_typed_pinyin_is_never_sent(windows: Windows) -> None:
    page = windows("officer").open("/visits/new/")
    sent: list[str] = []

    def note(request: Request) -> None:
        if "draft" in request.url:
            sent.append(request.post_data_json["happened"])

    page.on("request", note)
    page.focus("[name=happened]")
    keyboard = page.context.new_cdp_session(page)
    for half in ("t", "ta", "ta s", "ta sh", "ta shuo"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": half, "selectionStart": len(half), "selectionEnd": len(half)},
        )
    page.wait_for_timeout(1500)
    assert sent == []
    keyboard.send("Input.insertText", {"text": "她说"})
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    assert sent == ["她说"]


def test_the_quick_exit_loses_nothing(windows: Windows) -> None:
    page = windows("officer").open("/visits/new/")
    page.fill("[name=happened]", "他突然进来了")
    page.get_by_role("link", name="快速离开").click()
    expect(page).to_have_title("日历")
    page.wait_for_timeout(500)
    page.goto(page.url.replace("/leave/", "/"))
    page.get_by_role("link", name="继续登记").click()
    expect(page.locator("[name=happened]")).to_have_value("他突然进来了")


def test_when_nothing_can_be_kept_the_page_says_so(windows: Windows) -> None:
    page = windows("officer").open("/visits/new/")
    page.context.clear_cookies()
    page.fill("[name=happened]", "她刚开始说")
    expect(page.locator("[data-saved]")).to_have_text("暂时没有保存，请不要关闭页面")


@pytest.mark.parametrize(
    ("question", "answer"),
    [("danger_hurt", "yes"), ("danger_afraid", "yes"), ("danger_safe_now", "no")],
)
def test_an_alarming_answer_brings_advice_and_chooses_nothing(
    windows: Windows, question: str, answer: str
) -> None:
    page = windows("officer").open("/visits/new/")
    advice = page.locator("[data-advice]")
    expect(advice).to_be_hidden()
    page.check(f"[name={question}][value={answer}]")
    expect(advice).to_be_visible()
    expect(advice).to_contain_text("不调解")
    expect(page.locator("[name=kind]:checked")).to_have_count(0)
    page.check(f"[name={question}][value=refused]")
    expect(advice).to_be_hidden()


def test_an_earlier_record_is_told_without_a_name(windows: Windows, new_case: NewCase) -> None:
    new_case(name="欧阳某某", phone="13900001111")
    page = windows("officer").open("/visits/new/")
    page.fill("[name=phone]", "13900001111")
    page.keyboard.press("Tab")
    expect(page.locator("[data-matched]")).to_have_text("有较早记录，请核实身份")


def test_only_what_the_ending_needs_is_asked(windows: Windows) -> None:
    page = windows("officer").open("/visits/new/")
    expect(page.locator("[name=existing]")).to_be_hidden()
    page.check("[name=kind][value=existing]")
    expect(page.locator("[name=existing]")).to_be_visible()
    page.check("[name=kind][value=answered]")
    expect(page.locator("[name=done]")).to_be_visible()
    expect(page.locator("[name=existing]")).to_be_hidden()
