"""Asking for an export, watching it, fetching it."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from casework.models import Event, Export
from casework.services import exporting
from tests.conftest import NewCase
from tests.views.conftest import Pages, alert, text

TOLD = {"purpose": "statistics", "reason": "季度报表"}


def asked(pages: Pages, who: str = "officer", query: str = "") -> str:
    """The address of an export that she asked for."""
    answer = pages(who).post(f"/register/export/{query}", TOLD)
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def test_the_register_leads_to_it_with_the_same_filters(pages: Pages, new_case: NewCase) -> None:
    new_case(channel="letter")
    page = text(pages("officer").get("/register/?channel=letter&from=2020-01-01"))
    link = re.search(r'href="(/register/export/[^"]*)"', page)
    assert link
    assert link[1].replace("&amp;", "&") == "/register/export/?channel=letter&from=2020-01-01"
    shown = text(pages("officer").get(link[1].replace("&amp;", "&")))
    assert "来信" in shown and "2020-01-01 至 …" in shown


def test_it_holds_the_rows_of_the_page(pages: Pages, new_case: NewCase) -> None:
    letter, _visit = new_case(channel="letter"), new_case()
    where = asked(pages, query="?channel=letter")
    answer = pages("officer").get(f"{where}file/")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    first = [str(row[0]) for row in book.get_sheet_by_index(0).to_python()]
    assert [n for n in first if re.fullmatch(r"[\d-]{10,}", n)] == [letter.number]
    assert answer["Content-Disposition"].startswith("attachment; filename=register-")


@pytest.mark.parametrize("missing", TOLD)
def test_it_asks_what_for_and_why_and_loses_nothing(pages: Pages, missing: str) -> None:
    told = {name: value for name, value in TOLD.items() if name != missing}
    answer = pages("officer").post("/register/export/", told)
    assert answer.status_code == 422
    assert {"purpose": "请选择用途。", "reason": "请填写导出理由。"}[missing] in alert(answer)
    assert ("季度报表" in text(answer)) == (missing == "purpose")
    assert not Export.objects.exists() and not Event.objects.filter(act="export").exists()


def test_too_many_are_told_on_the_page(
    pages: Pages, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 0)
    new_case()
    answer = pages("officer").post("/register/export/", TOLD)
    assert answer.status_code == 422
    assert "超过 0 件" in alert(answer) and "季度报表" in text(answer)


def test_a_long_one_shows_how_far_it_is_and_looks_again(
    pages: Pages, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    new_case()
    where = asked(pages)
    page = pages("officer").get(where)
    assert "已写入 0 件，共 1 件。" in text(page) and page["Refresh"] == "3"
    assert pages("officer").get(f"{where}file/").status_code == 404
    exporting.run_due()
    page = pages("officer").get(where)
    assert f'href="{where}file/"' in text(page) and "Refresh" not in page


def test_a_failed_one_has_a_button(pages: Pages, new_case: NewCase) -> None:
    new_case()
    where = asked(pages)
    Export.objects.update(state="failed")
    assert f'action="{where}again/"' in text(pages("officer").get(where))
    assert pages("officer").post(f"{where}again/").status_code == 302
    assert Export.objects.get().state == "waiting"


@pytest.mark.parametrize("who", ["colleague", "supervisor", "chief", "auditor", "system"])
def test_it_is_there_for_its_owner_alone(pages: Pages, new_case: NewCase, who: str) -> None:
    new_case()
    where = asked(pages)
    assert pages("officer").get(where).status_code == 200
    for path in (where, f"{where}file/"):
        assert pages(who).get(path).status_code == 404
    assert pages(who).post(f"{where}again/").status_code == 404


def test_filters_that_do_not_exist_lead_nowhere(pages: Pages) -> None:
    assert pages("officer").get("/register/export/?kind=x").status_code == 404


def test_a_searched_list_offers_no_export(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    page = text(pages("officer").post("/register/", {"word": case.number}))
    assert case.number in page
    assert "/register/export/" not in page
