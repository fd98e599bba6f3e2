"""Notices about working days: brought in by one, confirmed by another, then counted."""

from __future__ import annotations

from datetime import date, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from casework.engine.calendar import DayKind
from casework.engine.limits import Counting, WorkingDays
from casework.engine.moment import HOME
from casework.models import CalendarDay, CalendarNotice, Event
from casework.queries.calendars import HomeDays, shipped, stored
from casework.services import calendars
from casework.services.refusals import Refused
from tests.views.conftest import Pages, alert, text
from tests.views.conftest import pages as pages

NOTICE = "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,holiday,元旦\n2027-01-03,makeup,\n"
JSON = (
    '{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true},'
    ' {"name": "元旦", "date": "2027-01-03", "isOffDay": false}]}'
)
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture
def pending(people: SimpleNamespace) -> CalendarNotice:
    """The notice of 2027, brought in by the township's supervisor."""
    return calendars.propose(people.supervisor, calendars.read(NOTICE), "2027 年通知")


def test_what_is_stored_at_first_is_what_was_shipped(people: SimpleNamespace) -> None:
    assert stored() == shipped()
    assert calendars.load_shipped() == 0


@pytest.mark.parametrize("form", [NOTICE, JSON, "\ufeff" + NOTICE])
def test_a_file_is_read_in_the_forms_that_offices_have(form: str) -> None:
    told = calendars.read(form)
    assert told.year == 2027
    assert {day: kind for day, (kind, _name) in told.days.items()} == {
        NEW_YEAR: DayKind.HOLIDAY,
        date(2027, 1, 3): DayKind.MAKEUP,  # the Saturday off is one without a notice, too
    }


@pytest.mark.parametrize(
    "wrong",
    [
        "", "date,kind\n", "date,kind\n2027-13-01,holiday\n", "date,kind\n2027-01-01,party\n",
        "date,kind\n2027-01-01,holiday\n2027-01-01,rest\n", "{", '{"year": 2027}',
        '{"year": "x", "days": []}', "date,kind\n2027-01-02,holiday\n",
        "date,kind\n2027-01-01,holiday\n2031-01-01,holiday\n",
    ],
)  # fmt: skip
def test_a_wrong_file_gets_a_sentence(wrong: str) -> None:
    with pytest.raises(Refused):
        calendars.read(wrong)


def test_it_counts_only_once_another_person_confirmed_it(
    pending: CalendarNotice, people: SimpleNamespace
) -> None:
    assert not stored().published(NEW_YEAR)
    with pytest.raises(Refused, match="另一人"):
        calendars.decide(people.supervisor, pending, right=True)
    calendars.decide(people.chief, pending, right=True)
    known = stored()
    assert known.published(NEW_YEAR) and not known.works(NEW_YEAR)
    assert known.works(date(2027, 1, 3))
    assert known.version == shipped().version + 1
    with pytest.raises(Refused):
        calendars.decide(people.deputy, pending, right=True)
    acts = ["propose_calendar", "decide_calendar"]
    assert [e.act for e in Event.objects.filter(act__in=acts).order_by("id")] == acts


def test_a_provisional_date_becomes_a_certain_one(
    pending: CalendarNotice, people: SimpleNamespace
) -> None:
    start = datetime(2026, 12, 30, 9, tzinfo=HOME)
    before = WorkingDays(5).due(start, Counting(HomeDays()))
    calendars.decide(people.chief, pending, right=True)
    after = WorkingDays(5).due(start, Counting(HomeDays()))
    assert (before.at.day, before.provisional) == (6, True)
    assert (after.at.day, after.provisional) == (6, False)  # the Friday off, the Sunday worked


def test_a_later_notice_corrects_an_earlier_one(
    pending: CalendarNotice, people: SimpleNamespace
) -> None:
    calendars.decide(people.chief, pending, right=True)
    better = calendars.read("date,kind\n2027-01-03,rest\n2027-01-04,holiday\n")
    assert better.days.keys() == {date(2027, 1, 4)}  # a Sunday off says nothing …
    again = calendars.propose(people.chief, better, "更正")
    calendars.decide(people.supervisor, again, right=True)
    assert not stored().works(date(2027, 1, 4))
    assert stored().works(date(2027, 1, 3))


def test_a_dropped_notice_never_counts(pending: CalendarNotice, people: SimpleNamespace) -> None:
    calendars.decide(people.supervisor, pending, right=False)
    assert not stored().published(NEW_YEAR)


def test_only_supervisors_and_system_administrators_keep_it(
    pending: CalendarNotice, people: SimpleNamespace
) -> None:
    for who in (people.officer, people.security, people.auditor):
        with pytest.raises(Refused):
            calendars.propose(who, calendars.read(NOTICE), "通知")
        with pytest.raises(Refused):
            calendars.decide(who, pending, right=True)


def test_the_command_brings_it_in(people: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text(NOTICE)
    call_command("import_calendar", str(file), "--user", "system", stdout=StringIO())
    assert CalendarNotice.objects.get(rank=None).title == "2027"
    assert CalendarDay.objects.filter(notice__rank=None).count() == 2
    for words in (["--user", "nobody"], ["--user", "officer"]):
        with pytest.raises(CommandError):
            call_command("import_calendar", str(file), *words, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("import_calendar", str(tmp_path / "gone"), "--user", "system")


# ---------------------------------------------------------------- the page


def test_one_brings_in_and_another_confirms_on_the_page(
    pages: Pages, people: SimpleNamespace
) -> None:
    mine, hers = pages("supervisor"), pages("chief")
    sent = {"title": "2027 年通知", "file": SimpleUploadedFile("2027.csv", NOTICE.encode())}
    assert mine.post("/calendar/", sent)["Location"] == "/calendar/?done=made"
    uid = CalendarNotice.objects.get(rank=None).uid
    assert "生效" not in text(mine.get("/calendar/"))
    assert "生效" in text(hers.get("/calendar/"))
    refused = mine.post(f"/calendar/{uid}/", {"right": "yes"})
    assert (refused.status_code, "另一人" in alert(refused)) == (422, True)
    assert hers.post(f"/calendar/{uid}/", {"right": "yes"}).status_code == 302
    assert "测试supervisor导入，测试chief核对" in text(mine.get("/calendar/?year=2027"))


@pytest.mark.parametrize("sent", [b"", b"\xff\xfe\x00", b"date,kind\n2027-01-01,party\n"])
def test_a_wrong_file_is_refused_on_the_page(pages: Pages, sent: bytes) -> None:
    told = {"title": "通知", "file": SimpleUploadedFile("x.csv", sent)}
    answer = pages("supervisor").post("/calendar/", told)
    assert answer.status_code == 422 and alert(answer)
    assert not CalendarNotice.objects.filter(rank=None).exists()


@pytest.mark.parametrize("year", ["", "2026", "2027", "1", "x", "99999999999999999999"])
def test_any_year_is_answered(pages: Pages, year: str) -> None:
    page = text(pages("system").get("/calendar/", {"year": year}))
    assert ("248 个工作日" in page) == (year not in ("2027",))


def test_it_does_not_exist_for_others(pages: Pages) -> None:
    assert pages("officer").get("/calendar/").status_code == 404
