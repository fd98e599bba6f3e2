"""The liaison's referrals, the mediator's week, and the way to both."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.engine.moment import HOME
from casework.models import Case, Procedure
from tests.conftest import NewCase
from tests.services.proceedings import bring, handled, plan, propose, refer, todo, violent, work
from tests.services.steps import fresh, go
from tests.views.conftest import Pages, text


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A petition that is worked on, with a counterpart and her consent to be referred."""
    return handled(new_case, crew)


def lane(page: str, name: str) -> str:
    """One column of the board."""
    found = re.search(rf'<section class="lane {name}".*?</section>', page, re.S)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/referrals/", {"liaison", "supervisor", "chief"}),
        ("/sessions/", {"mediator", "supervisor", "chief"}),
    ],
)
def test_a_board_is_for_its_role_and_supervisors(
    pages: Pages, crew: SimpleNamespace, path: str, inside: set[str]
) -> None:
    everybody = (
        "officer", "supervisor", "chief", "archivist", "auditor", "security", "system",
        "mediator", "liaison",
    )  # fmt: skip
    for who in everybody:
        client, allowed = pages(who), who in inside
        assert client.get(path).status_code == (200 if allowed else 404), who
        assert (f'href="{path}"' in text(client.get("/"))) == allowed, who
        assert client.post(path).status_code in (404, 405)


def test_each_referral_stands_in_its_lane(
    pages: Pages, case: Case, crew: SimpleNamespace, new_case: NewCase
) -> None:
    carrier, numbers = str(crew.liaison.uid), {}
    for name, to in (
        ("to_send", "drafted"), ("sent", "sent"), ("received", "received"),
        ("answered", "accepted"),
    ):  # fmt: skip
        each = handled(new_case, crew)
        bring(refer(each, crew, carrier=carrier), crew, to)
        numbers[name] = each.number
    late = handled(new_case, crew)
    with moment.at(moment.now() - timedelta(days=25)):
        bring(refer(late, crew, carrier=carrier), crew, "sent")
    numbers["overdue"] = late.number
    silent = handled(new_case, crew)
    with moment.at(moment.now() - timedelta(days=40)):
        bring(refer(silent, crew, carrier=carrier), crew, "received")
    done = handled(new_case, crew)
    bring(refer(done, crew, carrier=carrier), crew, "completed")
    page = text(pages("liaison").get("/referrals/"))
    for name, number in numbers.items():
        assert number in lane(page, name), name
        assert page.count(f">{number}<") == 1
    assert "已超期" in lane(page, "overdue")
    assert done.number not in page
    assert silent.number in lane(page, "overdue")  # its answer is overdue, too
    assert "法律援助 → legal_aid" in page


def test_a_referral_of_a_guarded_case_stands_only_on_the_boards_of_whom_it_concerns(
    pages: Pages, crew: SimpleNamespace, new_case: NewCase
) -> None:
    case = violent(new_case, crew)
    refer(case, crew, carrier=str(crew.liaison.uid))
    assert case.number in text(pages("liaison").get("/referrals/"))
    assert case.number in text(pages("supervisor").get("/referrals/"))
    assert case.number not in text(pages("other_liaison").get("/referrals/"))
    refer(case, crew, service="shelter", carrier=str(crew.other_liaison.uid))
    mine = text(pages("liaison").get("/referrals/"))
    assert "legal_aid" in mine
    assert "shelter" not in mine


@pytest.fixture
def planned(case: Case, crew: SimpleNamespace) -> Procedure:
    """A mediation with a session tomorrow at this time."""
    record = bring(propose(case, crew, carrier=str(crew.mediator.uid)), crew, "consented")
    plan(record, crew, days=1)
    return fresh(record)


def week_of(day: datetime) -> str:
    return f"/sessions/?week={day.astimezone(HOME):%Y-%m-%d}"


def test_a_session_stands_on_its_day_in_local_time(pages: Pages, planned: Procedure) -> None:
    session = planned.mediation.sessions.get()
    local = session.planned_at.astimezone(HOME)
    page = text(pages("mediator").get(week_of(session.planned_at)))
    day = re.search(rf'<time datetime="{local:%Y-%m-%d}".*?</li>', page, re.S)
    assert day
    for word in (planned.case.number, f"{local:%H:%M}", "调解室", "某村委会", "第 1 次"):
        assert word in day[0], word


def test_a_week_begins_on_monday_and_today_is_marked(pages: Pages, crew: SimpleNamespace) -> None:
    page = text(pages("mediator").get("/sessions/?week=2026-01-01"))
    days = re.findall(r'<time datetime="([\d-]+)"', page)
    assert days == [f"2025-12-{d}" for d in (29, 30, 31)] + [f"2026-01-0{d}" for d in (1, 2, 3, 4)]
    assert 'href="?week=2025-12-22"' in page
    assert 'href="?week=2026-01-05"' in page
    assert 'aria-current="date"' not in page
    assert "回到本周" in page
    this = text(pages("mediator").get("/sessions/"))
    assert this.count('aria-current="date"') == 1
    assert "回到本周" not in this


@pytest.mark.parametrize(
    "week",
    ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-W05", "9" * 400, "1/2/2026", "%FF"],
)
def test_a_week_that_is_none_shows_this_one_and_says_so(
    pages: Pages, crew: SimpleNamespace, week: str
) -> None:
    answer = pages("mediator").get(f"/sessions/?week={week}")
    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert "没有这一周" in text(answer)
        assert 'aria-current="date"' in text(answer)


@pytest.mark.parametrize("week", ["1990-01-01", "2100-12-31", ""])
def test_the_first_and_the_last_week_open(pages: Pages, crew: SimpleNamespace, week: str) -> None:
    assert pages("mediator").get("/sessions/", {"week": week}).status_code == 200


def test_supervisors_see_all_sessions_and_mediators_their_own(
    pages: Pages, planned: Procedure
) -> None:
    path = week_of(planned.mediation.sessions.get().planned_at)
    assert planned.case.number in text(pages("supervisor").get(path))
    assert planned.case.number not in text(pages("other_mediator").get(path))


def test_a_session_of_a_stopped_mediation_is_struck_from_the_week(
    pages: Pages, planned: Procedure, crew: SimpleNamespace
) -> None:
    path = week_of(planned.mediation.sessions.get().planned_at)
    go(planned, "stop", by=crew.officer)
    assert planned.case.number not in text(pages("mediator").get(path))


def test_a_session_whose_time_is_over_asks_for_its_result(pages: Pages, planned: Procedure) -> None:
    later = moment.now() + timedelta(days=2)
    path = week_of(planned.mediation.sessions.get().planned_at)
    assert "尚未登记结果" not in text(pages("mediator").get(path))
    client = pages("mediator")
    with moment.at(later):
        assert "尚未登记结果" in text(client.get(path))


# The desk.


def test_a_line_of_the_desk_leads_to_its_task(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    uid = todo(record, "invite_hers").uid
    line = f'href="/cases/{case.uid}/tasks/{uid}/"'
    page = text(pages("mediator").get("/"))
    assert line in page
    assert page.count("待认领") == 2
    pages("mediator").post(f"/cases/{case.uid}/tasks/{uid}/claim/")
    assert "待认领" not in text(pages("mediator").get("/"))
    assert line in text(pages("mediator").get("/"))
    assert line not in text(pages("other_mediator").get("/"))
    assert f'href="/cases/{case.uid}/"' in text(pages("officer").get("/"))


def test_a_letter_to_be_approved_waits_on_the_desk_of_supervisors(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = refer(case, crew)
    work()
    uid = todo(record, "approval").uid
    assert f"/cases/{case.uid}/tasks/{uid}/" in text(pages("supervisor").get("/"))
    assert str(uid) not in text(pages("officer").get("/"))
