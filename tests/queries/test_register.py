"""The register and what is read of a case."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from casework.engine import moment
from casework.engine.case_acts import Consenting, Noting
from casework.models import Case
from casework.queries.cases import register
from casework.queries.desk import inbox
from casework.queries.filters import Filters
from casework.queries.situations import situation_of
from casework.queries.staff import ancestors, handlers_for, organisations_below
from casework.queries.timeline import timeline
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.steps import HIGH, accept, assess, fresh, go

WEEK_AGO = timedelta(days=7)


def test_the_newest_case_comes_first(new_case: NewCase, people: SimpleNamespace) -> None:
    today = new_case()
    older = new_case(received_at=moment.now() - WEEK_AGO)
    assert list(register(people.officer)) == [today, older]


def test_the_register_is_narrowed_by_kind_status_and_handler(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    violence, accepted, new = new_case("domestic_violence"), new_case(), new_case()
    accept(accepted, people)
    officer = people.officer
    assert set(register(officer, Filters(kind="domestic_violence"))) == {violence}
    assert set(register(officer, Filters(status="registered"))) == {new}
    assert set(register(officer, Filters(mine=True))) == {accepted}
    assert set(register(officer, Filters(kind="petition", status="handling"))) == {accepted}


def test_a_case_is_found_by_the_end_or_the_beginning_of_its_number(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    first, second = new_case(), new_case()
    assert list(register(people.officer, word=first.number[-5:])) == [first]
    assert set(register(people.officer, word=first.number[:11])) == {first, second}
    assert not register(people.officer, word="440101")  # the middle is no number


def test_a_name_is_searched_whole(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case(name="王芳")
    assert list(register(people.officer, word="王芳")) == [case]
    assert list(register(people.officer, Filters(kind="petition"), word="wf")) == [case]
    assert not register(people.officer, word="王")


def test_a_situation_costs_at_most_three_queries_beside_the_case(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    assess(case, people.officer, HIGH)
    loaded = Case.objects.get(pk=case.pk)
    with CaptureQueriesContext(connection) as queries:
        situation_of(loaded)
    assert len(queries) <= 3


def test_a_situation_tells_the_case_as_it_is(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case("domestic_violence", channel="forwarded", minor=True)
    assess(case, people.officer, HIGH)
    go(case, "give_consent", Consenting("refer"), by=people.officer)
    known = situation_of(fresh(case), "told")
    officer = str(people.officer.uid)
    assert (known.kind, known.status, known.path) == (
        "domestic_violence", "assessed", "/4401/440101/",
    )  # fmt: skip
    assert (known.registrar, known.handler, known.requester) == (officer, "", "")
    assert (known.danger, known.minor, known.report_duty) == ("high", True, True)
    assert (known.forwarded, known.safety_sensitive, known.violence) == (True, True, True)
    assert known.assessment
    assert (known.assessment.level, known.assessment.assessor) == ("high", officer)
    assert (known.consents, known.facts) == ({"refer"}, "told")
    assert (known.received_at, known.status_since) == (
        case.received_at,
        fresh(case).status_since,
    )


def test_the_timeline_tells_who_did_what_and_why(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    accept(case, people)
    go(case, "note", Noting("先打电话"), by=people.officer, reason="她要求")
    note, accepted, opened = timeline(fresh(case))
    assert [str(e.label) for e in (opened, accepted, note)] == ["登记立案", "受理", "记一笔"]
    assert (note.actor, note.reason, note.facts) == (
        "测试officer",
        "她要求",
        [("记录内容", "先打电话")],
    )
    changed = {str(label): (before, after) for label, before, after in accepted.changes}
    assert changed["状态"] == ("已登记", "办理中")
    assert changed["承办人"][1] == "测试officer"


def test_a_refusal_is_no_line_of_the_timeline(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    with pytest.raises(Refused):
        go(case, "close", by=people.supervisor)
    assert len(timeline(case)) == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/44/", ["/44/"]),
        ("/44/4401/440101/", ["/44/", "/44/4401/", "/44/4401/440101/"]),
    ],
)
def test_the_organisations_above_a_path(path: str, expected: list[str]) -> None:
    assert ancestors(path) == expected


def test_a_case_may_be_carried_by_active_staff_here_and_above(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    names = {name.split("（")[0] for name in handlers_for(case, people.chief).values()}
    assert names == {
        f"测试{who}" for who in ("officer", "colleague", "supervisor", "chief", "deputy")
    }
    within = {name.split("（")[0] for name in handlers_for(case, people.supervisor).values()}
    assert within == {"测试officer", "测试colleague", "测试supervisor"}


def test_a_case_is_assigned_down_to_what_lies_below(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(by=people.chief)
    assert set(organisations_below(case).values()) == {"柳溪镇妇联", "石桥镇妇联"}
    assert organisations_below(new_case()) == {}


def test_the_desk_costs_one_query_however_many_roles(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    for _ in range(3):
        new_case()
    people.supervisor.actor  # noqa: B018 - roles are read once a request
    with TestCase().assertNumQueries(1):
        assert len(inbox(people.supervisor)) == 3
