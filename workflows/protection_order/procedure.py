"""The name-plate of the protection order."""

from __future__ import annotations

from casework.engine.language import _
from casework.engine.registry import Procedure
from casework.models import Procedure as Record
from casework.models import User
from casework.services import chases, errands, papers
from workflows.protection_order import facts
from workflows.protection_order.clocks import CLOCKS
from workflows.protection_order.flow import ACTIVE_IN, FLOWS
from workflows.protection_order.guards import Protecting
from workflows.protection_order.lifecycle import OPEN_ORDER, PROTECTION_ORDER


def also(record: object, told: object, actor: object) -> None:
    """Once it is granted, nobody mediates between the two any more, in whatever case (rule 14).
    And the papers for the court are made when they are asked for."""
    assert isinstance(record, Record)
    assert isinstance(actor, User)
    chases.also(record, told, actor)
    if isinstance(told, facts.Granting):
        errands.leave(record.case, actor, PROTECTION_ORDER.grant.label.text)
    if isinstance(told, facts.Writing):
        papers.order_papers(record, actor, sealed_address=told.service_address)


OUTLIVES = frozenset(
    {"filed", "accepted", "denied", "reconsidering", "in_force", "expired", "revoked"}
)
"""Once the court has it, it is the court's and hers, whatever becomes of our case."""

PROCEDURE = Procedure(
    key="protection_order",
    title=_("人身安全保护令"),
    lifecycle=PROTECTION_ORDER,
    opener=OPEN_ORDER,
    opens_in={
        "domestic_violence": (
            "reported",
            "assessed",
            "responding",
            "monitoring",
            "lost_contact",
            "transferring",
            "closing",
        ),
    },
    ender=PROTECTION_ORDER.withdraw,
    proceeding=Protecting,
    flows=FLOWS,
    active_in=ACTIVE_IN,
    outlives=OUTLIVES,
    clocks=CLOCKS,
    also=also,
    chaser=PROTECTION_ORDER.chase,
)
