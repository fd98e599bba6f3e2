"""Organisations, accounts and roles."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from casework.engine import moment
from casework.engine.language import Sentence, _
from casework.engine.people import Role
from casework.models import ApiToken, Case, Organisation, StaffRole, Todo, User
from casework.services import clocks, events, procedures, todos
from casework.services.refusals import Refused
from casework.services.saving import save

CODE, NAME, USERNAME = 12, 100, 60
"""The longest organisation code, organisation name, and user name, in characters."""

ADMINISTERS = {"organisation": Role.SYSTEM_ADMIN, "account": Role.SECURITY_ADMIN}


def _demand(actor: User | None, what: str) -> None:
    """Only the right administrator may; set-up (no actor yet) may do everything."""
    if actor and not actor.has_role(ADMINISTERS[what]):
        raise Refused([_("这一步需要“%(permission)s”权限。", permission=ADMINISTERS[what].label)])


@transaction.atomic
def add_organisation(
    actor: User | None,
    *,
    code: str,
    name: str,
    level: str,
    parent: Organisation | None = None,
    intake_point: bool = False,
    phone: str = "",
) -> Organisation:
    """Add an organisation below `parent`. Raises `Refused` for a taken or malformed code."""
    _demand(actor, "organisation")
    if not code.isascii() or not code.isalnum() or len(code) > CODE:
        raise Refused([_("组织代码只能用字母和数字，最多 %(most)s 位。", most=CODE)])
    if Organisation.objects.filter(code__iexact=code).exists():
        raise Refused([_("组织代码“%(code)s”已被使用。", code=code)])
    if not name.strip() or len(name) > NAME:
        raise Refused([_("请填写组织名称，最多 %(most)s 字。", most=NAME)])
    made = Organisation(
        code=code,
        name=name.strip(),
        level=level,
        parent=parent,
        path=f"{parent.path if parent else '/'}{code}/",
        intake_point=intake_point,
        phone=phone.strip(),
    )
    save(made, actor, "add_organisation")
    if actor:
        events.add_to_day(actor, "add_organisation", detail={"organisation": str(made.uid)})
    return made


@transaction.atomic
def add_staff(
    actor: User | None,
    *,
    username: str,
    name: str,
    organisation: Organisation,
    roles: Iterable[Role],
    password: str,
    hashed: str = "",
) -> User:
    """Add an account with its roles. `hashed` is the password as it is kept, when the caller has
    worked that out already, for many accounts at once. Raises `Refused` with every reason."""
    _demand(actor, "account")
    wanted = list(roles)
    found: list[Sentence] = []
    if not username.strip() or not name.strip() or max(len(username), len(name)) > USERNAME:
        found.append(_("请填写用户名和姓名，各不超过 %(most)s 字。", most=USERNAME))
    if User.objects.filter(username=username.strip()).exists():
        found.append(_("用户名“%(name)s”已被使用。", name=username))
    if not wanted:
        found.append(_("请至少选择一个角色。"))
    user = User(username=username.strip(), name=name.strip(), organisation=organisation)
    found += _weak(password, user)
    if found:
        raise Refused(found)
    if hashed:
        user.password = hashed
    else:
        user.set_password(password)
    save(user, actor, "add_staff")
    StaffRole.objects.bulk_create(StaffRole(user=user, role=r.value) for r in wanted)
    if actor:
        detail = {"staff": str(user.uid), "roles": sorted(r.value for r in wanted)}
        events.add_to_day(actor, "add_staff", detail=dict(detail))
    readdress(organisation)
    return user


def _weak(password: str, user: User) -> list[Sentence]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [Sentence(message) for message in error.messages]
    return []


@transaction.atomic
def set_roles(actor: User, user: User, roles: Iterable[Role]) -> None:
    """Give `user` exactly these roles. Nobody changes her own."""
    _demand(actor, "account")
    wanted = {r.value for r in roles}
    if user.pk == actor.pk:
        raise Refused([_("不能修改自己的角色。")])
    if not wanted:
        raise Refused([_("请至少选择一个角色。")])
    user.roles.exclude(role__in=wanted).delete()
    for role in wanted:
        StaffRole.objects.get_or_create(user=user, role=role)
    events.add_to_day(actor, "set_roles", detail={"staff": str(user.uid), "roles": sorted(wanted)})
    readdress(user.organisation)


@transaction.atomic
def set_active(actor: User, user: User, active: bool) -> None:
    """Open or close an account. It is never deleted: its acts keep their author."""
    _demand(actor, "account")
    if user.pk == actor.pk:
        raise Refused([_("不能停用自己的账号。")])
    user.is_active = active
    save(user, actor, "set_active", ["is_active"])
    events.add_to_day(actor, "set_active", detail={"staff": str(user.uid), "active": active})
    readdress(user.organisation)


@transaction.atomic
def set_password(actor: User, user: User, password: str) -> None:
    """Give `user` a new password; her sessions end with the old one."""
    if user.pk != actor.pk:
        _demand(actor, "account")
    weak = _weak(password, user)
    if weak:
        raise Refused(weak)
    user.set_password(password)
    user.save(update_fields=["password"])
    events.add_to_day(actor, "set_password", detail={"staff": str(user.uid)})


@transaction.atomic
def set_address(actor: User, address: str) -> None:
    """Her own work e-mail for reminders; empty: none are mailed to her."""
    User.objects.filter(pk=actor.pk).update(email=address)
    events.add_to_day(actor, "set_address", detail={"given": bool(address)})


def readdress(organisation: Organisation) -> None:
    """Somebody came, left or changed roles: todos there and below find their people again."""
    below = Todo.objects.filter(done_at=None, organisation_path__startswith=organisation.path)
    up = Todo.objects.filter(done_at=None, case__organisation_path__startswith=organisation.path)
    stale = set((below | up).values_list("case_id", flat=True))
    locked = Case.objects.filter(pk__in=stale).select_for_update(of=("self",)).order_by("pk")
    for case in locked.select_related("subject", "handler", "registered_by", "requested_by"):
        todos.keep(case, clocks.running(case))
        procedures.readdress(case, None)


@transaction.atomic
def new_token(actor: User, label: str) -> str:
    """A bearer token of the API for `actor`; shown once, only its hash is kept."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=actor, label=label, digest=token_digest(token))
    events.add_to_day(actor, "new_token", detail={"label": label})
    return token


@transaction.atomic
def revoke_tokens(actor: User) -> int:
    """Revoke every token of `actor`; answers how many."""
    revoked = actor.tokens.filter(revoked_at=None).update(revoked_at=moment.now())
    events.add_to_day(actor, "revoke_tokens", detail={"tokens": revoked})
    return revoked


def token_digest(token: str) -> str:
    """The stored form of a bearer token."""
    return hashlib.sha256(token.encode()).hexdigest()
