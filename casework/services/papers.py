"""Letters that are written from what a case holds, whenever they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from casework.engine import registry
from casework.engine.case_acts import CONSENT_SCOPES, INCIDENT_FORMS, INSTRUMENT, RELATIONS
from casework.engine.language import _
from casework.engine.papers import (
    CONSENT,
    EVIDENCE_KINDS,
    HOLDERS,
    POLICE_LETTER,
    REGISTRATION,
    RIGHTS,
    Issuing,
)
from casework.engine.situation import DANGER_LABELS, Danger
from casework.models import Case, Contact, Procedure, RiskAssessment, User
from casework.models.visit import CHANNELS
from casework.queries.parties import HER_SIDE, her_addresses
from casework.queries.procedures import word, words
from casework.services.letters import at_time, in_chinese, make, name_of, survivor
from casework.services.refusals import Refused

Told = dict[str, object]

ANSWERS = {"yes": "是", "no": "否", "unknown": "不清楚", "refused": "拒答"}


def issue(case: Case, asked: Issuing, actor: User) -> None:
    """The letter that was asked for, of a locked `case`. Raises `Refused` when what it would tell
    names where she lives (rule 10)."""
    told: Told = {
        REGISTRATION: _registration,
        RIGHTS: _rights,
        POLICE_LETTER: _to_police,
        CONSENT: _consent,
    }[asked.letter](case)
    told |= {"to": asked.to, "person": name_of(survivor(case))}
    _names_no_address(case, told)
    make(case, asked.letter, told, actor=actor)


def order_papers(record: Procedure, actor: User, *, sealed_address: bool) -> None:
    """The application for a protection order with its list of evidence; he gets a copy. And where
    the court can serve her, sealed, for the court alone (法发〔2022〕10号 4). Raises `Refused`."""
    case, order = record.case, record.protection_order
    ground = in_chinese(word(record, "proxy_ground"))
    told: Told = {
        "person": name_of(survivor(case)),
        "respondent": name_of(order.respondent),
        "relation": _word(RELATIONS, order.respondent.relation),
        "applicant": in_chinese(word(record, "applicant")),
        "proxy": "，".join(filter(None, (ground, order.proxy_why))),
        "urgent": order.urgent,
        "measures": _measures(record),
        "grounds": order.grounds or case.summary,
        "incidents": list(_incidents(case)),
        "court": order.court or "＿＿＿＿＿＿人民法院",
        "evidence": [
            {
                "kind": _word(EVIDENCE_KINDS, one.evidence),
                "what": one.what,
                "holder": _word(HOLDERS, one.holder),
            }
            for one in case.evidence.order_by("id")
        ],
    }
    _names_no_address(case, told)
    ours = order.applicant == "on_behalf"
    make(case, "order_application", told, record=record, actor=actor, in_our_name=ours)
    if sealed_address:
        about = {"person": told["person"], "court": told["court"], "contact": _desk(case)}
        addresses: Told = {"addresses": list(_where_she_is_served(case))}
        told = about | addresses
        make(case, "service_address", told, record=record, actor=actor, in_our_name=ours)


def _registration(case: Case) -> Told:
    made: RiskAssessment = case.assessments.filter(voided_at=None).latest("assessed_at")
    answers = json.loads(made.answers)
    items = registry.instrument(INSTRUMENT).items
    return _about(case) | {
        "case_number": case.number,
        "channel": _word(CHANNELS, case.channel),
        "officer": (case.handler or case.registered_by).name,
        "children": "是" if case.children or case.minor else "否",
        "asks": case.demands,
        "level": in_chinese(DANGER_LABELS[Danger(made.level)]),
        "basis": "本人陈述" if made.own else "他人提供的情况（初步评估）",
        "assessor": made.assessor.name,
        "assessed": at_time(made.assessed_at),
        "valid_until": at_time(made.valid_until),
        "items": [{"text": i.text, "answer": ANSWERS.get(answers.get(i.code), "—")} for i in items],
        "grounds": made.grounds,
    }


def _rights(case: Case) -> Told:
    return {"contact": _desk(case)}


def _to_police(case: Case) -> Told:
    made = case.assessments.filter(voided_at=None).order_by("assessed_at").last()
    return _about(case) | {
        "level": in_chinese(DANGER_LABELS[Danger(case.danger)]) if case.danger else "",
        "assessed": at_time(made.assessed_at) if made else "",
        "duty": case.report_duty,
        "contact": " ".join((_desk(case), (case.handler or case.registered_by).name)),
    }


def _consent(case: Case) -> Told:
    given = case.consents.filter(withdrawn_at=None).order_by("id")
    return {
        "officer": (case.handler or case.registered_by).name,
        "scopes": ["：".join(filter(None, (_word(CONSENT_SCOPES, c.scope), c.detail)))
                   for c in given],
    }  # fmt: skip


def _about(case: Case) -> Told:
    """Who did what to whom, as it was told."""
    him = case.parties.filter(role="respondent").select_related("person__subject").first()
    return {
        "respondent": name_of(him),
        "relation": _word(RELATIONS, him.relation) if him else "",
        "received": at_time(case.received_at),
        "happened": case.summary or "见登记的暴力事件。",
        "incidents": list(_incidents(case)),
    }


def _incidents(case: Case) -> Iterator[str]:
    for one in case.incidents.order_by("happened_at", "id"):
        when = at_time(one.happened_at) if one.happened_at else "时间不详"
        marks = [_word(INCIDENT_FORMS, one.form)]
        marks += ["有伤情"] if one.injury else []
        marks += ["有未成年人在场"] if one.children_present else []
        yield "：".join(filter(None, (f"{when}，{'、'.join(marks)}", one.happened)))


def _measures(record: Procedure) -> list[str]:
    order = record.protection_order
    asked = [in_chinese(each) for each in words(record, "measures_asked")]
    return [*asked, *filter(None, [order.measures_other])]


def _where_she_is_served(case: Case) -> Iterator[dict[str, str]]:
    hers = Contact.objects.filter(person__parts__case=case, person__parts__role__in=HER_SIDE)
    for one in hers.select_related("person__subject").order_by("kind", "id"):
        if one.kind == "address" or one.may_call or one.may_message:
            yield {"label": in_chinese(dict(Contact.KINDS)[one.kind]), "value": one.value}


def _names_no_address(case: Case, told: Told) -> None:
    plain = "".join("".join(_texts(told)).split())
    if any(address in plain for address in her_addresses(case)):
        raise Refused([_("案件记录中写有她的住址，不能写进文书：请先改写，住址只进密封的确认书。")])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _desk(case: Case) -> str:
    return " ".join(filter(None, (case.organisation.name, case.organisation.phone)))


def _word(known: Mapping[str, object], code: str) -> str:
    return in_chinese(known.get(code, ""))
