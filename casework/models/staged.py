"""Records whose status is kept by a lifecycle: django-fsm transitions built from the table.

Around django-fsm-2 4.2.4 three things are mended here (docs/decisions/0004): refreshing flips a
flag that all threads share, `full_clean` trips over a protected field, and `update`,
`bulk_update`, `create` and a stale `save` pass it by.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from casework.engine import registry
from casework.engine.moves import Move
from casework.engine.registry import Kind, Procedure

M = TypeVar("M", bound="Staged")
Machine = Kind | Procedure

STATUS_CHECK = "case_status_of_kind"


class StatusIsKept(Exception):
    """Somebody tried to write a status past the table."""


class StaleRecord(Exception):
    """The row changed since it was read; saving it would undo somebody else's work."""


class StagedQuerySet(models.QuerySet[M]):
    """Closes the doors that django-fsm leaves open on the database side."""

    def update(self, **values: Any) -> int:
        """Update anything but the status and what belongs to it."""
        _keep_out(values)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]  # django's own marker for templates

    def bulk_update(
        self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update anything but the status and what belongs to it."""
        names = list(fields)
        _keep_out(names)
        return super().bulk_update(objs, names, batch_size)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        """Refused: a case is opened, one event each."""
        raise StatusIsKept("cases are opened by services.opening, not created in bulk")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused: cases are archived, never deleted."""
        raise StatusIsKept("cases are never deleted")


def _keep_out(names: Collection[str]) -> None:
    kept = {"status", "status_since", "version", "event_count", "chain_head", "kind"} & set(names)
    if kept:
        raise StatusIsKept(f"{', '.join(sorted(kept))}: written by services.verbs.advance only")


class Staged(models.Model):
    """A record with a protected status, a row version and a permit that only `advance` grants."""

    version = models.PositiveIntegerField(default=0)

    permit: Move | None = None
    """The move that `advance` is making on this object right now."""

    _refreshing = False

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Refresh without switching off protection for every other thread, and keep the status
        when the row has vanished."""
        wanted = None if fields is None else list(fields)
        if wanted is not None and "status" not in wanted:
            super().refresh_from_db(using, wanted, from_queryset)
            return
        before = self.__dict__.pop("status", None)
        self._refreshing = before is not None
        try:
            super().refresh_from_db(using, wanted, from_queryset)
        finally:
            self._refreshing = False
            if before is not None:
                self.__dict__.setdefault("status", before)

    def get_deferred_fields(self) -> set[str]:
        """While the status is taken out to be refreshed it is missing, but not deferred."""
        return super().get_deferred_fields() - ({"status"} if self._refreshing else set())

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Validate all but the protected status, which validation would try to assign."""
        super().clean_fields({*(exclude or ()), "status"})

    def _do_insert(
        self, manager: Any, using: Any, fields: Any, returning_fields: Any, raw: Any
    ) -> Any:
        status = self.__dict__.get("status")
        lifecycle = registry.lifecycle(self.__dict__["kind"])
        if status != lifecycle.initial.name:
            raise StatusIsKept(f"it begins as {lifecycle.initial.name}, not as {status}")
        return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]  # private to django, typed nowhere

    def _do_update(  # type: ignore[override]  # private to django; the stubs describe 6.0
        self,
        base_qs: Any,
        using: Any,
        pk_val: Any,
        values: Any,
        update_fields: Any,
        forced_update: Any,
    ) -> Any:
        """Write only over the version that was read, and a status only with a permit."""
        version_field = self._meta.get_field("version")
        kept = {"status", "status_since", "event_count", "chain_head", "kind"}
        written = [
            v
            for v in values
            if v[0] is not version_field and (self.permit or v[0].name not in kept)
        ]
        written.append((version_field, None, self.version + 1))
        base_qs = base_qs.filter(version=self.version)
        saved = super()._do_update(base_qs, using, pk_val, written, update_fields, forced_update)  # type: ignore[call-arg]  # as above
        if not saved:
            raise StaleRecord(f"{self._meta.label} {pk_val} is no longer at version {self.version}")
        self.version += 1
        return saved

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: cases are archived, never deleted."""
        raise StatusIsKept("cases are never deleted")


def transition_name(kind: str, move: str) -> str:
    """The name of the django-fsm transition that a row of the table became."""
    return f"{kind}__{move}"


def compile_lifecycles() -> None:
    """Turn every table into django-fsm transitions on its record, and the statuses into a database
    check. Called once, when all kinds and procedures are registered."""
    _compile("Case", registry.kinds(), STATUS_CHECK)
    _compile("Procedure", registry.procedures(), "procedure_status_of_kind")


def _compile(model: str, machines: Sequence[Machine], check: str) -> None:
    record = apps.get_model("casework", model)
    field = record._meta.get_field("status")
    assert isinstance(field, FSMField)
    for machine in machines:
        for move in machine.lifecycle.moves.values():
            if move.target:
                built = _build(machine, move, model)
                setattr(record, built.__name__, built)
    field._collect_transitions(sender=record)
    kept = [c for c in record._meta.constraints if c.name != check]
    record._meta.constraints = [*kept, _status_check(machines, check)] if machines else kept


def _build(kind: Machine, move: Move, model: str) -> Callable[[Any], None]:
    """One row as a django-fsm transition: its condition is the permit, its permission the row's."""
    assert move.target

    def made(case: Any) -> None:
        """The status changes; everything else is `advance`'s work."""

    made.__name__ = transition_name(kind.key, move.name)
    made.__qualname__ = f"{model}.{made.__name__}"  # django-fsm compares transitions by it
    made.__module__ = __name__

    def permitted(case: Any) -> bool:
        return case.kind == kind.key and case.permit is move

    def allowed(case: Any, user: Any) -> bool:
        actor = getattr(user, "actor", None)
        return bool(actor and actor.may(move.by) and actor.oversees(case.organisation_path))

    built: Callable[[Any], None] = transition(
        field="status",
        source=[s.name for s in kind.lifecycle.sources(move)],
        target=move.target.name,
        conditions=[permitted],
        permission=allowed,
    )(made)
    return built


def _status_check(machines: Sequence[Machine], name: str) -> models.CheckConstraint:
    """The database's own list of which status each kind may have."""
    each = [Q(kind=m.key, status__in=sorted(m.lifecycle.statuses)) for m in machines]
    return models.CheckConstraint(condition=reduce(or_, each), name=name)
