"""How she may be reached: told at any time, corrected, and taken back (rule 8)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from casework import audit
from casework.engine import moment
from casework.engine.following import Planning
from casework.engine.reaching import NoLongerReaching, Reaching
from casework.models import Case, Contact
from casework.queries.parties import contact_names, has_safe_channel, her_whereabouts
from casework.queries.timeline import timeline
from casework.services import intake
from casework.services.intake import VisitNote
from casework.services.people import SafeContact
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.proceedings import apply_for, report
from tests.services.steps import accept, assess, fresh, go, respond

NUMBER = "13900002222"
PHONE = Reaching("phone", NUMBER, may_call=True, when="午休", code_word="送快递")


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A violent case that is worked on; nobody may call her."""
    case = new_case("domestic_violence", respondent="他", relation="spouse", phone="13900001111")
    assess(case, crew.officer)
    respond(case, crew)
    return fresh(case)


def came_again(case: Case, by: Any, **told: Any) -> None:
    note = VisitNote("visit", "existing", existing=case.number, happened="又来。", **told)
    intake.log_visit(note, actor=by)


def end(case: Case, value: str, by: Any) -> None:
    uid = next(uid for uid, known in contact_names(case).items() if known == value)
    go(case, "end_contact", NoLongerReaching(uid), by=by, reason="他查看她的手机")


def test_a_channel_told_later_opens_the_way_to_follow_up(case: Case, crew: SimpleNamespace) -> None:
    plan = Planning(moment.today(), safely=True)
    with pytest.raises(Refused, match="没有记录她的安全联系方式"):
        go(case, "open_follow_up", plan, by=crew.officer)
    go(case, "add_contact", PHONE, by=crew.officer)
    go(case, "open_follow_up", plan, by=crew.officer)
    assert audit.verify().ok


def test_a_channel_told_at_a_later_visit_counts(case: Case, crew: SimpleNamespace) -> None:
    came_again(case, crew.officer, phone=NUMBER)
    assert not has_safe_channel(case)
    came_again(case, crew.officer, phone=NUMBER, safe=SafeContact(may_call=True))
    assert has_safe_channel(case)
    end(case, NUMBER, crew.officer)
    assert not has_safe_channel(case)  # whichever visit told it
    assert NUMBER not in contact_names(case).values()


def test_of_one_number_the_latest_visit_counts(case: Case, crew: SimpleNamespace) -> None:
    came_again(case, crew.officer, phone=NUMBER, safe=SafeContact(may_call=True))
    came_again(case, crew.officer, phone=NUMBER)  # he answers it now
    assert not has_safe_channel(case)


@pytest.mark.parametrize("told", [{"name": "她母亲"}, {"channel": "mandatory_report"}])
def test_whoever_comes_for_her_is_no_way_to_her(
    case: Case, crew: SimpleNamespace, told: dict[str, str]
) -> None:
    note = VisitNote("visit", "existing", existing=case.number, happened="来反映。", phone=NUMBER)
    note = replace(note, safe=SafeContact(may_call=True), **told)  # type: ignore[arg-type]  # names of its fields
    intake.log_visit(note, actor=crew.officer)
    assert not has_safe_channel(case)
    assert NUMBER not in contact_names(case).values()
    assert NUMBER in her_whereabouts(case)  # and no letter to him names it


def test_what_is_ended_stays_known_and_has_its_history(case: Case, crew: SimpleNamespace) -> None:
    go(case, "add_contact", PHONE, by=crew.officer)
    end(case, NUMBER, crew.officer)
    kept = Contact.objects.exclude(ended_at=None).get()
    assert NUMBER in her_whereabouts(case)  # no letter to him may name it either
    assert [row.history_change_reason for row in kept.history.order_by("history_id")] == [
        "add_contact",
        "end_contact",
    ]
    entry = timeline(case)[0]
    assert (entry.facts, entry.reason) == ([("停用的联系方式", NUMBER)], "他查看她的手机")


def test_a_correction_replaces_the_old_one(case: Case, crew: SimpleNamespace) -> None:
    (old,) = contact_names(case)
    other = Reaching("wechat", "daisy88", may_message=True, seen_by="小姑子", replaces=old)
    go(case, "add_contact", other, by=crew.officer)
    assert list(contact_names(case).values()) == ["daisy88"]
    go(case, "add_contact", Reaching("wechat", "daisy88"), by=crew.officer)
    assert not has_safe_channel(case)  # of one number the latest word counts


def test_his_own_number_is_no_way_to_her(case: Case, crew: SimpleNamespace) -> None:
    him = case.parties.get(role="respondent").person
    Contact.objects.create(person=him, kind="phone", value=NUMBER, may_call=True)
    with pytest.raises(Refused, match="登记在对方名下"):
        go(case, "add_contact", PHONE, by=crew.officer)
    came_again(case, crew.officer, phone=NUMBER, safe=SafeContact(may_call=True))
    assert not has_safe_channel(case)


@pytest.mark.parametrize(
    ("name", "facts", "sentence"),
    [
        ("add_contact", Reaching("phone", "妹妹家"), "电话号码不完整"),
        ("add_contact", Reaching("phone", NUMBER, replaces="0"), "仍在使用的联系方式"),
        ("end_contact", NoLongerReaching("0"), "仍在使用的联系方式"),
        ("end_contact", NoLongerReaching(), "请填写"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    name: str, facts: object, sentence: str, case: Case, crew: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match=sentence):
        go(case, name, facts, by=crew.officer)


def test_a_petition_has_it_too_and_rescue_never_waits_for_it(
    case: Case, new_case: NewCase, crew: SimpleNamespace
) -> None:
    petition = new_case(respondent="某村委会", relation="other")
    accept(petition, crew)
    go(petition, "add_contact", PHONE, by=crew.officer)
    assert has_safe_channel(petition)
    report(case, crew)
    apply_for(case, crew)  # with no channel at all
    assert not has_safe_channel(case)
