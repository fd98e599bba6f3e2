"""Accounts, roles and tokens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, UserManager
from django.db import models
from django.utils.functional import cached_property

from casework.engine import moment
from casework.engine.people import Actor, Role
from casework.models.base import Record, changes
from casework.models.organisation import Organisation


class User(AbstractBaseUser, Record):
    """A member of staff. Deactivated when she leaves, never deleted."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="staff")
    email = models.EmailField(blank=True)
    """Her work address, for reminders; she gives it herself."""
    is_active = models.BooleanField(default=True)
    history = changes(without=("password", "last_login"))

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager[User]] = UserManager()  # type: ignore[assignment]  # no superuser flags here: create_superuser does not apply

    @cached_property
    def actor(self) -> Actor:
        """This person as the engine sees her; read once per request."""
        roles = frozenset(Role(r.role) for r in self.roles.all())
        today = moment.today()
        away = self.deputising.filter(
            first_day__lte=today, last_day__gte=today, ended_at=None
        ).values_list("absent_id", flat=True)
        deputises = frozenset(str(uid) for uid in away)
        return Actor(str(self.uid), roles, self.organisation.path, deputises)

    def has_role(self, *roles: Role) -> bool:
        """Does she hold any of the roles?"""
        return bool(self.actor.roles & set(roles))


class StaffRole(models.Model):
    """A role that a member of staff holds in her organisation."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=[(r.value, r.label.text) for r in Role])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="each_role_once")]


class Absence(Record):
    """Leave: from the first to the last day, both counted, the deputy stands in."""

    absent = models.ForeignKey(User, models.PROTECT, to_field="uid", related_name="absences")
    deputy = models.ForeignKey(User, models.PROTECT, to_field="uid", related_name="deputising")
    first_day = models.DateField()
    last_day = models.DateField()
    ended_at = models.DateTimeField(null=True)
    """She came back earlier."""
    history = changes()


class ApiToken(Record):
    """A bearer token of the API; only its SHA-256 is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=60)
    revoked_at = models.DateTimeField(null=True)
