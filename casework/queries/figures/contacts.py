"""Who came, how, about what: contacts 批次, people 人次 and matters 件次, counted apart."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from casework.engine.language import _, pgettext
from casework.models import Case, Visit
from casework.models.visit import CHANNELS
from casework.queries.codes import titles
from casework.queries.figures import as_of
from casework.queries.figures.figure import TOTAL, Asked, Figure, Keys, Placed, Ratio

GROUP = 5
"""So many people or more come as a group 集体访."""


def visits(asked: Asked) -> QuerySet[Visit]:
    """The contacts of the period that were known then; a visit is written once. Those of a case
    that the asker may not know of do not exist for her."""
    found = Visit.objects.filter(
        organisation_path__startswith=asked.path,
        received_at__gte=asked.begin,
        received_at__lte=asked.end,
        made_at__lte=asked.known,
    )
    known = Q(case__in=as_of.cases_of(asked).values("pk"))
    found = found.filter(known if asked.kind else known | Q(case=None))
    return found.annotate(again=as_of.truth(Q(repeat=True) | Q(ended_as="existing")))


def _each(rows: QuerySet[Visit], *names: str) -> Iterator[Keys]:
    found = rows.values(*names, "case_id", day=F("received_at"))
    yield from (
        k | {"n": 1, "case": k["case_id"], "why": k["channel"]} for k in as_of.singly(found)
    )


def _repeats(asked: Asked, single: bool) -> Iterator[Keys]:
    rows = visits(asked)
    names = ("channel", "again")
    return _each(rows, *names) if single else as_of.numbered(rows, *names)


def _again(asked: Asked, keys: Keys) -> Placed:
    measures = {"contacts": 1, "repeat": int(keys["again"])}
    yield TOTAL, measures
    yield keys["channel"], measures


def _channel(key: str) -> str:
    return str(_("合计")) if key == TOTAL else str(CHANNELS.get(key, key))


REPEAT = Figure(
    "repeat",
    _("重复来访率"),
    _("期内的来访（批次）中，同一人就同一事项再次来访的 ÷ 全部：登记为重访的，或并入已有案件的。"),
    _("信访工作条例第二十二条；内部口径"),
    {"contacts": _("来访批次"), "repeat": _("重复来访")},
    _repeats,
    _again,
    _channel,
    (Ratio("rate", _("比率（%）"), "repeat", "contacts"),),
)


# ---------------------------------------------------------------- channel × category × …


def _return(asked: Asked, single: bool) -> Iterator[Keys]:
    known = Case.history.model.objects.filter(id=OuterRef("case_id"), history_date__lte=asked.known)
    category = Subquery(known.order_by("-history_id").values("category")[:1])
    rows = visits(asked).annotate(
        category=Coalesce(category, Value(""), output_field=CharField()),
        group=as_of.truth(Q(people__gte=GROUP)),
        own=as_of.truth(Q(organisation_path=asked.path)),
        matter=as_of.truth(Q(case=None) | ~Q(ended_as="existing")),
    )
    names = ("channel", "category", "again", "group", "own", "matter", "people")
    return _each(rows, *names) if single else as_of.numbered(rows, *names)


RETURN_COLUMNS = {
    "items": _("件次"),
    "batches": _("批次"),
    "people": _("人次"),
    "items_own": _("件次（本级）"),
    "batches_own": _("批次（本级）"),
    "people_own": _("人次（本级）"),
}


def _cells(asked: Asked, keys: Keys) -> Placed:
    told = {"items": int(keys["matter"]), "batches": 1, "people": keys["people"]}
    own = {f"{name}_own": value for name, value in told.items() if keys["own"]}
    again, group = ("repeat", "first")[not keys["again"]], ("group", "few")[not keys["group"]]
    yield TOTAL, told | own
    yield f"{keys['channel']}|{keys['category']}|{again}|{group}", told | own


def _cell(key: str) -> str:
    if key == TOTAL:
        return str(_("合计（含下级）"))
    channel, category, again, group = key.split("|")
    words = [
        str(CHANNELS.get(channel, channel)),
        titles("category").get(category, category) or str(_("咨询或未分类")),
        str(_("重访") if again == "repeat" else _("初访")),
        str(_("集体访") if group == "group" else pgettext("visit", "个访")),
    ]
    return " · ".join(words)


CHANNEL = Figure(
    "channel",
    _("来访渠道与类别"),
    _(
        "期内来访按渠道 × 类别 × 初访/重访 × 是否集体访（5 人及以上）列出，含只作咨询的来访。"
        "件次是新的事项，批次是来访次数，人次是来的人数，分别计；每项列含下级与本级两数。"
    ),
    _("信访统计口径（件次、批次、人次分别统计）"),
    RETURN_COLUMNS,
    _return,
    _cells,
    _cell,
)
FIGURES = (REPEAT, CHANNEL)
