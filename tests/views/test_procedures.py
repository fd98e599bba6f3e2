"""The pages of procedures and their tasks."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.db.models import QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.engine import moment
from casework.models import Case, Document, Event, Procedure, Todo
from casework.services import letters, staffing, tasks
from tests.conftest import NewCase
from tests.services.proceedings import (
    bring,
    handled,
    hear,
    invite,
    party,
    propose,
    refer,
    todo,
    violent,
    work,
)
from tests.services.steps import fresh, go
from tests.views.conftest import Pages, alert, stamped, text
from workflows.referral.facts import Completing, Lacking, Sending

INSIDE = ("officer", "colleague", "supervisor", "chief", "archivist", "mediator", "liaison")
OUTSIDE = ("stranger", "auditor", "security", "system")


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A petition that is worked on, with a counterpart and her consent to be referred."""
    return handled(new_case, crew)


@pytest.fixture
def mediation(case: Case, crew: SimpleNamespace) -> Procedure:
    """A mediation that the mediator carries."""
    return propose(case, crew, carrier=str(crew.mediator.uid))


@pytest.fixture
def referral(case: Case, crew: SimpleNamespace) -> Procedure:
    """A drafted referral that the liaison carries; its letter is made."""
    record = refer(case, crew, carrier=str(crew.liaison.uid))
    work()
    return record


def at(record: Procedure, more: str = "") -> str:
    """The address of a procedure's page, or of something below it."""
    return f"/cases/{record.case.uid}/procedures/{record.uid}/{more}"


def task_at(record: Procedure, node: str, more: str = "") -> str:
    """The address of the page of the task that waits at a node."""
    return f"/cases/{record.case.uid}/tasks/{todo(record, node).uid}/{more}"


HEARD = {"screened_alone": "on", "no_violence": "on", "rights_told": "on", "agrees": "on"}
SCREENED = {"screened_alone": "on", "no_violence": "on"}


# The page of the case.


def test_the_case_tells_of_its_procedures_and_their_tasks(
    pages: Pages, mediation: Procedure, referral: Procedure
) -> None:
    page = text(pages("officer").get(f"/cases/{mediation.case.uid}/"))
    for word in (
        "共同调解（双方同场）", "某村委会", "已提出", "由测试mediator承担", "邀请她", "邀请对方",
        "法律援助 → legal_aid", "数天内", "拟稿", "审签", "待认领（部门负责人）",
        at(mediation), at(referral), task_at(mediation, "invite_hers"),
    ):  # fmt: skip
        assert word in page, word


def test_the_case_lists_its_letters(pages: Pages, referral: Procedure) -> None:
    letter = Document.objects.get()
    page = text(pages("officer").get(f"/cases/{referral.case.uid}/"))
    assert letter.number in page
    assert f"/cases/{referral.case.uid}/documents/{letter.uid}/" in page


def test_a_case_without_any_says_nothing_of_procedures(pages: Pages, new_case: NewCase) -> None:
    page = text(pages("officer").get(f"/cases/{new_case().uid}/"))
    assert 'id="procedures"' not in page
    assert "还没有文书。" in page


def test_a_mediation_is_proposed_from_the_case(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    client, path = pages("officer"), f"/cases/{case.uid}/moves/open_mediation/"
    page = text(client.get(path))
    for word in ("对方当事人", "某村委会", "调解方式", "测试mediator", "测试other_mediator"):
        assert word in page
    told = {
        "other": party(case), "matter": "征地补偿", "mode": "joint", "unrelated": "on",
        "carrier": str(crew.mediator.uid),
    }  # fmt: skip
    assert client.post(path, stamped(case, **told)).status_code == 302
    assert case.procedures.get().carrier == crew.mediator


def test_without_a_counterpart_the_form_says_what_comes_first(
    pages: Pages, new_case: NewCase, crew: SimpleNamespace
) -> None:
    case = new_case()
    page = text(pages("officer").get(f"/cases/{case.uid}/moves/open_mediation/"))
    assert "现在还不能办理" in page
    case = handled(new_case, crew)
    case.parties.filter(role="respondent").update(role="witness")
    page = text(pages("officer").get(f"/cases/{case.uid}/moves/open_mediation/"))
    assert "请先办理“登记当事人”" in page


def test_a_referral_is_drafted_from_the_case(pages: Pages, case: Case) -> None:
    client, path = pages("officer"), f"/cases/{case.uid}/moves/open_referral/"
    page = text(client.get(path))
    assert "police（公安）" in page
    body = page.partition("legal_aid（法律援助）")[0].rpartition('value="')[2].partition('"')[0]
    told = {
        "service": "legal_aid", "body": body, "urgency": "days", "ground": "consent",
        "requests": "指派律师", "situation": "需要代理", "fee_asked": "300",
    }  # fmt: skip
    answer = client.post(path, stamped(case, **(told | {"body": str(uuid.uuid4())})))
    assert answer.status_code == 422
    assert "需要代理" in text(answer)
    assert client.post(path, stamped(case, **told)).status_code == 302
    assert case.procedures.get().referral.fee_asked == 300


# Who may open a procedure and its tasks.


@pytest.mark.parametrize("who", INSIDE)
def test_an_everyday_procedure_is_open_to_the_desks(
    pages: Pages, mediation: Procedure, referral: Procedure, who: str
) -> None:
    client = pages(who)
    for path in (
        at(mediation), at(referral), task_at(mediation, "invite_hers"),
        task_at(referral, "approval"), at(mediation, "moves/stop/"),
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("who", OUTSIDE)
def test_to_everybody_else_it_does_not_exist(pages: Pages, mediation: Procedure, who: str) -> None:
    client, task = pages(who), task_at(mediation, "invite_hers")
    missing = client.get(at(mediation).replace(str(mediation.uid), str(uuid.uuid4())))
    assert missing.status_code == 404
    for path in (at(mediation), task, at(mediation, "moves/stop/")):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, missing.content), path
    told = stamped(mediation, reason="理由", to=str(uuid.uuid4()))
    for path in (
        f"{task}?move=invite", f"{task}claim/", f"{task}hand_back/", f"{task}assign/",
        f"{task}retry/", at(mediation, "moves/stop/"),
    ):  # fmt: skip
        assert client.post(path, told).status_code == 404, path
    assert fresh(mediation).version == mediation.version


def test_a_task_and_a_procedure_belong_to_their_case(
    pages: Pages, mediation: Procedure, referral: Procedure, new_case: NewCase
) -> None:
    other, client = new_case(), pages("supervisor")
    uid = todo(referral, "approval").uid
    letter = Document.objects.get().uid
    for path in (
        f"/cases/{other.uid}/tasks/{uid}/", f"/cases/{other.uid}/procedures/{referral.uid}/",
        f"/cases/{other.uid}/procedures/{referral.uid}/moves/cancel/",
        f"/cases/{other.uid}/documents/{letter}/",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(f"/cases/{other.uid}/tasks/{uid}/claim/").status_code == 404
    sent = stamped(referral)
    assert client.post(f"/cases/{other.uid}/tasks/{uid}/?move=approve", sent).status_code == 404
    assert fresh(referral).status == "drafted"


def test_a_todo_without_a_task_is_no_task(pages: Pages, case: Case) -> None:
    plain = case.todos.filter(task=None, done_at=None).first()
    assert plain
    assert pages("supervisor").get(f"/cases/{case.uid}/tasks/{plain.uid}/").status_code == 404


@pytest.mark.parametrize("uid", ["x", "1", "0" * 32, "%00", "..", "not-a-uuid"])
def test_malformed_addresses_are_missing_pages(pages: Pages, case: Case, uid: str) -> None:
    client = pages("supervisor")
    for path in ("tasks/{}/", "tasks/{}/claim/", "procedures/{}/", "documents/{}/"):
        answer = client.get(f"/cases/{case.uid}/" + path.format(uid))
        assert 400 <= answer.status_code < 500
        assert client.get(f"/cases/{uid}/" + path.format(uuid.uuid4())).status_code < 500


# The page of the procedure.


def test_it_tells_where_the_procedure_is(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    record = bring(mediation, crew, "agreed")
    page = text(pages("mediator").get(at(record)))
    for word in (
        'aria-current="step"', "达成协议", "补发补偿款。", "双方陈述。", "第 1 次", "签署协议",
        "调解协议书", "调解笔录", "终止…", "单独会见并征求同意", "测试officer", "流程",
        "/procedures/mediation.bpmn",
    ):  # fmt: skip
        assert word in page, word


def test_a_referral_tells_whom_why_and_what_came_of_it(
    pages: Pages, referral: Procedure, crew: SimpleNamespace
) -> None:
    record = bring(referral, crew, "completed")
    page = text(pages("liaison").get(at(record)))
    for word in (
        "本人同意", "指派律师。", "专人送达", "收字1号", "准予。", "已指派律师。", "决1号",
        "方律师", "转介函", "已于",
    ):  # fmt: skip
        assert word in page, word
    assert "认领" not in page


def test_a_referral_tells_that_papers_are_missing_while_they_are(
    pages: Pages, referral: Procedure, crew: SimpleNamespace
) -> None:
    record = bring(referral, crew, "received")
    assert "补正" not in text(pages("liaison").get(at(record))).replace("登记补正通知", "")
    now = moment.now()
    go(record, "lack_papers", Lacking(now, "身份证明。"), by=crew.liaison)
    page = text(pages("liaison").get(at(record)))
    assert "补正中" in page
    assert f"{now.astimezone(moment.HOME):%Y-%m-%d %H:%M}" in page.partition("材料补正")[2]
    go(record, "bring_papers", Completing(moment.now()), by=crew.liaison)
    page = text(pages("liaison").get(at(record)))
    assert "材料补正" in page and "补正中" not in page


def test_what_lacked_when_the_answer_came_lacks_no_longer(
    pages: Pages, referral: Procedure, crew: SimpleNamespace
) -> None:
    record = bring(referral, crew, "received")
    go(record, "lack_papers", Lacking(moment.now(), "身份证明。"), by=crew.liaison)
    bring(record, crew, "accepted")
    assert "补正中" not in text(pages("liaison").get(at(record)))


def test_a_status_that_was_left_out_is_struck_out(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = refer(case, crew, urgency="hours", carrier=str(crew.liaison.uid))
    work()
    go(record, "send", Sending("phone"), by=crew.liaison)
    page = text(pages("liaison").get(at(record)))
    assert '<li class="skipped"' in page


def test_what_follows_by_itself_is_not_offered(pages: Pages, mediation: Procedure) -> None:
    assert "双方的同意尚未登记齐全" not in text(pages("mediator").get(at(mediation)))


# Doing a task.


def test_a_task_tells_what_is_to_be_done_and_asks_only_what_it_does_not_know(
    pages: Pages, mediation: Procedure
) -> None:
    page = text(pages("mediator").get(task_at(mediation, "invite_hers")))
    for word in ("邀请她", "请通过安全方式邀请她", "由测试mediator承担", "期限", "邀请方式和时间"):
        assert word in page
    assert 'name="side"' not in page


def test_its_rows_are_chosen_by_links(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    bring(mediation, crew, "in_session")
    client, path = pages("mediator"), task_at(mediation, "session")
    first = text(client.get(path))
    for name in ("agree", "hold", "fail", "stop"):
        assert f'href="{path}?move={name}"' in first
    assert 'name="terms"' in first
    assert 'name="routes_told"' in text(client.get(path, {"move": "fail"}))
    assert 'name="reason"' in text(client.get(path, {"move": "stop"}))
    for name in ("vanish", "sign", "\x00", "x" * 3000):
        answer = client.get(path, {"move": name})
        assert answer.status_code < 500
        assert answer.status_code == 400 or 'name="terms"' in text(answer)


def test_a_row_that_is_not_open_tells_why(pages: Pages, referral: Procedure) -> None:
    page = text(pages("officer").get(task_at(referral, "approval")))
    assert "现在还不能办理" in page
    assert "这一步需要“审批督导”权限。" in page
    assert "<textarea" not in page


def test_a_letter_that_was_given_back_is_revised_from_its_own_words(
    pages: Pages, referral: Procedure, crew: SimpleNamespace
) -> None:
    path = task_at(referral, "approval", "?move=give_back")
    answer = pages("supervisor").post(path, stamped(referral, reason="请写明金额"))
    assert answer.status_code == 302
    client, path = pages("liaison"), task_at(referral, "revision", "?move=revise")
    page = text(client.get(path))
    assert "需要代理。</textarea>" in page
    told = stamped(referral, requests="指派律师，减免 300 元。", situation="需要代理。")
    assert client.post(path, told).status_code == 302
    assert fresh(referral).referral.requests == "指派律师，减免 300 元。"


def test_after_a_step_the_next_of_her_tasks_opens(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    client = pages("mediator")
    told = stamped(mediation, safely="on", how="电话")
    answer = client.post(task_at(mediation, "invite_hers") + "?move=invite", told)
    assert answer["Location"] == task_at(mediation, "invite_other", "?done=made")
    assert "已办理。" in text(client.get(answer["Location"]))


def test_without_a_next_task_the_procedure_opens(pages: Pages, referral: Procedure) -> None:
    path = task_at(referral, "approval", "?move=approve")
    answer = pages("supervisor").post(path, stamped(referral))
    assert answer["Location"] == at(referral, "?done=made")
    assert fresh(referral).status == "approved"


def test_the_side_is_told_by_the_task(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    invite(mediation, crew, "other")
    client, path = pages("mediator"), task_at(mediation, "hear_other", "?move=hear")
    answer = client.post(path, stamped(mediation, side="hers", **HEARD))
    assert answer.status_code == 302
    assert fresh(mediation).mediation.agreed == "other"


def test_every_refusal_is_told_and_what_was_typed_is_kept(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    record = bring(mediation, crew, "in_session")
    client, path = pages("mediator"), task_at(record, "session", "?move=agree")
    typed = {"notes": "双方各让一步", "terms": "补发", "status_relation": "on"}
    answer = client.post(path, stamped(record, **typed, wants_confirmation="on"))
    assert answer.status_code == 422
    assert "不能申请司法确认" in alert(answer)
    assert "请写明履行期限" in alert(answer)
    assert "双方各让一步" in text(answer)
    assert fresh(record).status == "in_session"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_missing_reason_is_asked_for(pages: Pages, mediation: Procedure, reason: str) -> None:
    client = pages("mediator")
    for path in (task_at(mediation, "invite_hers", "?move=stop"), at(mediation, "moves/stop/")):
        answer = client.post(path, stamped(mediation, reason=reason))
        assert answer.status_code == 422
        assert "请填写“理由”。" in alert(answer)
    assert fresh(mediation).status == "proposed"


def test_the_page_of_a_task_that_is_done_says_so(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    path = task_at(mediation, "invite_hers")
    invite(mediation, crew, "hers")
    answer = pages("mediator").get(path)
    assert answer.status_code == 200
    assert "此任务已经办结。" in text(answer)
    assert f'href="{at(mediation)}"' in text(answer)
    assert "Ctrl+Enter" not in text(answer)


def test_the_back_button_loses_nothing(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    client, path = pages("mediator"), task_at(mediation, "invite_hers", "?move=invite")
    told = stamped(mediation, safely="on", how="上午去过")
    assert client.post(path, told).status_code == 302
    again = client.post(path, stamped(mediation, safely="on", how="下午又去了一次"))
    assert again.status_code == 409
    assert "此任务已经办结。" in text(again)
    assert "下午又去了一次" in text(again)
    stale = client.post(path, told | {"key": "another", "how": "傍晚又去了"})
    assert stale.status_code == 409
    assert "傍晚又去了" in text(stale)
    assert Event.objects.filter(act="invite").count() == 1


def test_a_double_click_makes_one_event(pages: Pages, mediation: Procedure) -> None:
    client, path = pages("mediator"), task_at(mediation, "invite_hers", "?move=invite")
    told = stamped(mediation, safely="on", how="电话")
    assert [client.post(path, told).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(act="invite").count() == 1


def test_a_key_is_not_used_for_something_else(pages: Pages, mediation: Procedure) -> None:
    client, key = pages("mediator"), uuid.uuid4().hex
    first = stamped(mediation, safely="on", how="电话", key=key)
    client.post(task_at(mediation, "invite_hers", "?move=invite"), first)
    second = stamped(mediation, how="书面", key=key)
    answer = client.post(task_at(mediation, "invite_other", "?move=invite"), second)
    assert answer.status_code == 422
    assert "同一提交标识" in alert(answer)
    assert "书面" in text(answer)


def test_a_stale_page_is_told_so_and_can_be_sent_again(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    client, path = pages("mediator"), task_at(mediation, "invite_other", "?move=invite")
    stale = stamped(mediation, how="书面通知")
    invite(mediation, crew, "hers")
    answer = client.post(path, stale)
    assert answer.status_code == 409
    assert "刚刚被他人更新" in alert(answer)
    assert "书面通知" in text(answer)
    version = str(fresh(mediation).version)
    assert f'name="version" value="{version}"' in text(answer)
    assert client.post(path, stale | {"version": version}).status_code == 302


def test_a_task_of_a_procedure_that_was_ended_says_so(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    path = task_at(mediation, "invite_hers")
    go(mediation, "stop", by=crew.officer)
    answer = pages("mediator").get(path)
    assert (answer.status_code, "此任务已经取消" in text(answer)) == (200, True)
    told = stamped(mediation, safely="on", how="她说下周")
    answer = pages("mediator").post(f"{path}?move=invite", told)
    assert (answer.status_code, "她说下周" in text(answer)) == (409, True)
    assert pages("mediator").post(f"{path}claim/").status_code == 409


@pytest.mark.parametrize("move", ["", "?move=", "?move=vanish", "?move=sign"])
def test_a_row_that_the_task_does_not_carry_is_refused(
    pages: Pages, mediation: Procedure, move: str
) -> None:
    answer = pages("mediator").post(task_at(mediation, "invite_hers", move), stamped(mediation))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "marks", [{"version": ""}, {"version": "x"}, {"version": "9" * 400}, {"key": ""}]
)
def test_marks_that_no_page_sends_are_refused(
    pages: Pages, mediation: Procedure, marks: dict[str, str]
) -> None:
    sent = stamped(mediation, safely="on", how="电话", reason="理由") | marks
    client = pages("mediator")
    for path in (task_at(mediation, "invite_hers", "?move=invite"), at(mediation, "moves/stop/")):
        assert client.post(path, sent).status_code == 400


# Whose it is.


def test_an_unclaimed_task_is_claimed_and_the_procedure_with_it(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record, client = propose(case, crew), pages("mediator")
    path = task_at(record, "invite_hers")
    page = text(client.get(path))
    assert "待认领（调解员）" in page
    assert f'action="{path}claim/"' in page
    answer = client.post(f"{path}claim/")
    assert answer["Location"] == f"{path}?done=claim"
    assert "任务已由您承担。" in text(client.get(answer["Location"]))
    assert fresh(record).carrier == crew.mediator
    assert client.post(f"{path}claim/").status_code == 302, "a second click finds it hers"
    assert Event.objects.filter(act="claim").count() == 1


def test_the_second_to_claim_is_told_who_was_faster(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    path = task_at(record, "invite_hers")
    pages("mediator").post(f"{path}claim/")
    answer = pages("other_mediator").post(f"{path}claim/")
    assert answer.status_code == 422
    assert "此任务已由测试mediator承担。" in alert(answer)


def test_somebody_elses_task_is_read_but_not_done(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    client, path = pages("other_mediator"), task_at(mediation, "invite_hers")
    page = text(client.get(path))
    assert "此任务由测试mediator承担" in page
    assert 'class="ask"' not in page
    assert "claim/" not in page
    answer = client.post(f"{path}?move=invite", stamped(mediation, safely="on", how="电话"))
    assert answer.status_code == 422
    for deed in ("hand_back/", "assign/"):
        answer = client.post(path + deed, {"to": str(crew.other_mediator.uid)})
        assert answer.status_code == 422, deed
    assert todo(mediation, "invite_hers").assignee == crew.mediator


def test_a_task_is_handed_back(pages: Pages, mediation: Procedure) -> None:
    client, path = pages("mediator"), task_at(mediation, "invite_hers")
    answer = client.post(f"{path}hand_back/")
    assert answer["Location"] == at(mediation, "?done=hand_back")
    assert "任务已交回。" in text(client.get(answer["Location"]))
    assert todo(mediation, "invite_hers").role == "mediator"
    assert client.post(f"{path}hand_back/").status_code == 422


@pytest.mark.parametrize("who", ["mediator", "supervisor"])
def test_a_task_is_given_to_somebody_else(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace, who: str
) -> None:
    client, path = pages(who), task_at(mediation, "invite_hers")
    page = text(client.get(path))
    assert f'<option value="{crew.other_mediator.uid}">' in page
    for absent in (crew.mediator, crew.officer, crew.liaison):
        assert f'<option value="{absent.uid}">' not in page
    answer = client.post(f"{path}assign/", {"to": str(crew.other_mediator.uid)})
    assert answer["Location"] == at(mediation, "?done=assign")
    assert todo(mediation, "invite_hers").assignee == crew.other_mediator


@pytest.mark.parametrize("to", ["stranger", "officer", "gone", "nobody", "", "x", "9" * 300])
def test_a_task_is_given_only_to_who_can_do_it(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace, to: str
) -> None:
    staffing.set_active(crew.security, crew.other_mediator, False)
    uids = {
        "stranger": str(crew.stranger.uid), "officer": str(crew.officer.uid),
        "gone": str(crew.other_mediator.uid), "nobody": str(uuid.uuid4()),
    }  # fmt: skip
    path = task_at(mediation, "invite_hers")
    answer = pages("supervisor").post(f"{path}assign/", {"to": uids.get(to, to)})
    assert answer.status_code == 422
    assert "所选人员不能承担此任务" in alert(answer)
    assert todo(mediation, "invite_hers").assignee == crew.mediator
    assert str(crew.other_mediator.uid) not in text(pages("supervisor").get(path))


def test_the_drafter_does_not_approve_her_letter(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    crew.officer, officer = crew.supervisor, crew.officer
    record = refer(case, crew)
    crew.officer = officer
    work()
    client, path = pages("supervisor"), task_at(record, "approval")
    page = text(client.get(path))
    assert "claim/" not in page
    assert "拟稿人、修改人、发出人以外的另一人" in page
    assert client.post(f"{path}claim/").status_code == 422
    answer = client.post(f"{path}?move=approve", stamped(record))
    assert answer.status_code == 422
    assert fresh(record).status == "drafted"


@pytest.mark.parametrize("deed", ["claim", "hand_back", "assign", "retry"])
def test_a_get_moves_no_task(pages: Pages, mediation: Procedure, deed: str) -> None:
    path = task_at(mediation, "invite_hers", f"{deed}/")
    assert pages("supervisor").get(path).status_code == 405
    assert todo(mediation, "invite_hers").assignee


def test_there_are_no_other_deeds(pages: Pages, mediation: Procedure) -> None:
    path = task_at(mediation, "invite_hers", "vanish/")
    assert pages("supervisor").post(path).status_code == 404


# What goes wrong behind the scenes.


def _task_row(record: Procedure, node: str) -> QuerySet[Task]:
    return Task.objects.filter(pk=todo(record, node).task_id)


@pytest.mark.parametrize(
    "flow_task",
    [
        "workflows/mediation.flow.MediationV1.a_step_of_old",
        "workflows/mediation.flow.MediationV0.invite_hers",
        "workflows/vanished.flow.Flow.step",
    ],
)
def test_a_step_that_the_flow_no_longer_knows_breaks_no_page(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace, flow_task: str
) -> None:
    row, path = _task_row(mediation, "invite_hers"), task_at(mediation, "invite_hers")
    row.update(flow_task=flow_task)
    client = pages("mediator")
    answer = client.get(path)
    assert (answer.status_code, "已经没有这个步骤" in text(answer)) == (200, True)
    told = stamped(mediation, safely="on", how="电话")
    assert client.post(f"{path}?move=invite", told).status_code == 409
    for deed in ("claim/", "hand_back/", "assign/", "retry/"):
        assert client.post(path + deed, {"to": str(crew.mediator.uid)}).status_code == 409
    for other in ("/", at(mediation), f"/cases/{mediation.case.uid}/"):
        assert client.get(other).status_code == 200, other


def test_work_that_failed_is_seen_and_tried_again(
    pages: Pages, case: Case, crew: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = refer(case, crew, carrier=str(crew.liaison.uid))

    def broken(*args: object, **more: object) -> bytes:
        raise OSError("no paper")

    monkeypatch.setattr(letters.letters, "render", broken)
    for _try in range(5):
        Task.objects.filter(status=STATUS.SCHEDULED).update(scheduled=case.received_at)
        work()
    monkeypatch.undo()
    failed = Todo.objects.get(done_at=None, task__status=STATUS.ERROR)
    client, path = pages("officer"), f"/cases/{case.uid}/tasks/{failed.uid}/"
    page = text(client.get(path))
    assert "后台工作多次没有成功" in page
    assert f'action="{path}retry/"' in page
    assert "no paper" not in page
    answer = client.post(f"{path}retry/")
    assert answer["Location"] == at(record, "?done=retry")
    assert client.post(f"{path}retry/").status_code == 422
    work()
    assert Document.objects.filter(procedure=record).exists()
    assert "此任务已经办结。" in text(client.get(path))


# Rows that no task carries.


def test_a_procedure_is_ended_early_with_its_reason(pages: Pages, mediation: Procedure) -> None:
    client, path = pages("officer"), at(mediation, "moves/stop/")
    assert f'href="{path}"' in text(client.get(at(mediation)))
    answer = client.post(path, stamped(mediation, reason="对方拒绝"))
    assert answer["Location"] == at(mediation, "?done=made")
    page = text(client.get(answer["Location"]))
    assert fresh(mediation).status == "stopped"
    assert "已终止" in page
    assert "对方拒绝" in page


def test_a_closed_row_tells_why(pages: Pages, mediation: Procedure) -> None:
    page = text(pages("colleague").get(at(mediation)))
    assert "moves/stop/" not in page
    assert "本案由其他人员承办。" in page
    page = text(pages("colleague").get(at(mediation, "moves/stop/")))
    assert "现在还不能办理" in page
    sent = stamped(mediation, reason="理由")
    answer = pages("colleague").post(at(mediation, "moves/stop/"), sent)
    assert answer.status_code == 422
    assert "理由" in text(answer)


@pytest.mark.parametrize("name", ["invite", "schedule", "vanish"])
def test_rows_that_tasks_carry_have_no_page_of_their_own(
    pages: Pages, mediation: Procedure, name: str
) -> None:
    path = at(mediation, f"moves/{name}/")
    assert pages("mediator").get(path).status_code == 404
    assert pages("mediator").post(path, stamped(mediation)).status_code == 404


def test_a_stale_page_of_a_free_row_keeps_what_was_typed(
    pages: Pages, mediation: Procedure, crew: SimpleNamespace
) -> None:
    stale = stamped(mediation, reason="她改变了主意")
    invite(mediation, crew, "hers")
    hear(mediation, crew, "hers")
    answer = pages("mediator").post(at(mediation, "moves/stop/"), stale)
    assert answer.status_code == 409
    assert "她改变了主意" in text(answer)


# Letters.


def test_a_letter_is_a_word_file(pages: Pages, referral: Procedure) -> None:
    letter = Document.objects.get()
    answer = pages("officer").get(f"/cases/{referral.case.uid}/documents/{letter.uid}/")
    assert answer.status_code == 200
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.content.startswith(b"PK")
    assert "no-store" in answer["Cache-Control"]


def test_a_letter_is_for_those_who_see_the_case(pages: Pages, referral: Procedure) -> None:
    path = f"/cases/{referral.case.uid}/documents/{Document.objects.get().uid}/"
    for who in OUTSIDE:
        assert pages(who).get(path).status_code == 404
    nowhere = f"/cases/{referral.case.uid}/documents/{uuid.uuid4()}/"
    assert pages("officer").get(nowhere).status_code == 404
    assert pages("officer").post(path).status_code == 405


def test_taking_a_letter_out_of_a_sealed_case_is_logged(
    pages: Pages, referral: Procedure, crew: SimpleNamespace
) -> None:
    go(referral.case, "seal", by=crew.supervisor)
    letter = Document.objects.get()
    for path in (
        f"/cases/{referral.case.uid}/documents/{letter.uid}/", at(referral),
        task_at(referral, "approval"), at(referral, "moves/cancel/"),
    ):  # fmt: skip
        pages("supervisor").get(path)
    reads = Event.objects.filter(act="read", case=referral.case, actor=str(crew.supervisor.uid))
    assert reads.count() == 4


# Leaving a case that is hers only through a task.


def test_who_hands_back_her_part_in_a_guarded_case_is_led_to_her_desk(
    pages: Pages, new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = propose(violent(new_case, crew), crew, carrier=str(crew.mediator.uid))
    client = pages("mediator")
    first, second = (task_at(record, node) for node in ("invite_hers", "invite_other"))
    answer = client.post(f"{first}hand_back/")
    assert answer["Location"] == "/?done=hand_back"
    assert "任务已交回。" in text(client.get("/?done=hand_back"))
    for path in (first, second, at(record), f"/cases/{record.case.uid}/"):
        assert client.get(path).status_code == 404


def test_whose_part_in_a_guarded_case_ends_is_led_to_her_desk(
    pages: Pages, new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = propose(violent(new_case, crew), crew, carrier=str(crew.mediator.uid))
    sent = stamped(record, reason="她不愿意")
    answer = pages("mediator").post(at(record, "moves/stop/"), sent)
    assert answer["Location"] == "/?done=made"
    assert fresh(record).status == "stopped"


def test_a_task_claimed_meanwhile_by_another_is_not_done_twice(
    pages: Pages, case: Case, crew: SimpleNamespace
) -> None:
    record = propose(case, crew)
    path, told = task_at(record, "invite_hers"), stamped(record, safely="on", how="已打电话")
    tasks.claim(todo(record, "invite_hers").uid, crew.other_mediator)
    answer = pages("mediator").post(f"{path}?move=invite", told)
    assert answer.status_code == 409
    assert "已打电话" in text(answer)
