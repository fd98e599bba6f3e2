"""The pages of supervision: the same numbers everywhere, and the cases behind each."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from python_calamine import CalamineWorkbook

from casework.engine import moment
from casework.models import Case, Event
from casework.queries.figures import FIGURES
from casework.queries.figures.figure import Row
from casework.queries.figures.published import BASE_ONLY, NOTHING, SHOWN, hidden
from casework.queries.figures.table import HIDDEN
from tests.conftest import NewCase
from tests.services.proceedings import bring, follow_up, handled, propose, refer, violent, work
from tests.views.conftest import Pages, text

PERIOD = "from=2026-03-01&to=2026-04-30&as_of=2026-04-30"


@pytest.fixture
def busy(new_case: NewCase, crew: SimpleNamespace) -> None:
    """A little of everything, in March 2026."""
    begun = moment.datetime(2026, 3, 2, 9, 0, tzinfo=moment.HOME)
    with moment.at(begun):
        new_case(people=6, channel="letter")
        case = handled(new_case, crew)
        propose(case, crew)
        bring(refer(case, crew), crew, "sent")
        violence = violent(new_case, crew)
        record = follow_up(violence, crew)
        work()
    with moment.at(begun + timedelta(days=2)):
        bring(record, crew, "followed", satisfaction="4")
        new_case(kind="existing", existing=case.number, by=crew.supervisor)


@pytest.fixture
def chief(pages: Pages, busy: None) -> Client:
    return pages("chief")


@pytest.mark.parametrize("name", FIGURES)
def test_page_api_and_command_tell_the_same(name: str, chief: Client) -> None:
    printed = StringIO()
    dates = {"from": "2026-03-01", "to": "2026-04-30", "as_of": "2026-04-30"}
    call_command("report", name, "--json", stdout=printed, **dates)
    command = json.loads(printed.getvalue())
    answered = json.loads(chief.get(f"/api/v1/figures/{name}?{PERIOD}").content)
    assert command["rows"]
    assert answered == command
    table = chief.get(f"/figures/{name}/?{PERIOD}").context["table"]
    assert [row.as_told() for row, _cells in table.lines] == command["rows"]


@pytest.mark.parametrize("name", FIGURES)
def test_behind_every_number_stand_exactly_its_cases(name: str, chief: Client) -> None:
    table = chief.get(f"/figures/{name}/?{PERIOD}").context["table"]
    cells = [cell for _row, cells in table.lines for cell in cells if cell.query]
    assert cells or name in NOTHING_HERE
    for cell in cells:
        found = chief.get(f"/figures/{name}/cases/?{cell.query}").context["cases"]
        assert (found.counted, sum(line.weight for line in found.lines)) == (cell.value,) * 2


NOTHING_HERE = {"on_time", "on_time_original", "extension", "orders"}


def test_every_mark_of_a_chart_leads_to_its_cases(chief: Client) -> None:
    page = text(chief.get(f"/figures/notice/?{PERIOD}"))
    chart = re.search(r"<svg.*?</svg>", page, re.S)
    assert chart and 'role="group"' in chart[0]
    marks = chart[0].count("<rect")
    links = re.findall(r'href="(/figures/notice/cases/[^"]+)"', chart[0])
    assert marks == len(links) > 0
    assert {chief.get(link.replace("&amp;", "&")).status_code for link in links} == {200}


def test_the_definition_stands_beside_the_number(chief: Client) -> None:
    for name in ("notice", "closure"):
        assert str(FIGURES[name].definition) in text(chief.get(f"/figures/{name}/?{PERIOD}"))
    assert str(FIGURES["notice"].definition) in text(chief.get("/figures/"))


@pytest.mark.parametrize("who", ["officer", "archivist", "auditor", "system"])
def test_for_all_but_supervisors_there_are_no_figures(who: str, pages: Pages) -> None:
    for path in (
        "/figures/",
        "/figures/notice/",
        "/figures/notice/cases/",
        "/api/v1/figures/notice",
    ):
        assert pages(who).get(path).status_code == 404
    assert pages(who).post("/figures/notice/sheet/").status_code == 404


def test_nobody_counts_what_is_not_hers(pages: Pages, busy: None) -> None:
    mine = pages("supervisor").get(f"/figures/handled/?{PERIOD}").context["table"].lines[0][0]
    assert mine.counts["received"] == 2
    answer = pages("supervisor").get(f"/figures/handled/?{PERIOD}&organisation=4401")
    assert answer.status_code == 422
    assert "您的范围内没有这个组织" in text(answer)


def test_who_has_an_interest_in_a_case_does_not_count_it(
    pages: Pages, busy: None, people: SimpleNamespace
) -> None:
    Case.objects.filter(kind="domestic_violence").update(conflicted=str(people.chief.uid))
    told = [
        pages(who).get(f"/figures/channel/?{PERIOD}").context["table"].lines[0][0].counts["batches"]
        for who in ("deputy", "chief")
    ]
    assert told == [4, 3]


WRONG = [
    ("from=2026-04-01&to=2026-03-01", "起始日期不能晚于截止日期"),
    ("from=2026-04-01&to=2999-03-01", "统计期间须在"),
    ("as_of=2999-01-01", "统计时点不能晚于今天"),
    ("from=yesterday", "须写成"),
    ("kind=murder", "没有名为“murder”的案件类型"),
    ("organisation=99", "您的范围内没有这个组织"),
]


@pytest.mark.parametrize(("query", "sentence"), WRONG)
def test_what_makes_no_sense_is_said_in_a_sentence(query: str, sentence: str, pages: Pages) -> None:
    for path in ("/figures/", "/figures/notice/", "/figures/notice/cases/"):
        answer = pages("chief").get(f"{path}?{query}")
        assert answer.status_code == 422
        assert sentence in text(answer)
        assert query.partition("=")[2].partition("&")[0] in text(answer)
    answer = pages("chief").get(f"/api/v1/figures/notice?{query}")
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    with pytest.raises(CommandError, match=sentence):
        call_command("report", "notice", **dict(pair.split("=") for pair in query.split("&")))


def test_a_figure_or_cell_that_is_not_there(pages: Pages) -> None:
    chief = pages("chief")
    assert chief.get("/figures/nothing/").status_code == 404
    answer = chief.get("/figures/notice/cases/?row=total&measure=nothing")
    assert (answer.status_code, "这个指标没有这一格" in text(answer)) == (422, True)
    with pytest.raises(CommandError, match="没有指标"):
        call_command("report", "nothing")


# ---------------------------------------------------------------- what may be published


def line(key: str, due: int, met: int) -> Row:
    return Row(key, key, {"due": due, "met": met}, {})


def test_a_small_number_is_hidden_and_another_with_it() -> None:
    rows = [line("total", 62, 55), line("/a/", 3, 3), line("/b/", 20, 12), line("/c/", 39, 39)]
    levels = hidden(FIGURES["notice"], rows)
    assert levels == {"total": SHOWN, "/a/": NOTHING, "/b/": NOTHING, "/c/": SHOWN}


@pytest.mark.parametrize("path", ["/figures/on_time/", "/api/v1/figures/on_time"])
def test_what_no_keyboard_types_is_no_organisation(chief: Client, path: str) -> None:
    assert chief.get(path, {"organisation": "\x00"}).status_code in (400, 409, 422)


@pytest.mark.parametrize("small", [(1, 1), (4, 4), (1, 2)])
def test_small_numbers_do_not_hide_each_other(small: tuple[int, int]) -> None:
    one, two = small
    rows = [line("total", 50 + one + two, 0), line("/a/", one, 0), line("/b/", two, 0)]
    levels = hidden(FIGURES["notice"], [*rows, line("/c/", 30, 0), line("/d/", 20, 0)])
    assert levels == {
        "total": SHOWN, "/a/": NOTHING, "/b/": NOTHING, "/c/": SHOWN, "/d/": NOTHING
    }  # fmt: skip
    assert hidden(FIGURES["notice"], rows)["total"] == NOTHING


@pytest.mark.parametrize("name", ["followup", "violence", "orders", "overdue", "workload"])
def test_internal_deadlines_are_never_published(chief: Client, name: str) -> None:
    assert "published=1" not in text(chief.get(f"/figures/{name}/?{PERIOD}"))
    assert chief.get(f"/figures/{name}/?{PERIOD}&published=1").status_code == 404
    told = dict(pair.split("=") for pair in PERIOD.split("&"))
    assert chief.post(f"/figures/{name}/sheet/", told | {"published": "1"}).status_code == 404


def test_what_a_difference_would_tell_is_hidden_too() -> None:
    rows = [line("total", 90, 60), line("/a/", 50, 48), line("/b/", 40, 12)]
    assert hidden(FIGURES["notice"], rows)["/a/"] == BASE_ONLY


def test_published_pages_tell_nothing_small_and_lead_nowhere(chief: Client) -> None:
    page = chief.get(f"/figures/handled/?{PERIOD}&published=1")
    cells = [cell for _row, cells in page.context["table"].lines for cell in cells]
    assert {cell.text for cell in cells} == {HIDDEN}
    assert "/cases/" not in re.sub(r"<header.*?</header>", "", text(page), flags=re.S)


def test_a_sheet_is_exact_or_published_and_who_took_it_is_kept(
    chief: Client, people: SimpleNamespace
) -> None:
    told = dict(pair.split("=") for pair in PERIOD.split("&"))
    for more, expected in (({}, 2.0), ({"published": "1"}, HIDDEN)):
        answer = chief.post("/figures/handled/sheet/", told | more)
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0)
        assert rows.to_python()[5][1] == expected
    kept = Event.objects.filter(act="export", actor=str(people.chief.uid)).order_by("id")
    assert [json.loads(e.payload)["detail"]["exact"] for e in kept] == [True, False]
