"""What was said of deadlines to a person: to her by name, to whom she stands in for, and to her
roles in her organisation."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from casework.engine import registry
from casework.engine.clocks import ClockRule
from casework.engine.language import Sentence
from casework.engine.milestones import label_of
from casework.models import Case, Reminder, User

SHOWN = 100
NOTED = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())


@dataclass(frozen=True)
class Said:
    """A reminder as it is shown: which deadline, of which case, and what of it."""

    reminder: Reminder
    rule: ClockRule
    said: Sentence
    over: bool
    """Is the deadline over or moved by now?"""


def reminders_of(user: User) -> QuerySet[Reminder]:
    """Her reminders about cases that she may see; what is said to her by name is not said again
    because she supervises, too."""
    hers = [user.uid, *(UUID(uid) for uid in user.actor.deputises)]
    roles = [role.value for role in user.actor.roles]
    by_name = Reminder.objects.filter(
        Q(assignee__in=hers),
        clock=OuterRef("clock"),
        due_at=OuterRef("due_at"),
        milestone=OuterRef("milestone"),
    )
    role = Q(assignee=None, role__in=roles, organisation_path=user.actor.path)
    mine = Reminder.objects.filter(Q(assignee__in=hers) | role & ~Exists(by_name))
    return mine.filter(case__in=Case.objects.visible_to(user))


def unread(user: User) -> int:
    """How many she has not taken note of."""
    return reminders_of(user).filter(read_at=None).count()


def reminders(user: User, limit: int = SHOWN) -> list[Said]:
    """Her reminders, those of which nobody took note first, then the newest."""
    rows = reminders_of(user).select_related("clock", "case")
    newest = rows.order_by(NOTED, "-made_at", "-id")
    return [said_of(row) for row in newest[:limit]]


def reminder_of(user: User, uid: UUID) -> Reminder | None:
    """One of hers."""
    return reminders_of(user).select_related("clock", "case").filter(uid=uid).first()


def said_of(row: Reminder) -> Said:
    """A reminder ready to be shown."""
    clock = row.clock
    over = clock.state != "running" or clock.due_at != row.due_at
    return Said(row, registry.clock_rule(clock.rule), label_of(row.milestone), over)
