"""Follow-up through the page, and what its page says."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import Case, Procedure
from tests.conftest import NewCase
from tests.services.proceedings import follow_up, talking, todo, violent
from tests.services.steps import complete, fresh, go
from tests.views.conftest import Pages, stamped, text
from workflows.follow_up import facts as follow


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    return violent(new_case, crew)


def at(record: Procedure) -> str:
    return f"/cases/{record.case.uid}/procedures/{record.uid}/"


def test_it_is_planned_from_the_case_and_she_is_asked_as_a_task(pages: Pages, case: Case) -> None:
    client, path = pages("officer"), f"/cases/{case.uid}/moves/open_follow_up/"
    assert "低危或未评估 30 日以内" in text(client.get(path))
    on = {"follow_up_on": moment.today().isoformat()}
    unsafe = client.post(path, stamped(case, **on))
    assert (unsafe.status_code, "在安全时段联系" in text(unsafe)) == (422, True)
    assert client.post(path, stamped(case, **on, safely="on")).status_code == 302
    record = case.procedures.get()
    task = f"/cases/{case.uid}/tasks/{todo(record, 'talking').uid}/?move=talk"
    now = f"{moment.now().astimezone(moment.HOME):%Y-%m-%dT%H:%M}"
    told = {"talked_at": now, "needs": "想学开车。", "satisfaction": "4"}
    assert client.post(task, stamped(record, **told)).status_code == 422  # was it safe?
    answer = client.post(task, stamped(record, **told, safe_setting="on"))
    assert (answer.status_code, fresh(record).status) == (302, "followed")
    page = text(client.get(at(record)))
    for word in ("已安全交谈 1 次", "想学开车。", "4 满意", "最迟"):
        assert word in page, word


def test_the_desk_says_when_she_was_not_reached_or_told_of_violence(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(moment.now() - timedelta(days=5)):
        record = follow_up(case, crew)
    client = pages("officer")
    assert "请按期通过安全联系方式、在安全环境中回访" in text(client.get("/"))
    for days in (4, 3, 2):
        with moment.at(moment.now() - timedelta(days=days)):
            tried = follow.Missing(moment.now(), safe_channel=True)
            go(record, "miss", tried, by=crew.officer)
    assert "已在三个不同日期未联系上" in text(client.get("/"))
    page = text(client.get(at(record)))
    assert "连续 3 天未联系上" in page and "请决定是否按“失联”办理" in page
    go(record, "talk", talking(new_incident=True), by=crew.officer)
    assert "请立即在案件中登记，并重新评估危险" in text(client.get("/"))
    page = text(client.get(at(record)))
    assert "发现新的暴力事件，尚未在案件中登记" in page and "天未联系上" not in page
    assert "发现新的暴力事件，尚未在案件中登记" in text(client.get(f"/cases/{case.uid}/"))


def test_the_closure_says_what_is_missing_before_anybody_asks_for_it(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    complete(case, crew.officer)
    assert "请先完成一次安全回访" in text(pages("officer").get(f"/cases/{case.uid}/"))
