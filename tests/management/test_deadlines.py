"""`due` and `clock --replay`: arithmetic for whoever wants to check it."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casework.engine.registry import clock_rules


@pytest.fixture(autouse=True)
def without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped calendars are read; no test here may touch a database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)


def told(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*words, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def refused(*words: str) -> CommandError:
    with pytest.raises(CommandError) as error:
        call_command(*words, stdout=StringIO())
    return error.value


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (["petition.notice"], "2026-10-13T23:59:59+08:00"),
        (["petition.handling"], "2026-11-27T23:59:59+08:00"),
        (["petition.objection"], "2026-10-10T23:59:59+08:00"),  # a Saturday that is worked
        (["approval.closure"], "2026-10-08T23:59:59+08:00"),
        (["external.due", "--set", "until=2026-10-20"], "2026-10-20T23:59:59+08:00"),
        (["dv.police_decision"], "2026-10-01T09:00:00+08:00"),
        (["dv.police_decision", "--region", "44"], "2026-09-29T09:00:00+08:00"),
        (["dv.police_decision", "--region", "4401"], "2026-09-29T09:00:00+08:00"),
        (["dv.police_decision", "--region", "吉林"], "2026-10-01T23:59:59+08:00"),
        (["order.ruling", "--set", "urgency=urgent"], "2026-09-29T09:00:00+08:00"),
        (["order.ruling", "--set", "urgency=normal"], "2026-10-01T09:00:00+08:00"),
        (["order.reconsider"], "2026-10-08T23:59:59+08:00"),  # rolls over the holiday
        (["referral.receipt", "--set", "urgency=hours"], "2026-09-28T13:00:00+08:00"),
        (["referral.receipt", "--set", "urgency=not_urgent"], "2026-10-10T23:59:59+08:00"),
        (["followup.due", "--set", "danger=high"], "2026-10-01T23:59:59+08:00"),
        (["supervision.answer"], "2026-10-28T23:59:59+08:00"),
        (["mediation.finish"], "2026-10-28T23:59:59+08:00"),
        (["mediation.confirm"], "2026-10-28T23:59:59+08:00"),
        (["labour.arbitration"], "2027-09-28T23:59:59+08:00"),
    ],
)
def test_a_rule_is_due_when_the_law_says(words: list[str], due: str) -> None:
    answer = told("due", *words, "--from", "2026-09-28T09:00")  # a Monday
    assert answer["due"] == due
    assert answer["source"] and answer["explain"]


def test_legal_aid_is_warned_by_calendar_days_and_late_by_working_days() -> None:
    answer = told("due", "legalaid.decision", "--from", "2026-09-28T09:00")
    assert answer["warn"] == "2026-10-05T23:59:59+08:00"
    assert answer["due"] == "2026-10-13T23:59:59+08:00"  # Saturday the 10th is worked


def test_an_unpublished_year_gives_a_provisional_date_and_says_so() -> None:
    answer = told("due", "--limit", "5 working_days", "--from", "2026-12-30")
    assert (answer["due"][:10], answer["provisional"]) == ("2027-01-06", True)
    assert [line["day"] for line in answer["explain"] if line["provisional"]][0] == "2027-01-01"


def test_why_lists_every_day_counted_and_skipped() -> None:
    lines = told("due", "--limit", "2 working_days", "--from", "2026-09-30")["explain"]
    assert [(line["day"][5:], line["count"]) for line in lines] == [
        ("09-30", None), ("10-01", None), ("10-02", None), ("10-03", None), ("10-04", None),
        ("10-05", None), ("10-06", None), ("10-07", None), ("10-08", 1), ("10-09", 2),
    ]  # fmt: skip


def test_other_zones_hours_and_calendars() -> None:
    rome = told("due", "--limit", "60 calendar_days", "--from", "2026-09-01", "--tz", "Europe/Rome")
    assert rome["due"] == "2026-10-31T23:59:59+01:00"
    short = told("due", "--limit", "60 business_minutes", "--from", "2026-11-25T09:30",
                 "--hours", "09:00-10:00,13:00-14:00")  # fmt: skip
    assert short["due"] == "2026-11-25T13:30:00+08:00"
    plain = told("due", "--limit", "5 working_days", "--from", "2026-09-29", "--calendar",
                 "weekdays")  # fmt: skip
    assert plain["due"][:10] == "2026-10-06"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["order.ruling", "--from", "2026-09-28"], "urgency"),
        (["followup.due", "--from", "2026-09-28", "--set", "danger=extreme"], "danger"),
        (["external.due", "--from", "2026-09-28"], "until"),
        (["external.due", "--from", "2026-09-28", "--set", "until=soon"], "until"),
        (["no.such", "--from", "2026-09-28"], "no.such"),
        (["petition.notice"], "--from"),
        (["petition.notice", "--from", "yesterday"], "yesterday"),
        (["petition.notice", "--from", "2026-09-28", "--tz", "Mars/Olympus"], "Mars"),
        (["--limit", "five days", "--from", "2026-09-28"], "five days"),
        (["--limit", "5 working_days", "--from", "2026-09-28", "--calendar", "mars"], "mars"),
        (["--limit", "5 hours", "--from", "2026-09-28", "--hours", "17:00-09:00"], "17:00"),
        (["petition.notice", "--limit", "5 hours", "--from", "2026-09-28"], "--limit"),
    ],
)
def test_what_is_missing_or_wrong_is_named_with_exit_2(words: list[str], named: str) -> None:
    error = refused("due", *words)
    assert (error.returncode, named in str(error)) == (2, True)


def test_a_batch_keeps_its_rows_and_adds_the_dates(tmp_path: Path) -> None:
    file, out = tmp_path / "in.csv", StringIO()
    file.write_text(
        "number,from,limit,tz,roll\n"
        "1,2026-09-28T09:00,5 calendar_days,,1\n"
        "2,2026-09-28T09:00,5 calendar_days,,\n"
        "3,2026-12-30T09:00,5 working_days,Asia/Shanghai,no\n"
    )
    call_command("due", "--batch", str(file), stdout=out)
    rows = list(csv.DictReader(out.getvalue().splitlines()))
    assert [(r["number"], r["due"][:10], r["provisional"]) for r in rows] == [
        ("1", "2026-10-08", "false"),
        ("2", "2026-10-03", "false"),
        ("3", "2027-01-06", "true"),
    ]


def test_a_clock_is_replayed_from_its_events(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "event,at,by\n"
        "start,2026-09-01T09:00,\n"
        "pause,2026-09-03T10:00,\n"
        "pause,2026-09-04T10:00,\n"
        "resume,2026-09-06T10:00,\n"
        "resume,2026-09-08T10:00,\n"
        "extend,2026-09-09T09:00,3 calendar_days\n"
        "stop,2026-09-20T09:00,\n"
        "reopen,2026-09-25T09:00,\n"
        "stop,2026-09-26T09:00,\n"
    )
    answer = told("clock", "--replay", str(file), "--limit", "10 calendar_days")
    first, second = answer["cycles"]
    assert (first["original_due"][:10], first["due"][:10]) == ("2026-09-16", "2026-09-19")
    assert (first["verdict"], first["breached_at"]) == ("breached", "2026-09-19T23:59:59+08:00")
    assert [(s["state"], s["from"][5:10]) for s in first["spells"]] == [
        ("running", "09-01"),
        ("paused", "09-03"),
        ("running", "09-08"),
    ]
    assert (second["verdict"], answer["verdict"], answer["due"][:10]) == (
        "met",
        "met",
        "2026-10-05",
    )


@pytest.mark.parametrize(
    "rows",
    ["stop,2026-09-01T09:00,", "dance,2026-09-01T09:00,", "start,soon,", "",
     "start,2026-09-01T09:00,\nextend,2026-09-02T09:00,", "reopen,2026-09-01T09:00,"],
)  # fmt: skip
def test_a_history_that_cannot_be_is_refused_with_exit_2(rows: str, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(f"event,at,by\n{rows}\n")
    error = refused("clock", "--replay", str(file), "--limit", "10 calendar_days")
    assert error.returncode == 2


def test_every_rule_of_the_design_is_declared_once_with_its_source() -> None:
    keys = [rule.key for rule in clock_rules()]
    assert len(keys) == len(set(keys)) == 36
    assert all(str(rule.source) and rule.version >= 1 for rule in clock_rules())
    running = {rule.key for rule in clock_rules() if rule.waits_for is None}
    assert running == {
        "petition.notice", "petition.handling", "petition.service", "petition.objection",
        "approval.closure", "dv.assessment", "dv.police_report", "dv.superior_report",
        "dv.mandatory_report", "work.next", "mediation.finish", "mediation.confirm",
        "referral.receipt", "referral.ratify", "referral.answer", "legalaid.decision",
        "legalaid.assign", "legalaid.objection", "order.ruling", "order.service",
        "order.reconsider", "order.expiry", "order.visit", "order.feedback",
        "followup.due", "dv.police_decision", "dv.police_feedback", "dv.warning_visit",
    }  # fmt: skip
