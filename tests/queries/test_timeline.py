"""The timeline still tells what moves asked before it became a record."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.queries.timeline import timeline
from casework.services import events
from tests.conftest import NewCase

OLD = [
    (
        "request_closure",
        {"follow_up": "impossible", "why_impossible": "出国。", "outcome": "resolved"},
        {
            ("安全回访", "无法回访（写明原因）"),
            ("无法回访的原因", "出国。"),
            ("办理结果", "自办办结"),
        },
    ),
    (
        "complete",
        {"police_report": True, "safety_plan": "refused", "mandatory_report": False},
        {("高危：已向公安报告", "✓"), ("安全计划", "已提供，本人不需要")},
    ),
    (
        "police_outcome",
        {"outcome": "warning", "decided_at": "2026-03-02T09:00:00+08:00", "number": "告1号"},
        {("处理结果", "告诫"), ("处理时间", "2026-03-02 09:00"), ("文书编号", "告1号")},
    ),
    ("report_mandatory", {"to": "城关派出所"}, {("接收报告的机关", "城关派出所")}),
]


@pytest.mark.parametrize(("act", "told", "shown"), OLD, ids=[act for act, _t, _s in OLD])
def test_old_events_keep_their_words(
    act: str,
    told: dict[str, object],
    shown: set[tuple[str, str]],
    new_case: NewCase,
    people: SimpleNamespace,
) -> None:
    case = new_case("domestic_violence")
    event = events.next_of_case(
        case, people.officer, act, before=case.status, after=case.status, told=told
    )
    event.save(force_insert=True)
    entry = timeline(case)[0]
    assert str(entry.label) != act
    assert set(entry.facts) == shown
