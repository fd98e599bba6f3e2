"""Hand-over: both sign, and then cases, tasks, todos and deadlines follow; each by itself."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.case_acts import Asking, Assigning, HandingOn, Recusing
from casework.models import Case, Event, HandOver, Reminder, Todo, User
from casework.queries import handing as query
from casework.queries.desk import inbox
from casework.queries.handing import holdings
from casework.services import handing, sweeping
from casework.services.refusals import NotVisible, Refused
from tests.conftest import NewCase
from tests.services.proceedings import (
    again,
    apply_for,
    bring,
    faults,
    handled,
    refer,
    report,
    violent,
)
from tests.services.steps import fresh, go
from workflows.petition.facts import Withdrawing


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    return violent(new_case, crew)


@pytest.fixture
def petition(new_case: NewCase, crew: SimpleNamespace) -> Case:
    return handled(new_case, crew)


def drawn(crew: SimpleNamespace, by: User | None = None, **more: Any) -> HandOver:
    """All that the officer holds, for her colleague, with a word on each."""
    giver, taker = more.get("giver", crew.officer), more.get("taker", crew.colleague)
    actor = by or giver
    picked: dict[UUID, str] = {one.uid: f"说明 {one.case.number}" for one in holdings(giver, actor)}
    return handing.draw_up(actor, giver, taker, "rotation", picked | more.get("picked", {}))


def given(crew: SimpleNamespace, by: User | None = None, **more: Any) -> HandOver:
    sheet = drawn(crew, by, **more)
    handing.sign(by or sheet.giver, sheet)
    return fresh_sheet(sheet)


def fresh_sheet(sheet: HandOver) -> HandOver:
    return HandOver.objects.get(pk=sheet.pk)


def outcomes(sheet: HandOver) -> list[str]:
    return list(sheet.lines.order_by("pk").values_list("outcome", flat=True))


def desk(user: User) -> set[UUID]:
    """The cases of what waits for her by name."""
    return {todo.case_uid for todo in inbox(again(user)) if todo.mine}


def test_before_both_have_signed_nothing_moves(case: Case, crew: SimpleNamespace) -> None:
    sheet = drawn(crew)
    with pytest.raises(Refused, match="不能再办这一步"):
        handing.take(crew.colleague, sheet)
    handing.sign(crew.officer, sheet)
    assert fresh(case).handler == crew.officer
    with pytest.raises(Refused, match="接收人本人"):
        handing.take(crew.supervisor, sheet)
    assert (fresh(case).handler, desk(crew.colleague)) == (crew.officer, set())


def test_the_case_its_todos_and_what_she_carried_follow(
    case: Case, petition: Case, crew: SimpleNamespace
) -> None:
    police, order = report(case, crew), apply_for(case, crew)
    before = desk(crew.officer)
    assert before == {case.uid, petition.uid}
    handing.take(crew.colleague, given(crew))
    assert (desk(crew.officer), desk(crew.colleague)) == (set(), before)
    assert [fresh(one).carrier for one in (police, order)] == [crew.colleague] * 2
    assert not Todo.objects.filter(done_at=None, assignee=crew.officer).exists()
    assert fresh(case).handler == crew.colleague
    assert (audit.verify().ok, faults()) == (True, [])


def test_reminders_go_to_whoever_took_it(petition: Case, crew: SimpleNamespace) -> None:
    handing.take(crew.colleague, given(crew))
    with moment.at(moment.now() + timedelta(days=14)):
        sweeping.sweep()
    told = Reminder.objects.filter(audience="handler", case=petition)
    assert {one.assignee for one in told} == {crew.colleague}


def test_a_liaison_hands_over_the_referrals_that_she_carries_in_cases_of_others(
    case: Case, crew: SimpleNamespace
) -> None:
    record = bring(refer(case, crew), crew, "sent")
    (held,) = holdings(crew.liaison, crew.liaison)
    assert held.procedure == record
    sheet = given(crew, giver=crew.liaison, taker=crew.other_liaison)
    handing.take(crew.other_liaison, sheet)
    assert (outcomes(sheet), fresh(record).carrier) == (["taken"], crew.other_liaison)
    assert fresh(case).handler == crew.officer
    assert (desk(crew.liaison), faults()) == (set(), [])


def test_it_is_the_takers_act_in_the_chain_of_the_case(case: Case, crew: SimpleNamespace) -> None:
    handing.take(crew.colleague, given(crew))
    event = Event.objects.get(case=case, act="hand_on")
    assert event.actor == str(crew.colleague.uid)
    acts = ("draw_up_hand_over", "sign_hand_over", "take_hand_over")
    assert Event.objects.filter(act__in=acts).count() == 3


def test_one_that_is_refused_holds_up_none_of_the_others(
    case: Case, petition: Case, crew: SimpleNamespace
) -> None:
    """A liaison may carry an everyday petition, and no case that touches somebody's safety."""
    sheet = given(crew, taker=crew.liaison)
    handing.take(crew.liaison, sheet)
    told = {line.case_id: (line.outcome, line.refusal) for line in sheet.lines.all()}
    assert told[petition.pk] == ("taken", "")
    assert told[case.pk] == ("refused", "所选人员不能承办，请从列表中选择。")
    assert [fresh(one).handler for one in (petition, case)] == [crew.liaison, crew.officer]
    assert faults() == []


def test_whoever_has_an_interest_is_not_asked_to_take_it(
    case: Case, petition: Case, crew: SimpleNamespace
) -> None:
    told = Recusing(str(crew.colleague.uid))
    go(case, "recuse", told, by=crew.supervisor)
    with pytest.raises(Refused, match="应当回避"):
        drawn(crew)
    assert not HandOver.objects.exists()


def test_an_interest_that_became_known_meanwhile_is_not_told_to_her(
    case: Case, petition: Case, crew: SimpleNamespace
) -> None:
    sheet = given(crew)
    go(case, "recuse", Recusing(str(crew.colleague.uid)), by=crew.supervisor)
    seen = {one.line.case_id for one in query.lines(sheet, again(crew.colleague))}
    assert seen == {petition.pk}
    handing.take(crew.colleague, sheet)
    assert sheet.lines.get(case=case).outcome == "refused"
    assert {one.line.case_id for one in query.lines(sheet, again(crew.colleague))} == {petition.pk}
    assert fresh(case).handler == crew.officer


def test_signed_in_two_tabs_it_is_taken_once(case: Case, crew: SimpleNamespace) -> None:
    sheet = given(crew)
    handing.take(crew.colleague, sheet)
    with pytest.raises(Refused, match="不能再办这一步"):
        handing.take(crew.colleague, sheet)
    assert Event.objects.filter(case=case, act="hand_on").count() == 1


def test_what_ended_or_went_elsewhere_in_between_stays_where_it_is(
    case: Case, petition: Case, crew: SimpleNamespace
) -> None:
    sheet = given(crew)
    go(petition, "ask_danger", Asking("yes", "no", "no"), by=crew.officer)
    told = Withdrawing(declared=True, seen_alone=True)
    go(petition, "withdraw", told, by=crew.officer)
    go(case, "assign", Assigning(str(crew.supervisor.uid)), by=crew.supervisor)
    handing.take(crew.colleague, sheet)
    assert outcomes(sheet) == ["gone", "gone"]
    assert (fresh(case).handler, fresh(petition).status) == (crew.supervisor, "withdrawn")


def test_before_she_signs_she_reads_the_number_and_the_kind(
    case: Case, crew: SimpleNamespace
) -> None:
    sheet = given(crew)
    (line,) = query.lines(sheet, again(crew.colleague))
    assert (line.whole, line.danger, line.line.case.number) == (False, "", case.number)
    assert not Case.objects.visible_to(again(crew.colleague)).filter(pk=case.pk).exists()
    handing.take(crew.colleague, sheet)
    (line,) = query.lines(fresh_sheet(sheet), again(crew.colleague))
    assert (line.whole, line.danger) == (True, "low")


def test_the_danger_is_told_before_when_a_supervisor_arranged_it(
    case: Case, crew: SimpleNamespace
) -> None:
    sheet = given(crew, by=crew.supervisor)
    (line,) = query.lines(sheet, again(crew.colleague))
    assert (line.whole, line.danger) == (False, "low")


def test_whoever_refuses_reads_nothing_any_more(case: Case, crew: SimpleNamespace) -> None:
    sheet = given(crew)
    handing.refuse(crew.colleague, sheet)
    assert query.lines(fresh_sheet(sheet), again(crew.colleague)) == []
    with pytest.raises(Refused):
        handing.take(crew.colleague, sheet)


def test_only_the_giver_or_her_supervisor_draws_it_up(case: Case, crew: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="由本人或其负责人"):
        handing.draw_up(crew.colleague, crew.officer, crew.supervisor, "leave", {case.uid: "…"})
    with pytest.raises(Refused, match="本单位或上级单位"):
        handing.draw_up(crew.officer, crew.officer, crew.stranger, "leave", {case.uid: "…"})


def test_nobody_signs_for_both_sides(case: Case, crew: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="一人不能替双方签字"):
        drawn(crew, by=crew.supervisor, taker=crew.supervisor)


def test_whoever_supervises_no_longer_signs_for_nobody(case: Case, crew: SimpleNamespace) -> None:
    sheet = drawn(crew, by=crew.supervisor)
    crew.supervisor.roles.filter(role="supervisor").delete()
    with pytest.raises(Refused, match="由本人或其负责人"):
        handing.sign(again(crew.supervisor), sheet)


def test_each_case_needs_its_line(case: Case, crew: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="一句交接说明"):
        handing.draw_up(crew.officer, crew.officer, crew.colleague, "leave", {case.uid: " "})


def test_some_can_be_chosen(case: Case, petition: Case, crew: SimpleNamespace) -> None:
    sheet = handing.draw_up(
        crew.officer, crew.officer, crew.colleague, "leave", {petition.uid: "下周答复。"}
    )
    handing.sign(crew.officer, sheet)
    handing.take(crew.colleague, sheet)
    assert desk(crew.officer) == {case.uid}
    assert sheet.lines.get().words == "下周答复。"


def test_what_is_not_hers_cannot_be_put_on_her_sheet(
    case: Case, new_case: NewCase, crew: SimpleNamespace
) -> None:
    other = new_case(by=crew.colleague)
    with pytest.raises(Refused, match="请选择要移交的案件"):
        drawn(crew, picked={other.uid: "…"})


def test_without_a_signed_sheet_nobody_hands_a_case_on(case: Case, crew: SimpleNamespace) -> None:
    sheet = given(crew)
    for name in ("x", "", str(sheet.uid)):
        with pytest.raises(Refused, match="交接单"):
            go(case, "hand_on", HandingOn(str(crew.colleague.uid), name), by=crew.officer)
    handing.take(crew.colleague, sheet)
    with pytest.raises(Refused, match="交接单"):
        told = HandingOn(str(crew.officer.uid), str(sheet.uid))
        go(case, "hand_on", told, by=crew.colleague)
    with pytest.raises(NotVisible):
        go(case, "hand_on", HandingOn(str(crew.officer.uid), str(sheet.uid)), by=crew.mediator)


def test_the_giver_takes_it_back_before_the_other_signs(case: Case, crew: SimpleNamespace) -> None:
    sheet = given(crew)
    handing.withdraw(crew.officer, sheet)
    with pytest.raises(Refused, match="不能再办这一步"):
        handing.take(crew.colleague, sheet)
    assert fresh(case).handler == crew.officer


def test_who_sees_a_sheet(case: Case, crew: SimpleNamespace) -> None:
    sheet = drawn(crew)

    def seers() -> set[str]:
        return {
            name
            for name in ("officer", "colleague", "supervisor", "chief", "mediator", "stranger")
            if query.sheet_of(again(getattr(crew, name)), sheet.uid)
        }

    assert seers() == {"officer", "supervisor", "chief"}
    handing.sign(crew.officer, sheet)
    assert seers() == {"officer", "colleague", "supervisor", "chief"}
