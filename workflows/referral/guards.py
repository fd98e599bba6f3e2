"""What a referral's moves depend on; each reads as the sentence after "only if"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Self

from casework.engine.chasing import SUPERIOR
from casework.engine.facts import SAMPLE_NOW
from casework.engine.language import Sentence, _
from casework.engine.moves import guard, guard_of
from casework.engine.people import Actor, Permission
from casework.engine.situation import Danger, Proceeding, Situation
from workflows.referral import facts

CANCELLABLE = frozenset({"drafted", "approved", "sent", "received", "unanswered"})
REPORTED_TO = frozenset({"police"})
PAST, FUTURE = SAMPLE_NOW - timedelta(days=1), SAMPLE_NOW + timedelta(days=1)
WARNED = frozenset({"police", "federation"})
"""Whom the exceptions of rule 1 speak of: the statutory report goes to the police, the report on
high danger to the police and the superior federation (规程 2018, 11)."""


@dataclass(frozen=True)
class Referring(Proceeding):
    """A referral as its guards see it. `opener` drafted it; `body_active` is whether the body
    still exists and gives this service."""

    carried_by: ClassVar[Permission | None] = Permission.LIAISE
    kind: str = "referral"
    service: str = ""
    urgency: str = ""
    ground: str = ""
    body_active: bool = True
    approver: str = ""
    reviser: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    receipt_due_at: datetime | None = None
    received_at: datetime | None = None
    papers_asked_at: datetime | None = None
    papers_brought_at: datetime | None = None
    escalated: bool = False
    chased: int = 0
    climbed: frozenset[str] = frozenset()
    objected_at: datetime | None = None
    objection_answered_at: datetime | None = None

    @property
    def urgent(self) -> bool:
        """May it go out before it is approved?"""
        return self.urgency in facts.URGENT

    @property
    def lacking(self) -> bool:
        """Are papers missing that were asked for?"""
        return self.papers_asked_at is not None and self.papers_brought_at is None

    @property
    def ends_on(self) -> frozenset[str]:
        """What rests on her consent ends with it (rule 1), until the body has answered."""
        rests = self.ground == "consent" and self.status in CANCELLABLE
        return frozenset({"consent:refer"} if rests else ())

    def canonical(self) -> Self:
        """Of the times only the order matters; how often it was chased does not. What papers
        lacked matters while they lack and the answer is awaited."""
        sent = SAMPLE_NOW if self.sent_at else None
        late = self.receipt_due_at and self.receipt_due_at < SAMPLE_NOW
        due = sent and (PAST if late else FUTURE)
        objected = SAMPLE_NOW if self.objected_at else None
        settled = SAMPLE_NOW if self.objection_answered_at else None
        received = SAMPLE_NOW if self.status == "received" else None
        return replace(
            self,
            chased=0,
            climbed=frozenset(),
            sent_at=sent,
            receipt_due_at=due,
            received_at=received,
            papers_asked_at=received if self.lacking else None,
            papers_brought_at=None,
            objected_at=objected,
            objection_answered_at=settled,
            carrier="",
        )

    def in_case(self) -> Self:
        """A case's rows read only on what ground it stands."""
        return replace(self.canonical(), service="", urgency="")

    def beginnings(self) -> tuple[Self, ...]:
        """As urgent, and as not."""
        return (self, replace(self, urgency="hours"))

    def as_time_passes(self) -> tuple[Self, ...]:
        """The receipt does not come; the body closes down."""
        late = replace(self, receipt_due_at=PAST) if self.sent_at else self
        return (late, replace(self, body_active=False))


def referral_of(situation: Situation) -> Referring:
    """The referral that is being moved."""
    assert isinstance(situation.procedure, Referring)
    return situation.procedure


@guard_of(facts.Opening, 1)
def consent_or_exception(
    told: facts.Opening, situation: Situation, actor: Actor
) -> Sentence | None:
    """Nothing is referred without her consent, but for the statutory report, the report on high
    danger, and danger to life; then with the reason, and told to her first (rule 1)."""
    if told.ground == "consent":
        if "refer" in situation.consents:
            return None
        return _("转介须有本人同意：请先登记“同意转介”。")
    if not told.why.strip() or not told.told_first:
        return _("未经本人同意的例外转介，须写明理由并先告知本人。")
    high = situation.danger is Danger.HIGH
    allowed = {
        "statutory_report": situation.report_duty and told.service in REPORTED_TO,
        "high_danger": high and told.service in WARNED,
        "life_danger": high,
    }
    if not allowed.get(told.ground, False):
        return _("例外依据不成立：强制报告限向公安，规程第十一条报告和生命危险限高危个案。")
    return None


@guard(1)
def still_agreed(situation: Situation, actor: Actor) -> Sentence | None:
    """Her consent stands at the moment of sending (rule 1)."""
    referral = referral_of(situation)
    if referral.ground == "consent" and "refer" not in situation.consents:
        return _("本人已撤回同意，不得发出。")
    return None


@guard()
def approved_or_urgent(situation: Situation, actor: Actor) -> Sentence | None:
    """Only an urgent letter goes out before it is approved."""
    if situation.status == "drafted" and not referral_of(situation).urgent:
        return _("不紧急的转介函须先经审签。")
    return None


@guard()
def body_still_there(situation: Situation, actor: Actor) -> Sentence | None:
    """The body is in the directory today."""
    if referral_of(situation).body_active:
        return None
    return _("转介单位已停用，请取消后另行转介。")


@guard()
def another_person_signs(situation: Situation, actor: Actor) -> Sentence | None:
    """Whoever drafted, changed or sent the letter does not approve it."""
    referral = referral_of(situation)
    if actor.uid in (referral.opener, referral.reviser, referral.sender):
        return _("审签须由拟稿人、修改人、发出人以外的另一人办理。")
    return None


@guard()
def sent_unapproved(situation: Situation, actor: Actor) -> Sentence | None:
    """Only what went out unapproved is approved afterwards, once."""
    return _("本件发出前已经审签。") if referral_of(situation).approver else None


@guard_of(facts.Acknowledging)
def receipt_after_sending(
    told: facts.Acknowledging, situation: Situation, actor: Actor
) -> Sentence | None:
    """A receipt is dated after the sending, and not in the future."""
    return _after_sending(told.received_at, situation)


@guard()
def receipt_time_passed(situation: Situation, actor: Actor) -> Sentence | None:
    """The time for the receipt is over."""
    due = referral_of(situation).receipt_due_at
    if due and situation.now <= due:
        return _("回执期限未到。")
    return None


@guard_of(facts.Answering)
def written_answer(told: facts.Answering, situation: Situation, actor: Actor) -> Sentence | None:
    """The answer is in writing (规程 2018: closed only on a written answer), after the sending."""
    if not told.in_writing:
        return _("须有对方的书面答复。")
    return _after_sending(told.answered_at, situation)


@guard()
def of_legal_aid(situation: Situation, actor: Actor) -> Sentence | None:
    """Only a centre of legal aid has a time limit that stands still while papers are missing."""
    if referral_of(situation).service == "legal_aid":
        return None
    return _("只有法律援助机构的补正通知在此登记。")


@guard()
def nothing_lacks_yet(situation: Situation, actor: Actor) -> Sentence | None:
    """What is asked for twice is still one wait."""
    return _("已登记补正通知，材料尚未补齐。") if referral_of(situation).lacking else None


@guard_of(facts.Lacking)
def asked_after_the_receipt(
    told: facts.Lacking, situation: Situation, actor: Actor
) -> Sentence | None:
    """Papers are asked for once the application is there, again only once the last ones are, and
    not in the future."""
    referral, at = referral_of(situation), told.asked_at
    since = referral.papers_brought_at or referral.received_at
    if at and since and not since <= at <= situation.now + timedelta(minutes=5):
        return _("要求补正的时间应在签收（或上次补齐）之后、现在之前。")
    return None


@guard()
def something_lacks(situation: Situation, actor: Actor) -> Sentence | None:
    """Only what was asked for is brought."""
    return None if referral_of(situation).lacking else _("没有待补正的材料。")


@guard_of(facts.Completing)
def brought_after_asked(
    told: facts.Completing, situation: Situation, actor: Actor
) -> Sentence | None:
    """Papers are brought after they were asked for, and not in the future."""
    asked, at = referral_of(situation).papers_asked_at, told.brought_at
    if at and asked and not asked <= at <= situation.now + timedelta(minutes=5):
        return _("材料补齐的时间应在要求补正之后、现在之前。")
    return None


@guard()
def handed_up_once(situation: Situation, actor: Actor) -> Sentence | None:
    """It is handed up once."""
    return _("已经提请负责人督办。") if referral_of(situation).escalated else None


@guard_of(facts.Chasing)
def handed_up_by_its_own_row(
    told: facts.Chasing, situation: Situation, actor: Actor
) -> Sentence | None:
    """Silence after the receipt was due is handed up by the row that waits for the supervisor."""
    if told.how == SUPERIOR and situation.status == "unanswered":
        return _("逾期未复的，请用“提请督办”。")
    return None


@guard_of(facts.Objecting)
def objects_to_legal_aid(
    told: facts.Objecting, situation: Situation, actor: Actor
) -> Sentence | None:
    """The law gives the objection against a legal-aid refusal (法律援助法 49), once."""
    referral = referral_of(situation)
    if referral.service != "legal_aid" or referral.objected_at:
        return _("只能对法律援助机构的不予受理提出一次异议。")
    return _after_sending(told.objected_at, situation)


@guard_of(facts.Accepting)
def right_to_object_told(
    told: facts.Accepting, situation: Situation, actor: Actor
) -> Sentence | None:
    """She knows that she may object before it is written that she does not (法律援助法 49)."""
    return None if told.told else _("请先告知她可以提出异议。")


@guard()
def not_objected_yet(situation: Situation, actor: Actor) -> Sentence | None:
    """Who objected has not accepted."""
    return _("已经提出异议。") if referral_of(situation).objected_at else None


@guard_of(facts.Settling)
def objection_is_pending(
    told: facts.Settling, situation: Situation, actor: Actor
) -> Sentence | None:
    """An objection is answered once, after it was made, and not in the future."""
    referral, at = referral_of(situation), told.objection_answered_at
    if referral.objected_at is None or referral.objection_answered_at:
        return _("没有待答复的异议。")
    if at and not referral.objected_at <= at <= situation.now + timedelta(minutes=5):
        return _("答复时间应在提出异议之后、现在之前。")
    return None


@guard_of(facts.Finishing)
def result_recorded(told: facts.Finishing, situation: Situation, actor: Actor) -> Sentence | None:
    """For legal aid also the decision and the lawyer."""
    legal_aid = referral_of(situation).service == "legal_aid"
    if legal_aid and not (told.decision.strip() and told.lawyer.strip()):
        return _("法律援助须填写决定文书号和承办律师。")
    return None


@guard()
def ratified_before_cancelling(situation: Situation, actor: Actor) -> Sentence | None:
    """What went out unapproved is seen by a second person before it is cancelled."""
    referral = referral_of(situation)
    if referral.sent_at and not referral.approver:
        return _("紧急发出的转介函尚未补审，补审后方可取消。")
    return None


@guard()
def ratified_before_the_end(situation: Situation, actor: Actor) -> Sentence | None:
    """What went out unapproved is approved before it is finished."""
    return None if referral_of(situation).approver else _("紧急发出的转介函尚未补审。")


def _after_sending(at: datetime | None, situation: Situation) -> Sentence | None:
    sent = referral_of(situation).sent_at
    if (
        at
        and sent
        and not sent - timedelta(minutes=1) <= at <= situation.now + timedelta(minutes=5)
    ):
        return _("时间应在发出之后、现在之前。")
    return None
