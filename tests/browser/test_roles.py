"""Four roles walk their pages: no console error, no fault of WCAG 2.2 AA, at both sizes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from casework.services import intake
from casework.services.people import SafeContact
from casework.services.verbs import advance
from tests.browser.conftest import OFFICE, PHONE, Windows
from tests.conftest import NewCase, move_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WALKS = {
    "officer": [
        "/", "/visits/new/", "/visits/draft/{draft}/", "/cases/{case}/", "/cases/{violence}/",
        "/cases/{violence}/moves/record_assessment/", "/cases/{case}/moves/accept/", "/register/",
    ],
    "supervisor": [
        "/", "/cases/{case}/", "/cases/{case}/moves/accept/", "/cases/{case}/moves/assign_down/",
        "/cases/{violence}/", "/register/", "/staff/",
    ],
    "archivist": ["/", "/register/", "/cases/{case}/"],
    "security": ["/", "/staff/", "/staff/new/", "/staff/{officer}/", "/password/"],
}  # fmt: skip


@pytest.fixture
def names(new_case: NewCase, people: SimpleNamespace) -> dict[str, object]:
    """A petition, a sealed case of violence with everything on it, and a draft."""
    safe = SafeContact(may_call=True, when="工作日上午", code_word="领材料")
    violence = new_case(
        "domestic_violence", phone="13900001111", safe=safe, respondent="某男", relation="spouse",
        danger_safe_now="yes", danger_hurt="yes", danger_afraid="yes",
    )  # fmt: skip
    assess = move_of(violence, "record_assessment")
    assert assess.facts
    advance(violence, assess, assess.facts(basis="own", injury=True), actor=people.officer)
    advance(violence, move_of(violence, "seal"), actor=people.supervisor, reason="涉及住址")
    draft = intake.keep_draft({"happened": "她说"}, actor=people.officer)
    return {
        "case": new_case().uid, "violence": violence.uid, "officer": people.officer.uid,
        "draft": draft.uid,
    }  # fmt: skip


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
@pytest.mark.parametrize("who", WALKS)
def test_she_walks_her_pages(
    windows: Windows, names: dict[str, object], who: str, size: tuple[int, int]
) -> None:
    window = windows(who, size)
    for path in WALKS[who]:
        page = window.open(path.format(**names))
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("html")).to_have_class("js")
        assert (path, window.faults(), window.overflows) == (path, [], False)
    assert window.errors == []


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_refused_pages_are_accessible_too(
    windows: Windows, names: dict[str, object], size: tuple[int, int]
) -> None:
    window = windows("officer", size)
    page = window.open("/visits/new/")
    page.fill("[name=phone]", "139")
    page.click("main button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("还没有提交")
    expect(page.get_by_role("alert")).to_be_focused()
    assert window.faults() == []


def test_public_pages_are_accessible(windows: Windows) -> None:
    window = windows("officer")
    for path in ("/leave/", "/nowhere/"):
        window.open(path)
        assert window.faults() == []
    window.context.clear_cookies()
    window.open("/login/")
    assert window.faults() == []


def test_the_quick_exit_replaces_the_page(windows: Windows) -> None:
    window = windows("officer")
    page = window.open("/register/")
    before = page.evaluate("history.length")
    page.get_by_role("link", name="快速离开").click()
    expect(page).to_have_title("日历")
    assert page.evaluate("history.length") == before


def test_two_escapes_leave_too(windows: Windows) -> None:
    page = windows("officer").open("/visits/new/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page).to_have_title("日历")


def test_the_desk_is_worked_by_keys(windows: Windows, names: dict[str, object]) -> None:
    page = windows("officer").open("/")
    lines = page.locator("[data-todos] a")
    expect(lines.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(lines.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(lines.nth(0)).to_be_focused()
    second = lines.nth(1).get_attribute("href")
    page.keyboard.press("2")
    page.wait_for_url(f"**{second}")
