"""By what the register is narrowed: what stands in an address, and which cases that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from casework.engine import registry
from casework.engine.case_acts import LEVELS
from casework.engine.language import Sentence, _
from casework.engine.moment import HOME
from casework.models import Case, CodeItem, Organisation, User
from casework.models.case import CaseQuerySet
from casework.models.visit import CHANNELS, FORWARDED_CHANNELS
from casework.queries.clocks import overdue, provisional
from casework.queries.codes import titles
from casework.queries.procedures import known_to

NOBODY = "none"
"""The handler of a case that nobody handles."""
FROM_ABOVE = "from_above"
ONLY: dict[str, Sentence] = {"overdue": _("已逾期"), "provisional": _("暂定")}
"""How a deadline narrows: it is over, or it may still change."""

SHOWN_WHOLE = ("category", "danger", "channel", "only")
"""What a case shows only to whoever reads it whole: who asks by one of these finds no other case,
or the filter would tell what the column hides."""

_PARAMETERS = {"received_from": "from", "received_to": "to"}


@dataclass(frozen=True)
class Filters:
    """By what the register is narrowed; what is empty does not narrow.

    `category` is a code and what stands below it; `organisation` a uid and what lies below it
    (with `own`, itself alone); `handler` a uid, or `NOBODY`; `involves` a procedure, or
    `FROM_ABOVE`; `only` one of `ONLY`. Days are days in Shanghai; the last one counts.
    """

    kind: str = ""
    status: str = ""
    category: str = ""
    danger: str = ""
    channel: str = ""
    involves: str = ""
    organisation: str = ""
    own: bool = False
    handler: str = ""
    received_from: date | None = None
    received_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    only: str = ""
    mine: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """As they stand in an address: only those that narrow. `of` reads them again."""
        told = {_PARAMETERS.get(name, name): value for name, value in asdict(self).items() if value}
        return {name: "on" if value is True else str(value) for name, value in told.items()}

    @property
    def query(self) -> str:
        """The query string, without its question mark: ``kind=petition&from=2026-01-01``."""
        return urlencode(self.parameters)

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Filters:
        """What `parameters` told. Raises ValueError on a date that is none; what else they say is
        not looked at: what a person typed goes through the form."""
        told: dict[str, Any] = {}
        for field in fields(cls):
            value = parameters.get(_PARAMETERS.get(field.name, field.name), "")
            if isinstance(field.default, bool):
                told[field.name] = bool(value)
            elif field.default is None:
                told[field.name] = date.fromisoformat(value) if value else None
            else:
                told[field.name] = value
        return cls(**told)

    @property
    def period(self) -> Filters:
        """Only its days."""
        days = ("received_from", "received_to", "closed_from", "closed_to")
        return Filters(**{name: getattr(self, name) for name in days})


EVERYTHING = Filters()


def narrowed(user: User, by: Filters) -> CaseQuerySet:
    """The cases that `user` may know of, and of these only those that `by` means, in no order."""
    whole = any(getattr(by, name) for name in SHOWN_WHOLE) or by.involves == FROM_ABOVE
    cases = Case.objects.whole_for(user) if whole else Case.objects.visible_to(user)
    plain = {name: getattr(by, name) for name in ("kind", "status", "danger", "channel")}
    cases = cases.filter(**{name: value for name, value in plain.items() if value})
    if by.category:
        cases = cases.filter(category__in=_codes_below(by.category))
    if by.organisation:
        cases = cases.filter(_of_organisation(by))
    if by.handler == NOBODY:
        cases = cases.filter(handler=None)
    elif by.handler:
        cases = cases.filter(handler__uid=UUID(by.handler))
    if by.mine:
        cases = cases.filter(handler=user)
    if by.only:
        clocks = overdue() if by.only == "overdue" else provisional()
        cases = cases.filter(pk__in=clocks.values("case"))
    if by.involves:
        cases = cases.filter(_involving(user, by.involves))
    return _within(cases, by)


def _within(cases: CaseQuerySet, by: Filters) -> CaseQuerySet:
    """Received, and closed, on these days."""
    bounds = {
        "received_at__gte": _begin(by.received_from),
        "received_at__lt": _end(by.received_to),
        "closed_at__gte": _begin(by.closed_from),
        "closed_at__lt": _end(by.closed_to),
    }
    return cases.filter(**{name: at for name, at in bounds.items() if at})


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=HOME) if day else None


def _end(day: date | None) -> datetime | None:
    return _begin(day + timedelta(days=1)) if day else None


def _codes_below(category: str) -> list[str]:
    """The code itself and those that stand below it."""
    below = CodeItem.objects.filter(list="category", parent=category)
    return [category, *below.values_list("code", flat=True)]


def _of_organisation(by: Filters) -> Q:
    path = Organisation.objects.filter(uid=by.organisation).values_list("path", flat=True).first()
    if path is None:
        return Q(pk=None)
    return Q(organisation_path=path) if by.own else Q(organisation_path__startswith=path)


def _involving(user: User, what: str) -> Q:
    """Cases with a procedure of this kind that she may know of; those that came from above; those
    that came as a mandatory report or led to one."""
    if what == FROM_ABOVE:
        return Q(channel__in=FORWARDED_CHANNELS)
    begun = Q(Exists(known_to(user).filter(case=OuterRef("pk"), kind=what)))
    if what != "mandatory_report":
        return begun
    whole = Case.objects.whole_for(user).filter(channel=what, pk=OuterRef("pk"))
    return begun | Q(Exists(whole))


# ---------------------------------------------------------------- what may be chosen, and in words


def involvements() -> dict[str, Sentence]:
    """What a case can involve, by what `Filters.involves` says."""
    begun = {procedure.key: procedure.title for procedure in registry.procedures()}
    return {**begun, FROM_ABOVE: _("上级交办或信访部门转送")}


def organisations_of(user: User) -> dict[str, str]:
    """The organisations of her subtree by uid, each further in than the one above it."""
    found = Organisation.objects.filter(path__startswith=user.actor.path).order_by("path")
    depth = user.actor.path.count("/")
    rows = found.values_list("uid", "name", "path")
    return {str(uid): "\u3000" * (path.count("/") - depth) + name for uid, name, path in rows}


def handlers_of(user: User) -> dict[str, str]:
    """The staff of her subtree by uid, also those who left: their cases are still theirs."""
    found = User.objects.filter(organisation__path__startswith=user.actor.path)
    rows = found.order_by("-is_active", "organisation__path", "name").values_list("uid", "name")
    return {str(uid): name for uid, name in rows}


def categories() -> list[tuple[str, str]]:
    """Every category under its head, heads too; also those no longer in use, for old cases."""
    items = list(CodeItem.objects.filter(list="category"))
    shown = titles("category")
    found = []
    for head in (item for item in items if not item.parent):
        below = [item for item in items if item.parent == head.code]
        found.append((head.code, shown[head.code]))
        found += [(item.code, "\u3000" + shown[item.code]) for item in below]
    return found


def in_words(by: Filters) -> list[tuple[Sentence, str]]:
    """What narrows, as a person reads it: label and value, in the reader's language."""
    said = [(_("类型"), _kind(by.kind)), (_("状态"), _status(by))]
    said += [
        (_("类别"), titles("category").get(by.category, by.category) if by.category else ""),
        (_("危险等级"), _word(LEVELS, by.danger)),
        (_("来访方式"), _word(CHANNELS, by.channel)),
        (_("涉及"), _word(involvements(), by.involves)),
        (_("组织"), _organisation(by)),
        (_("承办人"), _handler(by.handler)),
        (_("收到"), _days(by.received_from, by.received_to)),
        (_("办结"), _days(by.closed_from, by.closed_to)),
        (_("期限"), _word(ONLY, by.only)),
        (_("范围"), str(_("只看我承办的")) if by.mine else ""),
    ]
    return [(label, value) for label, value in said if value]


def _word(words: Mapping[str, object], code: str) -> str:
    return str(words.get(code, code)) if code else ""


def _kind(kind: str) -> str:
    return str(registry.kind(kind).title) if kind else ""


def _status(by: Filters) -> str:
    """Of its kind; of every kind that has it, where no kind is said."""
    if not by.status:
        return ""
    kinds = [registry.kind(by.kind)] if by.kind else registry.kinds()
    every = [kind.lifecycle.statuses.get(by.status) for kind in kinds]
    return next((str(status.label) for status in every if status), by.status)


def _organisation(by: Filters) -> str:
    if not by.organisation:
        return ""
    name = Organisation.objects.filter(uid=by.organisation).values_list("name", flat=True).first()
    shape = _("%(name)s（仅本级）", name=name) if by.own else _("%(name)s（含下级）", name=name)
    return str(shape)


def _handler(handler: str) -> str:
    if handler == NOBODY:
        return str(_("无人承办"))
    found = User.objects.filter(uid=handler) if handler else User.objects.none()
    return found.values_list("name", flat=True).first() or ""


def _days(first: date | None, last: date | None) -> str:
    if not (first or last):
        return ""
    return str(_("%(first)s 至 %(last)s", first=first or "…", last=last or "…"))


# ---------------------------------------------------------------- presets


@dataclass(frozen=True)
class Preset:
    """A set of filters under a short name."""

    title: Sentence
    filters: Filters


PRESETS = (
    Preset(_("全部"), Filters()),
    Preset(CHANNELS["letter"], Filters(channel="letter")),
    Preset(CHANNELS["visit"], Filters(channel="visit")),
    Preset(_("12338 热线"), Filters(channel="hotline")),
    Preset(_("家暴"), Filters(kind="domestic_violence")),
    Preset(_("转介"), Filters(involves="referral")),
    Preset(_("保护令"), Filters(involves="protection_order")),
    Preset(_("强制报告"), Filters(involves="mandatory_report")),
    Preset(_("交办"), Filters(involves=FROM_ABOVE)),
)


@dataclass(frozen=True)
class Chip:
    """A preset as it stands above the filters: where it leads, keeping the days."""

    title: Sentence
    query: str
    active: bool


def chips(now: Filters) -> list[Chip]:
    """The presets, each with the days that are chosen now; active is the one that stands now."""
    days = {k: v for k, v in asdict(now.period).items() if v}
    made = [(p.title, Filters(**{**asdict(p.filters), **days})) for p in PRESETS]
    return [Chip(title, filters.query, filters == now) for title, filters in made]
