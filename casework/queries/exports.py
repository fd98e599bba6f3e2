"""What an export of the register says of a case, and which exports a person has."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localtime

from casework.engine import registry
from casework.engine.case_acts import LEVELS, OUTCOMES
from casework.engine.language import _, listed
from casework.letters.excel import Column, Sheet
from casework.models import Case, Export, User
from casework.models.visit import CHANNELS
from casework.queries.cases import whole_to
from casework.queries.filters import Filters, in_words

COLUMNS = (
    (_("编号"), 24),
    (_("保密"), 6),
    (_("类型"), 14),
    (_("状态"), 12),
    (_("类别"), 24),
    (_("危险等级"), 10),
    (_("承办人"), 12),
    (_("组织"), 24),
    (_("收到"), 17),
    (_("来访方式"), 14),
    (_("办结"), 17),
    (_("结果"), 20),
)
"""Those of the page, and what became of the case; width in characters."""


def cells(case: Case, user: User, categories: Mapping[str, str]) -> list[str]:
    """The row of a case as `user` may read it: the columns of the page are as empty as there."""
    guarded = case.sealed or case.safety_sensitive
    whole = whole_to(user, guarded=guarded, hers=(case.handler_id, case.registered_by_id))
    kind = registry.kind(case.kind)
    return [
        case.number,
        str(_("保密")) if case.sealed else "",
        str(kind.title),
        str(kind.lifecycle.statuses[case.status].label),
        categories.get(case.category, case.category) if whole else "",
        _word(LEVELS, case.danger) if whole else "",
        case.handler.name if case.handler else "",
        case.organisation.name,
        f"{localtime(case.received_at):%Y-%m-%d %H:%M}",
        _word(CHANNELS, case.channel) if whole else "",
        f"{localtime(case.closed_at):%Y-%m-%d %H:%M}" if case.closed_at else "",
        _word(OUTCOMES, case.outcome) if whole else "",
    ]


def _word(words: Mapping[str, object], code: str) -> str:
    return str(words.get(code, code)) if code else ""


def sheet_of(export: Export) -> Sheet:
    """What stands around the rows: who, when, by what, how many, what for; so that a sheet that
    lies about says whose it is."""
    owner, at = export.owner, f"{localtime(export.made_at):%Y-%m-%d %H:%M}"
    words = in_words(Filters.of(export.filters))
    by = [str(_("%(label)s：%(value)s", label=label, value=value)) for label, value in words]
    who = _("导出人：%(name)s（%(username)s），%(place)s", name=owner.name, username=owner.username,
            place=owner.organisation.name)  # fmt: skip
    lines = [
        _("案件台账（内部资料，注意保密）"),
        who,
        _("导出时间：%(at)s　申请时件数：%(count)s", at=at, count=export.total),
        _("用途：%(purpose)s　筛选条件：%(by)s", purpose=dict(Export.PURPOSES)[export.purpose],
          by=listed(by) or _("无")),
    ]  # fmt: skip
    return Sheet(
        title=str(_("案件台账")),
        lines=[str(line) for line in lines],
        columns=[Column(str(title), width) for title, width in COLUMNS],
        made_by=f"{owner.name} {owner.username} {at} {export.uid}",
    )


def exports_of(user: User) -> QuerySet[Export]:
    """The exports that she asked for, the latest first, without their files."""
    return user.exports.defer("content", "reason").order_by("-made_at", "-id")


def export_of(user: User, uid: UUID) -> Export | None:
    """The one of hers with this uid."""
    return user.exports.filter(uid=uid).first()
