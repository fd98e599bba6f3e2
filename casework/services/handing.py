"""Hand-over 交接单: drawn up, signed by both; then cases, todos and deadlines follow, each through
the verb that any other change of hands takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from casework.engine import moment, registry
from casework.engine.case_acts import HandingOn
from casework.engine.language import Sentence, _
from casework.engine.people import Permission
from casework.models import Case, HandedOver, HandOver, Todo, User
from casework.queries.handing import Holding, Shown, holdings, lines, takers
from casework.services import events, reading, tasks
from casework.services.letters import in_chinese
from casework.services.refusals import NotVisible, Refused
from casework.services.saving import save
from casework.services.verbs import advance

WORDS = 200
"""The longest line about a case, in characters."""


@transaction.atomic
def draw_up(
    actor: User, giver: User, taker: User, why: str, picked: Mapping[UUID, str]
) -> HandOver:
    """A sheet over what was `picked` of all that `giver` holds (by uid, with one line each), to be
    signed. Drawn up by her, or by a supervisor of hers. Raises `Refused` with every reason."""
    held = {one.uid: one for one in holdings(giver, actor)}
    chosen = [(held[uid], words.strip()) for uid, words in picked.items() if uid in held]
    found = [
        said
        for said in (
            _not_hers(actor, giver),
            None
            if str(taker.uid) in takers(giver)
            else _("接收人须是本单位或上级单位在岗的另一人。"),
            _("一人不能替双方签字：请由移交人本人或另一位负责人拟单。")
            if actor.pk == taker.pk
            else None,
            None if why in dict(HandOver.WHY) else _("请选择交接原因。"),
            None if chosen and len(chosen) == len(picked) else _("请选择要移交的案件。"),
            _wrong_words(chosen),
            _interested(chosen, taker),
        )
        if said
    ]
    if found:
        raise Refused(found)
    sheet = HandOver(
        giver=giver, taker=taker, organisation=giver.organisation, drawn_by=actor, why=why
    )
    save(sheet, actor, "draw_up")
    for one, words in chosen:
        line = HandedOver(
            sheet=sheet, case=one.case, procedure=one.procedure, due_at=one.due_at, words=words
        )
        save(line, actor, "draw_up")
    _note(actor, "draw_up_hand_over", sheet)
    return sheet


@transaction.atomic
def sign(actor: User, sheet: HandOver) -> None:
    """The giver signs, or the supervisor who drew it up in her place. Raises `Refused`."""
    locked = _locked(sheet, "drafted")
    if not _gives(actor, locked):
        raise Refused([_("由移交人本人签字；她不在岗时由拟单的负责人代签。")])
    no_longer = _not_hers(actor, locked.giver)
    if no_longer:
        raise Refused([no_longer])
    locked.state, locked.given_signed_at = "given", moment.now()
    save(locked, actor, "sign", ["state", "given_signed_at"])
    _note(actor, "sign_hand_over", locked)


@transaction.atomic
def withdraw(actor: User, sheet: HandOver) -> None:
    """Nothing is handed over: the giver, or whoever drew it up, takes it back before the other
    signs. Raises `Refused`."""
    locked = _locked(sheet, "drafted", "given")
    if not (_gives(actor, locked) or actor.uid == locked.giver_id):
        raise Refused([_("由移交人或拟单的负责人撤回。")])
    locked.state = "withdrawn"
    save(locked, actor, "withdraw", ["state"])
    _note(actor, "withdraw_hand_over", locked)


@transaction.atomic
def refuse(actor: User, sheet: HandOver) -> None:
    """She does not take it; everything stays where it is. Raises `Refused`."""
    locked = _locked(sheet, "given")
    if actor.uid != locked.taker_id:
        raise Refused([_("由接收人本人办理。")])
    locked.state = "refused"
    save(locked, actor, "refuse", ["state"])
    _note(actor, "refuse_hand_over", locked)


@transaction.atomic
def take(actor: User, sheet: HandOver) -> None:
    """She signs, and what stands on the sheet is hers: each case and procedure for itself, so that
    one that is refused holds up none of the others. Raises `Refused`."""
    locked = _locked(sheet, "given")
    if actor.uid != locked.taker_id:
        raise Refused([_("由接收人本人签字。")])
    locked.state, locked.taken_signed_at = "taken", moment.now()
    save(locked, actor, "take", ["state", "taken_signed_at"])
    _note(actor, "take_hand_over", locked)
    standing = _in_place_of(actor, locked.giver)
    rows = locked.lines.select_related("case__subject", "procedure__case")
    for line in rows.order_by("case_id", "procedure_id", "pk"):
        line.sheet = locked
        line.outcome, said = _carried_out(line, standing)
        line.refusal = "".join(map(in_chinese, said))[:400]
        save(line, actor, "take", ["outcome", "refusal"])


def open_to_read(sheet: HandOver, user: User) -> list[Shown]:
    """The lines as she may read them; that she read those of sealed cases is written down."""
    found = lines(sheet, user)
    for one in found:
        if one.whole:
            reading.open_to_read(one.line.case, user)
    return found


def _in_place_of(actor: User, giver: User) -> User:
    """The taker as she signs: for the length of this she stands in for the giver, who signed."""
    taker = User.objects.select_related("organisation").get(pk=actor.pk)
    taker.actor = replace(actor.actor, deputises=actor.actor.deputises | {str(giver.uid)})
    return taker


def _carried_out(line: HandedOver, taker: User) -> tuple[str, list[Sentence]]:
    """What becomes of one line, and why not."""
    try:
        gone = _no_longer_hers(line)
        if gone:
            return "gone", [gone]
        if line.procedure is None:
            _hand_on(line, taker)
        _hand_on_tasks(line, taker)
    except Refused as refused:
        return "refused", list(refused.sentences)
    except NotVisible:  # she has an interest in it, and hears nothing more of it (rule 12)
        return "refused", [_("接收人不能承办，请另行指派。")]
    return "taken", []


def _no_longer_hers(line: HandedOver) -> Sentence | None:
    """It ended, or somebody else has it by now."""
    case, giver = line.case, line.sheet.giver
    if line.procedure:
        over = line.procedure.ended_at is not None
        elsewhere = line.procedure.carrier_id != giver.uid and not _todos(line).exists()
    else:
        over = registry.kind(case.kind).lifecycle.statuses[case.status].ended
        elsewhere = (case.handler_id or case.registered_by_id) != giver.uid
    if over:
        return _("已办结，不再移交。")
    return _("已由他人承办，不再移交。") if elsewhere else None


def _hand_on(line: HandedOver, taker: User) -> None:
    """The case, with its todos and deadlines and what she carried as its handler."""
    row = registry.kind(line.case.kind).lifecycle.moves["hand_on"]
    facts = HandingOn(str(taker.uid), str(line.sheet.uid))
    advance(line.case, row, facts, actor=taker)


def _hand_on_tasks(line: HandedOver, taker: User) -> None:
    """Each task of hers that still waits: with one that belongs to the carrier the whole procedure
    goes."""
    if line.procedure is None:
        return
    found = list(_todos(line).values_list("uid", flat=True))
    if not found:
        raise Refused([_("没有可以移交的任务：请由负责人改派。")])
    for uid in found:
        if _todos(line).filter(uid=uid).exists():
            tasks.assign(uid, taker, str(taker.uid))


def _todos(line: HandedOver) -> QuerySet[Todo]:
    return Todo.objects.filter(
        done_at=None,
        assignee=line.sheet.giver,
        task__process__caseprocess__procedure=line.procedure,
    )


def _not_hers(actor: User, giver: User) -> Sentence | None:
    above = actor.actor.may(Permission.SUPERVISE) and actor.actor.oversees(giver.organisation.path)
    return None if actor.pk == giver.pk or above else _("交接单由本人或其负责人拟定。")


def _wrong_words(chosen: list[tuple[Holding, str]]) -> Sentence | None:
    if all(words and len(words) <= WORDS for _one, words in chosen):
        return None
    return _("请为每一件写一句交接说明，最多 %(most)s 字。", most=WORDS)


def _interested(chosen: list[tuple[Holding, str]], taker: User) -> Sentence | None:
    """Whoever has an interest in a case never learns of it (rule 12)."""
    cases: list[Case] = [one.case for one, _words in chosen]
    numbers = [case.number for case in cases if str(taker.uid) in case.conflicted]
    if not numbers:
        return None
    return _("接收人应当回避，请另行安排：%(numbers)s。", numbers="、".join(dict.fromkeys(numbers)))


def _gives(actor: User, sheet: HandOver) -> bool:
    """Is it hers to sign on the giver's side?"""
    return actor.uid in (sheet.giver_id, sheet.drawn_by_id)


def _locked(sheet: HandOver, *states: str) -> HandOver:
    """The sheet, fresh and locked. Raises `Refused` when it is past these states."""
    locked = (
        HandOver.objects.select_for_update(of=("self",)).select_related("giver").get(pk=sheet.pk)
    )
    if locked.state not in states:
        state = dict(HandOver.STATES)[locked.state]
        raise Refused([_("这份交接单现在是“%(state)s”，不能再办这一步。", state=state)])
    return locked


def _note(actor: User, act: str, sheet: HandOver) -> None:
    detail: dict[str, object] = {"sheet": str(sheet.uid), "to": str(sheet.taker_id)}
    events.add_to_day(actor, act, detail=detail)
