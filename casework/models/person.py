"""People and how they may safely be reached."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.crypto.blind import blind_index
from casework.models.base import Record, changes
from casework.models.fields import BlindIndex, Sealed, vault
from casework.models.keys import SubjectKey

NAME_KEY_BITS = 16
"""As short as the index of the whole name: several names share one, so that it tells none."""


class Person(Record):
    """Somebody a visit or a case is about. Everything that tells who she is stands sealed."""

    SEXES = [("female", _("女")), ("male", _("男")), ("unknown", _("未知"))]

    subject = models.ForeignKey(SubjectKey, models.PROTECT)
    name = Sealed()
    name_index = BlindIndex(of="name", bits=16, db_index=True)
    id_number = Sealed()
    id_number_index = BlindIndex(of="id_number", bits=64, db_index=True)
    birth_date = Sealed()
    sex = models.CharField(max_length=8, choices=SEXES, default="unknown")
    minor = models.BooleanField(default=False)
    incapacitated = models.BooleanField(default=False)
    pregnant = models.BooleanField(default=False)
    disability = Sealed()
    language = Sealed()
    guardian = Sealed()
    history = changes(without=("name_index", "id_number_index"))


class NameKey(models.Model):
    """The keyed index of one word under which a person's name is found (engine/names.py): never in
    a history, and gone with the name. What it finds is opened and compared."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="name_keys")
    value = models.CharField(max_length=NAME_KEY_BITS // 4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value", "person"], name="each_name_key_once")
        ]


def name_key(word: str) -> str:
    """The index under which those are found whose name has this word."""
    return blind_index(vault().indexing, "casework_namekey.value", word, NAME_KEY_BITS)


class Contact(Record):
    """One way to reach a person, with its safety: nothing goes out unless it says so (rule 8)."""

    KINDS = [
        ("phone", _("电话")),
        ("address", _("地址")),
        ("wechat", _("微信")),
        ("other", _("其他")),
    ]

    person = models.ForeignKey(Person, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=10, choices=KINDS)
    value = Sealed()
    value_index = BlindIndex(of="value", bits=64, db_index=True)
    may_call = models.BooleanField(default=False)
    may_message = models.BooleanField(default=False)
    when = Sealed()
    code_word = Sealed()
    seen_by = Sealed()
    ended_at = models.DateTimeField(null=True)
    """When it was said to be no longer safe, or no longer hers: it is used no more."""
    history = changes(without=("value_index",))

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the person's key."""
        return self.person.subject
