"""All records, one file a topic."""

from casework.models.calendar import CalendarDay, CalendarNotice
from casework.models.case import (
    Case,
    CaseLink,
    CaseParty,
    Consent,
    Evidence,
    Incident,
    RiskAssessment,
    SafetyPlan,
)
from casework.models.desk import Clock, ClockEvent, Delivery, Heartbeat, Reminder, Todo
from casework.models.event import AuditCheck, DayChain, Event
from casework.models.export import Export
from casework.models.handing import HandedOver, HandOver
from casework.models.keys import Installation, SubjectKey
from casework.models.organisation import Body, CodeItem, NumberSeries, Organisation
from casework.models.person import Contact, NameKey, Person
from casework.models.procedure import (
    CaseProcess,
    Chase,
    Document,
    Errand,
    FollowUp,
    MandatoryReport,
    Mediation,
    Notice,
    PoliceReport,
    Procedure,
    ProtectionOrder,
    Referral,
    Session,
)
from casework.models.staff import Absence, ApiToken, StaffRole, User
from casework.models.visit import Draft, Visit

__all__ = [
    "Absence",
    "ApiToken",
    "AuditCheck",
    "Body",
    "CalendarDay",
    "CalendarNotice",
    "Case",
    "CaseLink",
    "CaseParty",
    "CaseProcess",
    "Chase",
    "Clock",
    "ClockEvent",
    "Delivery",
    "Heartbeat",
    "Reminder",
    "CodeItem",
    "Consent",
    "Contact",
    "DayChain",
    "Document",
    "Draft",
    "Errand",
    "Event",
    "HandOver",
    "HandedOver",
    "Export",
    "FollowUp",
    "Incident",
    "Installation",
    "MandatoryReport",
    "Mediation",
    "NameKey",
    "Notice",
    "NumberSeries",
    "Organisation",
    "Person",
    "Evidence",
    "PoliceReport",
    "Procedure",
    "ProtectionOrder",
    "Referral",
    "RiskAssessment",
    "SafetyPlan",
    "Session",
    "StaffRole",
    "SubjectKey",
    "Todo",
    "User",
    "Visit",
]
