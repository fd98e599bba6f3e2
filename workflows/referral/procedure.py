"""The name-plate of referral."""

from __future__ import annotations

from casework.engine.language import _
from casework.engine.registry import Procedure
from casework.services import chases
from workflows.referral.clocks import CLOCKS, WAITING
from workflows.referral.flow import ACTIVE_IN, ReferralV1
from workflows.referral.flow2 import ReferralV2
from workflows.referral.guards import Referring
from workflows.referral.lifecycle import OPEN_REFERRAL, REFERRAL

FLOWS = (ReferralV1, ReferralV2)

PROCEDURE = Procedure(
    key="referral",
    title=_("转介"),
    lifecycle=REFERRAL,
    opener=OPEN_REFERRAL,
    opens_in={
        "petition": ("registered", "handling", "assigned"),
        "domestic_violence": (
            "reported",
            "assessed",
            "responding",
            "monitoring",
            "lost_contact",
        ),
    },
    ender=REFERRAL.cancel,
    proceeding=Referring,
    flows=FLOWS,
    active_in=ACTIVE_IN,
    clocks=CLOCKS,
    waiting=WAITING,
    chaser=REFERRAL.chase,
    hands_up=REFERRAL.escalate,
    also=chases.also,
)
