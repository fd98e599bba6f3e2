"""The card at the top of a case in which something is to be done now."""

from __future__ import annotations

import re
from types import SimpleNamespace

from casework.engine import moment
from casework.engine.case_acts import Levelling
from casework.models import Body, Case, Organisation
from casework.services.saving import save
from tests.conftest import NewCase
from tests.services.steps import HIGH, do_what_is_owed, go
from tests.views.conftest import Pages, stamped, text


def card(pages: Pages, who: str, case: Case) -> str:
    """The card as `who` sees it; empty when there is none."""
    page = text(pages(who).get(f"/cases/{case.uid}/"))
    found = re.search(r'<section class="card now".*?</section>', page, re.S)
    return found[0] if found else ""


def test_the_card_says_what_to_do_now_with_its_buttons_and_numbers(
    pages: Pages, new_case: NewCase, people: SimpleNamespace, county: Organisation
) -> None:
    save(
        Body(name="城关派出所", service="police", phone="0000-110", organisation=county), None, "t"
    )
    case = new_case("domestic_violence", minor=True)
    go(case, "record_assessment", HIGH, by=people.officer)
    shown = card(pages, "officer", case)
    for word in ("强制报告", "向公安机关报案", "向上级妇联报告", "提供安全计划", "指定承办人"):
        assert word in shown
    rows = re.findall(rf"/cases/{case.uid}/moves/(\w+)/", shown)
    assert rows == [
        "report_police", "report_mandatory", "report_police", "report_superior", "offer_plan",
    ]  # fmt: skip
    assert "这一步需要“受理分派”权限。" in shown  # she asks a supervisor to name a handler
    assert shown.count('class="left"') == 3
    assert "tel:0000-110" in shown and "12338" in shown
    assert f"/cases/{case.uid}/moves/assign/" in card(pages, "supervisor", case)


def test_the_card_goes_when_nothing_is_owed(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    assert card(pages, "officer", case) == ""
    go(case, "raise_danger", Levelling("medium"), by=people.officer)
    assert "提供安全计划" in card(pages, "officer", case)
    do_what_is_owed(case, people.officer)
    assert card(pages, "officer", case) == ""


def test_a_report_is_recorded_through_its_form(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    go(case, "record_assessment", HIGH, by=people.officer)
    at = moment.now().astimezone(moment.HOME).strftime("%Y-%m-%dT%H:%M")
    path = f"/cases/{case.uid}/moves/report_police/"
    told = stamped(case, reported_at=at, station="城关派出所", told_first="on")
    assert pages("officer").post(path, told).status_code == 302
    assert "向公安机关报案" not in card(pages, "officer", case)
