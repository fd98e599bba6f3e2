"""Exports: the rows of the page and no other, as text; asked for, logged, taken up again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from python_calamine import CalamineWorkbook

from casework import audit
from casework.crypto.sealing import unseal
from casework.engine import moment
from casework.models import Case, CodeItem, Event, Export, User
from casework.queries.cases import register
from casework.queries.filters import Filters
from casework.services import exporting
from casework.services.events import place_of
from casework.services.exporting import KEPT, LEASE, TRIES
from casework.services.refusals import Refused
from tests.conftest import NewCase, require
from tests.services.proceedings import again, propose, violent
from tests.services.steps import accept

HEAD = 5
"""Rows above the first case: four lines and the titles of the columns."""

Ask = Callable[..., Export]


def ask(user: User, **by: object) -> Export:
    told = Filters(**by)  # type: ignore[arg-type]  # each test names the filters it means
    export = exporting.ask(user, told, purpose="statistics", reason="报送王芳三季度情况")
    return Export.objects.get(pk=export.pk)


def rows_of(user: User, export: Export) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(BytesIO(exporting.fetch(user, export)))
    return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]


def numbers(user: User, export: Export) -> list[object]:
    return [row[0] for row in rows_of(user, export)[HEAD:-1]]


@pytest.fixture
def in_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three portions of two, none of them at once."""
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    monkeypatch.setattr(exporting, "PORTION", 2)


def test_it_holds_what_the_register_shows_in_its_order(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    made = [new_case(category="land") for _ in range(3)]
    new_case(by=people.stranger, category="land")
    new_case(category="divorce")
    export = ask(people.officer, category="land")
    assert export.state == "done"
    assert numbers(people.officer, export) == [case.number for case in reversed(made)]


def test_a_row_tells_what_the_page_tells(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case(category="land", channel="letter")
    accept(case, people)
    at = case.received_at.astimezone(moment.HOME)
    *head, titles, row, last = rows_of(people.officer, ask(people.officer, kind="petition"))
    assert dict(zip(titles, row, strict=True)) == {
        "编号": case.number, "保密": "", "类型": "信访事项", "状态": "办理中",
        "类别": "土地与成员资格（出嫁女）", "危险等级": "", "承办人": "测试officer",
        "组织": "柳溪镇妇联", "收到": f"{at:%Y-%m-%d %H:%M}", "来访方式": "来信",
        "办结": "", "结果": "",
    }  # fmt: skip
    said = " ".join(str(line[0]) for line in head)
    for word in (
        "测试officer（officer），柳溪镇妇联",
        "申请时件数：1",
        "统计上报",
        "类型：信访事项",
    ):
        assert word in said
    assert last[0] == "—— 以上共 1 件 ——"


def test_what_looks_like_a_formula_stays_text(new_case: NewCase, people: SimpleNamespace) -> None:
    CodeItem.objects.filter(code="land").update(title="=cmd|' /C calc'!A0")
    new_case(category="land")
    User.objects.filter(pk=people.officer.pk).update(name="@SUM(1)")
    export = ask(again(people.officer))
    raw = exporting.fetch(people.officer, export)
    assert rows_of(people.officer, export)[HEAD][4] == "=cmd|' /C calc'!A0"
    assert b"<f>" not in sheet_xml(raw)
    assert b't="inlineStr"' in sheet_xml(raw)


def sheet_xml(raw: bytes) -> bytes:
    from zipfile import ZipFile

    return ZipFile(BytesIO(raw)).read("xl/worksheets/sheet1.xml")


def test_what_a_guarded_case_hides_is_empty_in_the_file(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew, category="domestic_violence")
    propose(case, crew, carrier=str(crew.mediator.uid))
    Case.objects.filter(pk=case.pk).update(outcome="resolved")
    whole = rows_of(crew.supervisor, ask(again(crew.supervisor)))[HEAD]
    part = rows_of(crew.mediator, ask(again(crew.mediator)))[HEAD]
    assert part[0] == whole[0] == case.number
    assert (whole[4], whole[5], whole[9]) == ("家庭暴力", "低危", "来访")
    assert whole[11]
    assert (part[4], part[5], part[9], part[11]) == ("", "", "", "")


def test_who_exported_what_and_why_stands_in_her_chain(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case()
    export = ask(people.officer, kind="petition")
    event = Event.objects.get(act="export")
    told = json.loads(event.payload)
    assert event.chain == f"day:{people.officer.uid}:{moment.today()}"
    assert told["detail"] == {
        "export": str(export.uid), "filters": {"kind": "petition"}, "purpose": "statistics",
        "count": 1,
    }  # fmt: skip
    assert "王芳" not in event.payload
    import base64

    place = place_of(event.chain, event.sequence)
    sealed = base64.b64decode(told["told"])
    assert json.loads(unseal(export.subject.open(), sealed, place))["reason"] == export.reason
    exporting.fetch(people.officer, export)
    assert Event.objects.filter(act="fetch_export", actor=str(people.officer.uid)).count() == 1
    assert audit.verify().ok


def test_too_many_are_refused_with_a_sentence(
    new_case: NewCase, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 1)
    new_case()
    assert ask(people.officer).state == "done"
    new_case()
    with pytest.raises(Refused) as refused:
        ask(people.officer)
    assert "超过 1 件" in str(refused.value.sentences[0])
    assert Event.objects.filter(act="export").count() == 1


def test_a_long_one_is_written_in_the_background(
    new_case: NewCase, people: SimpleNamespace, in_background: None
) -> None:
    made = [new_case() for _ in range(5)]
    export = ask(people.officer)
    assert (export.state, export.total, export.done) == ("waiting", 5, 0)
    assert exporting.run_due() == 1
    export.refresh_from_db()
    assert (export.state, export.done) == ("done", 5)
    assert numbers(people.officer, export) == [case.number for case in reversed(made)]
    assert exporting.run_due() == 0


class Killed(BaseException):
    """Nothing of ours catches it: the process is gone."""


def test_whoever_dies_over_it_is_followed_by_another(
    new_case: NewCase, people: SimpleNamespace, in_background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [new_case() for _ in range(5)]
    export = ask(people.officer)
    with monkeypatch.context() as dying, pytest.raises(Killed):
        dying.setattr(exporting, "cells", dies_at(3))
        exporting.run_due()
    export.refresh_from_db()
    assert (export.state, export.done) == ("running", 2)
    assert exporting.run_due() == 0, "its lease is not over"
    with moment.at(moment.now() + LEASE + timedelta(seconds=1)):
        assert exporting.run_due() == 1
    export.refresh_from_db()
    assert (export.state, export.done) == ("done", 5)
    assert numbers(people.officer, export) == [case.number for case in reversed(made)]


def dies_at(which: int, error: type[BaseException] = Killed) -> Callable[..., list[str]]:
    """Writes rows until the one numbered `which`."""
    written: list[str] = []

    def cells(case: Case, *_rest: object) -> list[str]:
        written.append(case.number)
        if len(written) == which:
            raise error
        return [case.number]

    return cells


def test_whoever_was_taken_for_dead_does_not_write_into_it(
    new_case: NewCase, people: SimpleNamespace, in_background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        new_case()
    export = ask(people.officer)

    def slow(case: Case, *_rest: object) -> list[str]:
        Export.objects.filter(pk=export.pk).update(attempts=2)  # another one took it over
        return [case.number]

    monkeypatch.setattr(exporting, "cells", slow)
    assert exporting.run(export.pk) is False
    export.refresh_from_db()
    assert (export.state, export.content) == ("running", "")


def test_what_fails_is_tried_again_then_told_and_can_be_run_again(
    new_case: NewCase, people: SimpleNamespace, in_background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_case()
    export = ask(people.officer)
    with monkeypatch.context() as failing:
        failing.setattr(exporting, "cells", lambda *_: 1 / 0)
        for _ in range(TRIES):
            export.refresh_from_db()
            assert export.state == "waiting"
            exporting.run_due()
    export.refresh_from_db()
    assert (export.state, export.error) == ("failed", "ZeroDivisionError")
    assert exporting.run_due() == 0
    exporting.again(export)
    assert exporting.run_due() == 1


def test_one_that_kills_every_worker_is_given_up(
    new_case: NewCase, people: SimpleNamespace, in_background: None
) -> None:
    new_case()
    export = ask(people.officer)
    gone = moment.now() - 2 * LEASE
    Export.objects.update(state="running", attempts=TRIES, taken_at=gone)
    exporting.run_due()
    export.refresh_from_db()
    assert export.state == "failed"


def test_what_she_may_no_longer_see_when_it_is_written_is_not_in_it(
    new_case: NewCase, people: SimpleNamespace, in_background: None
) -> None:
    kept, sealed = new_case(), new_case()
    export = ask(people.colleague)
    Case.objects.filter(pk=sealed.pk).update(sealed=True)
    exporting.run_due()
    export.refresh_from_db()
    assert numbers(people.colleague, export) == [kept.number]


def test_the_file_is_gone_after_a_day_and_the_row_stays(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case()
    export = ask(people.officer)
    with moment.at(moment.now() + KEPT - timedelta(minutes=1)):
        exporting.run_due()
    export.refresh_from_db()
    assert export.content
    with moment.at(moment.now() + KEPT + timedelta(minutes=1)):
        exporting.run_due()
    export = Export.objects.get(pk=export.pk)
    assert (export.state, export.content, export.reason) == ("gone", "", "报送王芳三季度情况")


def test_nothing_of_it_lies_in_the_data_folder_afterwards(
    new_case: NewCase, people: SimpleNamespace, settings: SimpleNamespace
) -> None:
    new_case()
    ask(people.officer)
    assert list(Path(settings.DATA_DIR).glob("export-*")) == []


def test_the_file_lies_sealed(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    ask(people.officer)
    [(raw,)] = Export.objects.values_list("content")
    assert bytes(raw)[:2] != b"PK" and case.number.encode() not in bytes(raw)


def test_libreoffice_opens_it(new_case: NewCase, people: SimpleNamespace, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    calc = office and list(Path(office).resolve().parent.glob("libsclo*"))
    require("REQUIRE_SERVICES", bool(calc), "LibreOffice Calc is not installed")
    assert office
    case = new_case(category="land")
    book = tmp_path / "register.xlsx"
    book.write_bytes(exporting.fetch(people.officer, ask(people.officer)))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        [office, home, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76",
         "--outdir", str(tmp_path), str(book)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert case.number in (tmp_path / "register.csv").read_text("utf-8")


def test_the_page_of_the_register_and_the_file_agree(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    for kind in ("petition", "domestic_violence", "petition"):
        new_case(kind)
    shown = [case.number for case in register(people.officer)]
    assert numbers(people.officer, ask(people.officer)) == shown
