"""What a mediation's moves depend on; each reads as the sentence after "only if"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from casework.engine.facts import SAMPLE_NOW
from casework.engine.language import Sentence, _
from casework.engine.limits import CalendarDays
from casework.engine.moment import day_of, end_of
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor, Permission
from casework.engine.situation import Danger, Proceeding, Situation
from workflows.mediation import facts

BOTH = frozenset(facts.SIDES)
CONFIRMED_WITHIN = CalendarDays(30)
"""The time to ask the court together (人民调解法 33, 民事诉讼法 205)."""
TODAY = day_of(SAMPLE_NOW)
LONG_AGO = TODAY - timedelta(days=CONFIRMED_WITHIN.count + 1)
STOPPABLE = frozenset({"proposed", "consented", "in_session", "agreed"})


@dataclass(frozen=True)
class Mediating(Proceeding):
    """A mediation as its guards see it. `agreed` and `screened` hold sides."""

    carried_by: ClassVar[Permission | None] = Permission.MEDIATE
    kind: str = "mediation"
    other: str = ""
    mode: str = ""
    unrelated: bool = False
    agreed: frozenset[str] = frozenset()
    screened: frozenset[str] = frozenset()
    planned: bool = False
    planned_at: datetime | None = None
    began_at: datetime | None = None
    signed_on: date | None = None
    owes: bool = False
    status_relation: bool = False
    wants_confirmation: bool = False

    @property
    def ends_on(self) -> frozenset[str]:
        """Her word ends it, and violence between the pair (rule 14), until it is signed."""
        if self.status not in STOPPABLE:
            return frozenset()
        always = {"consent:mediate", "violence:?", f"violence:{self.other}"}
        hers = {"danger"} if self.mode == "separate" else set()
        return frozenset(always | hers | (set() if self.unrelated else {"violence", "danger"}))

    def canonical(self) -> Self:
        """Anybody may have opened it and may carry it; of its times only the order matters."""
        signed = self.signed_on and min(self.signed_on, TODAY)
        return replace(
            self, opener="", carrier="", planned_at=None, began_at=None, signed_on=signed
        )

    def in_case(self) -> Self:
        """The most stubborn one: only violence by this very party ends it."""
        return replace(self.canonical(), unrelated=True, mode="joint", signed_on=None)

    def as_time_passes(self) -> tuple[Self, ...]:
        """The time to ask the court runs out."""
        return (replace(self, signed_on=LONG_AGO),) if self.signed_on else ()


def mediation_of(situation: Situation) -> Mediating:
    """The mediation that is being moved."""
    assert isinstance(situation.procedure, Mediating)
    return situation.procedure


@guard_of(facts.Opening, 5)
def never_with_him(told: facts.Opening, situation: Situation, actor: Actor) -> Sentence | None:
    """She is never mediated jointly with him or his relatives; separately only if first and minor,
    danger low, asked for in writing by her, no order or police warning, and a supervisor signed
    (rule 5)."""
    threatened = situation.violence or situation.alarming
    stranger = told.unrelated and told.other not in situation.kin
    if told.other not in situation.barred and (stranger or not threatened):
        return None
    if told.mode != "separate":
        return _("存在家庭暴力：不得与施暴者或其亲属共同调解。")
    minor = told.first_and_minor and told.asked_in_writing and told.no_order
    protected = situation.live_order or situation.warned
    if not minor or situation.danger is not Danger.LOW or protected:
        return _("分别调解只限首次且轻微、低危、本人书面要求、没有保护令、告诫书或刑事案件的情形。")
    if situation.countersigner in ("", actor.uid):
        return _("分别调解须先由另一名负责人签署（“负责人签署”）。")
    return None


@guard_of(facts.Opening)
def no_second_with_the_same(
    told: facts.Opening, situation: Situation, actor: Actor
) -> Sentence | None:
    """One mediation at a time between the same two."""
    running = (p for p in situation.procedures if isinstance(p, Mediating))
    if any(p.other == told.other for p in running):
        return _("与该当事人的调解正在进行。")
    return None


@guard(5, 14)
def no_violence_between_them(situation: Situation, actor: Actor) -> Sentence | None:
    """Nothing goes on between two with violence on record, here or in another case, but a separate
    mediation that was allowed as such, while the danger is low and nobody ordered or warned him
    (rules 4, 5, 14)."""
    mediation = mediation_of(situation)
    low = situation.danger is Danger.LOW and not (situation.live_order or situation.warned)
    if mediation.other in situation.barred and not (mediation.mode == "separate" and low):
        return _("双方之间已有暴力记录，不得继续调解，请终止。")
    return None


@guard_of(facts.Inviting, 8)
def invited_safely(told: facts.Inviting, situation: Situation, actor: Actor) -> Sentence | None:
    """She is called only through a recorded safe channel; without one she is waited for
    (rule 8)."""
    if told.side != "hers" or not situation.safety_sensitive:
        return None
    if not situation.safe_channel:
        return _("没有记录她的安全联系方式：请等她来，或先在当事人中登记。")
    return None if told.safely else _("只能通过她的安全联系方式、在安全时段联系。")


@guard_of(facts.Hearing, 14)
def seen_alone(told: facts.Hearing, situation: Situation, actor: Actor) -> Sentence | None:
    """Each side is seen alone before it consents (rule 14)."""
    return None if told.screened_alone else _("须先单独会见该方当事人。")


@guard_of(facts.Hearing, 5, 14)
def no_violence_told(told: facts.Hearing, situation: Situation, actor: Actor) -> Sentence | None:
    """Violence that is told in the conversation ends the mediation before it begins."""
    if told.no_violence:
        return None
    return _("发现暴力、胁迫或恐惧的，请登记暴力事件并终止调解。")


@guard_of(facts.Hearing, 1)
def the_side_agrees(told: facts.Hearing, situation: Situation, actor: Actor) -> Sentence | None:
    """Whoever does not agree is not mediated (人民调解法 17): that ends it for both."""
    if told.agrees and told.rights_told:
        return None
    return _("该方不同意，或未告知其权利的，不得调解；不同意的请选择“终止”。")


@guard(1)
def both_sides_agreed(situation: Situation, actor: Actor) -> Sentence | None:
    """Each party's consent is recorded (rule 1)."""
    return None if mediation_of(situation).agreed >= BOTH else _("双方的同意尚未登记齐全。")


@guard(14)
def each_screened_alone(situation: Situation, actor: Actor) -> Sentence | None:
    """Each party was screened alone before consent (rule 14)."""
    return None if mediation_of(situation).screened >= BOTH else _("双方尚未分别单独会见。")


@guard_of(facts.Scheduling)
def not_in_the_past(told: facts.Scheduling, situation: Situation, actor: Actor) -> Sentence | None:
    """A session is planned for a moment to come."""
    if told.planned_at and told.planned_at < situation.now - timedelta(minutes=5):
        return _("调解时间不能早于现在。")
    return None


@guard()
def a_session_is_planned(situation: Situation, actor: Actor) -> Sentence | None:
    """Everybody knows when and where."""
    return None if mediation_of(situation).planned else _("请先安排本次调解的时间和地点。")


@guard_of(facts.Screening)
def on_the_planned_day(
    told: facts.Screening, situation: Situation, actor: Actor
) -> Sentence | None:
    """A session does not begin before the day for which everybody was called, nor in the future."""
    began = told.began or situation.now
    if began > situation.now + timedelta(minutes=5):
        return _("开始时间不能晚于现在。")
    planned = mediation_of(situation).planned_at
    if planned and day_of(began) < day_of(planned):
        return _("尚未到安排的日期；提前调解的，请先改期。")
    return None


@guard_of(facts.Screening, 14)
def screened_again(told: facts.Screening, situation: Situation, actor: Actor) -> Sentence | None:
    """Each party is screened alone before each session, and nothing was found (rule 14)."""
    if told.screened_alone and told.no_violence:
        return None
    return _("每次调解前须再次单独会见双方；发现暴力或胁迫的，请终止调解。")


@guard(14)
def nobody_waits_unscreened(situation: Situation, actor: Actor) -> Sentence | None:
    """The session that is told of began with each side seen alone (rule 14)."""
    return None if mediation_of(situation).screened >= BOTH else _("本次调解前尚未单独会见双方。")


@guard_of(facts.Agreeing)
def terms_and_dates(told: facts.Agreeing, situation: Situation, actor: Actor) -> Sentence | None:
    """An agreement has terms, and a day for what is owed (人民调解法 29)."""
    if not told.terms.strip():
        return _("请写明协议内容。")
    if not told.nothing_owed and told.perform_by is None:
        return _("请写明履行期限，或注明没有待履行的内容。")
    if told.perform_by and told.perform_by < day_of(situation.now):
        return _("履行期限不能早于今天。")
    return None


@guard_of(facts.Agreeing)
def confirmable(told: facts.Agreeing, situation: Situation, actor: Actor) -> Sentence | None:
    """Courts do not confirm agreements on divorce or parentage (法释〔2022〕11号 357)."""
    if told.status_relation and told.wants_confirmation:
        return _("涉及离婚、亲子等身份关系的协议不能申请司法确认。")
    return None


@guard_of(facts.Failing)
def other_ways_told(told: facts.Failing, situation: Situation, actor: Actor) -> Sentence | None:
    """人民调解法 26: they leave knowing the other ways."""
    return None if told.routes_told else _("请先告知其他解决途径。")


@guard_of(facts.Signing)
def every_party_signed(told: facts.Signing, situation: Situation, actor: Actor) -> Sentence | None:
    """Every party signed, or the oral agreement was registered (人民调解法 28–30)."""
    if not (told.signed_by_all or told.oral):
        return _("须各方签名，或由调解员登记口头协议。")
    return _after_the_session(told.signed_on, situation)


@guard_of(facts.Confirming)
def jointly_applied(told: facts.Confirming, situation: Situation, actor: Actor) -> Sentence | None:
    """Confirmation is asked for by both together (人民调解法 33)."""
    return None if told.jointly else _("司法确认须由双方共同申请。")


@guard()
def never_status_relations(situation: Situation, actor: Actor) -> Sentence | None:
    """Never for divorce, parentage and the like (法释〔2022〕11号 357)."""
    if mediation_of(situation).status_relation:
        return _("涉及离婚、亲子等身份关系的协议不能申请司法确认。")
    return None


@guard_of(facts.Performing)
def performed_by_now(told: facts.Performing, situation: Situation, actor: Actor) -> Sentence | None:
    """What is performed was performed by today."""
    return _after_the_session(told.performed_on, situation)


@guard_of(facts.Defaulting)
def she_knows_her_ways(
    told: facts.Defaulting, situation: Situation, actor: Actor
) -> Sentence | None:
    """She knows that she can sue or enforce."""
    return None if told.routes_told else _("请先告知可以起诉或申请强制执行。")


@guard_of(facts.Lapsing)
def confirmation_time_passed(
    told: facts.Lapsing, situation: Situation, actor: Actor
) -> Sentence | None:
    """The time to ask the court is over, or both do not want to."""
    signed = mediation_of(situation).signed_on
    open_still = signed and situation.now <= CONFIRMED_WITHIN.due(end_of(signed)).at
    if open_still and not told.not_wanted:
        return _("司法确认的申请期限未到；双方书面表示不申请的，请注明。")
    return None


def _after_the_session(day: date | None, situation: Situation) -> Sentence | None:
    """What follows from a session is not dated before it, nor in the future."""
    if day and day > day_of(situation.now):
        return _("日期不能晚于今天。")
    began = mediation_of(situation).began_at
    return _("日期不能早于达成协议的那次调解。") if day and began and day < day_of(began) else None
