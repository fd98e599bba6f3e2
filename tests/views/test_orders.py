"""Protection orders through the page and the API."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import Case, Event, Procedure
from casework.queries.timeline import told_in
from tests.api.conftest import Caller
from tests.conftest import NewCase
from tests.services.proceedings import apply_for, bring, party, todo, violent
from tests.services.steps import fresh, go
from tests.views.conftest import Pages, stamped, text
from workflows.protection_order import facts as order


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    return violent(new_case, crew)


@pytest.fixture
def lasting(case: Case, crew: SimpleNamespace) -> Procedure:
    """An order in force for ninety days."""
    return bring(apply_for(case, crew), crew, "in_force")


def at(record: Procedure) -> str:
    return f"/cases/{record.case.uid}/procedures/{record.uid}/"


def test_it_is_applied_for_from_the_case_and_filed_as_a_task(pages: Pages, case: Case) -> None:
    client, path = pages("officer"), f"/cases/{case.uid}/moves/open_order/"
    page = text(client.get(path))
    for word in ("不收费", "责令被申请人迁出申请人住所", 'type="checkbox"', "年老，本人愿意申请"):
        assert word in page, word
    told = {"respondent": party(case, "spouse"), "applicant": "self", "grounds": "多次被打。"}
    nothing_asked = client.post(path, stamped(case, **told))
    assert (nothing_asked.status_code, "多次被打。" in text(nothing_asked)) == (422, True)
    measures = ["no_violence", "move_out"]
    answer = client.post(path, stamped(case, **told) | {"measures_asked": measures})
    assert answer.status_code == 302
    record = case.procedures.get()
    assert set(record.protection_order.measures_asked.split()) == set(measures)
    task = f"/cases/{case.uid}/tasks/{todo(record, 'preparation').uid}/?move=file"
    filed = {"court": "县法院", "filed_at": f"{moment.now():%Y-%m-%dT%H:%M}", "filed_how": "oral"}
    assert client.post(task, stamped(record, **filed)).status_code == 302
    assert fresh(record).status == "filed"


def test_measures_that_no_law_knows_are_refused(pages: Pages, case: Case) -> None:
    client, path = pages("officer"), f"/cases/{case.uid}/moves/open_order/"
    told = {"respondent": party(case, "spouse"), "applicant": "self"}
    answer = client.post(path, stamped(case, **told) | {"measures_asked": ["exile"]})
    assert (answer.status_code, "请从列表中选择。" in text(answer)) == (422, True)


def test_what_was_ticked_can_be_read_again_when_the_task_is_no_more(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = bring(apply_for(case, crew), crew, "accepted")
    path = f"/cases/{case.uid}/tasks/{todo(record, 'ruling').uid}/?move=grant"
    told = stamped(record, ruling="民保令1号")
    go(record, "withdraw", by=crew.officer)
    measures = {"measures_granted": ["no_violence", "move_out"]}
    answer = pages("officer").post(path, told | measures)
    assert answer.status_code == 409
    assert "禁止被申请人实施家庭暴力、责令被申请人迁出申请人住所" in text(answer)


def test_its_page_tells_what_the_court_ordered_until_when_and_what_comes_next(
    pages: Pages, lasting: Procedure, crew: SimpleNamespace
) -> None:
    until = moment.today() + timedelta(days=90)
    page = text(pages("officer").get(at(lasting)))
    for word in (
        "民保令1号", "禁止被申请人实施家庭暴力、禁止被申请人骚扰", f"有效期至 {until}",
        f"最迟 {until - timedelta(days=7)} 提出申请", "尚未登记送达被申请人", "执行与回访",
    ):  # fmt: skip
        assert word in page, word
    told = order.Visiting(moment.now(), safe_setting=True, found_breach=True, needs="想换锁。")
    go(lasting, "visit", told, by=crew.officer)
    page = text(pages("officer").get(at(lasting)))
    assert "回访发现违反保护令，尚未登记" in page and "想换锁。" in page
    go(lasting, "breach", order.Breaching(moment.now(), "他来砸门。", police_told=True),
       by=crew.officer)  # fmt: skip
    page = text(pages("officer").get(at(lasting)))
    assert "尚未登记</span>" not in page and "他来砸门。" in page


def test_the_timeline_tells_the_measures_in_words(
    pages: Pages, case: Case, lasting: Procedure
) -> None:
    event = Event.objects.filter(record=f"protection_order:{lasting.uid}", act="grant").get()
    assert told_in(case, event)[0]["measures_granted"] == ["no_contact", "no_violence"]
    page = text(pages("officer").get(f"/cases/{case.uid}/"))
    assert "禁止被申请人实施家庭暴力、禁止被申请人骚扰" in page


def test_a_program_applies_grants_and_renews(case: Case, crew: SimpleNamespace) -> None:
    officer, now = Caller(crew.officer), moment.now().isoformat()
    asked = {"respondent": party(case, "spouse"), "applicant": "self"}
    for wrong in ("no_violence", ["exile"], [1], {"no_violence": True}):
        refused = officer.move(case.uid, "open_order", facts=asked | {"measures_asked": wrong})
        assert refused.status_code == 422
    opened = officer.move(case.uid, "open_order", facts=asked | {"measures_asked": ["no_violence"]})
    assert opened.status_code == 200, opened.content
    record = case.procedures.get()
    steps = [
        ("file", {"court": "县法院", "filed_at": now, "filed_how": "online"}),
        ("accept", {"accepted_at": now, "case_number": "民保令1号"}),
        ("grant", {
            "ruling": "民保令1号", "ruled_at": now, "measures_granted": ["no_violence"],
            "valid_until": (moment.today() + timedelta(days=30)).isoformat(),
        }),
        ("renew", {
            "renewal_ruling": "民保更1号", "renewed_at": now,
            "valid_until": (moment.today() + timedelta(days=90)).isoformat(),
        }),
    ]  # fmt: skip
    for name, facts in steps:
        node = {"file": "preparation", "accept": "acceptance", "grant": "ruling"}
        task = todo(record, node.get(name, "watching")).uid
        answer = officer.post(f"/tasks/{task}", {"move": name, "facts": facts})
        assert answer.status_code == 200, (name, answer.content)
    detail = fresh(record).protection_order
    assert (detail.valid_until, detail.renewals) == (moment.today() + timedelta(days=90), 1)
