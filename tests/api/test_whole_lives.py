"""Whole cases from the first visit to the archive, all through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework import audit
from casework.engine import moment, registry
from casework.models import Todo
from tests.api.conftest import Caller, Callers, data, visit

Step = tuple[str, str, dict[str, Any]]
"""Who makes which move (of the case, or `procedure.move` of its latest), and the body she sends."""


def live(uid: str, steps: list[Step], callers: Callers) -> list[str]:
    """Make the steps, each on the version just read; answers the statuses passed."""
    passed: list[str] = []
    for who, move, body in steps:
        caller = callers(who)
        of, _dot, name = move.rpartition(".")
        whole, path = data(caller.get(f"/cases/{uid}")), f"/cases/{uid}"
        if of:
            whole = next(p for p in data(caller.get(f"{path}/procedures")) if p["kind"] == of)
            path += f"/procedures/{whole['uid']}"
        sent = body | {"version": whole["version"]}
        key = {"Idempotency-Key": f"{who} {move} {len(passed)}"}
        made = data(caller.post(f"{path}/moves/{name}", sent, **key))
        passed.append(made["status"])
    return passed


def facts(**told: object) -> dict[str, Any]:
    """A body that tells facts."""
    return {"facts": told}


def ago(**back: int) -> str:
    """A moment of the past as the API takes it."""
    return (moment.now() - timedelta(**back)).isoformat()


def ahead(days: int) -> str:
    """A day of the future as the API takes it."""
    return (moment.today() + timedelta(days=days)).isoformat()


def test_a_petition_lives_to_the_archive(by_token: Callers) -> None:
    officer = by_token("officer")
    uid = data(officer.post("/cases", visit(received_at=ago(days=2))), 201)["uid"]
    handler = str(officer.user.uid)
    closure = facts(
        outcome="resolved", reply_served_at=ago(hours=1), opinion_issued=True, review_told=True
    )
    passed = live(
        uid,
        [
            ("supervisor", "accept", facts(handling_type="statutory", handler=handler)),
            ("officer", "serve_notice", facts(served_at=ago(minutes=5), how="hand")),
            ("officer", "note", facts(text="已联系村委会")),
            ("officer", "request_closure", closure),
            ("supervisor", "send_back", {"reason": "请补充补发日期"}),
            ("officer", "request_closure", closure),
            ("supervisor", "close", {}),
            ("archivist", "archive", facts(complete=True)),
        ],
        by_token,
    )
    assert passed[3:] == ["closing", "handling", "closing", "closed", "archived"]
    whole = data(officer.get(f"/cases/{uid}"))
    assert {c["state"] for c in whole["clocks"] if c["rule"] != "work.next"} == {"met"}
    assert not Todo.objects.filter(done_at=None).exists() and audit.verify().ok


def test_a_case_of_violence_lives_to_the_archive(by_token: Callers) -> None:
    officer = by_token("officer")
    told = visit(kind="domestic_violence", danger_hurt="yes", danger_safe_now="yes")
    uid = data(officer.post("/cases", told | {"danger_afraid": "yes"}), 201)["uid"]
    answers = {item.code: "no" for item in registry.instrument("dv").items}
    assessment = facts(basis="own", answers=answers | {"strangulation": "yes"}, injury=True)
    completion = facts(plan_done=True, follow_up_on=ahead(3), welfare_check=True)
    now = moment.now().isoformat()
    police = facts(reported_at=now, station="城关派出所", told_first=True)
    closure = facts(outcome="order_granted")
    passed = live(
        uid,
        [
            ("officer", "record_assessment", assessment),
            ("officer", "report_police", police),
            ("officer", "report_superior", facts(reported_at=now, how="电话")),
            ("officer", "offer_plan", facts(offered_at=now, taken="refused")),
            ("officer", "assess", facts(right_told=True)),
            ("supervisor", "assign", facts(handler=str(officer.user.uid))),
            ("officer", "respond", facts(handler=str(officer.user.uid))),
            ("officer", "complete", completion),
            ("officer", "escalate", facts(trigger="breach") | {"reason": "他到楼下滋扰"}),
            ("officer", "record_assessment", assessment),
            ("officer", "assess", facts(right_told=True)),
            ("officer", "respond", {}),
            ("officer", "complete", completion),
            (
                "officer",
                "follow_up.talk",
                facts(talked_at=moment.now().isoformat(), safe_setting=True),
            ),
            ("supervisor", "countersign", {"reason": "同意"}),
            ("officer", "request_closure", closure),
            ("supervisor", "close", {}),
            ("supervisor", "archive", facts(complete=True)),
        ],
        by_token,
    )
    assert passed[7:9] == ["monitoring", "reported"]
    assert passed[-3:] == ["closing", "closed", "archived"]
    left = Todo.objects.filter(done_at=None).values_list("subject", flat=True)
    # what the police do is followed after the case is over
    assert all(":police_report." in subject for subject in left)
    assert audit.verify().ok


def test_a_repeated_life_changes_nothing(officer: Caller) -> None:
    uid = data(officer.post("/cases", visit()), 201)["uid"]
    sent = [officer.move(uid, "note", key=f"k{n}", **facts(text=str(n))) for n in range(5)]
    again = [officer.move(uid, "note", key=f"k{n}", **facts(text=str(n))) for n in range(5)]
    assert [data(r)["event"] for r in sent] == [data(r)["event"] for r in again]
    assert data(officer.get(f"/cases/{uid}"))["version"] == data(sent[-1])["case"]["version"]
