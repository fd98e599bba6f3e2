"""The drawing of a procedure's flow, and the sentences that tell the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Process, Task

from casework.engine import moment, registry
from casework.management.county import County, found_county
from casework.management.proceedings import (
    APPROVE,
    CHASE,
    HEARD,
    LAPSE,
    PERFORMED,
    SEND,
    legal_aid,
    med,
    mediated,
    proposed,
    referred,
)
from casework.management.stories import ACCEPTED, CONSENT, LAND
from casework.management.telling import DAY, Step, tell
from casework.models import Procedure
from casework.queries.diagram import Diagram, Node, diagram, wrapped
from casework.queries.layout import Layout, Place, layout
from casework.services import jobs
from tests.conftest import PASSWORD

FLOWS = [flow for plate in registry.procedures() for flow in plate.flows]
BEGIN = datetime(2026, 6, 26, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
HEARS_HER = med("meng", "hear", {"side": "hers"} | HEARD, after=DAY)
each_flow = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)

Tell = Callable[..., Procedure]


@pytest.fixture
def staff(db: None) -> County:
    return found_county(PASSWORD)


@pytest.fixture
def told(staff: County) -> Tell:
    """``told(*steps)``: the procedure to which these steps lead."""

    def of(*steps: Step) -> Procedure:
        list(tell(staff.staff, "lin", LAND, [*ACCEPTED, CONSENT, *steps], BEGIN))
        return Procedure.objects.latest("id")

    return of


def drawn(record: Procedure) -> Diagram:
    """As it is drawn in the year of the story."""
    with moment.at(BEGIN + 60 * DAY):
        return diagram(record)


def states(record: Procedure) -> dict[str, str]:
    return {node.name: node.state for node in drawn(record).nodes}


def node_of(record: Procedure, name: str) -> Node:
    return next(node for node in drawn(record).nodes if node.name == name)


def nodes_of(flow: Any) -> list[Any]:
    return list(flow.instance.nodes())


# The layout.


@each_flow
def test_every_node_stands_there_once_with_a_title(flow: type) -> None:
    places = layout(flow).places
    assert sorted(p.node.name for p in places) == sorted(n.name for n in nodes_of(flow))
    assert all(str(p.node.task_title).strip() for p in places)


@each_flow
def test_every_way_is_drawn_once(flow: type) -> None:
    roads = sorted((road.source, road.target) for road in layout(flow).roads)
    edges = [edge for node in nodes_of(flow) for edge in node._outgoing()]
    assert roads == sorted((edge.src.name, edge.dst.name) for edge in edges)


@each_flow
def test_no_two_nodes_touch_and_all_are_on_the_paper(flow: type) -> None:
    sheet = layout(flow)
    for place in sheet.places:
        assert place.x > 0 and place.x + place.width < sheet.width
        assert place.y > 0 and place.y + place.height < sheet.height
        assert [other for other in sheet.places if other is not place and meet(place, other)] == []


def meet(one: Place, other: Place, room: int = 10) -> bool:
    beside = one.x + one.width + room <= other.x or other.x + other.width + room <= one.x
    below = one.y + one.height + room <= other.y or other.y + other.height + room <= one.y
    return not (beside or below)


@each_flow
def test_no_way_crosses_a_node_and_each_arrives_from_above(flow: type) -> None:
    sheet = layout(flow)
    by_name = {place.node.name: place for place in sheet.places}
    for road in sheet.roads:
        ends = {road.source, road.target}
        crossed = [n for n, p in by_name.items() if n not in ends and crosses(road.points, p)]
        assert (road.source, road.target, crossed) == (road.source, road.target, [])
        (before, above), (last, tip), target = *road.points[-2:], by_name[road.target]
        assert before == last == target.middle[0]
        assert above < tip < target.y
        assert all(0 < x < sheet.width and 0 < y < sheet.height for x, y in road.points)


def crosses(points: tuple[tuple[int, int], ...], place: Place) -> bool:
    return any(
        min(x1, x2) < place.x + place.width
        and max(x1, x2) > place.x
        and min(y1, y2) < place.y + place.height
        and max(y1, y2) > place.y
        for (x1, y1), (x2, y2) in pairwise(points)
    )


@each_flow
def test_it_fits_a_page(flow: type) -> None:
    """In A4 upright, letters of 14 pixels keep about 7 points."""
    sheet = layout(flow)
    assert min(718 / sheet.width, 926 / sheet.height) > 0.66


@each_flow
def test_the_end_stands_below_everything(flow: type) -> None:
    assert layout(flow).places[-1].shape == "end"


def test_a_drawing_is_made_once() -> None:
    first: Layout = layout(FLOWS[0])
    assert layout(FLOWS[0]) is first


# The titles.


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("邀请她", ["邀请她"]),
        ("制作人民调解协议书", ["制作人民调", "解协议书"]),
        ("是否申请共同司法确认？", ["是否申请共同", "司法确认？"]),
        ("Draw up the agreement", ["Draw up the", "agreement"]),
        ("Incomprehensibilities", ["Incomprehensibilities"]),
    ],
)
def test_a_title_is_broken_where_its_language_breaks(title: str, lines: list[str]) -> None:
    assert wrapped(title, 16) == lines


def test_a_title_that_is_too_long_says_so() -> None:
    assert wrapped("一二三四五六七八" * 3, 16, at_most=2) == [
        "一二三四五六七八",
        "一二三四五六七八…",
    ]


# A mediation on its way.


def test_it_shows_who_is_at_what_and_what_is_behind_her(told: Tell) -> None:
    record = told(*proposed("lin"), HEARS_HER)
    found = states(record)
    behind = {"start", "sides", "invite_hers", "invite_other", "hear_hers"}
    assert {name for name, state in found.items() if state == "done"} == behind
    assert (found["hear_other"], found["joined"]) == ("active", "waiting")
    assert {s for n, s in found.items() if n not in behind | {"hear_other", "joined"}} == {"ahead"}
    active = node_of(record, "hear_other")
    assert (active.title, active.owner and active.owner.text) == ("单独会见对方", "孟秋")
    assert node_of(record, "hear_hers").owner is None


def test_its_sentences_say_who_and_when(told: Tell) -> None:
    sentences = [node.told for node in drawn(told(*proposed("lin"), HEARS_HER)).steps]
    assert "单独会见她：已完成（孟秋，6月30日）" in sentences
    assert "单独会见对方：进行中（孟秋）" in sentences
    assert "安排调解：未进行" in sentences


def test_another_year_is_named(told: Tell) -> None:
    record = told(*proposed("lin"), HEARS_HER)
    with moment.at(BEGIN + 300 * DAY):
        sentences = [node.told for node in diagram(record).steps]
    assert "单独会见她：已完成（孟秋，2026年6月30日）" in sentences


def test_the_ways_that_were_gone_are_marked(told: Tell) -> None:
    record = told(*mediated("lin", ending=PERFORMED))
    edges = {(e.source, e.target): e.taken for e in drawn(record).edges}
    assert edges["outcome", "planning"], "there was a second session"
    assert edges["outcome", "agreement"] and edges["owing", "performance"]
    assert not edges["outcome", "end"]
    assert not edges["confirming", "confirmation"]


def test_a_second_round_is_what_counts(told: Tell) -> None:
    record = told(*mediated("lin", ending=[])[:-1])
    assert states(record)["planning"] == "done"
    assert states(record)["opening"] == "active", "the next session has to begin"


def test_a_finished_one_is_done_to_its_end(told: Tell) -> None:
    found = states(told(*mediated("lin", ending=PERFORMED)))
    assert found["end"] == "done"
    assert {name for name, state in found.items() if state != "done"} == {"confirmation"}


def test_what_was_called_off_is_neither_done_nor_ahead(told: Tell) -> None:
    record = told(*proposed("lin"), HEARS_HER, med("meng", "stop", reason="对方拒绝。"))
    found = states(record)
    assert (found["hear_hers"], found["hear_other"], found["joined"]) == (
        "done", "cancelled", "cancelled",
    )  # fmt: skip
    assert (found["planning"], found["end"]) == ("ahead", "ahead")
    assert node_of(record, "hear_other").told.startswith("单独会见对方：已取消")


# A referral on its way.


def test_one_branch_that_ends_does_not_end_it(told: Tell) -> None:
    record = told(referred("lin"), APPROVE, SEND, LAPSE, CHASE)
    assert Task.objects.filter(flow_task__endswith=".end", status="DONE").exists()
    found = states(record)
    assert (found["notice"], found["chasing"], found["end"]) == ("done", "active", "ahead")


def test_when_all_branches_ended_it_ended(told: Tell) -> None:
    assert states(told(*legal_aid("lin")))["end"] == "done"


def test_background_work_waits_and_may_fail(told: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(record: object, task: object) -> None:
        raise OSError

    monkeypatch.setitem(jobs.WORK, "referral_letter", jobs.Work(broken))
    record = told(referred("lin"))
    assert states(record)["letter"] == "waiting"
    for hours in range(1, jobs.TRIES):
        with moment.at(BEGIN + 30 * DAY + timedelta(hours=hours)):
            jobs.run_due()
    assert states(record)["letter"] == "failed"
    assert node_of(record, "letter").told == "制作转介函：出错"


# What must never break it.


def test_a_task_of_a_node_that_is_gone_is_left_out(told: Tell) -> None:
    record = told(*proposed("lin"))
    assert Task.objects.filter(flow_task__endswith=".hear_other").update(
        flow_task="workflows/mediation.flow.MediationV1.gone"
    )
    assert states(record)["hear_other"] == "ahead"


@pytest.mark.parametrize("gone", ["workflows/mediation.flow.Gone", "nowhere/flow.Gone"])
def test_a_flow_that_is_gone_leaves_nothing_to_draw(told: Tell, gone: str) -> None:
    record = told(*proposed("lin"))
    Process.objects.update(flow_class=gone)
    found = drawn(record)
    assert (found.nodes, found.edges) == ((), ())
    assert render_to_string("_diagram.html", {"diagram": found}).strip() == ""


def test_it_takes_one_query(told: Tell) -> None:
    for record in (told(*proposed("lin")), told(*mediated("lin", ending=PERFORMED))):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            diagram(record)
        assert len(queries) == 1


# What is put on the page.


def page(record: Procedure) -> str:
    return render_to_string("_diagram.html", {"diagram": drawn(record)})


def test_the_text_tells_what_the_drawing_shows(told: Tell) -> None:
    html = page(told(*proposed("lin"), HEARS_HER))
    shown = re.findall(r'class="node (\w+) is-(\w+)".*?<title>(.*?)</title>', html, re.S)
    listed = re.findall(r'<li class="is-(\w+)">(.*?：.*?)</li>', html)
    assert len(shown) == len(nodes_of(FLOWS[0]))
    forks = ("gateway", "split", "join")
    steps = [(state, text) for shape, state, text in shown if shape not in forks]
    assert listed == steps
    assert ("active", "单独会见对方：进行中（孟秋）") in listed


def test_nothing_in_it_is_about_the_case(told: Tell) -> None:
    record = told(*mediated("lin", ending=PERFORMED))
    case, mediation = record.case, record.mediation
    private = [case.number, case.uid, record.uid, LAND["name"], LAND["phone"], LAND["happened"]]
    private += ["东风村", mediation.matter, mediation.terms]
    assert all(private)
    html = page(record)
    assert [word for word in private if str(word) in html] == []


def test_nothing_in_it_is_inline(told: Tell) -> None:
    html = page(told(*proposed("lin")))
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
    assert 'role="group"' in html and 'tabindex="0"' in html
