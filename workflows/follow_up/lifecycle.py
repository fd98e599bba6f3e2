"""Follow-up 回访: what it legally is and how it may change, all of it."""

from __future__ import annotations

from dataclasses import fields, replace

from casework.engine.case_acts import no_conflict_of_interest
from casework.engine.facts import questions
from casework.engine.following import (
    FOLLOW_UP,
    Planning,
    follow_up_scheduled,
    next_day,
    no_other_follow_up,
    reached_safely,
    rhythm_of,
)
from casework.engine.language import _, pgettext
from casework.engine.lifecycle import Lifecycle
from casework.engine.moment import day_of
from casework.engine.moves import Act, Move, Status
from casework.engine.people import Actor, Permission
from casework.engine.situation import Situation, without_those_that_end_on
from workflows.follow_up import facts
from workflows.follow_up import guards as only
from workflows.follow_up.guards import Following, follow_up_of

HANDLE = Permission.HANDLE
FIELDS = frozenset(f.name for f in fields(Following))


def _opened(situation: Situation, actor: Actor) -> Situation:
    """Whoever handles the case carries it."""
    told = situation.facts
    assert isinstance(told, Planning)
    opened = Following(
        status=FollowUp.initial.name,
        carrier=situation.handler or actor.uid,
        opener=actor.uid,
        planned_at=situation.now,
        next_on=told.follow_up_on,
        rhythm=rhythm_of(situation),
        welfare_check=told.welfare_check,
    )
    return replace(situation, procedures=(*situation.procedures, opened))


def _with(situation: Situation, **changes: object) -> Situation:
    """What was told under the name of a field is known from now on, and so is what changes."""
    told = situation.facts
    names = {q.name for q in questions(type(told))} & FIELDS if told else ()
    known = {name: getattr(told, name) for name in names} | changes
    return replace(situation, procedure=replace(follow_up_of(situation), **known))


def _heard(situation: Situation, **changes: object) -> Situation:
    """What she told of counts from when she first told it, until it is written down in the case;
    nobody mediates meanwhile with whoever it may have been (rule 14)."""
    told, following = situation.facts, follow_up_of(situation)
    assert isinstance(told, facts.Talking | facts.BreakingOff)
    if told.new_incident and not following.incident_seen:
        at = told.talked_at if isinstance(told, facts.Talking) else told.tried_at
        changes |= {"incident_at": at, "incident_seen": True}
    heard = _with(situation, **changes)
    if not told.new_incident:
        return heard
    return without_those_that_end_on(heard, "violence", "violence:?")


def _talked(situation: Situation, actor: Actor) -> Situation:
    """The next talk is counted by the danger as it is now; nothing is owed before."""
    rhythm = rhythm_of(situation)
    return _heard(
        situation,
        open=False,
        missed=0,
        missed_on=None,
        talks=follow_up_of(situation).talks + 1,
        rhythm=rhythm,
        next_on=next_day(situation, rhythm),
    )


def _broken_off(situation: Situation, actor: Actor) -> Situation:
    return _heard(situation)


def _missed(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, facts.Missing)
    assert told.tried_at
    missed = follow_up_of(situation).missed + 1
    return _with(situation, missed=missed, missed_on=day_of(told.tried_at))


def _ended(situation: Situation, actor: Actor) -> Situation:
    return _with(situation, open=False)


class FollowUp(Lifecycle):
    """Statuses are results; the steps of the people live in the flow."""

    key = FOLLOW_UP
    carried = True

    planned = Status(_("待回访"))
    followed = Status(_("已回访"))
    declined = Status(_("本人谢绝回访"), final=True)
    impossible = Status(_("无法回访"), final=True)
    finished = Status(_("回访结束"), final=True)
    stopped = Status(_("已终止"), final=True)

    initial = planned
    strip = (planned, followed, finished)

    talk = Move(
        pgettext("follow-up", "回访"),
        (planned, followed),
        followed,
        HANDLE,
        (only.talked_safely, only.talked_by_now),
        facts=facts.Talking,
        then=_talked,
        help_text=_("发现新的暴力事件的，请随后在案件中“登记暴力事件”，并重新评估危险。"),
    )
    decline = Move(
        _("本人谢绝"),
        (planned, followed),
        declined,
        HANDLE,
        reason=True,
        then=_ended,
        help_text=_("谢绝回访不影响她以后再来求助。"),
    )
    give_up = Move(_("无法回访"), planned, impossible, HANDLE, reason=True, then=_ended)
    finish = Move(
        _("结束回访"),
        followed,
        finished,
        HANDLE,
        (only.nothing_left_to_write_down,),
        then=_ended,
    )
    stop = Move(
        _("终止"),
        (planned, followed),
        stopped,
        HANDLE,
        reason=True,
        then=_ended,
    )
    break_off = Act(
        _("未能安全交谈"),
        HANDLE,
        (only.broken_off_by_now,),
        source=(planned, followed),
        facts=facts.BreakingOff,
        then=_broken_off,
    )
    miss = Act(
        _("未联系上"),
        HANDLE,
        (only.tried_safely, only.tried_by_now, only.once_a_day),
        source=(planned, followed),
        facts=facts.Missing,
        then=_missed,
        help_text=_("在三个不同日期都未联系上的，请由负责人决定下一步如何寻找。"),
    )


FOLLOWING_UP = FollowUp()

OPEN_FOLLOW_UP = Act(
    _("安排回访"),
    HANDLE,
    (
        only.her_safety_is_touched,
        no_other_follow_up,
        follow_up_scheduled,
        reached_safely,
        no_conflict_of_interest,
    ),
    facts=Planning,
    then=_opened,
    opens=FOLLOW_UP,
)
OPEN_FOLLOW_UP.name = "open_follow_up"
