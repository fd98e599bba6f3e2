"""The name-plate of a mandatory report."""

from __future__ import annotations

from casework.engine.case_acts import CaseActs
from casework.engine.language import _
from casework.engine.registry import Procedure
from casework.services import chases
from workflows.mandatory_report.clocks import CLOCKS
from workflows.mandatory_report.flow import ACTIVE_IN, FLOWS
from workflows.mandatory_report.guards import Reported
from workflows.mandatory_report.lifecycle import MANDATORY_REPORT

PROCEDURE = Procedure(
    key="mandatory_report",
    title=_("强制报告"),
    lifecycle=MANDATORY_REPORT,
    opener=CaseActs.report_mandatory,
    opens_in={},
    ender=MANDATORY_REPORT.drop,
    proceeding=Reported,
    flows=FLOWS,
    active_in=ACTIVE_IN,
    outlives=frozenset(ACTIVE_IN),
    clocks=CLOCKS,
    chaser=MANDATORY_REPORT.chase,
    also=chases.also,
)
"""What the police do does not depend on our case: it is followed to its end."""
