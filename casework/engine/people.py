"""Roles, permissions and the person who acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from casework.engine.language import Sentence, _


class Role(StrEnum):
    """Who uses the desk (domain: roles). The value is stored; the label is shown."""

    DESK_OFFICER = "desk_officer"
    MEDIATOR = "mediator"
    SUPERVISOR = "supervisor"
    LIAISON = "liaison"
    ARCHIVIST = "archivist"
    AUDITOR = "auditor"
    SECURITY_ADMIN = "security_admin"
    SYSTEM_ADMIN = "system_admin"
    INTAKE_POINT = "intake_point"
    PARTNER = "partner"

    @property
    def label(self) -> Sentence:
        """The role's title on the screen."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.DESK_OFFICER: _("接访人员"),
    Role.MEDIATOR: _("调解员"),
    Role.SUPERVISOR: _("部门负责人"),
    Role.LIAISON: _("司法联络员"),
    Role.ARCHIVIST: _("档案员"),
    Role.AUDITOR: _("审计员"),
    Role.SECURITY_ADMIN: _("安全管理员"),
    Role.SYSTEM_ADMIN: _("系统管理员"),
    Role.INTAKE_POINT: _("妇女之家"),
    Role.PARTNER: _("协作单位"),
}


class Permission(StrEnum):
    """What a move demands of the person who makes it (domain: permission table)."""

    LOG = "log"
    HANDLE = "handle"
    TRIAGE = "triage"
    SUPERVISE = "supervise"
    ARCHIVE = "archive"
    MEDIATE = "mediate"
    LIAISE = "liaise"

    @property
    def label(self) -> Sentence:
        """What the permission allows, as a noun for sentences."""
        return PERMISSION_LABELS[self]


PERMISSION_LABELS = {
    Permission.LOG: _("登记"),
    Permission.HANDLE: _("承办"),
    Permission.TRIAGE: _("受理分派"),
    Permission.SUPERVISE: _("审批督导"),
    Permission.ARCHIVE: _("归档"),
    Permission.MEDIATE: _("调解"),
    Permission.LIAISE: _("司法联络"),
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.DESK_OFFICER: frozenset({Permission.LOG, Permission.HANDLE}),
    Role.MEDIATOR: frozenset({Permission.HANDLE, Permission.MEDIATE}),
    Role.LIAISON: frozenset({Permission.HANDLE, Permission.LIAISE}),
    Role.SUPERVISOR: frozenset(Permission),
    Role.ARCHIVIST: frozenset({Permission.ARCHIVE}),
}


DESK = frozenset({Role.DESK_OFFICER, Role.MEDIATOR, Role.LIAISON, Role.SUPERVISOR, Role.ARCHIVIST})
"""The roles that work with cases; everybody else sees none."""


@dataclass(frozen=True)
class Actor:
    """The person who asks: who, with which roles, from where in the organisation tree.

    `path` is the organisation's path, e.g. ``/44/4401/``; a path that is a prefix of another
    belongs to a superior organisation.
    """

    uid: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    path: str = "/"
    deputises: frozenset[str] = frozenset()
    """The uids of those on leave for whom she stands in today."""

    def stands_for(self, uid: str) -> bool:
        """Is she the person with this uid, or her deputy?"""
        return uid == self.uid or uid in self.deputises

    def may(self, permission: Permission) -> bool:
        """Does any of the roles grant `permission`?"""
        return any(permission in GRANTS.get(role, frozenset()) for role in self.roles)

    def oversees(self, path: str) -> bool:
        """Is the actor's organisation this one or above it?"""
        return path.startswith(self.path)

    def is_superior_to(self, path: str) -> bool:
        """Is the actor's organisation strictly above this one?"""
        return path.startswith(self.path) and path != self.path
