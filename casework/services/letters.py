"""Letters: gathered, rendered, numbered, sealed, hashed. Those of a task are made once for it."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime

from django.utils.translation import override
from viewflow.workflow.models import Task

from casework import letters
from casework.engine import moment
from casework.models import Body, Case, CaseParty, Document, Mediation, Procedure, User
from casework.queries.parties import HER_SIDE
from casework.services import events
from casework.services.numbers import next_in
from casework.services.saving import save

SERIES = {
    "referral": "转",
    "mediation_record": "调录",
    "mediation_agreement": "调协",
    "dv_registration": "家登",
    "rights_notice": "权告",
    "police_letter": "报案",
    "consent_form": "同意",
    "order_application": "护申",
    "service_address": "送址",
    "chasing_letter": "催",
}
"""What stands between the organisation's name and the year in a letter's number."""

HE_MAY_READ = {
    "mediation_record": frozenset(
        {"matter", "session", "held_on", "place", "mode", "mediator", "sides", "notes", "outcome"}
    ),
    "mediation_agreement": frozenset(
        {"matter", "sides", "terms", "perform_by", "oral", "confirmable", "mediator"}
    ),
    "order_application": frozenset(
        {"person", "respondent", "relation", "applicant", "proxy", "urgent", "measures", "grounds",
         "incidents", "court", "evidence"}
    ),
}  # fmt: skip
"""Letters that reach the other side, and all that such a letter may be told (rule 10)."""

MODES = {"joint": "共同调解", "separate": "分别调解（双方不见面）"}
URGENCIES = {
    "hours": "特急（数小时内）",
    "one_day": "紧急（一天内）",
    "days": "数天内",
    "not_urgent": "不紧急",
}
REPLY_BY = {
    "hours": "自发出起四小时内先行回执，收到之日起三十日内书面答复",
    "one_day": "自发出起一日内先行回执，收到之日起三十日内书面答复",
    "days": "自发出起三个工作日内先行回执，收到之日起三十日内书面答复",
    "not_urgent": "自发出起五个工作日内先行回执，收到之日起三十日内书面答复",
}
"""Letters are written in Chinese, whatever language the page is read in."""


def referral(record: Procedure, task: Task) -> None:
    """The referral letter with its receipt slip. It names no address, school or workplace: contact
    with her goes through the desk (rule 10)."""
    case, detail = record.case, record.referral
    violent = case.kind == "domestic_violence" or case.violence
    officer, place = record.carrier or record.opened_by, case.organisation
    legal_aid = detail.service == "legal_aid"
    told: dict[str, object] = {
        "body": detail.body.name,
        "service": in_chinese(dict(Body.SERVICES)[detail.service]),
        "urgency": URGENCIES[detail.urgency],
        "urgent": detail.urgency in ("hours", "one_day"),
        "person": name_of(survivor(case)),
        "requests": detail.requests,
        "facts": detail.situation,
        "laws": LAWS.get(detail.service, LAWS[""]),
        "fee_relief": f"{detail.fee_asked} 元" if detail.fee_asked else "",
        "no_means": legal_aid and violent,
        "reply_by": REPLY_BY[detail.urgency],
        "signatory": "",
        "contact": " ".join(filter(None, (place.name, officer.name, place.phone))),
    }
    _once(record, task, "referral", told)


LAWS = {
    "legal_aid": [
        "《中华人民共和国法律援助法》第三十一条",
        "《中华人民共和国妇女权益保障法》第七十三条",
    ],
    "": ["《中华人民共和国妇女权益保障法》第七十三条"],
}


def mediation_record(record: Procedure, task: Task) -> None:
    """The minutes of the session that was just held."""
    detail: Mediation = record.mediation
    session = detail.sessions.order_by("number").last()
    assert session
    outcomes = {"agreed": "达成协议", "not_agreed": "未达成协议", "in_session": "另行安排调解"}
    told: dict[str, object] = {
        "matter": detail.matter,
        "session": session.number,
        "held_on": at_time(session.held_at or moment.now()),
        "place": session.place,
        "mode": MODES[detail.mode],
        "mediator": record.carrier.name if record.carrier else "",
        "sides": _sides(record),
        "notes": session.notes,
        "outcome": outcomes.get(record.status, ""),
    }
    _once(record, task, "mediation_record", told)


def mediation_agreement(record: Procedure, task: Task) -> None:
    """The agreement, to be signed by everybody."""
    detail: Mediation = record.mediation
    told: dict[str, object] = {
        "matter": detail.matter,
        "sides": _sides(record),
        "terms": [line.strip() for line in detail.terms.splitlines() if line.strip()],
        "perform_by": on_day(detail.perform_by) if detail.perform_by else "当场履行完毕",
        "oral": False,
        "confirmable": not detail.status_relation,
        "mediator": record.carrier.name if record.carrier else "",
    }
    _once(record, task, "mediation_agreement", told)


def _once(record: Procedure, task: Task, template: str, told: dict[str, object]) -> None:
    """Render and keep; a letter that this task made before stays as it is."""
    serial = str(task.pk)
    earlier = record.documents.filter(template=template)
    if earlier.filter(serial=serial).exists():
        return
    known = earlier.order_by("id").last() if template == "referral" else None
    number = known.number if known else ""
    make(record.case, template, told, record=record, serial=serial, number=number)


def make(
    case: Case,
    template: str,
    told: dict[str, object],
    *,
    record: Procedure | None = None,
    serial: str = "",
    number: str = "",
    actor: User | None = None,
    in_our_name: bool = True,
) -> Document:
    """Render the letter of a locked `case`, keep it, and write that it was made (by `actor`, or by
    the house). It gets the next number of its series unless it keeps its `number`. What she signs
    herself is not written `in_our_name`: nobody learns from it who helped her."""
    number = number or _number(case, template)
    us = case.organisation.name
    about = {
        "number": number if in_our_name else number.removeprefix(us),
        "organisation": us if in_our_name else "",
        "date": on_day(moment.today()),
    }
    content = letters.render(template, _allowed(template, told) | about)
    digest = hashlib.sha256(content).hexdigest()
    made = Document(case=case, procedure=record, template=template, serial=serial, number=number)
    made.content, made.digest = base64.b64encode(content).decode(), digest
    save(made, actor, "letter")
    event = events.next_of_case(
        case,
        actor,
        "letter",
        record=record,
        before=record.status if record else case.status,
        after=record.status if record else case.status,
        told={"template": template, "number": number, "sha256": digest},
    )
    event.save(force_insert=True)
    return made


def _allowed(template: str, told: dict[str, object]) -> dict[str, object]:
    """What the template asks for; of a letter that reaches the other side, what it may be told."""
    asked = HE_MAY_READ.get(template, letters.fields(template))
    return {name: value for name, value in told.items() if name in asked}


def in_chinese(text: object) -> str:
    """What is said, in the language of letters."""
    with override("zh-hans"):
        return str(text)


def _number(case: Case, template: str) -> str:
    """e.g. 临江县妇联转〔2026〕12号; no gaps in a year."""
    year = moment.today().year
    serial = next_in(case.organisation, year, SERIES[template])
    return f"{case.organisation.name}{SERIES[template]}〔{year}〕{serial}号"


def survivor(case: Case) -> CaseParty | None:
    """The woman of the case, when she is known."""
    return case.parties.filter(role__in=HER_SIDE).select_related("person__subject").first()


def name_of(party: CaseParty | None) -> str:
    """What is not known is left to be written by hand, where it is signed."""
    return (party.person.name if party else "") or "＿＿＿＿＿＿"


def _sides(record: Procedure) -> list[dict[str, str]]:
    her, other = survivor(record.case), record.mediation.other
    return [
        {"label": "申请人", "name": name_of(her)},
        {"label": "被申请人", "name": name_of(other)},
    ]


def on_day(day: date) -> str:
    """2026年3月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def at_time(at: datetime) -> str:
    """2026年3月1日 09:05."""
    local = at.astimezone(moment.HOME)
    return f"{on_day(local.date())} {local:%H:%M}"
