"""Word that goes outside the house: never more than that something is due (rule 9)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.engine import moment
from casework.models import Notice, Procedure

SUBJECT = "您有一件待办事项"
TEXT = "您有一件待办事项，编号 {reference}。请通过原有工作渠道办理，请勿回复本邮件。"


def send(record: Procedure, task: Task) -> None:
    """Tell the body by e-mail, when it has an address and we a mail server. The key goes along as
    the message's own identity, so that a second delivery is known as one."""
    address = record.referral.body.email
    if not (address and settings.EMAIL_HOST):
        return
    if not _still_wanted(record, task):
        return
    notice, _made = Notice.objects.get_or_create(procedure=record, key=_key(task))
    if notice.sent_at:
        return
    text = TEXT.format(reference=_reference(record))
    headers = {"Message-ID": f"<{_key(task)}@notice.invalid>"}
    EmailMessage(SUBJECT, text, to=[address], headers=headers).send()
    Notice.objects.filter(pk=notice.pk).update(sent_at=moment.now())


def _still_wanted(record: Procedure, task: Task) -> bool:
    """Looked at right before sending: nothing goes out once the referral was cancelled."""
    taken = Task.objects.filter(pk=task.pk, status=STATUS.STARTED)
    return taken.exists() and Procedure.objects.filter(pk=record.pk, ended_at=None).exists()


def keep(record: Procedure, task: Task) -> None:
    """Nothing is left to write once it was sent."""


def _key(task: Task) -> str:
    return str(task.external_task_id)


def _reference(record: Procedure) -> str:
    """The letter's year and serial, without the name of whose letter it is."""
    letter = record.documents.order_by("id").last()
    return letter.number[letter.number.index("〔") :] if letter else str(record.uid)[:8]
