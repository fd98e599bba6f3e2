"""Rates of deadlines: what was due in the period, and what of it was done in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from casework.engine.language import Sentence, _
from casework.models import Clock
from casework.queries.figures import as_of, naming
from casework.queries.figures.figure import TOTAL, Asked, Figure, Keys, Placed, Ratio

DUE = {"due": _("期内到期"), "met": _("按期"), "late": _("逾期后完成"), "open": _("逾期未完成")}
RATE = Ratio("rate", _("比率（%）"), "met", "due")
RULE = "petition.handling"


@dataclass(frozen=True)
class Deadline:
    """Which clocks, and by which of their two dates."""

    rules: tuple[str, ...]
    original: bool = False

    @property
    def due(self) -> str:
        """The column of the date."""
        return "original_due_at" if self.original else "due_at"

    def counted(self, asked: Asked, single: bool) -> Iterator[Keys]:
        """Clocks that fell due in the period and by the day as of which it is told. What was
        cancelled never counts; nor does what is not due yet."""
        rows = as_of.unchanged(asked, self.rules).filter(self._window(asked))
        rows = rows.exclude(state="cancelled").annotate(
            path=F("case__organisation_path"),
            in_time=as_of.truth(self._in_time),
            over=as_of.truth(Q(stopped_at__isnull=False)),
            lengthened=as_of.truth(Q(due_at__gt=F("original_due_at"))),
        )
        names = ("rule", "path", "in_time", "over", "lengthened")
        yield from self._each(rows, names) if single else as_of.numbered(rows, *names)
        for counted in as_of.changed(asked, self.rules):
            if self._falls_due(asked, counted):
                yield self._keys(counted)

    def _window(self, asked: Asked) -> Q:
        return Q(**{f"{self.due}__gte": asked.begin, f"{self.due}__lte": asked.end}) & Q(
            **{f"{self.due}__lt": asked.now}
        )

    @property
    def _in_time(self) -> Q:
        """By the effective date the verdict of the clock holds: late once is late for good."""
        if self.original:
            return Q(stopped_at__lte=F("original_due_at"))
        return Q(state="met")

    def _each(self, rows: QuerySet[Clock], names: Sequence[str]) -> Iterator[Keys]:
        found = rows.values(*names, "case_id", day=F(self.due))
        yield from (
            k | {"n": 1, "case": k["case_id"], "why": k["rule"]} for k in as_of.singly(found)
        )

    def _falls_due(self, asked: Asked, counted: as_of.Counted) -> bool:
        due = getattr(counted.state, self.due)
        inside = asked.begin <= due <= asked.end and due < asked.now
        return inside and counted.state.state != "cancelled"

    def _keys(self, counted: as_of.Counted) -> Keys:
        state, clock = counted.state, counted.clock
        stopped = state.stopped_at
        on_original = stopped is not None and stopped <= state.original_due_at
        return {
            "rule": clock.rule,
            "path": clock.case.organisation_path,
            "in_time": on_original if self.original else state.state == "met",
            "over": stopped is not None,
            "lengthened": state.due_at > state.original_due_at,
            "n": 1,
            "case": clock.case_id,
            "day": getattr(state, self.due),
            "why": clock.rule,
        }


def _judged(keys: Keys) -> dict[str, int]:
    name = "met" if keys["in_time"] else "late" if keys["over"] else "open"
    return {"due": 1, name: 1}


def _by_organisation(asked: Asked, keys: Keys) -> Placed:
    yield TOTAL, _judged(keys)
    yield keys["path"], _judged(keys)


def _by_rule(asked: Asked, keys: Keys) -> Placed:
    yield TOTAL, _judged(keys)
    yield keys["rule"], _judged(keys)


def _lengthened(asked: Asked, keys: Keys) -> Placed:
    measures = {"due": 1} | ({"extended": 1} if keys["lengthened"] else {})
    yield TOTAL, measures
    yield keys["path"], measures


def _rate(
    name: str,
    title: Sentence,
    definition: Sentence,
    source: Sentence,
    deadline: Deadline,
    placed: Callable[[Asked, Keys], Placed] = _by_organisation,
    label: Callable[[str], str] = naming.of_organisation,
    *,
    public: bool = True,
) -> Figure:
    counted = deadline.counted
    return Figure(
        name, title, definition, source, DUE, counted, placed, label, (RATE,), public=public
    )


NOTICE = _rate(
    "notice",
    _("及时告知率"),
    _(
        "期内到期的受理告知中，按期书面告知的 ÷ 全部到期的。到期未告知的计入分母；"
        "未到期的不计；已取消的不计；口头告知不算。"
    ),
    _("信访工作条例第二十三条"),
    Deadline(("petition.notice",)),
)
ON_TIME = _rate(
    "on_time",
    _("按期办结率"),
    _(
        "期内到期（含批准延长后的期限）的法定办理期限中，按期送达答复的 ÷ 全部到期的。"
        "到期未办结的计入分母；未到期的不计；撤回、并案、转送等取消的不计；恢复办理另起一轮，分别计。"
    ),
    _("信访工作条例第三十四条"),
    Deadline((RULE,)),
)
ON_TIME_ORIGINAL = _rate(
    "on_time_original",
    _("按期办结率（原期限）"),
    _("同“按期办结率”，但按未延长的原期限计：到期与按期均不看延长。"),
    _("信访工作条例第三十四条"),
    Deadline((RULE,), original=True),
)
EXTENSION = Figure(
    "extension",
    _("延期率"),
    _("原期限在期内届满的法定办理事项中，经批准延长的 ÷ 全部。"),
    _("信访工作条例第三十四条"),
    {"due": _("原期限届满"), "extended": _("已延长")},
    Deadline((RULE,), original=True).counted,
    _lengthened,
    naming.of_organisation,
    (Ratio("rate", _("比率（%）"), "extended", "due"),),
)
ORDERS = _rate(
    "orders",
    _("保护令跟进及时率"),
    _(
        "期内到期的本会跟进（有效期内回访、到期后向法院反馈）中，按期完成的 ÷ 全部到期的。"
        "法院的裁定、送达期限属于他人职责，只提示，不计入。"
    ),
    _("法发〔2022〕10 号第十八条；内部目标"),
    Deadline(("order.visit", "order.feedback")),
    _by_rule,
    naming.of_rule,
    public=False,
)
FOLLOWUP = _rate(
    "followup",
    _("回访及时率"),
    _(
        "期内到期的回访中，在安全环境中按期谈到本人的 ÷ 全部到期的。"
        "谢绝、无法回访的已取消，不计。内部目标，不对外公布。"
    ),
    _("规程第十三条；内部目标"),
    Deadline(("followup.due",)),
    public=False,
)
VIOLENCE = _rate(
    "violence",
    _("家暴处置"),
    _(
        "家暴个案不排办结率。期内到期的危险评估、报警、向上级报告、强制报告、回访与保护令跟进中，"
        "按期完成的 ÷ 全部到期的；退出（终止求助、移交等）已取消的不计。均为内部目标。"
    ),
    _("规程第十一条、第十三条；内部目标"),
    Deadline(
        (
            "dv.assessment",
            "dv.police_report",
            "dv.superior_report",
            "dv.mandatory_report",
            "followup.due",
            "order.visit",
            "order.feedback",
        )
    ),  # fmt: skip
    _by_rule,
    naming.of_rule,
    public=False,
)
FIGURES = (NOTICE, ON_TIME, ON_TIME_ORIGINAL, EXTENSION, ORDERS, FOLLOWUP, VIOLENCE)
