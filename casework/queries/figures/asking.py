"""What somebody asks of the figures, as typed, and why it cannot be told: one reading for the page,
the API and the command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from casework.engine import moment, registry
from casework.engine.language import Sentence, _
from casework.models import Organisation, User
from casework.queries.figures.figure import Asked

EARLIEST = date(1990, 1, 1)


class Unreadable(ValueError):
    """What was asked makes no sense; `sentences` say why."""

    def __init__(self, sentences: list[Sentence]) -> None:
        super().__init__(" ".join(s.text for s in sentences))
        self.sentences = sentences


def otherwise() -> dict[str, str]:
    """What is asked when nothing is said: this month, as of today."""
    today = moment.today()
    days = {"from": today.replace(day=1), "to": today, "as_of": today}
    return {name: day.isoformat() for name, day in days.items()}


def read(user: User | None, told: Mapping[str, str]) -> Asked:
    """`told` has from, to, as_of (ISO days), organisation (code or uid) and kind; what is missing
    is this month, today, her whole subtree, every kind. Raises `Unreadable` with every reason."""
    wrong: list[Sentence] = []
    today = moment.today()
    since = _day(told, "from", _("起始日期"), today.replace(day=1), wrong)
    until = _day(told, "to", _("截止日期"), today, wrong)
    as_of = _day(told, "as_of", _("统计时点"), today, wrong)
    if not wrong:
        wrong += _no_period(since, until, as_of, today)
    path = _path(user, told.get("organisation", "").strip(), wrong)
    kind = told.get("kind", "").strip()
    if kind and kind not in {k.key for k in registry.kinds()}:
        wrong.append(_("没有名为“%(kind)s”的案件类型。", kind=kind[:40]))
    if wrong:
        raise Unreadable(wrong)
    return Asked(user, since, until, as_of, path, kind)


def _day(
    told: Mapping[str, str], name: str, label: Sentence, otherwise: date, wrong: list[Sentence]
) -> date:
    text = told.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        wrong.append(_("“%(label)s”须写成 2026-03-31 这样的日期。", label=label))
        return otherwise


def _no_period(since: date, until: date, as_of: date, today: date) -> list[Sentence]:
    found = []
    if since > until:
        found.append(_("起始日期不能晚于截止日期。"))
    if since < EARLIEST or until > date(today.year, 12, 31):
        found.append(_("统计期间须在 1990 年至今年年底之间。"))
    if as_of > today:
        found.append(_("统计时点不能晚于今天：以后的事还没有发生。"))
    elif as_of < EARLIEST:
        found.append(_("统计时点须在 1990 年以后。"))
    return found


def _path(user: User | None, word: str, wrong: list[Sentence]) -> str:
    top = user.actor.path if user else _top()
    if not word:
        return top
    try:
        where = Q(uid=UUID(word))
    except ValueError:
        where = Q(code=word) if word.isprintable() else Q(pk__in=[])  # NUL is no text to PostgreSQL
    found = Organisation.objects.filter(where, path__startswith=top).first()
    if found is None:  # outside her subtree there is none
        wrong.append(_("您的范围内没有这个组织。"))
    return found.path if found else top


def _top() -> str:
    """The organisation at the root, when it is one: then it has an own share of what came."""
    roots = Organisation.objects.filter(parent=None).values_list("path", flat=True)[:2]
    return roots[0] if len(roots) == 1 else "/"
