"""By what the register is narrowed, and that no filter tells what a column hides."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import Case, Clock
from casework.queries.cases import register
from casework.queries.filters import (
    FROM_ABOVE,
    NOBODY,
    PRESETS,
    Filters,
    chips,
    handlers_of,
    in_words,
    organisations_of,
)
from tests.conftest import NewCase
from tests.services.conftest import crew as crew
from tests.services.proceedings import again, apply_for, propose, refer, report_mandatorily, violent
from tests.services.steps import HIGH, accept, assess, fresh, go

DAY = timedelta(days=1)


def found(user: object, **by: object) -> set[Case]:
    return set(register(user, Filters(**by)))  # type: ignore[arg-type]  # each test names the filters it means


def test_by_category_and_what_stands_below_it(new_case: NewCase, people: SimpleNamespace) -> None:
    land, divorce = new_case(category="land"), new_case(category="divorce")
    assert found(people.officer, category="divorce") == {divorce}
    assert found(people.officer, category="marriage") == {divorce}
    assert found(people.officer, category="property") == {land}


def test_by_danger(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case("domestic_violence")
    new_case()
    assess(case, people.officer, HIGH)
    assert found(people.officer, danger="high") == {case}
    assert found(people.officer, danger="low") == set()


def test_by_channel(new_case: NewCase, people: SimpleNamespace) -> None:
    letter, _visit = new_case(channel="letter"), new_case()
    assert found(people.officer, channel="letter") == {letter}


def test_by_organisation_with_and_without_what_lies_below(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    here, above = new_case(), new_case(by=people.chief)
    county, township = str(people.chief.organisation.uid), str(people.officer.organisation.uid)
    assert found(people.chief, organisation=county) == {here, above}
    assert found(people.chief, organisation=county, own=True) == {above}
    assert found(people.chief, organisation=township) == {here}


def test_by_handler_or_none(new_case: NewCase, people: SimpleNamespace) -> None:
    handled, unhandled = new_case(), new_case()
    accept(handled, people)
    assert found(people.officer, handler=str(people.officer.uid)) == {handled}
    assert found(people.officer, handler=NOBODY) == {unhandled}


def test_by_the_days_of_shanghai_the_last_one_counted(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    day = moment.today() - 3 * DAY
    last = new_case(received_at=moment.end_of(day))
    next_one = new_case(received_at=moment.end_of(day) + timedelta(seconds=1))
    assert found(people.officer, received_to=day) == {last}
    assert found(people.officer, received_from=day + DAY) == {next_one}
    assert found(people.officer, received_from=day, received_to=day) == {last}


def test_by_when_it_was_closed(new_case: NewCase, people: SimpleNamespace) -> None:
    case, _open = new_case(), new_case()
    Case.objects.filter(pk=case.pk).update(closed_at=moment.now())
    today = moment.today()
    assert found(people.officer, closed_from=today, closed_to=today) == {case}
    assert found(people.officer, closed_to=today - DAY) == set()


def test_by_a_deadline_that_is_over_or_may_change(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    late, unsure = new_case(), new_case()
    Clock.objects.filter(case=late).update(due_at=moment.now() - DAY)
    Clock.objects.filter(case=unsure).update(provisional=True)
    assert found(people.officer, only="overdue") == {late}
    assert found(people.officer, only="provisional") == {unsure}


def test_by_what_it_involves(new_case: NewCase, crew: SimpleNamespace) -> None:
    violence, assigned = violent(new_case, crew), new_case(channel="assigned")
    forwarded, reported = new_case(channel="forwarded"), new_case(channel="mandatory_report")
    refer(violence, crew, carrier=str(crew.liaison.uid))
    apply_for(violence, crew)
    assert found(crew.supervisor, involves="referral") == {violence}
    assert found(crew.supervisor, involves="protection_order") == {violence}
    assert found(crew.supervisor, involves="mediation") == set()
    assert found(crew.supervisor, involves=FROM_ABOVE) == {assigned, forwarded}
    assert found(crew.supervisor, involves="mandatory_report") == {reported}
    report_mandatorily(violence, crew)
    assert found(crew.supervisor, involves="mandatory_report") == {violence, reported}


@pytest.fixture
def guarded(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A case of violence that came as a mandatory report and in which the mediator only carries a
    mediation; the liaison carries its referral; everything about it is true of it."""
    case = violent(new_case, crew, category="domestic_violence", channel="mandatory_report")
    propose(case, crew, carrier=str(crew.mediator.uid))
    refer(case, crew, carrier=str(crew.liaison.uid))
    Clock.objects.filter(case=case).update(
        due_at=moment.now() - DAY, provisional=True, own=True, state="running"
    )
    return fresh(case)


TELLING = [
    {"category": "domestic_violence"}, {"category": "marriage"}, {"danger": "low"},
    {"channel": "mandatory_report"}, {"only": "overdue"}, {"only": "provisional"},
    {"involves": "referral"}, {"involves": "mandatory_report"},
]  # fmt: skip


@pytest.mark.parametrize("by", TELLING, ids=str)
def test_a_filter_finds_no_guarded_case_by_what_it_hides(
    guarded: Case, crew: SimpleNamespace, by: dict[str, str]
) -> None:
    mediator = again(crew.mediator)
    assert found(crew.supervisor, **by) == {guarded}
    assert found(mediator) == {guarded}
    assert found(mediator, **by) == set()


def test_a_guarded_case_that_came_from_above_is_not_told_so(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = violent(new_case, crew, channel="assigned")
    propose(case, crew, carrier=str(crew.mediator.uid))
    assert found(crew.supervisor, involves=FROM_ABOVE) == {case}
    assert found(again(crew.mediator), involves=FROM_ABOVE) == set()


def test_she_finds_it_by_what_she_carries(guarded: Case, crew: SimpleNamespace) -> None:
    assert found(again(crew.mediator), involves="mediation") == {guarded}
    assert found(again(crew.liaison), involves="referral") == {guarded}


def test_nothing_outside_her_subtree_is_offered(people: SimpleNamespace) -> None:
    assert list(organisations_of(people.officer).values()) == ["柳溪镇妇联"]
    assert str(people.chief.uid) not in handlers_of(people.officer)
    assert str(people.officer.uid) in handlers_of(people.chief)
    assert list(organisations_of(people.chief).values()) == [
        "临江县妇联", "\u3000柳溪镇妇联", "\u3000石桥镇妇联",
    ]  # fmt: skip


def test_filters_come_back_from_their_address(people: SimpleNamespace) -> None:
    by = Filters(
        kind="petition", status="handling", handler=NOBODY, own=True, mine=True,
        organisation=str(people.officer.organisation.uid), received_from=date(2026, 1, 2),
    )  # fmt: skip
    assert Filters.of(by.parameters) == by
    assert by.query.startswith("kind=petition&status=handling&organisation=")
    assert by.query.endswith("&own=on&handler=none&from=2026-01-02&mine=on")


def test_a_chip_keeps_the_days_and_the_one_that_stands_is_marked() -> None:
    now = Filters(channel="letter", received_from=date(2026, 1, 2))
    letter = next(chip for chip in chips(now) if chip.active)
    assert (str(letter.title), letter.query) == ("来信", "channel=letter&from=2026-01-02")
    assert all("from=2026-01-02" in chip.query for chip in chips(now))
    assert sum(chip.active for chip in chips(now)) == 1


def test_every_preset_finds_its_cases_and_no_other(
    new_case: NewCase, crew: SimpleNamespace
) -> None:
    cases = {
        "来信": new_case(channel="letter"),
        "来访": new_case(),
        "交办": new_case(channel="assigned"),
        "12338 热线": new_case(channel="hotline"),
        "强制报告": new_case(channel="mandatory_report"),
    }
    violence = violent(new_case, crew, channel="web")
    refer(violence, crew, carrier=str(crew.liaison.uid))
    apply_for(violence, crew)
    cases |= dict.fromkeys(("家暴", "转介", "保护令"), violence)
    for preset in PRESETS[1:]:
        shown = set(register(crew.supervisor, preset.filters))
        assert shown == {cases[str(preset.title)]}, str(preset.title)


def test_filters_are_told_in_words(people: SimpleNamespace) -> None:
    by = Filters(
        kind="petition", status="handling", category="land", handler=str(people.officer.uid),
        organisation=str(people.officer.organisation.uid), received_from=date(2026, 1, 2),
        only="overdue",
    )  # fmt: skip
    assert [f"{label}：{value}" for label, value in in_words(by)] == [
        "类型：信访事项",
        "状态：办理中",
        "类别：土地与成员资格（出嫁女）",
        "组织：柳溪镇妇联（含下级）",
        "承办人：测试officer",
        "收到：2026-01-02 至 …",
        "期限：已逾期",
    ]


def test_a_case_of_the_other_township_is_not_found_by_its_organisation(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    new_case(by=people.stranger)
    assert found(people.officer, organisation=str(people.stranger.organisation.uid)) == set()
    go(new_case(), "seal", by=people.supervisor)
    assert found(people.colleague, organisation=str(people.officer.organisation.uid)) == set()
