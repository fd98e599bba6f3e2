"""Exports of the register: asked for with a reason, written in portions, kept for a day.

A short one is written at once; a long one by whoever looks next (celery, or a thread of a server
without a broker). Its row is the truth: a worker takes it with a lease that it renews with every
portion, so that one who died is found out, and somebody else begins the file anew.
"""

from __future__ import annotations

import base64
import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import translation

from casework.engine import moment
from casework.engine.language import _
from casework.letters import excel
from casework.models import Case, Export, SubjectKey, User
from casework.queries.cases import register
from casework.queries.codes import titles
from casework.queries.exports import cells, sheet_of
from casework.queries.filters import Filters
from casework.queries.register import following
from casework.services import events, waking
from casework.services.refusals import Refused

log = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Up to so many cases are written while she waits."""
MOST = 200_000
"""More than anybody reads; whoever needs all of them narrows by year."""
PORTION = 1_000
TRIES = 3
FOLDER = "export-"
KEPT = timedelta(days=1)
LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)


class Taken(Exception):
    """Somebody else has it by now: this worker was taken for dead."""


def ask(user: User, by: Filters, *, purpose: str, reason: str) -> Export:
    """Ask for the cases that `user` sees in the register narrowed by `by`. It is written into her
    chain of the day. Raises `Refused` when they are too many."""
    total = register(user, by).order_by()[: MOST + 1].count()
    if total > MOST:
        said = _("符合条件的案件超过 %(most)s 件，请先缩小范围（例如按年度）再导出。", most=MOST)
        raise Refused([said])
    with transaction.atomic():
        export = _noted(user, by, purpose, reason, total)
    if total <= AT_ONCE:
        run(export.pk)
    else:
        transaction.on_commit(waking.ring_for_exports)
    return export


def _noted(user: User, by: Filters, purpose: str, reason: str, total: int) -> Export:
    subject = SubjectKey.fresh()
    subject.save()
    export = Export.objects.create(
        owner=user,
        subject=subject,
        filters=by.parameters,
        purpose=purpose,
        reason=reason,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        total=total,
    )
    detail: dict[str, object] = {
        "export": str(export.uid),
        "filters": by.parameters,
        "purpose": purpose,
        "count": total,
    }
    events.add_to_day(user, "export", detail=detail, reason=reason, subject=subject)
    return export


def fetch(user: User, export: Export) -> bytes:
    """The file, for its owner; that she fetched it is written into her chain of the day."""
    events.add_to_day(user, "fetch_export", detail={"export": str(export.uid)})
    return base64.b64decode(export.content)


def again(export: Export) -> None:
    """Try once more what failed."""
    if Export.objects.filter(pk=export.pk, state="failed").update(state="waiting", attempts=0):
        transaction.on_commit(waking.ring_for_exports)


def run_due() -> int:
    """Write what somebody waits for, the oldest first; delete the files of yesterday. Answers how
    many were written."""
    now = moment.now()
    old = Export.objects.filter(state="done", ended_at__lt=now - KEPT)
    old.update(state="gone", content=b"")
    lost = Export.objects.filter(_abandoned(now), attempts__gte=TRIES)
    lost.update(state="failed", error="", ended_at=now)
    _sweep_out()
    waiting = list(Export.objects.filter(_free(now)).order_by("pk").values_list("pk", flat=True))
    return sum(run(pk) for pk in waiting)


def _sweep_out() -> None:
    """What a worker that died left half-written."""
    for folder in Path(settings.DATA_DIR).glob(f"{FOLDER}*"):
        if time.time() - folder.stat().st_mtime > KEPT.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _free(now: datetime) -> Q:
    return Q(state="waiting") | _abandoned(now)


def _abandoned(now: datetime) -> Q:
    """Taken by a worker that died: its lease ran out."""
    return Q(state="running", taken_at__lt=now - LEASE)


def run(pk: int) -> bool:
    """Write one, unless somebody else has it; answers whether it is done. What goes wrong is tried
    again, and kept as the name of the error, never with its text: that may be about a person."""
    now = moment.now()
    taken = Export.objects.filter(_free(now), pk=pk)
    if not taken.update(state="running", taken_at=now, done=0, attempts=F("attempts") + 1):
        return False
    export = Export.objects.select_related("owner__organisation", "subject").get(pk=pk)
    try:
        with translation.override(export.language):
            content = _file(export)
        _keep(export, content)
    except Taken:
        return False
    except Exception as error:
        log.warning("export %s failed: %s", export.uid, type(error).__name__)
        state = "failed" if export.attempts >= TRIES else "waiting"
        _held(export).update(state=state, error=type(error).__name__, ended_at=moment.now())
        return False
    return True


def _file(export: Export) -> bytes:
    """The file. What is laid aside meanwhile goes with its folder."""
    with tempfile.TemporaryDirectory(prefix=FOLDER, dir=settings.DATA_DIR) as folder:
        path = Path(folder, "register.xlsx")
        last = str(_("—— 以上共 {count} 件 ——"))
        excel.write(path, sheet_of(export), _rows(export), last)
        return path.read_bytes()


def _rows(export: Export) -> Iterator[list[str]]:
    """The rows in portions: before each one is asked anew what the owner may see."""
    by, categories, last = Filters.of(export.filters), titles("category"), None
    written = 0
    while True:
        owner = User.objects.select_related("organisation").get(pk=export.owner.pk)
        cases: list[Case] = following(register(owner, by), last, PORTION)
        for case in cases:
            yield cells(case, owner, categories)
        written += len(cases)
        if not _held(export).update(done=written, taken_at=moment.now()):
            raise Taken
        if len(cases) < PORTION:
            return
        last = cases[-1]


def _held(export: Export) -> models.QuerySet[Export]:
    """Its row, while this worker has it and nobody else took it over."""
    return Export.objects.filter(pk=export.pk, state="running", attempts=export.attempts)


@transaction.atomic
def _keep(export: Export, content: bytes) -> None:
    if not _held(export).update(state="done", ended_at=moment.now(), error=""):
        raise Taken
    export.content = base64.b64encode(content).decode()
    export.save(update_fields=["content"])
