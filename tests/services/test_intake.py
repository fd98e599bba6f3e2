"""Logging a visit: what it becomes, what it must have, and drafts that nobody else reads."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from casework import audit
from casework.engine import moment
from casework.models import Case, Draft, Event, Person, User, Visit
from casework.services import intake
from casework.services.intake import Logged, VisitNote
from casework.services.people import SafeContact
from casework.services.refusals import KeyReused, Refused
from tests.conftest import NewCase
from tests.services.steps import fresh, go
from workflows.petition.facts import Archiving, Directing

ASKED = {"danger_safe_now": "yes", "danger_hurt": "no", "danger_afraid": "no"}
ALARMING = {"danger_safe_now": "yes", "danger_hurt": "yes", "danger_afraid": "no"}
REFUSED = dict.fromkeys(ASKED, "refused")


def log(
    by: User, kind: str = "consultation", *, key: str = "", draft: str = "", **told: Any
) -> Logged:
    """Log a visit of somebody whom the village gives no land."""
    note = {"channel": "visit", "happened": "村里不给分地", "asks": "要地"} | told
    return intake.log_visit(VisitNote(kind=kind, **note), actor=by, key=key, draft=draft)


def refusal(by: User, kind: str = "consultation", **told: Any) -> list[str]:
    """The sentences that refuse such a visit; nothing but the refusal is written."""
    before = Person.objects.count(), Visit.objects.count(), Case.objects.count()
    with pytest.raises(Refused) as refused:
        log(by, kind, **told)
    assert (Person.objects.count(), Visit.objects.count(), Case.objects.count()) == before
    assert Event.objects.filter(act="refused", actor=str(by.uid)).exists()
    return [str(sentence) for sentence in refused.value.sentences]


# ---------------------------------------------------------------- consultation


def test_a_consultation_stays_a_visit(people: SimpleNamespace) -> None:
    logged = log(people.officer, **ASKED)
    assert logged.case is None
    assert (logged.visit.happened, logged.visit.ended_as) == ("村里不给分地", "consultation")
    assert Event.objects.get(act="log_visit").chain.startswith("day:")


@pytest.mark.parametrize("missing", ["all", *ASKED])
def test_a_consultation_ends_only_after_the_three_questions(
    missing: str, people: SimpleNamespace
) -> None:
    told = {} if missing == "all" else ASKED | {missing: ""}
    assert refusal(people.officer, **told) == ["结束咨询前请先询问三个安全问题（可以拒答）。"]


def test_a_refusal_is_an_answer(people: SimpleNamespace) -> None:
    assert log(people.officer, **REFUSED).visit.danger_hurt == "refused"


@pytest.mark.parametrize(
    "alarm", [{"danger_safe_now": "no"}, {"danger_hurt": "yes"}, {"danger_afraid": "yes"}]
)
def test_danger_is_never_just_a_consultation(
    alarm: dict[str, str], people: SimpleNamespace
) -> None:
    assert refusal(people.officer, **(ASKED | alarm)) == [
        "安全问题提示有危险：请登记家暴个案或信访事项，不要仅作咨询。"
    ]


BESIDE = {"him": "yes", "police": "no", "later": "yes"}


def test_what_she_could_say_with_somebody_beside_her_is_kept(people: SimpleNamespace) -> None:
    logged = log(people.officer, "domestic_violence", happened="", asks="", beside=BESIDE)
    assert logged.case
    assert logged.case.summary.splitlines() == [
        "通话时她身边有人，只问是或否：",
        "伤害您的人就在旁边吗？是",
        "要我们现在替您报警吗？否",
        "晚些时候打给您安全吗？是",
    ]
    assert logged.case.summary == logged.visit.happened
    assert logged.case.alarming


@pytest.mark.parametrize(
    ("key", "alarming"), [("him", True), ("weapon", True), ("later", False), ("children", False)]
)
def test_a_yes_tells_of_danger(key: str, alarming: bool, people: SimpleNamespace) -> None:
    told = ASKED | {"beside": {key: "yes"}}
    if alarming:
        assert "安全问题提示有危险" in refusal(people.officer, **told)[0]
    else:
        assert log(people.officer, **told).case is None


def test_what_she_could_say_alarms_in_a_case_that_exists(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    log(people.officer, "existing", existing=case.number, happened="", asks="", beside=BESIDE)
    assert fresh(case).alarming and fresh(case).safety_sensitive


def test_she_may_stay_anonymous(people: SimpleNamespace) -> None:
    person = log(people.officer, **ASKED).visit.person
    assert (person.name, person.name_index) == ("", "")


# ---------------------------------------------------------------- answered, opened, joined


def test_an_answer_on_the_spot_is_a_closed_petition(people: SimpleNamespace) -> None:
    case = log(people.officer, "answered", done="已告知办法", name="王芳").case
    assert case
    assert (case.status, case.kind) == ("closed", "petition")
    assert [e.act for e in case.events.order_by("sequence")] == ["open", "answer"]
    assert case.clocks.get(rule="petition.notice").state == "running"


def test_no_notice_is_owed_to_somebody_without_a_name(people: SimpleNamespace) -> None:
    case = log(people.officer, "petition", name="").case
    assert case
    assert not case.clocks.filter(rule="petition.notice").exists()


def test_an_answer_is_written_down(people: SimpleNamespace) -> None:
    assert refusal(people.officer, "answered") == ["请写下当场答复的内容。"]


def test_danger_is_not_answered_on_the_spot(people: SimpleNamespace) -> None:
    told = {"done": "已告知办法"} | ALARMING
    assert refusal(people.officer, "answered", **told) == [
        "涉及人身安全的事项不能当场答复了事，须立案办理。"
    ]


@pytest.mark.parametrize(
    ("kind", "status", "sensitive", "role"),
    [
        ("petition", "registered", False, "petitioner"),
        ("domestic_violence", "reported", True, "victim"),
    ],
)
def test_a_visit_opens_a_case(
    kind: str, status: str, sensitive: bool, role: str, people: SimpleNamespace
) -> None:
    logged = log(people.officer, kind, name="王芳", respondent="张三", relation="spouse")
    case = logged.case
    assert case
    assert logged.visit.case == case
    assert (case.kind, case.status, case.safety_sensitive) == (kind, status, sensitive)
    assert (case.registered_by, case.handler) == (people.officer, None)
    assert (case.summary, case.demands) == ("村里不给分地", "要地")
    parts = {(p.role, p.person.name, p.relation) for p in case.parties.select_related("person")}
    assert parts == {(role, "王芳", ""), ("respondent", "张三", "spouse")}


def test_each_organisation_counts_its_cases_by_year(people: SimpleNamespace) -> None:
    def number(by: User, year: int) -> str:
        case = log(by, "petition", received_at=moment.now().replace(year=year)).case
        assert case
        return case.number

    this_year = moment.today().year
    numbers = [
        number(people.officer, this_year),
        number(people.colleague, this_year),
        number(people.stranger, this_year),
        number(people.officer, this_year - 1),
    ]
    assert numbers == [
        f"{this_year}-440101-00001",
        f"{this_year}-440101-00002",
        f"{this_year}-440102-00001",
        f"{this_year - 1}-440101-00001",
    ]


@pytest.mark.parametrize(
    ("told", "sensitive", "minor"),
    [
        ({"category": "labour_right"}, False, False),
        ({"category": "sexual_harassment"}, True, False),
        ({"minor": True}, True, True),
        (ALARMING, True, False),
    ],
)
def test_what_is_sensitive_is_known_from_the_first_moment(
    told: dict[str, Any], sensitive: bool, minor: bool, people: SimpleNamespace
) -> None:
    case = log(people.officer, "petition", **told).case
    assert case
    assert (case.safety_sensitive, case.minor, case.report_duty) == (sensitive, minor, minor)


def test_a_visit_joins_a_case_that_exists(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    logged = log(people.officer, "existing", existing=case.number, **ALARMING)
    assert logged.visit.case == case
    assert [e.act for e in case.events.order_by("sequence")] == ["open", "add_visit"]
    assert fresh(case).alarming


def test_a_case_out_of_sight_cannot_be_joined(new_case: NewCase, people: SimpleNamespace) -> None:
    number = new_case(by=people.stranger).number
    assert refusal(people.officer, "existing", existing=number) == [
        f"找不到编号为“{number}”的案件。"
    ]


def test_the_number_of_the_case_to_join_is_needed(people: SimpleNamespace) -> None:
    assert refusal(people.officer, "existing") == ["请填写已有案件的编号。"]


def test_she_came_to_the_desk_and_not_to_one_officer(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    logged = log(people.colleague, "existing", existing=case.number, **ASKED)
    assert logged.visit.case == case
    assert fresh(case).questions == "answered"


def test_a_visit_that_is_refused_keeps_nothing(new_case: NewCase, people: SimpleNamespace) -> None:
    case = new_case()
    go(case, "not_ours", Directing("litigation", "法院"), by=people.supervisor)
    go(case, "archive", Archiving(complete=True), by=people.supervisor)
    visits = Visit.objects.count()
    assert refusal(people.officer, "existing", existing=case.number, **ASKED)
    assert Visit.objects.count() == visits
    assert fresh(case).questions == "not_asked"


# ---------------------------------------------------------------- what a visit must have


def test_every_reason_is_told_at_once(people: SimpleNamespace) -> None:
    late = moment.now() + timedelta(hours=1)
    assert refusal(people.auditor, happened=" ", asks="", received_at=late) == [
        "这一步需要“登记”权限。",
        "请写下她说了什么，或希望得到什么帮助。",
        "结束咨询前请先询问三个安全问题（可以拒答）。",
        "接待时间不能晚于现在。",
    ]


@pytest.mark.parametrize("who", ["archivist", "auditor", "security", "system"])
def test_only_the_desk_logs_visits(who: str, people: SimpleNamespace) -> None:
    assert refusal(getattr(people, who), "petition") == ["这一步需要“登记”权限。"]


def test_a_phone_may_not_be_called_unless_she_says_so(people: SimpleNamespace) -> None:
    silent = log(people.officer, phone="13800001111", **ASKED).visit.person.contacts.get()
    assert (silent.may_call, silent.may_message) == (False, False)
    safe = SafeContact(may_call=True, when="上午", code_word="送快递")
    told = log(people.officer, phone="13800001111", safe=safe, **ASKED).visit.person.contacts.get()
    assert (told.may_call, told.may_message, told.code_word) == (True, False, "送快递")


# ---------------------------------------------------------------- the same submission twice


@pytest.mark.parametrize("kind", ["consultation", "petition", "existing"])
def test_the_same_submission_twice_is_one_visit(
    kind: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    told = ASKED | ({"existing": new_case().number} if kind == "existing" else {})
    count = Visit.objects.count()
    first = log(people.officer, kind, key="k1", **told)
    again = log(people.officer, kind, key="k1", **told)
    assert (again.visit, again.case) == (first.visit, first.case)
    assert Visit.objects.count() == count + 1


def test_a_key_is_not_used_for_another_visit(people: SimpleNamespace) -> None:
    log(people.officer, "petition", key="k1")
    with pytest.raises(KeyReused):
        log(people.officer, "petition", key="k1", happened="别的事")
    assert Visit.objects.count() == 1


# ---------------------------------------------------------------- drafts


def test_a_draft_is_kept_as_it_is_typed(people: SimpleNamespace) -> None:
    draft = intake.keep_draft({"happened": "他打"}, actor=people.officer)
    uid = str(draft.uid)
    intake.keep_draft({"happened": "他打了我"}, actor=people.officer, uid=uid)
    assert intake.typed_in(Draft.objects.get()) == {"happened": "他打了我"}


def test_a_draft_may_bring_its_own_name(people: SimpleNamespace) -> None:
    uid = str(uuid.uuid4())
    intake.keep_draft({"happened": "一"}, actor=people.officer, uid=uid)
    intake.keep_draft({"happened": "二"}, actor=people.officer, uid=uid)
    assert str(Draft.objects.get().uid) == uid


def test_a_draft_stands_sealed(people: SimpleNamespace) -> None:
    intake.keep_draft({"happened": "他打了我"}, actor=people.officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT typed FROM casework_draft")
        cell = bytes(cursor.fetchone()[0])
    assert cell[0] == 1
    assert "他打了我".encode() not in cell


def test_nobody_writes_over_the_draft_of_another(people: SimpleNamespace) -> None:
    hers = intake.keep_draft({"happened": "他打了我"}, actor=people.officer)
    own = intake.keep_draft({"happened": "没事"}, actor=people.colleague, uid=str(hers.uid))
    assert own.uid != hers.uid
    assert (own.owner, intake.typed_in(Draft.objects.get(pk=hers.pk))) == (
        people.colleague,
        {"happened": "他打了我"},
    )


def test_nobody_throws_the_draft_of_another_away(people: SimpleNamespace) -> None:
    uid = str(intake.keep_draft({"happened": "他打了我"}, actor=people.officer).uid)
    intake.drop_draft(uid, actor=people.colleague)
    log(people.colleague, draft=uid, **ASKED)
    assert Draft.objects.count() == 1
    intake.drop_draft(uid, actor=people.officer)
    assert Draft.objects.count() == 0


def test_a_draft_goes_when_its_visit_is_logged(people: SimpleNamespace) -> None:
    uid = str(intake.keep_draft({"happened": "他打了我"}, actor=people.officer).uid)
    with pytest.raises(Refused):
        log(people.officer, draft=uid)  # the three questions are missing
    assert Draft.objects.count() == 1
    log(people.officer, draft=uid, **ASKED)
    assert Draft.objects.count() == 0


def test_all_of_this_leaves_whole_chains(new_case: NewCase, people: SimpleNamespace) -> None:
    log(people.officer, **ASKED)
    log(people.officer, "answered", done="已告知办法")
    case = new_case("domestic_violence")
    log(people.officer, "existing", existing=case.number, **ALARMING)
    refusal(people.officer)
    go(case, "seal", by=people.supervisor)
    assert audit.verify().ok
