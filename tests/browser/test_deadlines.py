"""The pages about deadlines in a real browser: what is said of them, and why a date is the date."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from casework.engine import moment
from casework.models import Case, Clock
from casework.services import sweeping
from tests.browser.conftest import OFFICE, PHONE, Windows
from tests.conftest import NewCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def late(new_case: NewCase) -> Clock:
    """The notice of a petition that came 20 days ago, of which everybody has been told."""
    came = moment.now() - timedelta(days=20)
    with moment.at(came):
        case = new_case(received_at=came)
    sweeping.sweep()
    return case.clocks.get(rule="petition.notice")


@pytest.fixture
def provisional(new_case: NewCase) -> Case:
    """A matter that was forwarded so late that its time reaches into a year nobody published."""
    far = moment.now() + timedelta(days=800)
    with moment.at(far):
        return new_case(channel="forwarded", received_at=far)


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_she_is_told_finds_out_why_and_takes_note(
    windows: Windows, late: Clock, people: SimpleNamespace, size: tuple[int, int]
) -> None:
    window = windows("officer", size)
    page = window.open("/")
    assert (window.faults(), window.overflows) == ([], False)
    page.get_by_role("link", name="期限提醒未阅").click()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_contain_text(late.case.number)
    assert (window.faults(), window.overflows) == ([], False)
    page.get_by_role("button", name="已阅").first.click()
    expect(page.get_by_role("button", name="已阅")).to_have_count(0)
    page = window.open(f"/cases/{late.case.uid}/")
    page.get_by_role("link", name="为什么是这一天").first.click()
    expect(page.get_by_role("main")).to_contain_text("当日不计")
    assert (window.faults(), window.overflows) == ([], False)
    assert window.errors == []


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_a_supervisor_sees_what_is_over_and_what_may_still_change(
    windows: Windows, late: Clock, provisional: Case, size: tuple[int, int]
) -> None:
    window = windows("supervisor", size)
    for path, seen, unseen in (
        ("/register/?only=overdue", late.case.number, provisional.number),
        ("/register/?only=provisional", provisional.number, late.case.number),
        ("/?only=provisional", provisional.number, late.case.number),
    ):
        page = window.open(path)
        expect(page.get_by_role("main")).to_contain_text(seen)
        expect(page.get_by_role("main")).not_to_contain_text(unseen)
        assert (path, window.faults(), window.overflows) == (path, [], False)
    page = window.open(f"/cases/{provisional.uid}/")
    expect(page.get_by_role("main")).to_contain_text("暂定")
    assert window.errors == []


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_the_calendar_of_working_days(windows: Windows, size: tuple[int, int]) -> None:
    window = windows("system", size)
    page = window.open("/calendar/?year=2026")
    expect(page.get_by_role("main")).to_contain_text("2026")
    assert (window.faults(), window.overflows, window.errors) == ([], False, [])
