"""Two at once over real HTTP: one happens, the other is told, nobody sees an error."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from casework import audit
from casework.models import Case
from tests.conftest import NewCase
from tests.races.conftest import Server, legal, statuses, together, written
from tests.services.steps import fresh

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RACES = 40


def test_forty_double_submits_make_one_event_each(server: Server, new_case: NewCase) -> None:
    officer = server.by_token("officer")
    for number in range(RACES):
        case = new_case()
        note = partial(officer.move, case.uid, "note", f"key {number}", facts={"text": "一"})
        first, second = together(note, note)
        assert statuses([first, second]) == [200, 200]
        assert first.data == second.data and len(written(case)) == 1
    assert audit.verify().ok


def test_forty_assignments_on_one_version_have_one_winner_each(
    server: Server, new_case: NewCase
) -> None:
    chief, supervisor = server.by_token("chief"), server.by_token("supervisor")
    officer, colleague = (str(getattr(server.people, w).uid) for w in ("officer", "colleague"))
    for _ in range(RACES):
        case = fresh(new_case())
        answers = together(
            partial(_assign, chief, case, officer), partial(_assign, supervisor, case, colleague)
        )
        assert statuses(answers) == [200, 409]
        handler = "officer" if answers[0].status == 200 else "colleague"
        assert len(written(case)) == 1 and fresh(case).handler.username == handler
    assert audit.verify().ok


def _assign(caller: Any, case: Case, handler: str) -> Any:
    told = {"facts": {"handler": handler}, "version": case.version}
    return caller.move(case.uid, "assign", **told)


NOT_OURS = ("not_ours", {"facts": {"route": "litigation"}})
TRANSFER = ("transfer", {"facts": {"body": "法院", "letter": "1", "told_her": True}})
ANSWER = ("answer", {"facts": {"reply": "当场答复", "notice": "owed"}})
CONVERT = ("convert", {})
NOTE = ("note", {"facts": {"text": "一"}})
SEAL = ("seal", {})


@pytest.mark.parametrize(
    "rivals",
    [(NOT_OURS, TRANSFER), (TRANSFER, ANSWER), (ANSWER, CONVERT), (NOTE, CONVERT), (NOTE, SEAL)],
    ids=lambda r: f"{r[0][0]} and {r[1][0]}",
)
def test_two_different_moves_leave_what_the_table_allows(
    rivals: Any, server: Server, new_case: NewCase
) -> None:
    callers = [server.by_token("supervisor"), server.by_token("chief")]
    for _ in range(8):
        case = new_case()
        answers = together(
            *(
                partial(caller.move, case.uid, move, reason="因为", **body)
                for caller, (move, body) in zip(callers, rivals, strict=True)
            )
        )
        made = [status for status in statuses(answers) if status == 200]
        assert set(statuses(answers)) <= {200, 422} and made
        assert len(written(case)) == len(made) and legal(case)


def test_one_key_for_two_cases_moves_one_of_them(server: Server, new_case: NewCase) -> None:
    officer = server.by_token("officer")
    for number in range(10):
        cases = [new_case(), new_case()]
        notes = [
            partial(officer.move, case.uid, "note", f"k{number}", facts={"text": "一"})
            for case in cases
        ]
        assert statuses(together(*notes)) == [200, 409]
        assert sum(len(written(case)) for case in cases) == 1
    assert audit.verify().ok


def test_a_visit_sent_twice_opens_one_case(server: Server) -> None:
    officer = server.by_token("officer")
    for number in range(10):
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"k{number}"}
        body = '{"kind": "petition", "happened": "村里不给分地"}'
        visit = partial(officer.send, "POST", "/api/v1/cases", body, **headers)
        first, second = together(visit, visit)
        assert statuses([first, second]) == [201, 201] and first.data == second.data
    assert Case.objects.count() == 10 and audit.verify().ok


def test_many_visits_at_once_get_numbers_without_gaps(server: Server) -> None:
    body = '{"kind": "petition", "happened": "村里不给分地"}'
    callers = [server.by_token(who) for who in ("officer", "colleague", "supervisor") for _ in "ab"]
    visits = [
        partial(c.send, "POST", "/api/v1/cases", body, **{"Content-Type": "application/json"})
        for c in callers
    ]
    answers = together(*visits)
    assert statuses(answers) == [201] * 6
    serials = sorted(int(a.data["number"].rsplit("-", 1)[1]) for a in answers)
    assert serials == [1, 2, 3, 4, 5, 6]


def test_refusals_at_once_are_all_logged(server: Server, new_case: NewCase) -> None:
    officer, case = server.by_token("officer"), new_case()
    close = partial(officer.move, case.uid, "close", reason="…")
    assert statuses(together(*[close] * 6)) == [422] * 6
    assert case.events.filter(act="refused").count() == 6 and audit.verify().ok


# ---------------------------------------------------------------- the same through the page


def test_a_double_click_on_a_page_makes_one_event(server: Server, new_case: NewCase) -> None:
    officer = server.logged_in("officer")
    for _ in range(12):
        case = new_case()
        path = f"/cases/{case.uid}/moves/note/"
        fields = officer.marks(path) | {"text": "一"}
        click = partial(officer.submit, path, fields)
        assert statuses(together(click, click)) == [302, 302]
        assert len(written(case)) == 1
    assert audit.verify().ok


def test_two_pages_of_one_version_have_one_winner(server: Server, new_case: NewCase) -> None:
    chief, supervisor = server.logged_in("chief"), server.logged_in("supervisor")
    for _ in range(12):
        case = new_case()
        path = f"/cases/{case.uid}/moves/assign/"
        handler = {"handler": str(server.people.officer.uid)}
        pages = [(b, b.marks(path) | handler) for b in (chief, supervisor)]
        clicks = [partial(browser.submit, path, fields) for browser, fields in pages]
        assert statuses(together(*clicks)) == [302, 409]
        assert len(written(case)) == 1
    assert audit.verify().ok


def test_page_and_api_at_once_have_one_winner(server: Server, new_case: NewCase) -> None:
    page, program = server.logged_in("chief"), server.by_token("supervisor")
    for _ in range(8):
        case = fresh(new_case())
        path = f"/cases/{case.uid}/moves/seal/"
        fields = page.marks(path) | {"reason": "涉密"}
        answers = together(
            partial(page.submit, path, fields),
            partial(program.move, case.uid, "seal", reason="涉密", version=case.version),
        )
        assert statuses(answers) in ([200, 409], [302, 409])
        assert len(written(case)) == 1 and legal(case)


@pytest.mark.parametrize(("row", "expected"), [("merge", [200, 422]), ("link", [200, 200])])
def test_two_cases_tied_both_ways_at_once_never_wait_for_each_other(
    server: Server, new_case: NewCase, row: str, expected: list[int]
) -> None:
    one, other = server.by_token("chief"), server.by_token("supervisor")
    told = {"merge": {"same_matter": True}, "link": {"relation": "same_person"}}[row]
    name = {"merge": "into", "link": "other"}[row]
    for _ in range(12):
        a, b = new_case(), new_case()
        answers = together(
            partial(one.move, a.uid, row, facts=told | {name: b.number}),
            partial(other.move, b.uid, row, facts=told | {name: a.number}),
        )
        assert statuses(answers) == expected
    assert audit.verify().ok
