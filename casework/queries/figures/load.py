"""What lies where, and for how long: stays in statuses, open cases by handler, what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from casework.engine import registry
from casework.engine.language import _
from casework.engine.moment import HOME
from casework.models import Event, User
from casework.queries.figures import as_of, naming
from casework.queries.figures.figure import TOTAL, Asked, Figure, Keys, Placed

ENOUGH = 20
"""Below so many stays a 90th percentile says nothing."""
A_DAY = 86_400


def _open_statuses() -> Q:
    """Where a case of each kind is not over."""
    found = Q()
    for kind in registry.kinds():
        names = [s.name for s in kind.lifecycle.statuses.values() if not (s.ended or s.final)]
        found |= Q(kind=kind.key, status__in=names)
    return found


# ---------------------------------------------------------------- time in status


def _stays(asked: Asked, single: bool) -> Iterator[Keys]:
    """Every stay in an open status that began in the period, with its end when it was known."""
    moves = Event.objects.filter(record="", after__gt="", at__lte=asked.known).exclude(
        before=F("after")
    )
    left = moves.filter(case=OuterRef("case_id"), sequence__gt=OuterRef("sequence"))
    came = moves.filter(
        case__in=as_of.cases_of(asked).values("pk"), at__gte=asked.begin, at__lte=asked.end
    )
    rows = came.annotate(left=Subquery(left.order_by("sequence").values("at")[:1]))
    statuses = {k.key: k.lifecycle.statuses for k in registry.kinds()}
    found = rows.values("case_id", "at", "left", "after", kind=F("case__kind"))
    for keys in as_of.singly(found):
        status = statuses[keys["kind"]].get(keys["after"])
        if status and not (status.ended or status.final):
            yield _stay(asked, keys)


def _stay(asked: Asked, keys: Keys) -> Keys:
    long = ((keys["left"] or asked.now) - keys["at"]).total_seconds() / A_DAY
    row = f"{keys['kind']}:{keys['after']}"
    told = {"row": row, "days": max(long, 0.0), "over": keys["left"] is not None}
    return told | {"n": 1, "case": keys["case_id"], "day": keys["at"], "why": row}


def _stayed(asked: Asked, keys: Keys) -> Placed:
    yield keys["row"], {"stays": 1, "ended" if keys["over"] else "open": 1}


def survived(stays: Iterable[tuple[float, bool]], share: float) -> float | None:
    """After how many days so large a share of the stays was over, by Kaplan and Meier: a stay that
    still lasts counts as long as it was watched, and not as one that ended. None when it was never
    seen that so many ended."""
    told = sorted(stays)
    left, at = 1.0, len(told)
    for days, over in told:
        if over:
            left *= 1 - 1 / at
            if 1 - left >= share - 1e-9:
                return round(days, 1)
        at -= 1
    return None


def _percentiles(key: str, things: list[Keys]) -> dict[str, Any]:
    stays = [(k["days"], k["over"]) for k in things]
    ninety = survived(stays, 0.9) if len(stays) >= ENOUGH else None
    return {"median_days": survived(stays, 0.5), "p90_days": ninety}


TIME_IN_STATUS = Figure(
    "time_in_status",
    _("各状态停留时间"),
    _(
        "期内进入各状态的停留天数：中位数；满 20 次才列第 90 百分位数。仍在该状态的按删失处理"
        "（Kaplan–Meier 估计）：只计到统计时点，不当作已结束；超过一半尚未结束时不列中位数。"
    ),
    _("内部口径"),
    {"stays": _("次数"), "ended": _("已离开"), "open": _("仍在（删失）")},
    _stays,
    _stayed,
    naming.of_status,
    aside=_percentiles,
    asides={"median_days": _("中位数（天）"), "p90_days": _("第 90 百分位（天）")},
    public=False,
    totalled=False,
)


# ---------------------------------------------------------------- workload


def _carried(asked: Asked, single: bool) -> Iterator[Keys]:
    rows = as_of.revisions(asked).filter(_open_statuses())
    found = rows.values("id", "handler_id", "received_at", "organisation_path", "kind", "status")
    for keys in found.iterator():
        age = (asked.now - keys["received_at"]).total_seconds() / A_DAY
        why = f"{keys['kind']}:{keys['status']}"
        yield keys | {
            "n": 1, "case": keys["id"], "day": keys["received_at"], "age": age, "why": why,
        }  # fmt: skip


def _loads(asked: Asked, keys: Keys) -> Placed:
    measures = {"open": 1, "over_30": int(keys["age"] > 30), "over_60": int(keys["age"] > 60)}
    yield TOTAL, measures
    yield f"organisation:{keys['organisation_path']}", measures
    yield f"handler:{keys['handler_id'] or ''}", measures


def _whose(key: str) -> str:
    kind, _colon, which = key.partition(":")
    return naming.of_person(which) if kind == "handler" else naming.of_organisation(which or kind)


def _ages(key: str, things: list[Keys]) -> dict[str, Any]:
    ages = sorted(k["age"] for k in things)
    if not ages:
        return {"median_age": None, "oldest": None}
    middle = len(ages) // 2
    median = ages[middle] if len(ages) % 2 else (ages[middle - 1] + ages[middle]) / 2
    return {"median_age": round(median, 1), "oldest": round(ages[-1], 1)}


WORKLOAD = Figure(
    "workload",
    _("在办与件龄"),
    _("统计时点未结的案件，按组织和承办人列件数与件龄（自收到之日起的天数）。不看统计期间。"),
    _("内部口径"),
    {"open": _("在办"), "over_30": _("超过 30 天"), "over_60": _("超过 60 天")},
    _carried,
    _loads,
    _whose,
    aside=_ages,
    asides={"median_age": _("件龄中位数（天）"), "oldest": _("最长（天）")},
    public=False,
    ordered=lambda keys: sorted(keys, key=lambda key: (key.startswith("handler:"), key)),
)


# ---------------------------------------------------------------- overdue


def _late(asked: Asked, single: bool) -> Iterator[Keys]:
    """Our clocks that ran past their date, the oldest first, each with who carried its case."""
    rules = [r.key for r in registry.clock_rules() if r.own]
    rows = as_of.unchanged(asked, rules).filter(state="running", due_at__lt=asked.now, own=True)
    found: list[Keys] = list(
        as_of.singly(rows.values("uid", "rule", "case_id", "due_at", number=F("case__number")))
    )
    for counted in as_of.changed(asked, rules):
        clock, state = counted.clock, counted.state
        if clock.own and state.state == "running" and state.due_at < asked.now:
            found.append({
                "uid": clock.uid, "rule": clock.rule, "case_id": clock.case_id,
                "due_at": state.due_at, "number": clock.case.number,
            })  # fmt: skip
    handlers = _handlers(asked, {line["case_id"] for line in found})
    for line in sorted(found, key=lambda line: (line["due_at"], line["number"], line["rule"])):
        yield _line(asked, line, handlers.get(line["case_id"], ""))


def _line(asked: Asked, line: Keys, handler: str) -> Keys:
    rule = registry.clock_rule(line["rule"])
    told = {"row": str(line["uid"]), "number": line["number"], "rule": line["rule"]}
    told |= {"internal": rule.internal, "handler": handler, "due": line["due_at"]}
    late = (asked.now - line["due_at"]).total_seconds() / A_DAY
    aside = {"n": 1, "case": line["case_id"], "day": line["due_at"], "why": line["rule"]}
    return told | aside | {"late": round(late, 1)}


def _handlers(asked: Asked, cases: set[int]) -> dict[int, str]:
    """Who carried each of these cases then, by name."""
    rows = as_of.revisions(asked)
    if len(cases) < MANY:
        rows = rows.filter(id__in=cases)
    carried = dict(rows.values_list("id", "handler_id"))
    names = dict(User.objects.values_list("uid", "name"))
    return {case: names.get(uid, "") for case, uid in carried.items()}


MANY = 500
"""More cases than this are not named one by one in a query."""


def _overdue(asked: Asked, keys: Keys) -> Placed:
    measures = {"overdue": 1, "internal" if keys["internal"] else "statutory": 1}
    yield TOTAL, measures
    yield keys["row"], measures


def _lateness(key: str, things: list[Keys]) -> dict[str, Any]:
    if key == TOTAL or not things:
        return dict.fromkeys(("number", "rule", "due", "days_late", "handler"), None)
    one = things[0]
    due: datetime = one["due"]
    return {
        "number": one["number"],
        "rule": one["rule"],
        "due": due.astimezone(HOME).isoformat(timespec="seconds"),
        "days_late": one["late"],
        "handler": one["handler"],
    }


OVERDUE = Figure(
    "overdue",
    _("逾期清单"),
    _(
        "统计时点已过期而仍在计时的本会期限，一行一个；法定期限与内部目标分开计。"
        "他人的期限（公安、法院等）和当事人自己的期限不列入。不看统计期间。"
    ),
    _("各期限的依据见期限说明"),
    {"overdue": _("逾期"), "statutory": _("法定期限"), "internal": _("内部目标")},
    _late,
    _overdue,
    lambda key: str(_("合计")) if key == TOTAL else str(_("逾期")),
    aside=_lateness,
    asides={
        "number": _("编号"), "rule": _("期限"), "due": _("到期"), "days_late": _("逾期天数"),
        "handler": _("承办人"),
    },
    ordered=list,
    public=False,
    listed=True,
)  # fmt: skip
FIGURES = (TIME_IN_STATUS, WORKLOAD, OVERDUE)
