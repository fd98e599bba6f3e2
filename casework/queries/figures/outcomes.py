"""What came of mediations and referrals, and what she said of our work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from casework.engine.language import _
from casework.models import Body, FollowUp, Referral
from casework.queries.figures import as_of, naming
from casework.queries.figures.figure import TOTAL, Asked, Figure, Keys, Placed, Ratio


def _read(rows: QuerySet[Any], single: bool, *names: str) -> Iterator[Keys]:
    if not single:
        yield from as_of.numbered(rows, *names)
        return
    found = rows.values(*names, "case_id", day=F("made_at"))
    for keys in as_of.singly(found):
        yield keys | {"n": 1, "case": keys["case_id"], "why": f"{keys['kind']}:{keys['status']}"}


def _begun(asked: Asked, kind: str) -> QuerySet[Any]:
    found = as_of.procedures(asked, kind)
    return found.filter(made_at__gte=asked.begin, made_at__lte=asked.end)


def _mediations(asked: Asked, single: bool) -> Iterator[Keys]:
    return _read(_begun(asked, "mediation"), single, "kind", "status")


def _by_status(asked: Asked, keys: Keys) -> Placed:
    yield TOTAL, {"opened": 1}
    yield f"{keys['kind']}:{keys['status']}", {"opened": 1}


MEDIATION = Figure(
    "mediation",
    _("调解结果"),
    _("期内启动的调解，按统计时点的状态列件数。只列结果，不设成功率，更不以和好为目标。"),
    _("规程第十六条；人民调解法"),
    {"opened": _("期内启动")},
    _mediations,
    _by_status,
    naming.of_status,
)

ACCEPTED, REFUSED = ("accepted", "completed"), ("refused",)


def _referrals(asked: Asked, single: bool) -> Iterator[Keys]:
    known = Referral.history.model.objects.filter(
        procedure_id=OuterRef("id"), history_date__lte=asked.known
    )
    service = Subquery(known.order_by("-history_id").values("service")[:1])
    rows = _begun(asked, "referral").annotate(
        service=Coalesce(service, Value("other"), output_field=CharField())
    )
    return _read(rows, single, "kind", "status", "service")


def _answered(asked: Asked, keys: Keys) -> Placed:
    status = keys["status"]
    if status == "cancelled":
        measures = {"opened": 1, "cancelled": 1}
    elif status in ACCEPTED + REFUSED:
        taken = int(status in ACCEPTED)
        measures = {"opened": 1, "asked": 1, "answered": 1, "accepted": taken}
    else:
        measures = {"opened": 1, "asked": 1, "waiting": 1}
    yield TOTAL, measures
    yield keys["service"], measures


def _service(key: str) -> str:
    return str(_("合计")) if key == TOTAL else str(dict(Body.SERVICES).get(key, key))


REFERRAL = Figure(
    "referral",
    _("转介结果"),
    _(
        "期内启动的转介，至统计时点的结果。答复率 = 已书面答复（受理或不受理）÷ 未取消的转介；"
        "受理率 = 受理 ÷ 已答复。"
    ),
    _("内部口径"),
    {
        "opened": _("期内启动"), "cancelled": _("已取消（不计）"), "asked": _("未取消"),
        "answered": _("已答复"), "accepted": _("已受理"), "waiting": _("未答复"),
    },
    _referrals,
    _answered,
    _service,
    (
        Ratio("rate", _("答复率（%）"), "answered", "asked"),
        Ratio("accepted_share", _("受理率（%）"), "accepted", "answered"),
    ),
)  # fmt: skip


# ---------------------------------------------------------------- satisfaction

SATISFIED = ("4", "5")


def _talks(asked: Asked, single: bool) -> Iterator[Keys]:
    """One line a talk: the last revision that tells of it."""
    history = FollowUp.history.model.objects
    talked = history.filter(
        history_date__lte=asked.known, talked_at__gte=asked.begin, talked_at__lte=asked.end
    ).order_by()
    last = talked.values("id", "talked_at").annotate(last=Max("history_id")).values("last")
    rows = history.filter(
        history_id__in=last, procedure__case__in=as_of.cases_of(asked).values("pk")
    ).annotate(path=F("procedure__case__organisation_path"))
    if not single:
        yield from as_of.numbered(rows, "path", "satisfaction")
        return
    found = rows.values("path", "satisfaction", case=F("procedure__case_id"), day=F("talked_at"))
    yield from (k | {"n": 1, "why": k["satisfaction"]} for k in as_of.singly(found))


def _rated(asked: Asked, keys: Keys) -> Placed:
    said = keys["satisfaction"]
    measures = {"talks": 1, "rated": int(said != ""), "satisfied": int(said in SATISFIED)}
    yield TOTAL, measures
    yield keys["path"], measures


SATISFACTION = Figure(
    "satisfaction",
    _("满意度"),
    _(
        "期内在安全环境中谈到本人的回访里，满意（4、5 分）÷ 已评分的；"
        "同时列出评分率 = 已评分 ÷ 全部回访。"
        "没有评分的不算满意，也不算不满意。"
    ),
    _("内部口径"),
    {"talks": _("回访次数"), "rated": _("已评分"), "satisfied": _("满意")},
    _talks,
    _rated,
    naming.of_organisation,
    (
        Ratio("rate", _("满意率（%）"), "satisfied", "rated"),
        Ratio("rated_share", _("评分率（%）"), "rated", "talks"),
    ),
)
FIGURES = (MEDIATION, REFERRAL, SATISFACTION)
