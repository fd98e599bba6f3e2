"""The drawing of a flow on the page of a procedure: seen, printed, on a phone, without a mouse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from casework.engine import moment
from casework.management.county import County, found_county
from casework.management.proceedings import APPROVE, HEARD, SEND, med, proposed, referred
from casework.management.stories import ACCEPTED, CONSENT, LAND
from casework.management.telling import DAY, Step, tell
from casework.models import Procedure
from tests.browser.conftest import OFFICE, PHONE, Windows
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STEPS = {
    "mediation": [*proposed("lin"), med("meng", "hear", {"side": "hers"} | HEARD, after=DAY)],
    "referral": [referred("lin"), APPROVE, SEND],
}


@pytest.fixture
def staff(windows: Windows) -> County:
    return found_county(PASSWORD)


def address(staff: County, steps: list[Step]) -> str:
    """The page of the procedure to which these steps lead."""
    begin = moment.now() - timedelta(days=20)
    list(tell(staff.staff, "lin", LAND, [*ACCEPTED, CONSENT, *steps], begin))
    record = Procedure.objects.latest("id")
    return reverse("procedure", args=[record.case.uid, record.uid])


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
@pytest.mark.parametrize("kind", STEPS)
def test_it_stands_on_the_page(
    windows: Windows, staff: County, kind: str, size: tuple[int, int]
) -> None:
    window = windows("lin", size)
    page = window.open(address(staff, STEPS[kind]))
    drawing = page.locator(".flow svg")
    expect(drawing).to_be_visible()
    expect(drawing.locator("g.is-active")).not_to_have_count(0)
    fill = "getComputedStyle(document.querySelector('.flow .is-active .box')).fill"
    assert page.evaluate(fill) == "rgb(107, 42, 82)"
    page.get_by_text("逐步查看").click()
    expect(page.locator(".flow-steps .is-active").first).to_be_visible()
    assert (window.faults(), window.overflows, window.errors) == ([], False, [])


def test_no_title_is_cut_or_leaves_its_box(windows: Windows, staff: County) -> None:
    window = windows("lin")
    for steps in STEPS.values():
        page = window.open(address(staff, steps))
        outside = page.evaluate(
            """() => [...document.querySelectorAll(".flow g:not(.gateway):not(.split):not(.join)")]
            .filter(g => {
              const box = g.querySelector(".box").getBoundingClientRect();
              return [...g.querySelectorAll("text")].some(text => {
                const words = text.getBoundingClientRect();
                return words.left < box.left || words.right > box.right
                  || words.top < box.top - 1 || words.bottom > box.bottom + 1;
              });
            }).map(g => g.textContent)"""
        )
        assert outside == []


def test_a_wide_one_is_scrolled_by_the_keyboard(windows: Windows, staff: County) -> None:
    page = windows("lin", PHONE).open(address(staff, STEPS["referral"]))
    box = page.get_by_role("region", name="流程图，可以左右滚动")
    box.focus()
    expect(box).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(box).not_to_have_js_property("scrollLeft", 0)
    assert page.evaluate("scrollX") == 0


def test_on_paper_it_is_whole(windows: Windows, staff: County) -> None:
    page = windows("lin").open(address(staff, STEPS["referral"]))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    sizes = page.evaluate(
        """() => [document.querySelector(".flow-scroll"), document.querySelector(".flow svg")]
        .map(e => e.getBoundingClientRect().right)"""
    )
    assert sizes[1] <= sizes[0] + 1
    letters = page.evaluate("document.querySelector('.flow text').getBoundingClientRect().height")
    assert letters > 9
