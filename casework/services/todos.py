"""Keeping the desk true: every waiting step is exactly one open todo of somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.engine import moment, registry
from casework.engine.owed import HANDLER
from casework.engine.owed_clocks import OF_TASK
from casework.engine.people import GRANTS, Permission, Role
from casework.models import Case, Clock, StaffRole, Todo, plain
from casework.queries.owed import tasks_of
from casework.queries.staff import HANDLERS, ancestors, roles_held
from casework.services.clocks import ours

EXTENSION = "asked:extension"

_OPEN = 'WHERE "case_id" = %s AND "done_at" IS NULL AND "task_id" IS NULL'


@dataclass(frozen=True)
class _Wanted:
    assignee: UUID | None
    role: str
    path: str
    due_at: datetime | None
    clock: Clock | None


def keep(case: Case, running: Iterable[Clock], able: UUID | None = None) -> None:
    """Close the todos that no longer wait and open the ones that now do. `able` is somebody just
    found able to carry the case, so that she need not be looked up again."""
    clocks = list(running)
    wanted = _wanted(case, clocks, able)
    now = moment.now()
    for todo in plain.read(Todo, _OPEN, [case.pk]):
        want = wanted.pop(todo.subject, None)
        if want is None:
            todo.done_at = now
            plain.update(todo, "done_at")
        else:
            _adjust(todo, want)
    for subject, want in wanted.items():
        todo = Todo(
            case=case,
            subject=subject,
            assignee_id=want.assignee,
            role=want.role,
            organisation_path=want.path,
            due_at=want.due_at,
            clock=want.clock,
        )
        plain.insert(todo)


def _adjust(todo: Todo, want: _Wanted) -> None:
    before = (todo.assignee_id, todo.role, todo.organisation_path, todo.due_at, todo.clock_id)
    todo.assignee_id, todo.role, todo.organisation_path = want.assignee, want.role, want.path
    todo.due_at, todo.clock = want.due_at, want.clock
    if before != (todo.assignee_id, todo.role, todo.organisation_path, todo.due_at, todo.clock_id):
        plain.update(todo, "assignee", "role", "organisation_path", "due_at", "clock")


def _wanted(case: Case, clocks: list[Clock], able: UUID | None) -> dict[str, _Wanted]:
    """What waits on this case: its status, and every clock whose rule asks for its own todo."""
    found = {}
    apart = [c for c in clocks if registry.clock_rule(c.rule).todo]
    status = registry.kind(case.kind).lifecycle.statuses[case.status]
    hers = carrier(case, able) if apart or (status.waits and not status.waits.by) else None
    if status.waits:
        mine = [c for c in clocks if ours(c) and not (status.ended and c in apart)]
        mine.sort(key=lambda c: c.due_at)
        nearest = mine[0] if mine else None
        by = status.waits.by
        found[f"status:{status.name}"] = _for(case, by, None if by else hers, nearest)
    for clock in apart:
        found[f"clock:{clock.rule}"] = _for(case, None, hers, clock)
    found |= _without_clock(case, clocks, able)
    if case.extension_by:
        found[EXTENSION] = _for(case, Permission.SUPERVISE, None, None, case.extension_by)
    return found


def _without_clock(case: Case, clocks: list[Clock], able: UUID | None) -> dict[str, _Wanted]:
    """The tasks of danger that no clock of their own counts (in a case that is older than the
    clocks, none does); the nearest one of ours presses."""
    counted = {clock.rule for clock in clocks}
    tasks = [t for t in tasks_of(case) if t not in OF_TASK or OF_TASK[t].key not in counted]
    nearest = min(filter(ours, clocks), key=lambda c: c.due_at, default=None)
    return {
        f"owed:{task}": _for(case, Permission.TRIAGE, None, nearest)
        if task == HANDLER
        else _for(case, None, carrier(case, able), nearest)
        for task in tasks
    }


def carrier(case: Case, able: UUID | None = None) -> UUID | None:
    """Its handler, or its registrar; None when she left or handles no longer."""
    person = case.handler_id or case.registered_by_id
    if person in conflicted(case):
        return None
    if person == able:
        return person
    held = {role for _path, role in roles_held(person)}
    return person if not held.isdisjoint(HANDLERS) else None


def _for(
    case: Case,
    by: Permission | None,
    carrier: UUID | None,
    clock: Clock | None,
    asker: str = "",
) -> _Wanted:
    due = clock.due_at if clock else None
    if carrier:
        return _Wanted(carrier, "", case.organisation_path, due, clock)
    role, path = address(
        by or Permission.SUPERVISE,
        case.organisation_path,
        (case.requested_by_id, UUID(asker) if asker else None, *conflicted(case)),
        hidden=case.sealed or case.safety_sensitive,
    )
    return _Wanted(None, role, path, due, clock)


def conflicted(case: Case) -> list[UUID]:
    """Staff with an interest in the case."""
    return [UUID(uid) for uid in case.conflicted.split()]


def address(
    permission: Permission,
    path: str,
    excluding: Collection[UUID | None] = (),
    *,
    hidden: bool = False,
) -> tuple[str, str]:
    """The role and the nearest organisation, here or above, in which somebody active holds
    `permission` and is not among `excluding`. Without anybody: the supervisors here, once there
    are. A `hidden` case (sealed, safety-sensitive) is seen by no other role than a supervisor's."""
    able = {role for role in Role if permission in GRANTS.get(role, frozenset())}
    roles = {role.value for role in able if not hidden or role is Role.SUPERVISOR}
    holders = StaffRole.objects.filter(
        role__in=roles, user__is_active=True, user__organisation__path__in=ancestors(path)
    )
    shut_out = [uid for uid in excluding if uid]
    if shut_out:
        holders = holders.exclude(user__uid__in=shut_out)
    found = set(holders.values_list("user__organisation__path", "role"))
    if not found:
        return Role.SUPERVISOR.value, path
    # Nearest first; in one office the specialist (archivist) before the supervisor.
    nearest, role = max(found, key=lambda f: (len(f[0]), f[1] != Role.SUPERVISOR.value))
    return role, nearest
