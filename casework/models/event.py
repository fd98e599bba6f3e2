"""Who did what and why: chained entries that are only ever added."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from casework.models.base import new_uid
from casework.models.case import Case


class Event(models.Model):
    """One entry of a chain.

    A case has its own chain (``case:<uid>``); refusals, reads and everything outside a case go to
    the actor's chain of the day (``day:<actor>:<date>``), so that reading never locks a case.
    `payload` is the canonical text that is hashed; what was told stands sealed inside it.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=new_uid, editable=False)
    chain = models.CharField(max_length=90)
    sequence = models.PositiveIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    role = models.CharField(max_length=20, blank=True)
    record = models.CharField(max_length=70, blank=True)
    """``<kind>:<uid>`` of the procedure whose status `before` and `after` tell; empty: the case."""
    act = models.CharField(max_length=40)
    before = models.CharField(max_length=30, blank=True)
    after = models.CharField(max_length=30, blank=True)
    payload = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    key = models.CharField(max_length=80, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_place_in_a_chain"),
            models.UniqueConstraint(
                fields=["actor", "key"], condition=~Q(key=""), name="each_write_once"
            ),
        ]
        indexes = [models.Index(fields=["case", "record", "sequence"], name="event_of_record")]


class DayChain(models.Model):
    """The end of an actor's chain of a day; its row is locked to add an entry."""

    id = models.BigAutoField(primary_key=True)
    chain = models.CharField(max_length=90, unique=True)
    event_count = models.PositiveIntegerField(default=0)
    chain_head = models.CharField(max_length=64, blank=True)


class AuditCheck(models.Model):
    """What a verification of all chains found."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    events = models.PositiveBigIntegerField()
    ok = models.BooleanField()
    broken = models.CharField(max_length=200, blank=True)
