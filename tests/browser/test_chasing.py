"""Today's chasing in a real browser: one key logs the call."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from casework.engine import moment
from casework.models import Procedure
from tests.browser.conftest import OFFICE, PHONE, Windows
from tests.conftest import NewCase
from tests.services.conftest import crew as crew
from tests.services.proceedings import bring, party, report, violent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def police(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """The police took a report on a week ago and have not decided."""
    with moment.at(moment.now() - timedelta(days=8)):
        case = violent(new_case, crew)
        return bring(report(case, crew, against=party(case, "spouse")), crew, "accepted")


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_one_key_logs_the_call(windows: Windows, police: Procedure, size: tuple[int, int]) -> None:
    window = windows("officer", size)
    page = window.open("/chasing/")
    assert (window.faults(), window.overflows) == ([], False)
    page.keyboard.press("Alt+w")
    expect(page.get_by_role("main")).to_contain_text("电话 1 次")
    assert police.chases.get().outcome == "no_answer"
    assert (window.faults(), window.overflows, window.errors) == ([], False, [])
