"""Letters that are written from what a case holds, whenever they are asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from casework.engine import moment, registry
from casework.engine.case_acts import CONSENT_SCOPES, INCIDENT_FORMS, INSTRUMENT, RELATIONS
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
from casework.models import Case, Clock, Contact, Procedure, RiskAssessment, User
from casework.models.visit import CHANNELS
from casework.queries.chasing import sent_to
from casework.queries.parties import her_contacts, her_whereabouts
from casework.queries.procedures import word, words
from casework.services.letters import at_time, in_chinese, make, name_of, on_day, survivor

Told = dict[str, object]

ANSWERS = {"yes": "是", "no": "否", "unknown": "不清楚", "refused": "拒答"}


def issue(case: Case, asked: Issuing, actor: User) -> None:
    """The letter that was asked for, of a locked `case`, without where she lives (rule 10)."""
    told: Told = {
        REGISTRATION: _registration,
        RIGHTS: _rights,
        POLICE_LETTER: _to_police,
        CONSENT: _consent,
    }[asked.letter](case)
    told |= {"to": asked.to, "person": name_of(survivor(case))}
    make(case, asked.letter, _without_her_whereabouts(case, told), actor=actor)


def order_papers(record: Procedure, actor: User, *, sealed_address: bool) -> None:
    """The application for a protection order with its list of evidence; he gets a copy. And where
    the court can serve her, sealed, for the court alone (法发〔2022〕10号 4)."""
    case, order = record.case, record.protection_order
    ours = order.applicant == "on_behalf"
    person, court = name_of(survivor(case)), order.court or "＿＿＿＿＿＿人民法院"
    told: Told = {
        "person": person,
        "respondent": name_of(order.respondent),
        "relation": _word(RELATIONS, order.respondent.relation),
        "applicant": in_chinese(word(record, "applicant")),
        "proxy": _proxy(record),
        "urgent": order.urgent,
        "measures": _measures(record),
        "grounds": order.grounds or case.summary,
        "incidents": list(_incidents(case)),
        "court": court,
        "evidence": list(_evidence(case, named=ours)),
    }
    clean = _without_her_whereabouts(case, told)
    make(case, "order_application", clean, record=record, actor=actor, in_our_name=ours)
    if sealed_address:
        sealed: Told = {
            "person": person,
            "court": court,
            "contact": _desk(case) if ours else "＿＿＿＿＿＿",
            "addresses": list(_where_she_is_served(case)),
        }
        make(case, "service_address", sealed, record=record, actor=actor, in_our_name=ours)


def chasing_letter(record: Procedure, clock: Clock | None, actor: User, *, serial: str) -> None:
    """A reminder of what is due 催办函: what was sent, when, and by which law the answer is owed.
    It names nobody; whoever reads it finds her by the number of what was sent before."""
    case, sent = record.case, sent_to(record)
    rule = registry.clock_rule(clock.rule) if clock else None
    told: Told = {
        "body": sent.to or "＿＿＿＿＿＿",
        "matter": in_chinese(sent.what),
        "reference": sent.number,
        "sent_on": on_day(moment.day_of(sent.at)) if sent.at else "",
        "owed": in_chinese(rule.label) if rule else "",
        "due": at_time(clock.due_at) if clock else "",
        "law": in_chinese(rule.source) if rule and not rule.internal else "",
        "contact": _desk(case),
    }
    clean = _without_her_whereabouts(case, told)
    make(case, "chasing_letter", clean, record=record, serial=serial, actor=actor)


def _proxy(record: Procedure) -> str:
    """On what ground somebody applies in her name."""
    order = record.protection_order
    if order.applicant == "self":
        return ""
    return "，".join(filter(None, (in_chinese(word(record, "proxy_ground")), order.proxy_why)))


def _evidence(case: Case, *, named: bool) -> Iterator[Told]:
    """What can prove it; that we hold something is told in our own application only."""
    for one in case.evidence.order_by("id"):
        holder = "有关单位" if one.holder == "us" and not named else _word(HOLDERS, one.holder)
        yield {"kind": _word(EVIDENCE_KINDS, one.evidence), "what": one.what, "holder": holder}


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
    known = case.assessments.filter(voided_at=None, level=case.danger).order_by("assessed_at")
    made = known.last()
    return _about(case) | {
        "level": in_chinese(DANGER_LABELS[Danger(case.danger)]) if made else "",
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
    """What is still used, the latest told first, each once: it is where she is now."""
    seen = set[tuple[str, str]]()
    for one in sorted(her_contacts(case), key=lambda contact: contact.kind):
        usable = one.kind == "address" or one.may_call or one.may_message
        if usable and (one.kind, one.value_index) not in seen:
            seen.add((one.kind, one.value_index))
            yield {"label": in_chinese(dict(Contact.KINDS)[one.kind]), "value": one.value}


def _without_her_whereabouts(case: Case, told: Told) -> Told:
    """The same, with her recorded addresses and numbers left out of every text: also an old record
    that names them makes a letter, and rescue does not wait for its rewording."""
    known = sorted(her_whereabouts(case), key=len, reverse=True)
    patterns = [re.compile(r"[\s\-－—]*".join(map(re.escape, text))) for text in known]

    def cleaned(value: object) -> Any:
        if isinstance(value, str):
            for pattern in patterns:
                value = pattern.sub("（住址、电话不写入）", value)
        elif isinstance(value, list):
            return [cleaned(each) for each in value]
        elif isinstance(value, dict):
            return {name: cleaned(each) for name, each in value.items()}
        return value

    return {name: cleaned(value) for name, value in told.items() if name != "contact"} | {
        name: value for name, value in told.items() if name == "contact"
    }


def _desk(case: Case) -> str:
    return " ".join(filter(None, (case.organisation.name, case.organisation.phone)))


def _word(known: Mapping[str, object], code: str) -> str:
    return in_chinese(known.get(code, ""))
