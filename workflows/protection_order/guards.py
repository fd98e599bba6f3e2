"""What an order's moves depend on; each reads as the sentence after "only if".

Nothing here asks for a danger level or an assessment: an order rescues.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from casework.engine.facts import SAMPLE_NOW
from casework.engine.language import Sentence, _
from casework.engine.limits import months_later
from casework.engine.moment import day_of, end_of
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import in_order
from casework.engine.situation import Proceeding, Situation
from workflows.protection_order import facts

ASKED = frozenset({"preparing", "filed", "accepted"})
"""The application is on its way, and she can still take it back."""

RUNNING = ASKED | {"reconsidering"}
"""An order may come of it."""

AT_MOST = 6
"""So many months an order may last, and each renewal may add (反家庭暴力法 30)."""

YESTERDAY = day_of(SAMPLE_NOW) - timedelta(days=1)


@dataclass(frozen=True)
class Protecting(Proceeding):
    """An order, or the application for one, as its guards see it. `served` holds who has been
    given it, `served_at` is when he was; `breach_seen`: a visit found a breach that is still to be
    written down."""

    carried_by: ClassVar[Permission | None] = Permission.HANDLE
    kind: str = "protection_order"
    respondent: str = ""
    applicant: str = ""
    proxy_ground: str = ""
    urgent: bool = False
    filed_at: datetime | None = None
    accepted_at: datetime | None = None
    ruled_at: datetime | None = None
    denial_served_on: date | None = None
    valid_until: date | None = None
    reconsidered_at: datetime | None = None
    served: frozenset[str] = frozenset()
    served_at: datetime | None = None
    visits: int = 0
    visited_at: datetime | None = None
    breach_seen: bool = False
    breaches: int = 0
    renewal_asked_at: datetime | None = None
    waived_at: datetime | None = None
    refused_at: datetime | None = None
    renewals: int = 0
    contested_at: datetime | None = None
    revoked_at: datetime | None = None
    climbed: frozenset[str] = frozenset()

    @property
    def rests_on_consent(self) -> bool:
        """Is it applied for in her name because she wishes it?"""
        return self.applicant == "on_behalf" and self.proxy_ground in facts.WILLING

    @property
    def ends_on(self) -> frozenset[str]:
        """What rests on her consent ends with it (rule 1), until the court has decided."""
        rests = self.rests_on_consent and self.status in ASKED
        return frozenset({"consent:apply"} if rests else ())

    @property
    def over_at(self) -> datetime | None:
        """When it lost its force, or will."""
        return self.revoked_at or (end_of(self.valid_until) if self.valid_until else None)

    def keeps_away(self, now: datetime) -> frozenset[str]:
        """Him, as long as it is in force."""
        until = self.valid_until
        lasts = self.status == "in_force" and until is not None and now <= end_of(until)
        return frozenset({self.respondent} if lasts else ())

    def canonical(self) -> Self:
        """What guards read: whether it rests on her consent, and of its times only the order.
        How often something happened, and to whom it was handed, does not matter."""
        until = self.valid_until and (YESTERDAY if self.valid_until <= YESTERDAY else facts.SOON)
        return replace(
            self,
            carrier="",
            opener="",
            applicant="on_behalf" if self.rests_on_consent else "self",
            proxy_ground="aged" if self.rests_on_consent else "",
            filed_at=None,
            accepted_at=None,
            ruled_at=None,
            denial_served_on=self.denial_served_on and YESTERDAY,
            valid_until=until,
            reconsidered_at=None,
            served=frozenset(),
            served_at=None,
            visits=0,
            visited_at=None,
            breaches=0,
            renewal_asked_at=self.renewal_asked_at and SAMPLE_NOW,
            waived_at=None,
            refused_at=None,
            renewals=0,
            contested_at=self.contested_at and SAMPLE_NOW,
            revoked_at=None,
            climbed=frozenset(),
        )

    def in_case(self) -> Self:
        """A case's rows read only whether it rests on her consent."""
        return replace(self.canonical(), urgent=False)

    def beginnings(self) -> tuple[Self, ...]:
        """As urgent, and as not."""
        return (self, replace(self, urgent=True))

    def as_time_passes(self) -> tuple[Self, ...]:
        """It lapses."""
        return (replace(self, valid_until=YESTERDAY),) if self.valid_until else ()


def order_of(situation: Situation) -> Protecting:
    """The order that is being moved."""
    assert isinstance(situation.procedure, Protecting)
    return situation.procedure


@guard_of(facts.Opening, 1)
def ground_of_law(told: facts.Opening, situation: Situation, actor: Actor) -> Sentence | None:
    """In her name only where the law allows it (反家庭暴力法 23, 法释〔2022〕17号 2)."""
    if told.applicant != "self" and told.proxy_ground not in facts.PROXY_GROUNDS:
        return _("代为申请须有法定依据，请选择；没有的，由本人申请。")
    return None


@guard_of(facts.Opening, 1)
def consents_or_cannot(told: facts.Opening, situation: Situation, actor: Actor) -> Sentence | None:
    """We apply in her name only with her consent, unless by the ground itself she cannot give it;
    then with the reason (rule 1). What others apply for they answer for."""
    if told.applicant != "on_behalf":
        return None
    if told.proxy_ground in facts.WILLING and "apply" not in situation.consents:
        return _("代为申请须根据本人意愿：请先登记“同意代为申请”。")
    if told.proxy_ground in facts.UNABLE and not told.proxy_why.strip():
        return _("未经本人同意代为申请的，须写明不能由本人申请的情况。")
    return None


@guard_of(facts.Opening)
def no_other_against_him(
    told: facts.Opening, situation: Situation, actor: Actor
) -> Sentence | None:
    """One at a time against the same person. What was denied or has lapsed is none."""
    return _another_against(told.respondent, situation)


@guard()
def no_other_meanwhile(situation: Situation, actor: Actor) -> Sentence | None:
    """Nor is a denial looked at again while she asks anew, or has her order."""
    return _another_against(order_of(situation).respondent, situation)


def _another_against(him: str, situation: Situation) -> Sentence | None:
    others = (p for p in situation.procedures if isinstance(p, Protecting) and p.status in RUNNING)
    if him in situation.kept_away or any(p.respondent == him for p in others):
        return _("针对该当事人的保护令正在申请或仍然有效。")
    return None


@guard(1)
def still_agreed(situation: Situation, actor: Actor) -> Sentence | None:
    """Her consent stands at the moment of filing (rule 1)."""
    if order_of(situation).rests_on_consent and "apply" not in situation.consents:
        return _("本人已撤回同意，不得代为申请。")
    return None


@guard_of(facts.Filing)
def filed_by_now(told: facts.Filing, situation: Situation, actor: Actor) -> Sentence | None:
    """Filed, not going to be; perhaps by herself before she came to us."""
    return in_order(told.filed_at, None, situation)


@guard_of(facts.Accepting)
def accepted_after_filing(
    told: facts.Accepting, situation: Situation, actor: Actor
) -> Sentence | None:
    """The court takes on what was filed."""
    return in_order(told.accepted_at, order_of(situation).filed_at, situation)


@guard_of(facts.TurningDown)
def turned_down_in_writing(
    told: facts.TurningDown, situation: Situation, actor: Actor
) -> Sentence | None:
    """An application ends without a ruling only on a written answer; until then it is chased."""
    if not told.in_writing:
        return _("须有法院的书面答复；没有的，请继续催办。")
    return in_order(told.turned_down_at, order_of(situation).filed_at, situation)


@guard_of(facts.Granting)
def ruled_after_asking(told: facts.Granting, situation: Situation, actor: Actor) -> Sentence | None:
    """The ruling follows the acceptance, or her request to look again."""
    order = order_of(situation)
    return in_order(told.ruled_at, order.reconsidered_at or order.accepted_at, situation)


@guard_of(facts.Granting)
def within_six_months(told: facts.Granting, situation: Situation, actor: Actor) -> Sentence | None:
    """It begins with the ruling and lasts six months at most (反家庭暴力法 30)."""
    if not told.ruled_at or not told.valid_until:
        return None
    made = day_of(told.ruled_at)
    if made <= told.valid_until <= months_later(made, AT_MOST):
        return None
    return _("有效期自作出之日起，不超过六个月。")


@guard_of(facts.Denying)
def denied_after_acceptance(
    told: facts.Denying, situation: Situation, actor: Actor
) -> Sentence | None:
    """The denial follows the acceptance, and is served on its day or later, by today."""
    wrong = _served_out_of_order(told.denial_served_on, told.ruled_at, situation)
    return wrong or in_order(told.ruled_at, order_of(situation).accepted_at, situation)


@guard_of(facts.ServingDenial)
def denial_served_after_it(
    told: facts.ServingDenial, situation: Situation, actor: Actor
) -> Sentence | None:
    """Served on the day of the denial or later, by today."""
    return _served_out_of_order(told.denial_served_on, order_of(situation).ruled_at, situation)


@guard()
def denial_not_served_yet(situation: Situation, actor: Actor) -> Sentence | None:
    """Her five days run once."""
    served = order_of(situation).denial_served_on
    return _("驳回裁定的送达日期已经登记。") if served else None


def _served_out_of_order(
    served: date | None, made: datetime | None, situation: Situation
) -> Sentence | None:
    if served and made and not day_of(made) <= served <= day_of(situation.now):
        return _("送达日期应在作出裁定之后、今天之前。")
    return None


@guard_of(facts.Reconsidering)
def asked_after_denial(
    told: facts.Reconsidering, situation: Situation, actor: Actor
) -> Sentence | None:
    """Asked after the denial. Whether it was in time is the court's to say."""
    return in_order(told.reconsidered_at, order_of(situation).ruled_at, situation)


@guard_of(facts.Upholding)
def upheld_after_asking(
    told: facts.Upholding, situation: Situation, actor: Actor
) -> Sentence | None:
    """The court looked again after she had asked."""
    return in_order(told.upheld_at, order_of(situation).reconsidered_at, situation)


@guard_of(facts.AcceptingDenial)
def right_to_reconsider_told(
    told: facts.AcceptingDenial, situation: Situation, actor: Actor
) -> Sentence | None:
    """She knows that the court can be asked to look again before it is written that she does not
    ask (反家庭暴力法 31)."""
    return None if told.told else _("请先告知她可以在五日内申请复议。")


@guard_of(facts.Serving)
def served_after_ruling(told: facts.Serving, situation: Situation, actor: Actor) -> Sentence | None:
    """What is served was made before."""
    return in_order(told.handed_at, order_of(situation).ruled_at, situation)


@guard_of(facts.Visiting)
def visited_under_the_order(
    told: facts.Visiting, situation: Situation, actor: Actor
) -> Sentence | None:
    """A visit of this order is made after it."""
    return in_order(told.seen_at, order_of(situation).ruled_at, situation)


@guard_of(facts.Breaching)
def breached_while_it_lasted(
    told: facts.Breaching, situation: Situation, actor: Actor
) -> Sentence | None:
    """Only what was in force can be broken."""
    order = order_of(situation)
    if told.breached_at and order.over_at and told.breached_at > order.over_at:
        return _("当时保护令已经失效：请在案件中登记暴力事件，并重新申请。")
    return in_order(told.breached_at, order.ruled_at, situation)


@guard_of(facts.Breaching)
def police_told_or_her_reason(
    told: facts.Breaching, situation: Situation, actor: Actor
) -> Sentence | None:
    """The police know (法释〔2022〕17号 12), or it is written why she does not want it."""
    if told.police_told or told.why_not_told.strip():
        return None
    return _("请向公安机关报案，或写明本人不报案的原因。")


@guard_of(facts.AskingRenewal)
def asked_before_it_lapses(
    told: facts.AskingRenewal, situation: Situation, actor: Actor
) -> Sentence | None:
    """Only an order that lasts can be made to last longer (反家庭暴力法 30)."""
    order = order_of(situation)
    if told.renewal_asked_at and order.over_at and told.renewal_asked_at > order.over_at:
        return _("保护令已经失效，不能延长：请登记到期，并重新申请。")
    return in_order(told.renewal_asked_at, order.ruled_at, situation)


@guard_of(facts.WaivingRenewal)
def she_knows_what_ends(
    told: facts.WaivingRenewal, situation: Situation, actor: Actor
) -> Sentence | None:
    """She knows that a lapse is not bridged before it is written that she lets it lapse."""
    if not told.told:
        return _("请先告知到期后不再受保护，以及可以改变主意、重新申请。")
    return in_order(told.waived_at, order_of(situation).ruled_at, situation)


@guard()
def renewal_was_asked(situation: Situation, actor: Actor) -> Sentence | None:
    """Only what was asked for is refused."""
    return None if order_of(situation).renewal_asked_at else _("还没有登记延长申请。")


@guard_of(facts.RefusingRenewal)
def refused_after_asking(
    told: facts.RefusingRenewal, situation: Situation, actor: Actor
) -> Sentence | None:
    """The court decides after it was asked."""
    return in_order(told.refused_at, order_of(situation).renewal_asked_at, situation)


@guard_of(facts.Renewing)
def renewed_before_it_lapsed(
    told: facts.Renewing, situation: Situation, actor: Actor
) -> Sentence | None:
    """The court decided while it lasted: a lapse is not bridged (反家庭暴力法 30)."""
    order = order_of(situation)
    if told.renewed_at and order.over_at and told.renewed_at > order.over_at:
        return _("保护令已经失效，不能延长：请登记到期，并重新申请。")
    return in_order(told.renewed_at, order.ruled_at, situation)


@guard_of(facts.Renewing)
def six_months_more(told: facts.Renewing, situation: Situation, actor: Actor) -> Sentence | None:
    """Longer than before, by six months at most (反家庭暴力法 30)."""
    until = order_of(situation).valid_until
    if not until or not told.valid_until:
        return None
    if until < told.valid_until <= months_later(until, AT_MOST):
        return None
    return _("应晚于现有有效期，每次延长不超过六个月。")


@guard()
def contested_once(situation: Situation, actor: Actor) -> Sentence | None:
    """The law gives him one reconsideration (反家庭暴力法 31)."""
    return _("对方的复议已经登记。") if order_of(situation).contested_at else None


@guard_of(facts.Contesting)
def contested_after_ruling(
    told: facts.Contesting, situation: Situation, actor: Actor
) -> Sentence | None:
    """He contests what was made before."""
    return in_order(told.contested_at, order_of(situation).ruled_at, situation)


@guard()
def it_has_lapsed(situation: Situation, actor: Actor) -> Sentence | None:
    """Its last day is over."""
    until = order_of(situation).valid_until
    if until and situation.now <= end_of(until):
        return _("保护令仍在有效期内。")
    return None


@guard_of(facts.Revoking)
def revoked_while_it_lasted(
    told: facts.Revoking, situation: Situation, actor: Actor
) -> Sentence | None:
    """What has lapsed is not revoked."""
    order = order_of(situation)
    if told.revoked_at and order.over_at and told.revoked_at > order.over_at:
        return _("保护令此前已经到期：请登记到期失效。")
    return in_order(told.revoked_at, order.ruled_at, situation)


@guard()
def no_breach_left_to_write_down(situation: Situation, actor: Actor) -> Sentence | None:
    """What a visit found is written down before nobody looks any more."""
    if order_of(situation).breach_seen:
        return _("回访发现的违反保护令尚未登记：请先“登记违反保护令”。")
    return None


@guard_of(facts.FeedingBack)
def fed_back_at_the_end(
    told: facts.FeedingBack, situation: Situation, actor: Actor
) -> Sentence | None:
    """The court is told how it went once it is over."""
    return in_order(told.fed_back_at, order_of(situation).over_at, situation)
