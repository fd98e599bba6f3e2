"""What the rows of procedures have in common: how one begins, what is told of it, in which order
of time."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

from casework.engine import registry
from casework.engine.facts import questions
from casework.engine.language import Sentence, _
from casework.engine.people import Actor
from casework.engine.situation import Situation

MINUTES = timedelta(minutes=5)
"""A clock somewhere may be so much ahead of ours."""


def begun(situation: Situation, actor: Actor, kind: str, **known: object) -> Situation:
    """The situation in which a procedure of `kind` was just opened; whoever handles the case
    carries it."""
    plate = registry.procedure(kind)
    opened = plate.proceeding(
        kind=kind,
        status=plate.lifecycle.initial.name,
        carrier=situation.handler or actor.uid,
        opener=actor.uid,
    )
    opened = replace(opened, **known)  # type: ignore[arg-type]  # fields of its own class
    return replace(situation, procedures=(*situation.procedures, opened))


def told_with(situation: Situation, **changes: object) -> Situation:
    """What was told under the name of a field of the procedure is known from now on, and so is
    what changes."""
    told, procedure = situation.facts, situation.procedure
    assert procedure
    names = {q.name for q in questions(type(told))} if told else set[str]()
    known = {f.name: getattr(told, f.name) for f in fields(procedure) if f.name in names}
    return replace(situation, procedure=replace(procedure, **(known | changes)))


def in_order(at: datetime | None, after: datetime | None, situation: Situation) -> Sentence | None:
    """A step is not dated before the one it follows, nor in the future."""
    if at and at > situation.now + MINUTES:
        return _("时间不能晚于现在。")
    if at and after and at < after - timedelta(minutes=1):
        return _("时间不能早于上一步。")
    return None
