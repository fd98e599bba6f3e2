"""One key per subject, and the mark of the master key."""

from __future__ import annotations

from django.db import models

from casework.crypto.keys import new_key
from casework.crypto.sealing import Unreadable
from casework.models.base import Record
from casework.models.fields import vault


class SubjectKey(Record):
    """The key of one person, case or visit, wrapped by the master key.

    Erasing `wrapped` makes everything sealed with it unreadable for ever, also in history and in
    old copies.
    """

    wrapped = models.BinaryField()

    @classmethod
    def fresh(cls) -> SubjectKey:
        """A new subject's key, not yet saved."""
        subject = cls()
        subject.wrapped = vault().wrap(new_key(), str(subject.uid))
        return subject

    def open(self) -> bytes:
        """The 32-byte key. Raises `Unreadable` when it was erased or the master key is another."""
        if not self.wrapped:
            raise Unreadable("the key of this subject was erased")
        return vault().unwrap(bytes(self.wrapped), str(self.uid))


class Installation(models.Model):
    """The one row that says which master key sealed this database, and what kind it is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    fingerprint = models.CharField(max_length=64)
    demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]
