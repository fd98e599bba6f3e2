"""The sheet on which somebody hands over her cases for leave or rotation 交接单."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.models.base import Record, changes
from casework.models.case import Case
from casework.models.fields import Sealed
from casework.models.keys import SubjectKey
from casework.models.organisation import Organisation
from casework.models.procedure import Procedure


class HandOver(Record):
    """From whom to whom, why, and who signed when. Nothing moves before both have signed."""

    WHY = [
        ("leave", _("休假")),
        ("rotation", _("轮岗")),
        ("other", _("其他")),
    ]
    STATES = [
        ("drafted", _("待移交人签字")),
        ("given", _("待接收人签字")),
        ("taken", _("已交接")),
        ("refused", _("接收人未接受")),
        ("withdrawn", _("已撤回")),
    ]

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="handed_over"
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="taken_over"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """The giver's, as it was."""
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, to_field="uid", related_name="+"
    )
    """The giver, or a supervisor of hers, who then signs in her place."""
    why = models.CharField(max_length=10, choices=WHY)
    state = models.CharField(max_length=10, choices=STATES, default="drafted")
    given_signed_at = models.DateTimeField(null=True)
    taken_signed_at = models.DateTimeField(null=True)
    history = changes()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="hand_over_to_another"),
            models.CheckConstraint(
                condition=~Q(state="taken")
                | Q(given_signed_at__isnull=False, taken_signed_at__isnull=False),
                name="hand_over_signed_by_both",
            ),
        ]


class HandedOver(Record):
    """One line of a sheet: a case of hers, or a procedure that she carries in another's case, as
    it stood when the sheet was drawn up, and what became of it."""

    OUTCOMES = [
        ("", "—"),
        ("taken", _("已接收")),
        ("refused", _("未能移交")),
        ("gone", _("不再需要移交")),
    ]

    sheet = models.ForeignKey(HandOver, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    """What was due next."""
    words = Sealed()
    """What whoever takes it must know, in one line."""
    outcome = models.CharField(max_length=10, blank=True, choices=OUTCOMES)
    refusal = models.CharField(max_length=400, blank=True)
    """Why it could not be handed over; sentences of ours, which name nobody."""
    history = changes()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "case"],
                condition=Q(procedure=None),
                name="each_case_handed_over_once",
            ),
            models.UniqueConstraint(
                fields=["sheet", "procedure"], name="each_procedure_handed_over_once"
            ),
        ]

    @property
    def subject(self) -> SubjectKey:
        """Sealed with the case's key."""
        return self.case.subject
