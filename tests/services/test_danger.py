"""Danger levels, assessments, incidents, consents and second signatures, through the verb."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.engine.case_acts import Asking, Assessing, Consenting, Incident, Joining, Levelling
from casework.models import Case, User
from casework.queries.situations import situation_of
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.steps import (
    HIGH,
    LOW,
    MEDIUM,
    answers,
    assess,
    do_what_is_owed,
    fresh,
    go,
    lose,
    respond,
)
from workflows.domestic_violence import facts as dv
from workflows.petition import facts as petition

ENDING = dv.EndingService(safety_information=True)


@pytest.fixture
def case(new_case: NewCase) -> Case:
    """Reported violence; the three questions are not asked yet."""
    return new_case("domestic_violence")


def danger(case: Case) -> str:
    return fresh(case).danger


def refusal(case: Case, name: str, told: object, by: User, reason: str = "因为") -> list[str]:
    with pytest.raises(Refused) as refused:
        go(case, name, told, by=by, reason=reason)
    return [str(sentence) for sentence in refused.value.sentences]


# ---------------------------------------------------------------- the level


@pytest.mark.parametrize(("told", "level"), [(LOW, "low"), (MEDIUM, "medium"), (HIGH, "high")])
def test_an_assessment_sets_the_level(
    told: Assessing, level: str, case: Case, people: SimpleNamespace
) -> None:
    go(case, "record_assessment", told, by=people.officer)
    assert danger(case) == level


def test_a_later_assessment_never_lowers_the_level_by_itself(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "record_assessment", HIGH, by=people.officer)
    go(case, "record_assessment", LOW, by=people.officer)
    assert danger(case) == "high"
    assert case.assessments.latest("id").level == "low"


def test_a_judgement_may_raise_the_level_and_never_lower_it(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "record_assessment", Assessing("own", answers(), judged="medium"), by=people.officer)
    assert danger(case) == "medium"
    told = Assessing("own", answers(lethal_act="yes"), judged="low")
    go(case, "record_assessment", told, by=people.officer)
    assert danger(case) == "high"


def test_one_person_raises_the_level(case: Case, people: SimpleNamespace) -> None:
    go(case, "raise_danger", Levelling("medium"), by=people.officer)
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    assert danger(case) == "high"


def test_raising_to_the_same_level_is_refused(case: Case, people: SimpleNamespace) -> None:
    go(case, "raise_danger", Levelling("medium"), by=people.officer)
    assert refusal(case, "raise_danger", Levelling("medium"), people.officer) == [
        "新等级须高于现等级。"
    ]


def test_lowering_takes_another_person_with_a_fresh_assessment_and_a_reason(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    assert refusal(case, "lower_danger", Levelling("low"), people.supervisor) == [
        "须先重新评估，再调低等级。"
    ]
    go(case, "record_assessment", LOW, by=people.officer)
    assert danger(case) == "high"
    assert refusal(case, "lower_danger", Levelling("low"), people.supervisor, reason=" ") == [
        "请写明理由。"
    ]
    go(case, "lower_danger", Levelling("low"), by=people.supervisor)
    assert danger(case) == "low"


def test_the_assessor_does_not_lower_the_level(case: Case, people: SimpleNamespace) -> None:
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    go(case, "record_assessment", LOW, by=people.supervisor)
    assert refusal(case, "lower_danger", Levelling("low"), people.supervisor) == [
        "调低危险等级须由评估人以外的另一人决定。"
    ]
    go(case, "lower_danger", Levelling("low"), by=people.chief)
    assert danger(case) == "low"


def test_an_officer_does_not_lower_the_level(case: Case, people: SimpleNamespace) -> None:
    go(case, "record_assessment", MEDIUM, by=people.supervisor)
    assert "这一步需要“审批督导”权限。" in refusal(
        case, "lower_danger", Levelling("low"), people.officer
    )


def test_the_level_is_not_lowered_below_the_latest_assessment(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    go(case, "record_assessment", MEDIUM, by=people.officer)
    assert refusal(case, "lower_danger", Levelling("low"), people.supervisor) == [
        "不得低于最近一次评估的等级。"
    ]
    go(case, "lower_danger", Levelling("medium"), by=people.supervisor)
    assert danger(case) == "medium"


# ---------------------------------------------------------------- assessments end


def test_an_incident_voids_the_assessment_and_keeps_the_level(
    case: Case, people: SimpleNamespace
) -> None:
    assess(case, people.officer, MEDIUM)
    go(case, "record_incident", Incident(form="physical"), by=people.officer)
    assert situation_of(fresh(case)).assessment is None
    assert case.assessments.get().voided_at is not None
    assert danger(case) == "medium"


def test_a_voided_assessment_opens_no_door(case: Case, people: SimpleNamespace) -> None:
    go(case, "record_assessment", LOW, by=people.officer)
    go(case, "record_incident", Incident(form="threat"), by=people.officer)
    assert refusal(case, "assess", dv.Evaluating(right_told=True), people.officer) == [
        "请先完成危险评估。"
    ]


def test_escalation_voids_the_assessment(case: Case, people: SimpleNamespace) -> None:
    assess(case, people.officer)
    go(case, "escalate", dv.Escalating("separation"), by=people.officer)
    assert "请先完成危险评估。" in refusal(
        case, "assess", dv.Evaluating(right_told=True), people.officer
    )


@pytest.mark.parametrize(("basis", "days"), [("own", 90), ("third_party", 7)])
def test_an_assessment_opens_the_door_until_its_last_day(
    basis: str, days: int, case: Case, people: SimpleNamespace
) -> None:
    start = moment.now()
    with moment.at(start):
        go(case, "record_assessment", Assessing(basis, answers()), by=people.officer)
    with moment.at(start + timedelta(days=days, seconds=1)):
        assert refusal(case, "assess", dv.Evaluating(right_told=True), people.officer) == [
            "危险评估已过有效期，请重新评估。"
        ]
    with moment.at(start + timedelta(days=days)):
        go(case, "assess", dv.Evaluating(right_told=True), by=people.officer)
    assert fresh(case).status == "assessed"


def test_the_answers_are_kept_with_their_score(case: Case, people: SimpleNamespace) -> None:
    told = Assessing("own", answers(monitoring="yes", die_together="yes"), grounds="不敢回家")
    go(case, "record_assessment", told, by=people.officer)
    made = case.assessments.get()
    assert (made.score, made.level, made.own, made.assessor) == (2, "low", True, people.officer)
    assert (made.instrument, made.grounds) == ("dv", "不敢回家")
    assert '"monitoring": "yes"' in made.answers


# ---------------------------------------------------------------- what makes a case sensitive


def test_an_incident_in_a_petition_demands_its_conversion(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    go(case, "record_incident", Incident(form="physical"), by=people.officer)
    assert fresh(case).safety_sensitive
    told = petition.Accepting("help", str(people.officer.uid), violence_elsewhere=True)
    assert refusal(case, "accept", told, people.supervisor) == [
        "当事人之间存在家庭暴力，应当转为家暴个案。"
    ]


def test_an_alarming_answer_is_looked_into_before_a_petition_is_accepted(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    go(case, "ask_danger", Asking("yes", "yes", "no"), by=people.officer)
    assert (fresh(case).alarming, fresh(case).safety_sensitive) == (True, True)
    told = petition.Accepting("help", str(people.officer.uid))
    assert len(refusal(case, "accept", told, people.supervisor)) == 1


@pytest.mark.parametrize(
    ("told", "questions"),
    [
        (Asking("yes", "no", "no"), "answered"),
        (Asking("yes", "refused", "no"), "refused"),
        (Asking("refused", "refused", "refused"), "refused"),
    ],
)
def test_a_refusal_to_answer_counts_as_asked(
    told: Asking, questions: str, case: Case, people: SimpleNamespace
) -> None:
    go(case, "ask_danger", told, by=people.officer)
    assert fresh(case).questions == questions
    go(case, "decline_service", ENDING, by=people.officer)
    assert fresh(case).status == "declined_service"


def test_an_answer_once_given_is_not_taken_back_by_a_refusal(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "ask_danger", Asking("yes", "yes", "yes"), by=people.officer)
    go(case, "ask_danger", Asking("refused", "refused", "refused"), by=people.officer)
    assert (fresh(case).questions, fresh(case).alarming) == ("answered", True)


@pytest.mark.parametrize(
    ("told", "minor", "duty"),
    [
        (Joining("victim", minor=True), True, True),
        (Joining("victim", incapacitated=True), False, True),
        (Joining("child", minor=True), False, True),  # a child who witnesses
        (Joining("respondent", minor=True), False, False),
        (Joining("victim"), False, False),
    ],
)
def test_who_takes_part_decides_on_the_duty_to_report(
    told: Joining, minor: bool, duty: bool, case: Case, people: SimpleNamespace
) -> None:
    go(case, "add_party", told, by=people.officer)
    assert (fresh(case).minor, fresh(case).report_duty) == (minor, duty)


def test_a_child_in_a_quarrel_over_land_brings_no_duty(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    go(case, "add_party", Joining("child", minor=True), by=people.officer)
    assert not fresh(case).report_duty


def test_a_child_present_at_an_incident_brings_the_duty(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "record_incident", Incident(form="mental", children_present=True), by=people.officer)
    assert fresh(case).report_duty


def test_a_minor_does_not_end_the_service(case: Case, people: SimpleNamespace) -> None:
    go(case, "ask_danger", Asking("yes", "no", "no"), by=people.officer)
    go(case, "add_party", Joining("victim", "小红", minor=True), by=people.officer)
    do_what_is_owed(case, people.officer)
    assert refusal(case, "decline_service", ENDING, people.officer) == [
        "受害人是未成年人，不能终止求助。"
    ]


def test_a_child_and_violence_bring_the_duty_in_either_order(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    go(case, "add_party", Joining("child", "小红"), by=people.officer)
    assert not fresh(case).report_duty
    go(case, "convert", reason="说出长期被打", by=people.officer)
    assert fresh(case).report_duty
    assert Case.objects.get(kind="domestic_violence").report_duty


def test_recorded_injuries_speak_in_the_assessment(case: Case, people: SimpleNamespace) -> None:
    go(case, "record_incident", Incident(form="physical", injury=True), by=people.officer)
    calm = Assessing("own", tuple((code, "no") for code in ("strangulation", "lethal_act")))
    go(case, "record_assessment", calm, by=people.officer)
    assert fresh(case).danger == "medium"


def test_a_signature_does_not_outlive_what_it_was_about(
    case: Case, people: SimpleNamespace
) -> None:
    go(case, "countersign", reason="已核对", by=people.supervisor)
    go(case, "record_incident", Incident(form="mental"), by=people.officer)
    assert fresh(case).countersigned_by is None


def test_a_converted_petition_is_seen_by_few(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    assert Case.objects.visible_to(people.colleague).filter(pk=case.pk).exists()
    go(case, "convert", reason="说出长期被打", by=people.officer)
    assert not Case.objects.visible_to(people.colleague).filter(pk=case.pk).exists()


# ---------------------------------------------------------------- the second signature


def test_in_high_danger_a_supervisor_signs_too(case: Case, people: SimpleNamespace) -> None:
    go(case, "ask_danger", Asking("yes", "no", "no"), by=people.officer)
    go(case, "record_assessment", HIGH, by=people.officer)
    sentence = "高危个案须先由另一名负责人签署（“负责人签署”）。"
    assert refusal(case, "decline_service", ENDING, people.officer) == [sentence]
    go(case, "countersign", by=people.supervisor)
    assert refusal(case, "decline_service", ENDING, people.supervisor) == [sentence]
    go(case, "decline_service", ENDING, by=people.officer)
    assert fresh(case).status == "declined_service"


def test_a_signature_holds_for_one_move_only(case: Case, people: SimpleNamespace) -> None:
    go(case, "ask_danger", Asking("yes", "no", "no"), by=people.officer)
    assess(case, people.officer, HIGH)
    go(case, "countersign", by=people.supervisor)
    respond(case, people)
    assert fresh(case).countersigned_by is None
    assert len(refusal(case, "decline_service", ENDING, people.officer)) == 1


def test_an_officer_cannot_countersign(case: Case, people: SimpleNamespace) -> None:
    assert refusal(case, "countersign", None, people.officer) == ["这一步需要“审批督导”权限。"]


# ---------------------------------------------------------------- consent


def leave(case: Case, by: User) -> object:
    return go(case, "transfer_out", dv.TransferringOut("外县", "consent", "没来得及"), by=by)


def test_nothing_is_shared_without_her_consent(case: Case, people: SimpleNamespace) -> None:
    with pytest.raises(Refused) as refused:
        leave(case, people.officer)
    assert len(refused.value.sentences) == 1
    go(case, "give_consent", Consenting("mediate"), by=people.officer)
    with pytest.raises(Refused):
        leave(case, people.officer)
    go(
        case,
        "give_consent",
        Consenting("share", "只给外县妇联", in_writing=True),
        by=people.officer,
    )
    leave(case, people.officer)
    assert fresh(case).status == "transferring"


def test_a_consent_that_was_withdrawn_opens_nothing(case: Case, people: SimpleNamespace) -> None:
    go(case, "give_consent", Consenting("share"), by=people.officer)
    go(case, "withdraw_consent", Consenting("share"), by=people.officer)
    with pytest.raises(Refused):
        leave(case, people.officer)
    consent = case.consents.get()
    assert consent.given_at <= consent.withdrawn_at


def test_withdrawing_one_consent_leaves_the_others(case: Case, people: SimpleNamespace) -> None:
    for scope in ("share", "contact"):
        go(case, "give_consent", Consenting(scope), by=people.officer)
    go(case, "withdraw_consent", Consenting("share"), by=people.officer)
    assert situation_of(fresh(case)).consents == {"contact"}
    assert [c.scope for c in case.consents.filter(withdrawn_at=None)] == ["contact"]


def test_danger_to_life_goes_before_consent(case: Case, people: SimpleNamespace) -> None:
    told = dv.TransferringOut("外县", "life_danger", "没来得及")
    assert len(refusal(case, "transfer_out", told, people.officer)) == 1
    go(case, "raise_danger", Levelling("high"), by=people.officer)
    go(case, "transfer_out", told, by=people.officer)
    assert fresh(case).status == "transferring"


# ---------------------------------------------------------------- lost


def test_a_lost_case_is_closed_above_after_thirty_days(case: Case, people: SimpleNamespace) -> None:
    assess(case, people.officer)
    lost = moment.now()
    with moment.at(lost):
        lose(case, people.officer)
    with moment.at(lost + timedelta(days=29)):
        assert len(refusal(case, "close_lost", dv.ClosingLost(), people.chief)) == 1
    with moment.at(lost + timedelta(days=30)):
        assert len(refusal(case, "close_lost", dv.ClosingLost(), people.supervisor)) == 1
        go(case, "close_lost", dv.ClosingLost(), by=people.chief)
    assert fresh(case).status == "closed"
