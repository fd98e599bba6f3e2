"""Pages about deadlines: what was said of them, why a date is the date, and whose is over."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.engine.moment import HOME
from casework.models import Case, Reminder, StaffRole
from casework.queries.clocks import why
from casework.queries.reminders import reminders
from casework.services import sweeping
from tests.conftest import NewCase
from tests.services.steps import accept, go
from tests.views.conftest import Pages, text
from workflows.petition import facts as petition


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.fixture
def case(new_case: NewCase) -> Case:
    """Received on a Wednesday: the notice is due on the 26th, and three days before is the 23rd."""
    with moment.at(on("2026-03-11 09:30")):
        return new_case(received_at=on("2026-03-11 09:30"))


def test_she_reads_her_reminder_and_takes_note(case: Case, pages: Pages) -> None:
    with moment.at(on("2026-03-24 00:00")):
        sweeping.sweep()
        officer = pages("officer")
        assert "有 1 条期限提醒未阅" in text(officer.get("/"))
        page = text(officer.get("/reminders/"))
        assert (case.number in page, "即将到期" in page, "2026-03-26 23:59" in page) == (True,) * 3
        reminder = Reminder.objects.get()
        assert officer.get(f"/reminders/{reminder.uid}/").status_code == 405
        assert officer.post(f"/reminders/{reminder.uid}/").status_code == 302
        assert "期限提醒未阅" not in text(officer.get("/"))


def test_what_she_noted_last_stands_below_what_she_did_not(
    case: Case, people: SimpleNamespace
) -> None:
    for at in ("2026-03-24 00:00", "2026-03-26 00:00", "2026-03-27 00:00"):
        with moment.at(on(at)):
            sweeping.sweep()
    first, second, third = Reminder.objects.filter(assignee=people.officer).order_by("pk")
    sweeping.note(people.officer, third)
    sweeping.note(people.officer, first)
    shown = [said.reminder.pk for said in reminders(people.officer)]
    assert shown == [second.pk, third.pk, first.pk]


def test_who_handles_and_supervises_is_told_once(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    with moment.at(on("2026-03-11 09:30")):
        case = new_case(by=people.supervisor, received_at=on("2026-03-11 09:30"))
    StaffRole.objects.create(user=people.supervisor, role="desk_officer")
    with moment.at(on("2026-03-27 00:00")):
        sweeping.sweep()
    told = Reminder.objects.filter(case=case, milestone="due")
    assert told.count() == 2
    assert [said.reminder.assignee for said in reminders(people.supervisor)] == [people.supervisor]


def test_nobody_else_reads_it_or_takes_note(case: Case, pages: Pages) -> None:
    with moment.at(on("2026-03-24 00:00")):
        sweeping.sweep()
        uid = Reminder.objects.get().uid
        for who in ("colleague", "stranger", "supervisor"):
            assert case.number not in text(pages(who).get("/reminders/"))
            assert pages(who).post(f"/reminders/{uid}/").status_code == 404
    assert Reminder.objects.get().read_at is None


def test_what_is_done_meanwhile_reads_as_done(
    case: Case, people: SimpleNamespace, pages: Pages
) -> None:
    with moment.at(on("2026-03-24 00:00")):
        sweeping.sweep()
        served = petition.Notifying(on("2026-03-24 00:00"), "hand")
        go(case, "serve_notice", served, by=people.officer)
        assert "已办理或期限已变" in text(pages("officer").get("/reminders/"))


def test_the_api_tells_and_takes_note(case: Case, people: SimpleNamespace, pages: Pages) -> None:
    with moment.at(on("2026-03-24 00:00")):
        sweeping.sweep()
        officer = pages("officer")
        [told] = officer.get("/api/v1/reminders").json()
        assert (told["number"], told["rule"], told["read_at"]) == (
            case.number,
            "petition.notice",
            None,
        )
        path = f"/api/v1/reminders/{told['uid']}/read"
        assert officer.post(path).json()["read_at"]
        assert pages("stranger").post(path).status_code == 404


def test_a_date_says_which_days_were_counted(
    new_case: NewCase, people: SimpleNamespace, pages: Pages
) -> None:
    with moment.at(on("2026-04-03 09:00")):  # the Friday before 清明, Monday the 6th is off
        case = new_case(channel="forwarded", received_at=on("2026-04-03 09:00"))
        clock = case.clocks.get(rule="petition.objection")
        officer = pages("officer")
        assert "还剩 5 个工作日" in text(officer.get(f"/cases/{case.uid}/"))
        page = text(officer.get(f"/cases/{case.uid}/clocks/{clock.uid}/"))
    for words in ("2026-04-03", "当日不计", "2026-04-06", "放假", "2026-04-13", "5 个工作日"):
        assert words in page
    assert pages("stranger").get(f"/cases/{case.uid}/clocks/{clock.uid}/").status_code == 404


def test_a_longer_time_is_explained_from_the_first_date(
    case: Case, people: SimpleNamespace, pages: Pages
) -> None:
    with moment.at(on("2026-03-16 10:00")):
        accept(case, people, "statutory")
        go(case, "ask_extension", petition.AskingForTime(20, "等待鉴定"), by=people.officer)
        told = petition.Extending(20, told_her=True)
        go(case, "grant_extension", told, by=people.supervisor)
        clock = case.clocks.get(rule="petition.handling")
        page = text(pages("officer").get(f"/cases/{case.uid}/clocks/{clock.uid}/"))
    for words in ("2026-06-04 23:59", "原期限 2026-05-15 23:59", "延长 20 日，自原期限起算"):
        assert words in page
    [(_added, lines)] = why(clock).extensions
    assert f"{lines[-1].day:%Y-%m-%d}" == "2026-06-04"


def test_desk_and_register_show_only_what_is_over(
    case: Case, new_case: NewCase, pages: Pages
) -> None:
    with moment.at(on("2026-03-26 10:00")):
        fresh = new_case()
    with moment.at(on("2026-03-27 00:00")):
        officer = pages("officer")
        everything, late = (text(officer.get(p)) for p in ("/register/", "/register/?only=overdue"))
        assert (case.number in everything, fresh.number in everything) == (True, True)
        assert (case.number in late, fresh.number in late) == (True, False)
        late = text(officer.get("/?only=overdue"))
        assert (case.number in late, fresh.number in late) == (True, False)
        assert case.number not in text(officer.get("/register/?only=provisional"))
        assert officer.get("/register/?only=nonsense").status_code == 422
        assert officer.get("/?only=nonsense").status_code == 200


def test_a_date_that_may_still_change_is_marked(new_case: NewCase, pages: Pages) -> None:
    with moment.at(on("2026-12-30 09:00")):
        case = new_case(channel="forwarded", received_at=on("2026-12-30 09:00"))
        supervisor = pages("supervisor")
        assert "暂定" in text(supervisor.get(f"/cases/{case.uid}/"))
        assert case.number in text(supervisor.get("/register/?only=provisional"))


def test_a_supervisor_is_alarmed_when_nothing_sweeps(case: Case, pages: Pages) -> None:
    with moment.at(on("2026-03-24 00:11")):
        assert "期限提醒停了" in text(pages("supervisor").get("/"))
        assert "期限提醒停了" not in text(pages("officer").get("/"))
        sweeping.sweep()
        assert "期限提醒停了" not in text(pages("supervisor").get("/"))
