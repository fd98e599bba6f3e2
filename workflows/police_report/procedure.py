"""The name-plate of a report to the police."""

from __future__ import annotations

from casework.engine.case_acts import CaseActs
from casework.engine.language import _
from casework.engine.registry import Procedure
from casework.models import Procedure as Record
from casework.models import User
from casework.services import chases, errands
from workflows.police_report import facts
from workflows.police_report.clocks import CLOCKS
from workflows.police_report.flow import ACTIVE_IN, FLOWS
from workflows.police_report.guards import Reported
from workflows.police_report.lifecycle import POLICE_REPORT


def also(record: object, told: object, actor: object) -> None:
    """After a warning, or violence that a visit found, nobody mediates between the two any more,
    in whatever case (rule 14). And how the police were chased is kept."""
    chases.also(record, told, actor)
    found = isinstance(told, facts.Visiting) and told.found_violence
    if not (found or isinstance(told, facts.Warned)):
        return
    assert isinstance(record, Record)
    assert isinstance(actor, User)
    row = POLICE_REPORT.visit if found else POLICE_REPORT.warn
    errands.leave(record.case, actor, row.label.text)


PROCEDURE = Procedure(
    key="police_report",
    title=_("报案与告诫"),
    lifecycle=POLICE_REPORT,
    opener=CaseActs.report_police,
    opens_in={},
    ender=POLICE_REPORT.drop,
    proceeding=Reported,
    flows=FLOWS,
    active_in=ACTIVE_IN,
    outlives=frozenset(ACTIVE_IN),
    clocks=CLOCKS,
    chaser=POLICE_REPORT.chase,
    also=also,
)
"""What the police do does not depend on our case: it is followed to its end."""
