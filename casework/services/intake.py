"""Logging a visit: what she said, how she may be reached, and what it becomes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from casework.engine import moment, registry
from casework.engine.case_acts import YES_NO_REFUSED, Visiting, is_alarming
from casework.engine.language import Sentence, _
from casework.engine.people import Permission
from casework.engine.situation import Questions
from casework.models import Case, Draft, Event, Person, SubjectKey, User, Visit
from casework.models.visit import BESIDE, DANGER_BESIDE
from casework.services import events, opening, people
from casework.services.people import SafeContact
from casework.services.refusals import NotVisible, Refused
from casework.services.saving import save
from casework.services.verbs import advance, already_done

ONLY_YES_OR_NO = "通话时她身边有人，只问是或否："


@dataclass(frozen=True)
class VisitNote:
    """One contact as typed. `kind` says what it ends as (see models.visit.VISIT_ENDS)."""

    channel: str
    kind: str
    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    happened: str = ""
    asks: str = ""
    done: str = ""
    category: str = ""
    people: int = 1
    repeat: bool = False
    minor: bool = False
    danger_safe_now: str = ""
    danger_hurt: str = ""
    danger_afraid: str = ""
    existing: str = ""
    notice: str = ""
    respondent: str = ""
    relation: str = ""
    received_at: datetime | None = None
    safe: SafeContact = field(default_factory=SafeContact)
    beside: Mapping[str, str] = field(default_factory=dict)
    """Yes or no to the questions of models.visit.BESIDE: somebody stood beside her."""

    @property
    def said(self) -> str:
        """What happened, as she told it; before it what she could say with somebody beside her.
        In Chinese, whatever language the page is read in: it stays in the record."""
        answers = [
            f"{BESIDE[key].text}{YES_NO_REFUSED[answer].text}"
            for key, answer in self.beside.items()
            if key in BESIDE and answer in YES_NO_REFUSED
        ]
        if not answers:
            return self.happened
        return "\n".join([ONLY_YES_OR_NO, *answers, self.happened]).strip()

    @property
    def questions(self) -> Questions:
        """Were the three danger questions put to her?"""
        answers = (self.danger_safe_now, self.danger_hurt, self.danger_afraid)
        if not all(answers):
            return Questions.NOT_ASKED
        return Questions.REFUSED if self.danger_hurt == "refused" else Questions.ANSWERED

    @property
    def alarming(self) -> bool:
        """Does an answer point to danger?"""
        now = any(self.beside.get(key) == "yes" for key in DANGER_BESIDE)
        return now or is_alarming(self.danger_safe_now, self.danger_hurt, self.danger_afraid)


@dataclass(frozen=True)
class Logged:
    """What a visit became."""

    visit: Visit
    case: Case | None


def log_visit(note: VisitNote, *, actor: User, key: str = "", draft: str = "") -> Logged:
    """Write down a visit and open, answer or join the case it ends in; all or nothing.

    Raises `Refused` with every reason; then nothing is written but the refusal.
    """
    mark = events.fingerprint("visit", _plain(note)) if key else ""
    try:
        with transaction.atomic():
            if key:  # a second submission waits here until the first is logged
                User.objects.select_for_update(no_key=True).get(pk=actor.pk)
            repeated = already_done(actor, key, mark)
            if repeated:
                return _logged_before(repeated)
            _check(note, actor)
            logged = _write(note, actor, key, mark)
            drop_draft(draft, actor=actor)
    except Refused as refused:
        codes = [s.text for s in refused.sentences]
        events.add_to_day(actor, "refused", detail={"move": "log_visit", "sentences": codes})
        raise
    return logged


def _check(note: VisitNote, actor: User) -> None:
    """What a visit must have before it ends as it should."""
    found: list[Sentence] = []
    if not actor.actor.may(Permission.LOG):
        found.append(_("这一步需要“%(permission)s”权限。", permission=Permission.LOG.label))
    if not (note.said.strip() or note.asks.strip()):
        found.append(_("请写下她说了什么，或希望得到什么帮助。"))
    if note.kind == "consultation" and note.questions is Questions.NOT_ASKED:
        found.append(_("结束咨询前请先询问三个安全问题（可以拒答）。"))
    if note.kind == "consultation" and note.alarming:
        found.append(_("安全问题提示有危险：请登记家暴个案或信访事项，不要仅作咨询。"))
    if note.kind == "answered" and not note.done.strip():
        found.append(_("请写下当场答复的内容。"))
    if note.kind == "existing" and not note.existing.strip():
        found.append(_("请填写已有案件的编号。"))
    if note.received_at and note.received_at > moment.now():
        found.append(_("接待时间不能晚于现在。"))
    if found:
        raise Refused(found)


def _write(note: VisitNote, actor: User, key: str, mark: str) -> Logged:
    person = people.new_person(
        actor,
        note.name,
        phone=note.phone,
        id_number=note.id_number,
        address=note.address,
        minor=note.minor,
        safe=note.safe,
    )
    at = note.received_at or moment.now()
    if note.kind == "consultation":
        visit = _visit(note, actor, person, at, None)
        events.add_to_day(
            actor,
            "log_visit",
            detail={"visit": str(visit.uid), "ended_as": note.kind},
            key=key,
            mark=mark,
        )
        return Logged(visit, None)
    if note.kind == "existing":
        return _join(note, actor, person, at, key, mark)
    case = _open(note, actor, person, at, key, mark)
    visit = _visit(note, actor, person, at, case)
    if note.kind == "answered":
        move = registry.kind("petition").lifecycle.moves["answer"]
        assert move.facts
        answer = move.facts(reply=note.done, notice=note.notice or "owed")
        advance(case, move, answer, actor=actor)
        case = Case.objects.get(pk=case.pk)
    return Logged(visit, case)


def _open(note: VisitNote, actor: User, person: Person, at: datetime, key: str, mark: str) -> Case:
    violence = note.kind == "domestic_violence"
    parties = [(person, "victim" if violence else "petitioner", "")]
    if note.respondent.strip():
        parties.append((people.new_person(actor, note.respondent), "respondent", note.relation))
    return opening.open_case(
        "domestic_violence" if violence else "petition",
        actor=actor,
        organisation=actor.organisation,
        channel=note.channel,
        received_at=at,
        parties=parties,
        summary=note.said,
        demands=note.asks,
        category=note.category or ("domestic_violence" if violence else ""),
        questions=note.questions,
        alarming=note.alarming,
        key=key,
        mark=mark,
    )


def _join(
    note: VisitNote, actor: User, person: Person, at: datetime, key: str, mark: str
) -> Logged:
    """Add the visit to a case that exists, whoever carries it: she came to the desk, not to one
    officer."""
    case = opening.find_case(actor, note.existing)
    if case is None:
        raise Refused([_("找不到编号为“%(number)s”的案件。", number=note.existing)])
    move = registry.kind(case.kind).lifecycle.moves["add_visit"]
    text = "\n".join(part for part in (note.said, note.asks, note.done) if part.strip())
    asked = (note.danger_safe_now, note.danger_hurt, note.danger_afraid)
    came = Visiting(text, *asked, alarming=note.alarming)
    advance(case, move, came, actor=actor, key=key, mark=mark)
    case = Case.objects.get(pk=case.pk)
    return Logged(_visit(note, actor, person, at, case), case)


def _visit(note: VisitNote, actor: User, person: Person, at: datetime, case: Case | None) -> Visit:
    subject = SubjectKey.fresh()
    subject.save(force_insert=True)
    visit = Visit(
        subject=subject,
        organisation=actor.organisation,
        organisation_path=actor.organisation.path,
        received_by=actor,
        received_at=at,
        channel=note.channel,
        person=person,
        people=note.people,
        repeat=note.repeat,
        happened=note.said,
        asks=note.asks,
        done=note.done,
        danger_safe_now=note.danger_safe_now,
        danger_hurt=note.danger_hurt,
        danger_afraid=note.danger_afraid,
        ended_as=note.kind,
        case=case,
    )
    save(visit, actor, "log_visit")
    return visit


def _logged_before(event: Event) -> Logged:
    """The visit that an idempotency key logged before."""
    if event.case:
        visit = event.case.visits.order_by("id").last()
    else:
        visit = Visit.objects.filter(uid=json.loads(event.payload)["detail"]["visit"]).first()
    if visit is None:
        raise NotVisible
    return Logged(visit, event.case)


def _plain(note: VisitNote) -> dict[str, object]:
    return {k: str(v) for k, v in vars(note).items()}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def keep_draft(typed: Mapping[str, str], *, actor: User, uid: str = "") -> Draft:
    """Keep what is typed so far, sealed; answers the draft (a new one without `uid`).

    Two saves of a new draft at once meet on its mark: the second then finds the first's.
    """
    try:
        with transaction.atomic():
            return _keep_draft(typed, actor, uid)
    except IntegrityError:
        return _keep_draft(typed, actor, uid)


def _keep_draft(typed: Mapping[str, str], actor: User, uid: str) -> Draft:
    known = _uuid(uid)
    draft = Draft.objects.filter(owner=actor, uid=known).first() if known else None
    if draft is None:
        subject = SubjectKey.fresh()
        subject.save(force_insert=True)
        draft = Draft(owner=actor, subject=subject)
        if known and not Draft.objects.filter(uid=known).exists():
            draft.uid = known
    draft.typed = json.dumps(dict(typed), ensure_ascii=False)
    draft.saved_at = moment.now()
    draft.save()
    return draft


def drop_draft(uid: str, *, actor: User) -> None:
    """Throw an unfinished visit away; whose draft it is not, cannot."""
    known = _uuid(uid)
    if known:
        Draft.objects.filter(owner=actor, uid=known).delete()


def typed_in(draft: Draft) -> dict[str, str]:
    """What stands in a draft."""
    typed: dict[str, str] = json.loads(draft.typed or "{}")
    return typed
