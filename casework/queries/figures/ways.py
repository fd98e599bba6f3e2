"""What became of the petitions that came: handled, closed, how far they got."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from casework.engine import registry
from casework.engine.language import _
from casework.models import Event
from casework.queries.figures import as_of, naming
from casework.queries.figures.figure import TOTAL, Asked, Figure, Keys, Placed, Ratio

PETITION, VIOLENCE = "petition", "domestic_violence"
LEFT = frozenset({"withdrawn", "merged", "converted"})
"""Counted nowhere in a rate of ours: taken back (never a target, rule 6), or counted in the case
that they became part of."""
ANSWERING = (
    "answer", "not_ours", "decline", "uphold", "transfer", "assign_down", "request_closure",
    "close",
)  # fmt: skip
"""The acts by which somebody who came has an answer, or knows who will give it."""


def _each(rows: QuerySet[Any], asked: Asked, *names: str) -> Iterator[Keys]:
    found = rows.values(*names, "id", day=F("received_at"))
    for keys in as_of.singly(found):
        yield keys | {"n": 1, "case": keys["id"], "why": keys["stood_as"]}


def _read(asked: Asked, rows: QuerySet[Any], single: bool, *names: str) -> Iterator[Keys]:
    return _each(rows, asked, *names) if single else as_of.numbered(rows, *names)


def _aside(keys: Keys) -> dict[str, int]:
    """Where a case counts that counts in no rate; empty for all others."""
    if keys["imported"]:
        return {"imported": 1}
    return {"left": 1} if keys["stood_as"] in LEFT else {}


ASIDE = {"left": _("撤回、并案、改登（不计）"), "imported": _("导入的旧案（不计）")}


# ---------------------------------------------------------------- handled


def _received(asked: Asked, single: bool) -> Iterator[Keys]:
    rows = as_of.revisions(asked).filter(
        kind=PETITION, received_at__gte=asked.begin, received_at__lte=asked.end
    )
    rows = rows.annotate(path=F("organisation_path"), answered=as_of.happened(asked, ANSWERING))
    return _read(asked, rows, single, "path", "stood_as", "imported", "answered")


def _handled(asked: Asked, keys: Keys) -> Placed:
    measures = _aside(keys) or {"received": 1, "handled": int(keys["answered"])}
    yield TOTAL, measures
    yield keys["path"], measures


HANDLED = Figure(
    "handled",
    _("处理率"),
    _(
        "期内收到的信访事项（件次）中，至统计时点已答复、告知、转送、交办或办结的 ÷ 全部收到的。"
        "撤回、并案、转家暴的和导入的旧案不计，另列。"
    ),
    _("信访工作条例第二十二条、第二十三条；内部口径"),
    {"received": _("期内收到"), "handled": _("已处理"), **ASIDE},
    _received,
    _handled,
    naming.of_organisation,
    (Ratio("rate", _("比率（%）"), "handled", "received"),),
)


# ---------------------------------------------------------------- closure

WAYS = {
    "cohort": _("按登记批次：期内收到的件，至统计时点已办结"),
    "period": _("按期间：期内办结 ÷ 期内收到，可超过 100%"),
    "stock": _("按存量：期内办结 ÷ 期内在办（期初未结与期内收到）"),
}


def _at_hand(asked: Asked, single: bool) -> Iterator[Keys]:
    """What came in the period, and what was not over when it began."""
    rows = as_of.revisions(asked).filter(kind=PETITION, received_at__lte=asked.end)
    rows = rows.filter(Q(closed_at=None) | Q(closed_at__gte=asked.begin)).annotate(
        path=F("organisation_path"),
        new=as_of.truth(Q(received_at__gte=asked.begin)),
        ended=as_of.truth(Q(closed_at__gte=asked.begin, closed_at__lte=asked.end)),
    )
    return _read(asked, rows, single, "path", "stood_as", "imported", "new", "ended")


def _closed(asked: Asked, keys: Keys) -> Placed:
    aside = _aside(keys)
    closed = int(keys["stood_as"] == "closed")
    new, now = int(keys["new"]), int(closed and keys["ended"])
    for way, measures in {
        "cohort": {"base": new, "closed": new * closed},
        "period": {"base": new, "closed": now},
        "stock": {"base": 1, "closed": now},
    }.items():
        told = aside if aside and (new or way == "stock") else {} if aside else measures
        yield way, told
        yield f"{way}:{keys['path']}", told


def _way(key: str) -> str:
    way, _colon, path = key.partition(":")
    if not path:
        return str(WAYS[way])
    return f"{_SHORT[way]} · {naming.of_organisation(path)}"


_SHORT = {"cohort": _("批次"), "period": _("期间"), "stock": _("存量")}


def _ways(keys: Iterable[str]) -> list[str]:
    """Each way with its organisations; a way that counts nothing is told all the same."""
    ways = list(WAYS)
    found = {key for key in keys if key != TOTAL} | set(WAYS)
    return sorted(found, key=lambda key: (ways.index(key.partition(":")[0]), key))


CLOSURE = Figure(
    "closure",
    _("办结率"),
    _(
        "三种口径分别列出。办结指统计时点处于“已办结”（含其后归档）；不予受理、不属职权、转送的不算办结，"
        "仍在分母。撤回、并案、转家暴的和导入的旧案不计，另列。家暴个案不排办结率。"
    ),
    _("信访工作条例第三十四条；内部口径"),
    {"base": _("分母"), "closed": _("已办结"), **ASIDE},
    _at_hand,
    _closed,
    _way,
    (Ratio("rate", _("比率（%）"), "closed", "base"),),
    ordered=_ways,
    totalled=False,
)


# ---------------------------------------------------------------- funnel


def _steps(asked: Asked, single: bool) -> Iterator[Keys]:
    """Which statuses the cases that came in the period have ever had."""
    came = as_of.revisions(asked).filter(
        received_at__gte=asked.begin, received_at__lte=asked.end, imported=False
    )
    rows = Event.objects.filter(
        case__in=came.values("id"), record="", after__gt="", at__lte=asked.known
    ).order_by()
    names = {"machine": F("case__kind"), "status": F("after")}
    if not single:
        yield from as_of.singly(rows.values(**names).annotate(n=Count("case", distinct=True)))
        return
    found = rows.values("case_id", day=F("case__received_at"), **names).distinct()
    for keys in as_of.singly(found):
        yield keys | {"n": 1, "case": keys["case_id"], "why": keys["status"]}


def _reached(asked: Asked, keys: Keys) -> Placed:
    if keys["status"] in _strip(keys["machine"]):
        yield f"{keys['machine']}:{keys['status']}", {"reached": 1}


def _strip(machine: str) -> list[str]:
    return [status.name for status in registry.kind(machine).lifecycle.strip]


def _down(keys: Iterable[str]) -> list[str]:
    """Every step of every kind, in its order, also those that nobody reached."""
    return [f"{k.key}:{status}" for k in registry.kinds() for status in _strip(k.key)]


FUNNEL = Figure(
    "funnel",
    _("办理漏斗"),
    _(
        "期内收到的案件中，至统计时点到达过各步骤的件数（每件每步只计一次，退回或恢复办理不减少）。"
        "导入的旧案不计。"
    ),
    _("内部口径"),
    {"reached": _("到达过")},
    _steps,
    _reached,
    naming.of_status,
    ordered=_down,
    totalled=False,
)

FIGURES = (HANDLED, CLOSURE, FUNNEL)
