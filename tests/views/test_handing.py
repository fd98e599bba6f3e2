"""Hand-over sheets through their pages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine.case_acts import Recusing
from casework.models import Case, HandOver
from tests.conftest import NewCase
from tests.services.proceedings import handled, violent
from tests.services.steps import fresh, go
from tests.views.conftest import Pages, text


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    return violent(new_case, crew)


def drawn(pages: Pages, case: Case, crew: SimpleNamespace, **more: str) -> HandOver:
    told = {"taker": str(crew.colleague.uid), "why": "leave", f"pick_{case.uid}": "on"}
    told |= {f"words_{case.uid}": "周三陪同去法院。"} | more
    assert pages("officer").post("/handovers/", told)["Location"] == "/handovers/?done=made"
    return HandOver.objects.get()


def test_it_is_drawn_up_signed_by_both_and_the_case_is_hers(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    path = f"/handovers/{drawn(pages, case, crew).uid}/"
    assert pages("colleague").get(path).status_code == 404
    assert pages("officer").post(f"{path}sign/").status_code == 302
    page = text(pages("colleague").get(path))
    assert (case.number in page, "周三陪同去法院" in page) == (True, False)
    assert f"/cases/{case.uid}/" not in page
    assert pages("colleague").get(f"/cases/{case.uid}/").status_code == 404
    assert pages("colleague").post(f"{path}take/").status_code == 302
    assert "周三陪同去法院" in text(pages("colleague").get(path))
    assert fresh(case).handler == crew.colleague


def test_what_was_typed_stays_when_a_line_is_missing(
    pages: Pages, new_case: NewCase, case: Case, crew: SimpleNamespace
) -> None:
    other = handled(new_case, crew)
    told = {"taker": str(crew.colleague.uid), "why": "leave", f"pick_{case.uid}": "on"}
    told |= {f"words_{case.uid}": "周三陪同去法院。", f"pick_{other.uid}": "on"}
    answer = pages("officer").post("/handovers/", told)
    assert answer.status_code == 422
    page = text(answer)
    assert ("请为每一件写一句交接说明" in page, "周三陪同去法院" in page) == (True, True)
    assert not HandOver.objects.exists()


def test_a_supervisor_draws_it_up_for_whoever_is_away(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    client, whose = pages("supervisor"), f"/handovers/?giver={crew.officer.uid}"
    assert case.number in text(client.get(whose))
    told = {"taker": str(crew.colleague.uid), "why": "leave", f"pick_{case.uid}": "on"}
    assert client.post(whose, told | {f"words_{case.uid}": "…"}).status_code == 302
    path = f"/handovers/{HandOver.objects.get().uid}/"
    assert client.post(f"{path}sign/").status_code == 302
    assert "代为拟定和签字" in text(client.get(path))


def test_nobody_draws_it_up_for_somebody_elses(pages: Pages, crew: SimpleNamespace) -> None:
    for giver in (str(crew.supervisor.uid), str(crew.stranger.uid), "x"):
        assert pages("officer").get(f"/handovers/?giver={giver}").status_code == 404


def test_nothing_hints_at_a_case_that_is_kept_from_her(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    path = f"/handovers/{drawn(pages, case, crew).uid}/"
    pages("officer").post(f"{path}sign/")
    go(case, "recuse", Recusing(str(crew.colleague.uid)), by=crew.supervisor)
    page = text(pages("colleague").get(path))
    assert (case.number in page, "不在您可见的范围内" in page) == (False, False)


def test_a_second_signature_says_that_it_is_done(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    path = f"/handovers/{drawn(pages, case, crew).uid}/"
    pages("officer").post(f"{path}sign/")
    assert pages("colleague").post(f"{path}take/").status_code == 302
    answer = pages("colleague").post(f"{path}take/")
    assert answer.status_code == 422
    assert "现在是“已交接”" in text(answer)


def test_only_posting_signs(pages: Pages, case: Case, crew: SimpleNamespace) -> None:
    path = f"/handovers/{drawn(pages, case, crew).uid}/"
    assert pages("officer").get(f"{path}sign/").status_code == 405
    assert pages("officer").post(f"{path}nothing/").status_code == 404
    for who in ("mediator", "stranger", "security", "auditor"):
        assert pages(who).get(path).status_code == 404
        assert pages(who).post(f"{path}sign/").status_code == 404
