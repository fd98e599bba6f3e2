"""The acts every kind of case has, and the guards and facts that every kind shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework.engine import registry
from casework.engine.facts import fact
from casework.engine.language import Sentence, _, listed, pgettext
from casework.engine.lifecycle import Lifecycle
from casework.engine.moves import Act, Move, guard, guard_of
from casework.engine.owed import (
    OfferingPlan,
    ReportingMandatorily,
    ReportingPolice,
    ReportingUp,
    already_happened,
    now_owing,
    owing_again,
    plan_offered,
    reported_mandatorily,
    reported_to_police,
    reported_up,
    told_her_first,
)
from casework.engine.papers import (
    Issuing,
    Proving,
    obtained_by_now,
    she_knows_of_the_letter,
    the_police_may_know,
    there_is_what_it_tells,
)
from casework.engine.people import Actor, Permission
from casework.engine.proceedings import in_order
from casework.engine.reaching import NoLongerReaching, Reaching, it_could_ring
from casework.engine.situation import (
    Assessed,
    Danger,
    Questions,
    Situation,
    but,
    highest,
    without_those_that_end_on,
)

OWN_ASSESSMENT_DAYS = 90
"""An assessment in her own words holds this long (internal; 规程 2018 names no number)."""
PRELIMINARY_ASSESSMENT_DAYS = 7
"""One on a third party's facts holds a week (domain: assess)."""

YES_NO_REFUSED = {"yes": _("是"), "no": _("否"), "refused": _("拒答")}
LEVELS = {level.value: level.label for level in Danger}

CONSENT_SCOPES = {
    "mediate": _("同意调解"),
    "refer": _("同意转介"),
    "share": _("同意向其他单位提供信息"),
    "apply": _("同意代为申请"),
    "contact": _("同意主动联系"),
}

INCIDENT_FORMS = {
    "physical": _("身体暴力"),
    "sexual": _("性暴力"),
    "mental": _("精神暴力"),
    "economic": _("经济控制"),
    "threat": _("威胁恐吓"),
    "stalking": _("跟踪骚扰"),
}

PARTY_ROLES = {
    "petitioner": _("信访人"),
    "victim": _("受害人"),
    "respondent": _("被反映人/加害人"),
    "child": _("子女"),
    "witness": _("证人"),
    "representative": _("代理人"),
}

RELATIONS = {
    "spouse": _("配偶"),
    "former_spouse": _("前配偶"),
    "partner": _("恋爱或同居关系"),
    "former_partner": _("前恋爱或同居关系"),
    "parent": _("父母"),
    "child": _("子女"),
    "other_relative": _("其他家庭成员"),
    "employer": _("用人单位"),
    "neighbour": _("村居或邻里"),
    "other": _("其他"),
}

OUTCOMES = {
    "resolved": _("自办办结"),
    "answered": _("当场答复"),
    "mediated": _("调解成功"),
    "mediation_failed": _("调解不成"),
    "referred": _("转介已接收"),
    "legal_aid": _("法援受理"),
    "order_granted": _("保护令作出"),
    "order_denied": _("保护令驳回"),
    "relief": _("救助"),
    "not_ours": _("不属职权告知"),
    "withdrawn": _("当事人撤回"),
    "ended_by_survivor": _("当事人终止求助"),
    "lost_contact": _("失联"),
    "converted": _("改登"),
    "merged": pgettext("outcome", "并案"),
}
"""How a case can end. Reconciliation and persuasion to withdraw are not among them and never will
be (规程 2018, 16; safety rule 6)."""


@dataclass(frozen=True)
class Assigning:
    """Who carries the case from now on."""

    handler: str = fact(_("承办人"), "staff", required=True, samples=("h", "c"))


@dataclass(frozen=True)
class HandingOn:
    """To whom the case goes by a sheet that both signed 交接单."""

    handler: str = fact(_("接收人"), "staff", required=True, samples=("c",))
    sheet: str = fact(_("交接单"), samples=("…",))


@dataclass(frozen=True)
class Asking:
    """The three danger questions, each answered or refused."""

    danger_safe_now: str = fact(
        _("现在说话安全吗？"), "choice", choices=YES_NO_REFUSED, required=True
    )
    danger_hurt: str = fact(
        _("他（或家里其他人）打过或威胁过您吗？"), "choice", choices=YES_NO_REFUSED, required=True
    )
    danger_afraid: str = fact(_("您害怕回家吗？"), "choice", choices=YES_NO_REFUSED, required=True)


@dataclass(frozen=True)
class Assessing:
    """Answers to the risk instrument, on her own words or on a third party's facts."""

    basis: str = fact(
        _("依据"),
        "choice",
        choices={"own": _("本人陈述"), "third_party": _("他人提供的情况（初步评估，7 日有效）")},
        required=True,
        samples=("own",),
    )
    answers: tuple[tuple[str, str], ...] = fact(
        _("评估量表"),
        "answers",
        samples=(
            (("strangulation", "no"), ("lethal_act", "no")),
            (("strangulation", "yes"), ("lethal_act", "no")),
            (("strangulation", "unknown"), ("lethal_act", "no")),
        ),
    )
    injury: bool = fact(_("有伤情"), "yes")
    repeated: bool = fact(_("不止一次"), "yes", samples=(False,))
    judged: str = fact(
        _("综合判断（可高于量表）"),
        "choice",
        choices=LEVELS,
        help_text=_("老人、儿童不适用量表的，写明综合判断。一人可调高；调低须两人。"),
        samples=("", "high"),
    )
    grounds: str = fact(_("说明"), "long", personal=True, samples=("",))

    @property
    def level(self) -> Danger:
        """The level these answers give (rule 3); a judgement may raise it, never lower it."""
        scored = registry.instrument(INSTRUMENT).level(
            dict(self.answers), injury=self.injury, repeated=self.repeated
        )
        level = highest(scored, Danger(self.judged) if self.judged else None)
        assert level is not None
        return level


INSTRUMENT = "dv"


@dataclass(frozen=True)
class Incident:
    """An act of violence that happened, as told."""

    happened_at: datetime | None = fact(_("发生时间"), "moment")
    form: str = fact(
        _("暴力形式"), "choice", choices=INCIDENT_FORMS, required=True, samples=("physical",)
    )
    injury: bool = fact(_("有伤情"), "yes", samples=(False,))
    children_present: bool = fact(_("有未成年人在场"), "yes")
    by: str = fact(_("施暴者（本案当事人）"), "party", samples=("", "him"))
    happened: str = fact(_("经过"), "long", personal=True, samples=("",))


@dataclass(frozen=True)
class Levelling:
    """A danger level set by a person."""

    level: str = fact(_("危险等级"), "choice", choices=LEVELS, required=True)


@dataclass(frozen=True)
class Consenting:
    """What she agrees to, or no longer agrees to."""

    scope: str = fact(
        _("同意事项"), "choice", choices=CONSENT_SCOPES, required=True, samples=("refer",)
    )
    detail: str = fact(_("具体内容（对象、范围、期限）"), "long", personal=True, samples=("",))
    in_writing: bool = fact(_("书面同意"), "yes", samples=(False,))


@dataclass(frozen=True)
class Noting:
    """Something worth keeping in the case."""

    text: str = fact(_("记录内容"), "long", required=True, personal=True, samples=("…",))


@dataclass(frozen=True)
class Visiting:
    """She came again: what she said, and the three questions when they were asked."""

    text: str = fact(_("记录内容"), "long", required=True, personal=True, samples=("…",))
    danger_safe_now: str = fact(
        _("现在说话安全吗？"), "choice", choices=YES_NO_REFUSED, samples=("",)
    )
    danger_hurt: str = fact(
        _("他（或家里其他人）打过或威胁过您吗？"), "choice", choices=YES_NO_REFUSED, samples=("",)
    )
    danger_afraid: str = fact(_("您害怕回家吗？"), "choice", choices=YES_NO_REFUSED, samples=("",))
    alarming: bool = False
    """Never asked: what she said points to danger, whatever the three questions told."""


@dataclass(frozen=True)
class Linking:
    """Another case that belongs with this one."""

    other: str = fact(_("关联案件编号"), "case", required=True, samples=("…",))
    relation: str = fact(
        _("关系"),
        "choice",
        choices={"same_person": _("同一当事人"), "continues": _("延续"), "related": _("相关")},
        required=True,
        samples=("related",),
    )


@dataclass(frozen=True)
class Recusing:
    """Who has an interest in the case: a relative, a colleague, a named party (rule 12)."""

    person: str = fact(_("应当回避的人员"), "staff", able=None, required=True, samples=("c",))


@dataclass(frozen=True)
class Joining:
    """Somebody who is part of the case."""

    role: str = fact(
        _("身份"), "choice", choices=PARTY_ROLES, required=True, samples=("victim", "child")
    )
    name: str = fact(_("姓名（不愿透露可留空）"), personal=True, samples=("",))
    phone: str = fact(_("联系电话"), personal=True, samples=("",))
    relation: str = fact(_("与当事人关系"), "choice", choices=RELATIONS, samples=("",))
    minor: bool = fact(_("未成年人"), "yes")
    incapacitated: bool = fact(_("无或限制民事行为能力"), "yes", samples=(False,))


@guard(12)
def no_conflict_of_interest(situation: Situation, actor: Actor) -> Sentence | None:
    """The handler-to-be, or whoever carries the procedure, is no relative, colleague or named party
    (rule 12)."""
    told, procedure = situation.facts, situation.procedure
    named = getattr(told, "carrier", "") or getattr(told, "handler", "") or situation.handler
    carrier = procedure.carrier if procedure else ""
    if situation.conflicted & {actor.uid, named, carrier}:
        return _("承办人与本案有利害关系，应当回避，请另行指派。")
    return None


@guard()
def by_a_signed_sheet(situation: Situation, actor: Actor) -> Sentence | None:
    """Whoever handles a case hands it on by a sheet; that both signed it is looked at when it is
    done."""
    told = situation.facts
    if isinstance(told, HandingOn) and told.sheet:
        return None
    return _("请用“交接单”办理：双方签字后，案件、待办和时限一并移交。")


@guard()
def no_open_procedure(situation: Situation, actor: Actor) -> Sentence | None:
    """Nothing that several people carry is still running."""
    if situation.procedures:
        titles = dict.fromkeys(registry.procedure(p.kind).title for p in situation.procedures)
        return _("尚有未办结的程序：%(names)s。", names=listed(tuple(titles)))
    return None


@guard()
def another_person(situation: Situation, actor: Actor) -> Sentence | None:
    """Whoever asked for closure does not approve it."""
    if not situation.requester or situation.requester == actor.uid:
        return _("办结须由申请人以外的另一人审批。")
    return None


@guard(2)
def danger_questions_asked(situation: Situation, actor: Actor) -> Sentence | None:
    """The three danger questions were answered or refused."""
    if situation.questions is Questions.NOT_ASKED:
        return _("请先询问三个安全问题（可以拒答）。")
    return None


@guard_of(Incident)
def happened_by_now(told: Incident, situation: Situation, actor: Actor) -> Sentence | None:
    """What is recorded has happened."""
    return in_order(told.happened_at, None, situation)


@guard_of(Levelling, 3)
def it_is_higher(told: Levelling, situation: Situation, actor: Actor) -> Sentence | None:
    """Raising means raising."""
    if told.level and situation.danger and Danger(told.level).rank <= situation.danger.rank:
        return _("新等级须高于现等级。")
    return None


@guard_of(Levelling, 3)
def it_is_lower(told: Levelling, situation: Situation, actor: Actor) -> Sentence | None:
    """Lowering means lowering, and never below the latest assessment that holds."""
    if not told.level:
        return None
    if situation.danger is None or Danger(told.level).rank >= situation.danger.rank:
        return _("新等级须低于现等级。")
    if situation.assessment is None or not situation.assessment.holds(situation.now):
        return _("须先重新评估，再调低等级。")
    if Danger(told.level).rank < situation.assessment.level.rank:
        return _("不得低于最近一次评估的等级。")
    return None


@guard(3)
def second_pair_of_eyes(situation: Situation, actor: Actor) -> Sentence | None:
    """Lowering the danger level takes somebody other than the assessor."""
    if situation.assessment and situation.assessment.assessor == actor.uid:
        return _("调低危险等级须由评估人以外的另一人决定。")
    return None


@guard()
def not_sealed_yet(situation: Situation, actor: Actor) -> Sentence | None:
    """What is sealed need not be sealed again."""
    return _("本案已经保密。") if situation.sealed else None


@guard()
def sealed_now(situation: Situation, actor: Actor) -> Sentence | None:
    """Only what is sealed can be unsealed."""
    return None if situation.sealed else _("本案没有设为保密。")


@guard_of(Recusing)
def herself_or_by_a_supervisor(
    told: Recusing, situation: Situation, actor: Actor
) -> Sentence | None:
    """Anybody stands aside herself; naming another takes a supervisor."""
    if told.person == actor.uid or actor.may(Permission.SUPERVISE):
        return None
    return _("登记他人回避须由负责人办理。")


@guard()
def consent_given(situation: Situation, actor: Actor) -> Sentence | None:
    """Only a consent that was given, in the scope that is told, can be withdrawn."""
    told = situation.facts
    given = situation.consents | {
        what.partition(":")[2]
        for p in situation.procedures
        for what in p.ends_on
        if what.startswith("consent:")
    }
    withdrawn = {told.scope} if isinstance(told, Consenting) else given
    return None if withdrawn & given else _("没有可以撤回的同意。")


def takes_handler(situation: Situation, actor: Actor) -> Situation:
    """The handler told with the move, when one is, carries the case."""
    return replace(situation, handler=getattr(situation.facts, "handler", "") or situation.handler)


def asks_for_closure(situation: Situation, actor: Actor) -> Situation:
    """The actor is remembered as the one who asked."""
    return replace(situation, requester=actor.uid)


def questions_asked(situation: Situation, actor: Actor) -> Situation:
    """What the three questions told: asked or refused, and whether an answer alarms."""
    told = situation.facts
    assert isinstance(told, Asking | Visiting)
    answers = (told.danger_safe_now, told.danger_hurt, told.danger_afraid)
    alarming = getattr(told, "alarming", False) or (all(answers) and is_alarming(*answers))
    if all(answers):
        refused = told.danger_hurt == "refused" and situation.questions is not Questions.ANSWERED
        situation = replace(
            situation, questions=Questions.REFUSED if refused else Questions.ANSWERED
        )
    if not alarming:
        return situation
    alarmed = replace(situation, alarming=True, safety_sensitive=True)
    return without_those_that_end_on(alarmed, "violence")


def is_alarming(safe_now: str, hurt: str, afraid: str) -> bool:
    """Does any answer to the three questions point to danger?"""
    return safe_now == "no" or hurt == "yes" or afraid == "yes"


def _assessed(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, Assessing)
    own = told.basis == "own"
    days = OWN_ASSESSMENT_DAYS if own else PRELIMINARY_ASSESSMENT_DAYS
    made = Assessed(told.level, own, actor.uid, situation.now + timedelta(days=days))
    danger = highest(told.level, situation.danger)
    signed = situation.countersigner if danger is situation.danger else ""
    assessed = replace(
        situation, assessment=made, danger=danger, safety_sensitive=True, countersigner=signed
    )
    return _no_longer_low(assessed)


def _no_longer_low(situation: Situation) -> Situation:
    """What was allowed only because the danger was low ends when it is not (rule 4)."""
    if situation.danger in (None, Danger.LOW):
        return situation
    return without_those_that_end_on(situation, "danger")


def _happened(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, Incident)
    happened = replace(
        situation,
        violence=True,
        safety_sensitive=True,
        assessment=None,
        countersigner="",
        children=situation.children or told.children_present,
    )
    by = f"violence:{told.by or '?'}"
    again = owing_again(bound_to_report(happened), told.happened_at)
    return without_those_that_end_on(again, "violence", by)


def _levelled(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, Levelling)
    levelled = replace(
        situation, danger=Danger(told.level), safety_sensitive=True, countersigner=""
    )
    return _no_longer_low(levelled)


def _consented(situation: Situation, actor: Actor) -> Situation:
    assert isinstance(situation.facts, Consenting)
    return replace(situation, consents=situation.consents | {situation.facts.scope})


def _unconsented(situation: Situation, actor: Actor) -> Situation:
    assert isinstance(situation.facts, Consenting)
    scope = situation.facts.scope
    withdrawn = replace(situation, consents=situation.consents - {scope})
    return without_those_that_end_on(withdrawn, f"consent:{scope}")


def _joined(situation: Situation, actor: Actor) -> Situation:
    told = situation.facts
    assert isinstance(told, Joining)
    vulnerable = told.minor or told.incapacitated
    victim = told.role in ("victim", "petitioner")
    joined = replace(
        situation,
        minor=situation.minor or (victim and told.minor),
        children=situation.children or told.role == "child",
        safety_sensitive=situation.safety_sensitive or (victim and vulnerable),
        report_duty=situation.report_duty or (victim and vulnerable),
    )
    return bound_to_report(joined)


def bound_to_report(situation: Situation) -> Situation:
    """A child in the house where violence is brings the duty to report, in whichever order the
    two became known (rule 7)."""
    duty = situation.report_duty or (situation.children and situation.violence)
    return replace(situation, report_duty=duty)


def _recused(situation: Situation, actor: Actor) -> Situation:
    """She has nothing more to do with the case, and does not see it any more."""
    assert isinstance(situation.facts, Recusing)
    person = situation.facts.person
    return replace(
        situation,
        conflicted=situation.conflicted | {person},
        handler="" if situation.handler == person else situation.handler,
    )


def _readmitted(situation: Situation, actor: Actor) -> Situation:
    """It turned out that she has no interest in it."""
    assert isinstance(situation.facts, Recusing)
    return replace(situation, conflicted=situation.conflicted - {situation.facts.person})


def _sealed(situation: Situation, actor: Actor) -> Situation:
    return replace(situation, sealed=True)


def _unsealed(situation: Situation, actor: Actor) -> Situation:
    return replace(situation, sealed=False)


def _countersigned(situation: Situation, actor: Actor) -> Situation:
    return replace(situation, countersigner=actor.uid)


_COUNTS = _(
    "如实填写实际时间。早于最近一次暴力、或早于高危认定七日以上的报告照常登记，但不代替这一次应作的报告。"
)


class CaseActs(Lifecycle):
    """Acts that every kind of case offers in every living status."""

    def after(self, situation: Situation, actor: Actor, move: Move) -> Situation:
        """As for any table; and what the new danger or duty demands is owed from now on. A case
        that becomes another one hands over what it owes."""
        made = now_owing(situation, super().after(situation, actor, move))
        return but(made, owed=frozenset()) if move.opens and move.target else made

    assign = Act(
        _("指派承办人"),
        Permission.TRIAGE,
        (no_conflict_of_interest,),
        facts=Assigning,
        then=takes_handler,
    )
    hand_on = Act(
        _("交接"),
        Permission.HANDLE,
        (by_a_signed_sheet, no_conflict_of_interest),
        facts=HandingOn,
        then=takes_handler,
    )
    ask_danger = Act(_("询问安全问题"), Permission.HANDLE, facts=Asking, then=questions_asked)
    record_assessment = Act(_("登记危险评估"), Permission.HANDLE, facts=Assessing, then=_assessed)
    record_incident = Act(
        _("登记暴力事件"),
        Permission.HANDLE,
        (happened_by_now,),
        facts=Incident,
        then=_happened,
    )
    raise_danger = Act(
        _("调高危险等级"),
        Permission.HANDLE,
        (it_is_higher,),
        reason=True,
        facts=Levelling,
        then=_levelled,
    )
    lower_danger = Act(
        _("调低危险等级"),
        Permission.SUPERVISE,
        (it_is_lower, second_pair_of_eyes),
        reason=True,
        facts=Levelling,
        then=_levelled,
    )
    report_police = Act(
        _("登记报案"),
        Permission.HANDLE,
        (already_happened, told_her_first),
        facts=ReportingPolice,
        then=reported_to_police,
        opens="police_report",
        help_text=_COUNTS,
    )
    report_superior = Act(
        _("登记向上级妇联报告"),
        Permission.HANDLE,
        (already_happened,),
        facts=ReportingUp,
        then=reported_up,
        help_text=_COUNTS,
    )
    report_mandatory = Act(
        _("登记强制报告"),
        Permission.HANDLE,
        (already_happened,),
        facts=ReportingMandatorily,
        then=reported_mandatorily,
        opens="mandatory_report",
        help_text=_COUNTS,
    )
    offer_plan = Act(
        _("登记安全计划"),
        Permission.HANDLE,
        (already_happened,),
        facts=OfferingPlan,
        then=plan_offered,
    )
    add_contact = Act(
        _("登记安全联系方式"),
        Permission.HANDLE,
        (it_could_ring,),
        facts=Reaching,
        help_text=_("只登记她本人说可以使用的方式。同一号码以最近一次登记的为准。"),
    )
    end_contact = Act(
        _("停用联系方式"),
        Permission.HANDLE,
        reason=True,
        facts=NoLongerReaching,
        help_text=_("不再安全、不再使用的联系方式，登记后立即不再用于联系。"),
    )
    add_evidence = Act(_("登记证据"), Permission.HANDLE, (obtained_by_now,), facts=Proving)
    issue_letter = Act(
        _("出具文书"),
        Permission.HANDLE,
        (there_is_what_it_tells, the_police_may_know, she_knows_of_the_letter),
        facts=Issuing,
        help_text=_("文书按案件现有记录生成，不写明她的住址、单位、学校和联系方式。"),
    )
    countersign = Act(_("负责人签署"), Permission.SUPERVISE, reason=True, then=_countersigned)
    add_party = Act(_("登记当事人"), Permission.HANDLE, facts=Joining, then=_joined)
    give_consent = Act(_("登记同意"), Permission.HANDLE, facts=Consenting, then=_consented)
    withdraw_consent = Act(
        _("撤回同意"),
        Permission.HANDLE,
        (consent_given,),
        facts=Consenting,
        then=_unconsented,
    )
    seal = Act(_("设为保密"), Permission.SUPERVISE, (not_sealed_yet,), reason=True, then=_sealed)
    unseal = Act(_("解除保密"), Permission.SUPERVISE, (sealed_now,), reason=True, then=_unsealed)
    add_visit = Act(_("登记再次来访"), Permission.LOG, facts=Visiting, then=questions_asked)
    readmit = Act(
        _("撤销回避"), Permission.SUPERVISE, reason=True, facts=Recusing, then=_readmitted
    )
    recuse = Act(
        _("登记回避"),
        Permission.HANDLE,
        (herself_or_by_a_supervisor,),
        reason=True,
        facts=Recusing,
        then=_recused,
    )
    note = Act(_("记一笔"), Permission.HANDLE, facts=Noting)
    link = Act(_("关联案件"), Permission.HANDLE, facts=Linking)
