"""What a domestic-violence case's moves depend on; each reads as the sentence after "only if"."""

from __future__ import annotations

from datetime import timedelta

from casework.engine.case_acts import OUTCOMES
from casework.engine.language import Sentence, _
from casework.engine.moment import day_of
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor
from casework.engine.situation import Danger, Questions, Situation
from workflows.domestic_violence import facts

LOST_DAYS = 30
"""So long she is looked for before a lost case may be closed (domain: close_lost), in days."""


@guard(2, 3)
def assessment_valid(situation: Situation, actor: Actor) -> Sentence | None:
    """There is an assessment, her own or a preliminary one, and it still holds."""
    if situation.assessment is None:
        return _("请先完成危险评估。")
    if not situation.assessment.holds(situation.now):
        return _("危险评估已过有效期，请重新评估。")
    return None


@guard_of(facts.Evaluating)
def order_right_told(told: facts.Evaluating, situation: Situation, actor: Actor) -> Sentence | None:
    """法发〔2022〕10号 十三: she is told of the protection order, or it is noted why not yet."""
    if told.right_told or told.why_not_yet.strip():
        return None
    return _("请告知可以申请人身安全保护令，或写明尚未告知的原因。")


@guard()
def handler_named(situation: Situation, actor: Actor) -> Sentence | None:
    """Somebody carries the case."""
    told = situation.facts
    if not situation.handler and isinstance(told, facts.Responding) and not told.handler:
        return _("请先指定承办人。")
    return None


@guard_of(facts.Escalating)
def something_changed(
    told: facts.Escalating, situation: Situation, actor: Actor
) -> Sentence | None:
    """New incident, separation, filing, refused order, withdrawn suit, breach, or his release."""
    return None if told.trigger in facts.TRIGGERS else _("请从列表中选择升级原因。")


@guard_of(facts.Completing)
def plan_done(told: facts.Completing, situation: Situation, actor: Actor) -> Sentence | None:
    """The plan made with her is carried out."""
    return None if told.plan_done else _("共同商定的方案尚未执行完毕。")


@guard()
def referrals_answered(situation: Situation, actor: Actor) -> Sentence | None:
    """Every referral has a written answer; a refusal is an answer, a judgment is not needed."""
    waiting = (p for p in situation.procedures if p.kind == "referral")
    unanswered = any(p.status not in ("accepted", "refused") for p in waiting)
    return _("还有转介没有书面答复。") if unanswered else None


@guard_of(facts.MarkingLost, 8)
def three_attempts_on_different_days(
    told: facts.MarkingLost, situation: Situation, actor: Actor
) -> Sentence | None:
    """Three different days, none in the future, all through the safe channel (rule 8)."""
    days = {told.first_attempt, told.second_attempt, told.third_attempt}
    past = all(day is None or day <= day_of(situation.now) for day in days)
    if len(days) < 3 or not past or not told.safe_channel:
        return _("须在三个不同日期、通过安全联系方式各尝试一次。")
    return None


@guard_of(facts.MarkingLost)
def welfare_check_decided(
    told: facts.MarkingLost, situation: Situation, actor: Actor
) -> Sentence | None:
    """Silence never goes without a decision."""
    return None if told.welfare_check in ("yes", "no") else _("请记录负责人关于隐秘探视的决定。")


@guard()
def by_the_superior_organisation(situation: Situation, actor: Actor) -> Sentence | None:
    """The desk that lost her does not close her case."""
    if not actor.is_superior_to(situation.path):
        return _("失联结案须由上级妇联组织决定。")
    return None


@guard()
def lost_for_thirty_days(situation: Situation, actor: Actor) -> Sentence | None:
    """Thirty days of looking."""
    if day_of(situation.now) < day_of(situation.status_since) + timedelta(days=LOST_DAYS):
        return _("失联满 %(days)s 日后方可结案。", days=LOST_DAYS)
    return None


@guard_of(facts.ClosingLost, 4)
def police_check_answered(
    told: facts.ClosingLost, situation: Situation, actor: Actor
) -> Sentence | None:
    """High danger: the police looked and answered."""
    if situation.danger is Danger.HIGH and not told.police_check:
        return _("高危个案须待公安核查答复后方可结案。")
    return None


@guard(2)
def danger_questions_asked_or_why_not(situation: Situation, actor: Actor) -> Sentence | None:
    """Asked, refused, or the reason why not (rule 2)."""
    why_not = getattr(situation.facts, "why_not_asked", None)
    if situation.facts is None or situation.questions is not Questions.NOT_ASKED:
        return None
    if why_not is None or not str(why_not).strip():
        return _("请先询问三个安全问题（可以拒答），或写明未询问的原因。")
    return None


@guard_of(facts.TransferringOut, 1)
def consent_or_life_danger(
    told: facts.TransferringOut, situation: Situation, actor: Actor
) -> Sentence | None:
    """Nothing is shared without her consent, but for danger to life (rule 1)."""
    if told.ground == "life_danger" and situation.danger is Danger.HIGH:
        return None
    if told.ground == "consent" and situation.consents & {"share", "refer"}:
        return None
    return _("移交须有本人同意（先登记同意），或属高危的生命危险例外。")


@guard_of(facts.Receipting)
def written_word_received(
    told: facts.Receipting, situation: Situation, actor: Actor
) -> Sentence | None:
    """The receiver's receipt or refusal, in writing."""
    return None if told.receipt.strip() else _("请填写对方的书面回执。")


@guard_of(facts.Merging)
def same_survivor_same_respondent(
    told: facts.Merging, situation: Situation, actor: Actor
) -> Sentence | None:
    """A person decided that it is the same pair."""
    return None if told.same_pair else _("请核实属同一受害人、同一加害人。")


@guard_of(facts.NotViolence)
def seen_alone(told: facts.NotViolence, situation: Situation, actor: Actor) -> Sentence | None:
    """She said so without anybody beside her."""
    return None if told.seen_alone else _("须单独见面核实后方可改登。")


@guard_of(facts.EndingService)
def safety_information_given(
    told: facts.EndingService, situation: Situation, actor: Actor
) -> Sentence | None:
    """She leaves knowing where help is."""
    return None if told.safety_information else _("请先提供安全信息与求助途径。")


@guard(7)
def not_a_minor(situation: Situation, actor: Actor) -> Sentence | None:
    """A child's case is not hers, nor her guardian's, to end."""
    if situation.minor:
        return _("受害人是未成年人，不能终止求助。")
    return None


@guard(4)
def second_signature_when_high(situation: Situation, actor: Actor) -> Sentence | None:
    """High danger: a supervisor other than the actor signed too."""
    if situation.danger is Danger.HIGH and situation.countersigner in ("", actor.uid):
        return _("高危个案须先由另一名负责人签署（“负责人签署”）。")
    return None


@guard_of(facts.RequestingClosure, 6)
def outcome_chosen(
    told: facts.RequestingClosure, situation: Situation, actor: Actor
) -> Sentence | None:
    """An outcome of the list, which knows no reconciliation (rule 6)."""
    return None if told.outcome in OUTCOMES else _("请从列表中选择办理结果。")


@guard(2)
def assessment_current(situation: Situation, actor: Actor) -> Sentence | None:
    """Assessments expire; a case is not closed on an old one (rule 2)."""
    if situation.assessment is None or not situation.assessment.holds(situation.now):
        return _("危险评估已失效，请先重新评估。")
    return None


@guard()
def no_live_order(situation: Situation, actor: Actor) -> Sentence | None:
    """While an order protects her, the court has her application, or he is visited after a warning,
    the file stays within reach."""
    if situation.live_order:
        return _("人身安全保护令仍在有效期内，不能归档。")
    if any(p.kind == "protection_order" for p in situation.procedures):
        return _("保护令申请还在法院，不能归档。")
    if any(p.kind == "police_report" and p.status == "warned" for p in situation.standing):
        return _("告诫后的查访尚未结束，不能归档。")
    return None


@guard_of(facts.Archiving)
def file_list_complete(
    told: facts.Archiving, situation: Situation, actor: Actor
) -> Sentence | None:
    """The list of the file's contents is complete."""
    return None if told.complete else _("卷内目录不齐全，不能归档。")
