"""Background work: tried again, given up, taken over, done once; and mail that says nothing."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection
from pytest_django import Settings
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework import audit
from casework.engine import moment
from casework.models import Body, Case, Document, Event, Notice, Procedure
from casework.services import jobs, notices, tasks
from casework.services.jobs import LEASE, TRIES, WORK
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.letters.reading import text
from tests.services import post
from tests.services.proceedings import bring, faults, handled, refer, todo, todos, work
from tests.services.proceedings import tasks as living
from tests.services.steps import go
from workflows.referral.facts import Sending

BACKENDS = "tests.services.post."
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def case(new_case: NewCase, crew: SimpleNamespace) -> Case:
    """A petition that gives much away: category, name, organisation."""
    return handled(new_case, crew, category="land", name="王芳", happened="村里不分地")


@pytest.fixture
def letter(case: Case, crew: SimpleNamespace) -> Procedure:
    """A referral whose letter is still to be made."""
    return refer(case, crew)


@pytest.fixture
def notice(case: Case, crew: SimpleNamespace, settings: Settings) -> Procedure:
    """A referral that was sent; word to the body is still to go out by mail."""
    settings.EMAIL_HOST = "mail.example"
    record = bring(refer(case, crew), crew, "approved")
    go(record, "send", Sending("hand"), by=crew.liaison)
    return record


def job(record: Procedure) -> Task:
    """The background task of a procedure, as it stands."""
    return next(t for t in living(record).values() if t.flow_task_type == "JOB")


def set_by_sql(task: Task, **values: object) -> None:
    """What a crash can leave behind."""
    columns = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE viewflow_task SET {columns} WHERE id = %s", [*values.values(), task.pk]
        )


def fail(record: Procedure) -> list[timedelta]:
    """Let the work fail until it is given up; answers how long it waited after each try."""
    waited, at = [], moment.now()
    for _try in range(TRIES):
        with moment.at(at):
            assert jobs.run_due() == 0
        task = job(record)
        if task.status == STATUS.SCHEDULED:
            waited.append(task.scheduled - at)
            at = task.scheduled
    return waited


# ---------------------------------------------------------------- when it goes wrong


def test_work_that_fails_is_tried_again_later_and_later(
    notice: Procedure, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    assert fail(notice) == [1 * MINUTE, 4 * MINUTE, 9 * MINUTE, 16 * MINUTE]
    assert job(notice).status == STATUS.ERROR
    assert faults() == []


def test_work_that_failed_is_not_tried_before_its_time(
    notice: Procedure, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    at = moment.now()
    with moment.at(at):
        jobs.run_due()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with moment.at(at + MINUTE - SECOND):
        assert jobs.run_due() == 0
    with moment.at(at + MINUTE):
        assert jobs.run_due() == 1
    assert len(mail.outbox) == 1


def test_after_the_last_try_somebody_must_look_and_can_have_it_tried_again(
    notice: Procedure, crew: SimpleNamespace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    fail(notice)
    waiting = todo(notice, "notice")
    assert (waiting.done_at, waiting.due_at is None) == (None, False)
    assert jobs.run_due() == 0  # nothing more by itself
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    event = tasks.retry(waiting.uid, crew.supervisor)
    assert (event.act, event.record) == ("retry", f"referral:{notice.uid}")
    assert "notice" not in todos(notice)
    assert faults() == []
    assert jobs.run_due() == 1
    assert len(mail.outbox) == 1
    assert faults() == []
    assert audit.verify().ok


def test_a_retry_begins_to_count_anew(
    notice: Procedure, crew: SimpleNamespace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    fail(notice)
    tasks.retry(todo(notice, "notice").uid, crew.supervisor)
    assert len(fail(notice)) == TRIES - 1


def test_only_work_that_was_given_up_is_tried_again_by_hand(
    notice: Procedure, crew: SimpleNamespace
) -> None:
    with pytest.raises(Refused) as refused:
        tasks.retry(todo(notice, "receipt").uid, crew.supervisor)
    assert [str(s) for s in refused.value.sentences] == ["没有可以重试的后台工作。"]


@pytest.mark.parametrize("deed", ["claim", "assign"])
def test_work_that_was_given_up_is_nobodys_to_claim(
    deed: str, notice: Procedure, crew: SimpleNamespace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    fail(notice)
    more = [str(crew.officer.uid)] if deed == "assign" else []
    with pytest.raises(Refused):
        getattr(tasks, deed)(todo(notice, "notice").uid, crew.supervisor, *more)
    assert not Event.objects.filter(act=deed).exists()
    assert faults() == []


def test_of_an_error_only_its_name_is_kept(
    notice: Procedure, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    fail(notice)
    task = job(notice)
    assert task.data == {"tries": TRIES, "error": "ConnectionRefusedError"}
    history = list(task.history.values_list("data", flat=True))
    assert post.SECRET not in json.dumps(history, ensure_ascii=False)
    assert post.SECRET not in caplog.text
    assert "ConnectionRefusedError" in caplog.text


def test_other_work_goes_on_while_one_fails(
    notice: Procedure, case: Case, crew: SimpleNamespace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    other = refer(case, crew)
    assert jobs.run_due() == 1
    assert other.documents.count() == 1


def test_a_failing_notice_holds_nothing_else_back(
    notice: Procedure, crew: SimpleNamespace, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Broken"
    fail(notice)
    assert bring(notice, crew, "completed").status == "completed"
    assert faults() == []


# ---------------------------------------------------------------- once


def test_a_letter_is_made_once_however_often_its_work_runs(letter: Procedure) -> None:
    task = job(letter)
    assert jobs.run(task.pk)
    first = letter.documents.get()
    WORK["referral_letter"].inside(letter, task)
    assert not jobs.run(task.pk)
    assert letter.documents.get() == first


def test_work_in_hand_is_not_taken_by_another_worker(letter: Procedure) -> None:
    task = job(letter)
    set_by_sql(task, status=STATUS.STARTED, started=moment.now())
    assert not jobs.run(task.pk)
    assert jobs.run_due() == 0
    assert not Document.objects.exists()


def test_work_whose_worker_died_is_taken_over_when_its_lease_ran_out(letter: Procedure) -> None:
    task, at = job(letter), moment.now()
    set_by_sql(task, status=STATUS.STARTED, started=at)
    with moment.at(at + LEASE):
        assert jobs.run_due() == 0
    with moment.at(at + LEASE + SECOND):
        assert jobs.run_due() == 1
    assert letter.documents.count() == 1
    assert faults() == []


def test_mail_that_went_out_before_the_worker_died_goes_out_once(notice: Procedure) -> None:
    task, at = job(notice), moment.now()
    set_by_sql(task, status=STATUS.STARTED, started=at)
    notices.send(notice, task)
    with moment.at(at + LEASE + SECOND):
        assert jobs.run_due() == 1
    assert len(mail.outbox) == 1


def test_mail_of_which_nobody_knows_whether_it_went_out_keeps_its_identity(
    notice: Procedure,
) -> None:
    task = job(notice)
    set_by_sql(task, status=STATUS.STARTED, started=moment.now())
    for _worker in range(2):
        notices.send(notice, task)
        Notice.objects.update(sent_at=None)  # the worker died before it could say so
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


# ---------------------------------------------------------------- what was ended meanwhile


def test_work_of_a_procedure_that_was_ended_does_nothing(
    letter: Procedure, crew: SimpleNamespace
) -> None:
    task = job(letter)
    go(letter, "cancel", by=crew.supervisor)
    assert not jobs.run(task.pk)
    assert jobs.run_due() == 0
    assert not Document.objects.exists()
    assert faults() == []


def test_no_mail_goes_out_for_a_referral_that_was_cancelled(
    notice: Procedure, crew: SimpleNamespace
) -> None:
    go(notice, "cancel", by=crew.liaison)
    assert jobs.run_due() == 0
    assert mail.outbox == []


def test_work_that_is_under_way_when_its_procedure_ends_leaves_nothing(
    notice: Procedure, crew: SimpleNamespace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}Slow"
    ending = staticmethod(lambda: go(notice, "cancel", by=crew.liaison))
    monkeypatch.setattr(post.Slow, "meanwhile", ending)
    task = job(notice)
    assert not jobs.run(task.pk)
    assert Task.objects.get(pk=task.pk).status == STATUS.CANCELED
    assert faults() == []
    assert audit.verify().ok


# ---------------------------------------------------------------- what the mail says (rule 9)


def test_the_mail_says_that_something_is_due_and_nothing_else(
    notice: Procedure, case: Case
) -> None:
    jobs.run_due()
    message = mail.outbox[0]
    text = f"{message.subject}\n{message.body}\n{message.from_email}"
    serial = f"〔{moment.today().year}〕1号"
    assert serial in text
    told = [
        case.organisation.name, case.number, "王芳", "村", "地", "land", "妇联", "转介", "法律援助",
        "信访", "家暴", "legal_aid", str(case.uid), str(notice.uid), "http",
    ]  # fmt: skip
    assert [word for word in told if word in text] == []
    assert message.to == [Body.objects.get(service="legal_aid").email]
    assert not message.attachments and not message.cc and not message.bcc


def test_the_mail_carries_its_key_as_its_identity(notice: Procedure) -> None:
    key = job(notice).external_task_id
    jobs.run_due()
    sent: datetime | None = Notice.objects.get(key=key).sent_at
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{key}@notice.invalid>"
    assert sent


@pytest.mark.parametrize("lacking", ["host", "address"])
def test_without_a_mail_server_or_an_address_none_is_sent_and_the_flow_goes_on(
    lacking: str, notice: Procedure, settings: Settings
) -> None:
    if lacking == "host":
        settings.EMAIL_HOST = ""
    else:
        Body.objects.update(email="")
    assert jobs.run_due() == 1
    assert mail.outbox == []
    assert "notice" not in living(notice)
    assert faults() == []


def test_a_letter_of_the_small_hours_has_the_date_of_the_desk(
    case: Case, crew: SimpleNamespace
) -> None:
    with moment.at(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):  # 00:30 on New Year's Day here
        record = refer(case, crew)
        work()
    letter = record.documents.get()
    assert "〔2027〕" in letter.number
    assert "2027年1月1日" in text(base64.b64decode(letter.content))


def test_a_letter_tells_how_the_desk_is_reached(case: Case, crew: SimpleNamespace) -> None:
    case.organisation.phone = "0571-1"
    case.organisation.save()
    record = refer(case, crew)
    work()
    assert "0571-1" in text(base64.b64decode(record.documents.get().content))
