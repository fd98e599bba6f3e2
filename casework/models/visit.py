"""Contacts with the desk, and unfinished notes of one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from casework.engine.case_acts import YES_NO_REFUSED
from casework.engine.language import Sentence, _
from casework.models.base import Record, changes, new_uid
from casework.models.case import Case
from casework.models.fields import Sealed
from casework.models.keys import SubjectKey
from casework.models.organisation import Organisation
from casework.models.person import Person

CHANNELS: dict[str, Sentence] = {
    "visit": _("来访"),
    "phone": _("来电"),
    "hotline": _("12338 热线"),
    "letter": _("来信"),
    "web": _("网络"),
    "forwarded": _("信访部门转送"),
    "assigned": _("上级交办"),
    "referred": _("部门转介"),
    "intake_point": _("妇女之家上报"),
    "mandatory_report": _("强制报告"),
}

FORWARDED_CHANNELS = frozenset({"forwarded", "assigned"})
"""Sent by an office that waits for our report."""

VISIT_ENDS: dict[str, Sentence] = {
    "consultation": _("咨询，到此为止"),
    "answered": _("当场答复"),
    "petition": _("登记信访事项"),
    "domestic_violence": _("登记家暴个案"),
    "existing": _("并入已有案件"),
}

BESIDE: dict[str, Sentence] = {
    "him": _("伤害您的人就在旁边吗？"),
    "hurt": _("您受伤了，需要救护车吗？"),
    "weapon": _("他手里有刀或者别的凶器吗？"),
    "police": _("要我们现在替您报警吗？"),
    "children": _("有孩子在场吗？"),
    "later": _("晚些时候打给您安全吗？"),
}
"""What is asked while somebody stands beside her: she says yes or no, and nothing else."""

DANGER_BESIDE = frozenset({"him", "hurt", "weapon", "police"})
"""A yes to one of these tells of danger now."""

_ANSWERS = [(key, label.text) for key, label in YES_NO_REFUSED.items()]


class Visit(Record):
    """One contact 来访登记: who came how, what was said and asked, what was done on the spot."""

    subject = models.ForeignKey(SubjectKey, models.PROTECT)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    organisation_path = models.CharField(max_length=200)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=20, choices=[(k, v.text) for k, v in CHANNELS.items()])
    person = models.ForeignKey(Person, models.PROTECT, related_name="visits")
    people = models.PositiveSmallIntegerField(default=1)
    repeat = models.BooleanField(default=False)
    happened = Sealed()
    asks = Sealed()
    done = Sealed()
    danger_safe_now = models.CharField(max_length=8, blank=True, choices=_ANSWERS)
    danger_hurt = models.CharField(max_length=8, blank=True, choices=_ANSWERS)
    danger_afraid = models.CharField(max_length=8, blank=True, choices=_ANSWERS)
    ended_as = models.CharField(max_length=20, choices=[(k, v.text) for k, v in VISIT_ENDS.items()])
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="visits")
    history = changes()

    class Meta:
        indexes = [models.Index(fields=["organisation_path", "received_at"], name="visit_register")]


class Draft(models.Model):
    """An unfinished visit, kept as it is typed: sealed, and readable only by whoever types it."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=new_uid)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    subject = models.ForeignKey(SubjectKey, models.PROTECT)
    typed = Sealed()
    saved_at = models.DateTimeField()
