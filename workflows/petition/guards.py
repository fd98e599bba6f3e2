"""What a petition's moves depend on. Each guard reads as the sentence after "only if"."""

from __future__ import annotations

from datetime import timedelta

from casework.engine.case_acts import OUTCOMES
from casework.engine.language import Sentence, _
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor
from casework.engine.situation import Situation
from workflows.petition import facts


@guard(2)
def not_domestic_violence(situation: Situation, actor: Actor) -> Sentence | None:
    """Violence between the parties makes it a domestic-violence case: convert it instead."""
    told = situation.facts
    if situation.violence:
        return _("当事人之间存在家庭暴力，应当转为家暴个案。")
    if situation.alarming and isinstance(told, facts.Accepting) and not told.violence_elsewhere:
        return _("安全问题提示可能存在暴力：请核实与本件当事人无关，否则转为家暴个案。")
    return None


@guard()
def handler_named(situation: Situation, actor: Actor) -> Sentence | None:
    """Somebody carries the case."""
    told = situation.facts
    if not situation.handler and isinstance(told, facts.Accepting) and not told.handler:
        return _("请先指定承办人。")
    return None


@guard_of(facts.Accepting)
def handling_type_chosen(
    told: facts.Accepting, situation: Situation, actor: Actor
) -> Sentence | None:
    """Statutory (信访工作条例 31(六)) or help."""
    if told.handling_type not in facts.HANDLING_TYPES:
        return _("请选择办理类型。")
    return None


@guard()
def not_safety_sensitive(situation: Situation, actor: Actor) -> Sentence | None:
    """What touches somebody's safety is never settled alone and on the spot."""
    if situation.safety_sensitive or situation.violence:
        return _("涉及人身安全的事项不能当场答复了事，须立案办理。")
    return None


@guard_of(facts.Notifying)
def served_in_time(told: facts.Notifying, situation: Situation, actor: Actor) -> Sentence | None:
    """A notice is served after the matter was received, and not in the future."""
    served = told.served_at
    if served and not situation.received_at <= served <= situation.now + timedelta(minutes=5):
        return _("书面告知时间应在收到之后、现在之前。")
    return None


@guard_of(facts.Answering)
def notice_handed_over_or_owed(
    told: facts.Answering, situation: Situation, actor: Actor
) -> Sentence | None:
    """The written notice is handed over, or still owed with its clock running."""
    if told.notice not in ("handed_over", "owed"):
        return _("请说明书面告知是否已交付。")
    return None


@guard_of(facts.Directing)
def right_route_named(told: facts.Directing, situation: Situation, actor: Actor) -> Sentence | None:
    """She leaves knowing where to go."""
    if told.route not in facts.ROUTES:
        return _("请写明应当通过的正确途径。")
    return None


@guard_of(facts.Declining)
def ground_of_law(told: facts.Declining, situation: Situation, actor: Actor) -> Sentence | None:
    """信访工作条例 19③ or 36③, and no other ground."""
    if told.ground not in facts.GROUNDS:
        return _("不予受理只能依据信访工作条例第十九条第三款或第三十六条第三款。")
    return None


@guard_of(facts.Declining)
def not_a_person_asking_for_help(
    told: facts.Declining, situation: Situation, actor: Actor
) -> Sentence | None:
    """妇女权益保障法 73: whoever asks for help is helped."""
    if told.asks_for_help or situation.safety_sensitive:
        return _("对求助的妇女不得不予受理（妇女权益保障法第七十三条）。")
    return None


@guard()
def forwarded_item(situation: Situation, actor: Actor) -> Sentence | None:
    """Only what another office sent us can be objected to."""
    if not situation.forwarded:
        return _("只有信访部门转送或上级交办的事项可以提出异议。")
    return None


@guard_of(facts.SenderAnswering)
def sender_answered(
    told: facts.SenderAnswering, situation: Situation, actor: Actor
) -> Sentence | None:
    """The sender's answer is on file."""
    if not told.answer.strip():
        return _("请填写转办单位的答复。")
    return None


@guard_of(facts.Transferring)
def competent_body_named(
    told: facts.Transferring, situation: Situation, actor: Actor
) -> Sentence | None:
    """The body that has the power is named."""
    return None if told.body.strip() else _("请写明有权处理的机关、单位。")


@guard_of(facts.Transferring)
def transfer_letter_issued(
    told: facts.Transferring, situation: Situation, actor: Actor
) -> Sentence | None:
    """The letter exists before the case leaves."""
    return None if told.letter.strip() else _("请先出具转送函并填写文号。")


@guard_of(facts.Transferring)
def petitioner_told(
    told: facts.Transferring, situation: Situation, actor: Actor
) -> Sentence | None:
    """She knows where her matter went (信访工作条例 23)."""
    return None if told.told_her else _("请先告知信访人。")


@guard_of(facts.AssigningDown)
def dated_letter_issued(
    told: facts.AssigningDown, situation: Situation, actor: Actor
) -> Sentence | None:
    """The letter names the date by which the lower organisation reports."""
    if told.letter.strip() and told.due:
        return None
    return _("请先出具载明期限的交办函。")


@guard_of(facts.AssigningDown)
def petitioner_told_where(
    told: facts.AssigningDown, situation: Situation, actor: Actor
) -> Sentence | None:
    """She knows who handles it now."""
    return None if told.told_her else _("请先告知信访人去向。")


@guard_of(facts.ReportingBack)
def report_received(
    told: facts.ReportingBack, situation: Situation, actor: Actor
) -> Sentence | None:
    """The lower organisation's report is here."""
    return None if told.report.strip() else _("请填写下级组织的办理报告。")


@guard_of(facts.Merging)
def same_matter_and_person(
    told: facts.Merging, situation: Situation, actor: Actor
) -> Sentence | None:
    """A person decided that it is the same matter of the same person or declared group."""
    return None if told.same_matter else _("请核实属同一事项、同一信访人或已申报的群体。")


@guard_of(facts.RequestingClosure, 6)
def outcome_chosen(
    told: facts.RequestingClosure, situation: Situation, actor: Actor
) -> Sentence | None:
    """An outcome of the list, which knows no reconciliation (rule 6)."""
    return None if told.outcome in OUTCOMES else _("请从列表中选择办理结果。")


@guard_of(facts.RequestingClosure)
def reply_served(
    told: facts.RequestingClosure, situation: Situation, actor: Actor
) -> Sentence | None:
    """The reply has reached her: after the matter was received, and not in the future."""
    served = told.reply_served_at
    if served and not situation.received_at <= served <= situation.now + timedelta(minutes=5):
        return _("答复送达时间应在收到之后、现在之前。")
    return None


@guard_of(facts.RequestingClosure)
def sender_has_report(
    told: facts.RequestingClosure, situation: Situation, actor: Actor
) -> Sentence | None:
    """Whoever forwarded the item has our report."""
    if situation.forwarded and not told.report_sent:
        return _("转办件须先向转办单位报送办理情况。")
    return None


@guard_of(facts.RequestingClosure)
def review_rights_told(
    told: facts.RequestingClosure, situation: Situation, actor: Actor
) -> Sentence | None:
    """A 信访处理意见书 comes with the right to review (信访工作条例 35, 36)."""
    if told.opinion_issued and not told.review_told:
        return _("出具信访处理意见书的，须告知复查、复核权利。")
    return None


@guard_of(facts.Withdrawing)
def her_own_declaration(
    told: facts.Withdrawing, situation: Situation, actor: Actor
) -> Sentence | None:
    """Nobody withdraws for her."""
    return None if told.declared else _("撤回须有本人声明。")


@guard_of(facts.Withdrawing, 6)
def seen_alone(told: facts.Withdrawing, situation: Situation, actor: Actor) -> Sentence | None:
    """She said so without anybody beside her (rule 6: nobody is persuaded to withdraw)."""
    return None if told.seen_alone else _("须单独见面核实后方可撤回。")


@guard_of(facts.Archiving)
def file_list_complete(
    told: facts.Archiving, situation: Situation, actor: Actor
) -> Sentence | None:
    """The list of the file's contents is complete."""
    return None if told.complete else _("卷内目录不齐全，不能归档。")


@guard()
def handling_can_be_extended(situation: Situation, actor: Actor) -> Sentence | None:
    """Once, and before it is over (信访工作条例 34)."""
    if situation.handling_due is None:
        return _("没有正在计算的法定办理期限，不能延长。")
    if situation.extended:
        return _("办理期限只能延长一次。")
    if situation.now > situation.handling_due:
        return _("办理期限已过，不能再延长。")
    return None


@guard_of(facts.AskingForTime)
def within_thirty_days(
    told: facts.AskingForTime, situation: Situation, actor: Actor
) -> Sentence | None:
    """At most thirty days (信访工作条例 34)."""
    return _at_most_thirty(told.days)


@guard_of(facts.Extending)
def allowed_within_thirty_days(
    told: facts.Extending, situation: Situation, actor: Actor
) -> Sentence | None:
    """At most thirty days (信访工作条例 34)."""
    return _at_most_thirty(told.days)


def _at_most_thirty(days: int) -> Sentence | None:
    most = facts.LONGEST_EXTENSION.count
    return None if 0 < days <= most else _("延长的天数应为 1 至 %(most)s 日。", most=most)


@guard()
def extension_was_asked(situation: Situation, actor: Actor) -> Sentence | None:
    """Somebody asked, and nobody has decided yet."""
    return None if situation.extension_by else _("没有待审批的延长申请。")


@guard()
def another_person_extends(situation: Situation, actor: Actor) -> Sentence | None:
    """Whoever asked does not decide."""
    asker = situation.extension_by
    return _("延长须由申请人以外的另一人审批。") if asker and asker == actor.uid else None


@guard_of(facts.Extending)
def told_of_extension(told: facts.Extending, situation: Situation, actor: Actor) -> Sentence | None:
    """She is told why it takes longer (信访工作条例 34)."""
    return None if told.told_her else _("请将延长的理由告知信访人。")
