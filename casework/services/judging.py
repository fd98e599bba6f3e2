"""What a move on a case and a move on a procedure have in common: it is judged, then made."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django_fsm import TransitionNotAllowed

from casework.engine import registry
from casework.engine.facts import questions
from casework.engine.language import Sentence, _
from casework.engine.lifecycle import cannot
from casework.engine.moves import Move
from casework.engine.people import Permission
from casework.engine.reaching import Reaching
from casework.engine.situation import Situation
from casework.models import Case, Contact, Procedure, User
from casework.models.staged import transition_name
from casework.queries.bodies import bodies_for
from casework.queries.parties import contact_names, counterparts, her_addresses, his_numbers
from casework.queries.search import index_of
from casework.queries.staff import can_carry
from casework.services.refusals import Refused


@dataclass(frozen=True)
class Asked:
    """Who wants to make which move, and tells what with it."""

    move: Move
    facts: object | None
    actor: User
    reason: str = ""
    key: str = ""
    mark: str = ""


def judge(case: Case, asked: Asked, situation: Situation) -> None:
    """Raise `Refused` with every reason against the move."""
    lifecycle = registry.lifecycle(situation.kind)
    found = lifecycle.refusals(situation, asked.actor.actor, asked.move, reason=asked.reason)
    if found:
        raise Refused(found)
    doubts = (*_unknown(case, asked), _is_his(case, asked), _tells_her_address(case, asked))
    unknown = [said for said in doubts if said]
    if unknown:
        raise Refused(unknown)


def _unknown(case: Case, asked: Asked) -> list[Sentence | None]:
    """Whoever and whatever is named must be what the form would offer, through whichever door the
    name came."""
    if asked.facts is None:
        return []
    found: list[Sentence | None] = []
    for question in questions(type(asked.facts)):
        named = str(getattr(asked.facts, question.name) or "")
        if not named:
            continue
        match question.metadata["kind"]:
            case "staff":
                able: Permission | None = question.metadata["able"]
                if not can_carry(case, named, asked.actor, able):
                    found.append(_("所选人员不能承办，请从列表中选择。"))
            case "party":
                if named not in counterparts(case):
                    found.append(_("请从本案当事人中选择对方。"))
            case "contact":
                if named not in contact_names(case):
                    found.append(_("请从本案仍在使用的联系方式中选择。"))
            case "body":
                service = getattr(asked.facts, "service", "")
                if named not in bodies_for(case, service):
                    found.append(_("所选单位不在名录中、已停用，或不提供该服务。"))
    return found


def _is_his(case: Case, asked: Asked) -> Sentence | None:
    """Nobody reaches her safely where the other side answers (rules 7, 8)."""
    told = asked.facts
    if not isinstance(told, Reaching):
        return None
    if index_of(Contact, "value_index", told.value) in his_numbers(case):
        return _("该联系方式登记在对方名下，不能作为她的安全联系方式。")
    return None


def _tells_her_address(case: Case, asked: Asked) -> Sentence | None:
    """What is told with a procedure goes into letters, and the other side may read them: where she
    lives is not among it (rule 10). Only facts that say they stay inside go into none."""
    procedure = asked.move.name not in registry.lifecycle(case.kind).moves or asked.move.opens
    if asked.facts is None or not procedure or getattr(asked.facts, "stays_inside", False):
        return None
    texts = [
        str(getattr(asked.facts, q.name))
        for q in questions(type(asked.facts))
        if q.metadata["kind"] in ("text", "long")
    ]
    told = "".join("".join(texts).split())
    if told and any(address in told for address in her_addresses(case)):
        return _("内容中写有她的住址。文书不得写明住址，请改为“由本会联系”。")
    return None


def transition(record: Case | Procedure, move: Move) -> None:
    """Let django-fsm make the move; it refuses by itself whatever the table does not know."""
    lifecycle = registry.lifecycle(record.kind)
    record.permit = move
    if move.target is None:
        return
    try:
        getattr(record, transition_name(record.kind, move.name))()
    except TransitionNotAllowed:
        raise Refused([cannot(lifecycle.statuses[record.status], move)]) from None


def uuid_of(text: str) -> UUID | None:
    """A uid as columns hold it; None for nobody."""
    return UUID(text) if text else None
