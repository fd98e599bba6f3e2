"""Reports to the police and mandatory reports through the page and the API."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import Case, Procedure
from tests.api.conftest import Caller
from tests.conftest import NewCase
from tests.services.proceedings import (
    bring,
    party,
    report,
    report_mandatorily,
    todo,
    violent,
    visit,
)
from tests.services.steps import fresh, go
from tests.views.conftest import Pages, stamped, text
from workflows.mandatory_report import facts as mandatory
from workflows.police_report import facts as police


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    return violent(new_case, crew)


def at(record: Procedure) -> str:
    return f"/cases/{record.case.uid}/procedures/{record.uid}/"


def clock_time() -> str:
    return f"{moment.now():%Y-%m-%dT%H:%M}"


def test_it_is_reported_from_the_case_and_the_warning_is_recorded_as_a_task(
    pages: Pages, case: Case
) -> None:
    client, path = pages("officer"), f"/cases/{case.uid}/moves/report_police/"
    assert "报案针对的当事人（不清楚的不填）" in text(client.get(path))
    told = {"reported_at": "2026-01-05T09:00", "station": "城关派出所", "told_first": "on"}
    him = {"against": party(case, "spouse")}
    assert client.post(path, stamped(case, **told, **him)).status_code == 302
    record = case.procedures.get()
    assert str(record.police_report.against_id) == him["against"]
    task = f"/cases/{case.uid}/tasks/{todo(record, 'acceptance').uid}/?move=warn"
    served = {"served": ["respondent", "community"]}
    warned = stamped(record, warned_at=clock_time(), number="告1号") | served
    assert client.post(task, warned).status_code == 302
    assert (fresh(record).status, fresh(record).police_report.served) == (
        "warned", "community respondent",
    )  # fmt: skip


def test_its_page_tells_what_the_police_did_and_what_comes_next(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = report(case, crew, against=party(case, "spouse"), receipt="接报回执一份。")
    go(
        record,
        "chase",
        police.Chasing(moment.now(), "正在核实。", how="phone", outcome="reached"),
        by=crew.officer,
    )
    page = text(pages("officer").get(at(record)))
    for word in ("城关派出所", "接报回执一份。", "正在核实。", "等待公安受案", "他"):
        assert word in page, word
    bring(record, crew, "warned")
    visit(record, crew, clean=False, found_violence=True)
    page = text(pages("officer").get(at(record)))
    for word in (
        "告1号", "已送交：加害人", "共 1 次，最近连续 0 次未发现新的暴力", "近况平稳。",
        "查访发现新的暴力，尚未登记", f"下一步最迟 {moment.today()}", "告诫查访",
    ):  # fmt: skip
        assert word in page, word
    assert "查访发现新的暴力，尚未登记" in text(pages("officer").get(f"/cases/{case.uid}/"))


def test_the_page_of_a_mandatory_report_tells_receipt_and_answer(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = bring(report_mandatorily(case, crew), crew, "receipted")
    page = text(pages("officer").get(at(record)))
    assert "接1号" in page and "等待反馈" in page
    told = mandatory.FeedingBack(moment.now(), "已立案侦查。")
    go(record, "feed_back", told, by=crew.officer)
    assert "已立案侦查。" in text(pages("officer").get(at(record)))


def test_a_program_follows_a_report(case: Case, crew: SimpleNamespace) -> None:
    officer, now = Caller(crew.officer), moment.now().isoformat()
    told = {"reported_at": now, "station": "城关派出所", "told_first": True, "as_mandatory": True}
    opened = officer.move(case.uid, "report_police", facts=told)
    assert opened.status_code == 200, opened.content
    by_kind = {record.kind: record for record in case.procedures.all()}
    for kind, node, move, facts in (
        ("police_report", "acceptance", "accept", {"accepted_at": now}),
        ("police_report", "decision", "decide", {"outcome": "filed", "decided_at": now}),
        ("mandatory_report", "acknowledgement", "feed_back",
         {"fed_back_at": now, "fed_back": "已立案。"}),
    ):  # fmt: skip
        task = todo(by_kind[kind], node).uid
        answer = officer.post(f"/tasks/{task}", {"move": move, "facts": facts})
        assert answer.status_code == 200, (move, answer.content)
    assert {fresh(r).status for r in by_kind.values()} == {"decided", "fed_back"}
    refused = officer.move(case.uid, "police_outcome", facts={})
    assert refused.status_code in (404, 422)
