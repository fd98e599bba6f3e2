"""Which pages a person may open, beside the cases she may see."""

from __future__ import annotations

from casework.engine.people import DESK, Permission, Role
from casework.models import User

ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.SUPERVISOR)


def may_log(user: User) -> bool:
    """May she log a visit?"""
    return user.actor.may(Permission.LOG)


def works_at_desk(user: User) -> bool:
    """Has she a desk with cases?"""
    return user.has_role(*DESK)


def liaises(user: User) -> bool:
    """May she carry referrals?"""
    return user.actor.may(Permission.LIAISE)


def supervises(user: User) -> bool:
    """May she see the figures of her subtree?"""
    return user.has_role(Role.SUPERVISOR)


def mediates(user: User) -> bool:
    """May she mediate?"""
    return user.actor.may(Permission.MEDIATE)


def sees_staff(user: User) -> bool:
    """May she see the staff and organisations of her subtree?"""
    return user.has_role(*ADMINISTRATORS)


def keeps_accounts(user: User) -> bool:
    """May she add accounts, close them and give roles?"""
    return user.has_role(Role.SECURITY_ADMIN)


def keeps_bodies(user: User) -> bool:
    """May she keep the directory of bodies that cases are referred to?"""
    return user.has_role(Role.SYSTEM_ADMIN, Role.SUPERVISOR)


def keeps_calendars(user: User) -> bool:
    """May she bring in and confirm the notices about working days?"""
    return user.has_role(Role.SYSTEM_ADMIN, Role.SUPERVISOR)


def keeps_organisations(user: User) -> bool:
    """May she add organisations?"""
    return user.has_role(Role.SYSTEM_ADMIN)
