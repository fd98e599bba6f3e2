"""A tamper drill: whatever is altered by SQL is found, and found at its place."""

from __future__ import annotations

import hashlib
import json
from types import SimpleNamespace

import pytest
from django.db import connection

from casework import audit
from casework.engine.case_acts import Noting
from casework.models import Case, DayChain, Event, Organisation
from casework.services.refusals import Refused
from tests.conftest import NewCase
from tests.services.steps import accept, fresh, go, request_closure


def sql(text: str, *values: object) -> None:
    """What whoever owns the database can do."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.fixture
def case(new_case: NewCase, people: SimpleNamespace) -> Case:
    """A petition that was opened, accepted, noted, almost closed and sent back; and refusals."""
    case = new_case()
    accept(case, people)
    go(case, "note", Noting("先打电话"), by=people.officer)
    request_closure(case, people.officer)
    go(case, "send_back", by=people.supervisor)
    for _ in range(3):
        with pytest.raises(Refused):
            go(case, "close", by=people.officer)
    return fresh(case)


@pytest.fixture
def other(new_case: NewCase, people: SimpleNamespace) -> Case:
    """Another case, untouched."""
    other = new_case("domestic_violence")
    go(other, "note", Noting("一切正常"), by=people.officer)
    return fresh(other)


def entry(case: Case, sequence: int) -> Event:
    return Event.objects.get(chain=f"case:{case.uid}", sequence=sequence)


def found() -> tuple[str, str]:
    """The table and the row of the first thing that does not hold."""
    broken = audit.verify().first_broken
    assert broken, "nothing was found"
    return broken.table, broken.id


def why() -> str:
    """What is said about it."""
    broken = audit.verify().first_broken
    return broken.why if broken else ""


def at(event: Event) -> tuple[str, str]:
    return "casework_event", str(event.pk)


def test_what_nobody_touched_holds(case: Case, other: Case) -> None:
    verdict = audit.verify()
    assert verdict.ok
    assert (verdict.events, verdict.cases) == (Event.objects.count(), 2)


def test_an_empty_desk_holds(county: Organisation) -> None:
    assert audit.verify().ok


def test_an_edited_payload_is_found(case: Case, other: Case) -> None:
    event = entry(case, 3)
    payload = event.payload.replace('"act":"note"', '"act":"seal"')
    sql("UPDATE casework_event SET payload = %s, act = 'seal' WHERE id = %s", payload, event.pk)
    assert found() == at(event)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "somebody-else"),
        ("act", "close"),
        ("before", "closing"),
        ("before", ""),
        ("after", "closed"),
        ("after", ""),
        ("role", "supervisor"),
        ("at", "2026-01-01 00:00:00+00:00"),
        ("previous", "0" * 64),
        ("hash", "0" * 64),
        ("sequence", 77),
    ],
)
def test_an_edited_column_is_found(column: str, value: object, case: Case, other: Case) -> None:
    event = entry(case, 3)
    sql(f"UPDATE casework_event SET {column} = %s WHERE id = %s", value, event.pk)
    table, _row = found()
    assert table == "casework_event"


def test_an_entry_that_is_hung_on_another_case_is_found(case: Case, other: Case) -> None:
    event = entry(case, 3)
    sql("UPDATE casework_event SET case_id = %s WHERE id = %s", other.pk, event.pk)
    assert found() == at(event)


def test_an_entry_that_is_taken_from_its_case_is_found(case: Case, other: Case) -> None:
    event = entry(case, 3)
    sql("UPDATE casework_event SET case_id = NULL WHERE id = %s", event.pk)
    assert found() == at(event)


def test_a_missing_entry_is_found_at_the_next_one(case: Case, other: Case) -> None:
    after = entry(case, 4)
    sql("DELETE FROM casework_event WHERE id = %s", entry(case, 3).pk)
    assert found() == at(after)
    assert why() == "entry 3 of the chain is missing"


def test_a_missing_first_entry_is_found(case: Case, other: Case) -> None:
    after = entry(case, 2)
    sql("DELETE FROM casework_event WHERE id = %s", entry(case, 1).pk)
    assert found() == at(after)


def test_a_gap_that_was_closed_up_is_found(case: Case, other: Case) -> None:
    gone, after = entry(case, 4), entry(case, 5)
    sql("DELETE FROM casework_event WHERE id = %s", gone.pk)
    sql(
        "UPDATE casework_event SET sequence = 4, previous = %s WHERE id = %s",
        gone.previous,
        after.pk,
    )
    assert found() == at(after)
    assert why() == "the payload was altered"


def test_an_entry_hung_behind_another_is_found(case: Case, other: Case) -> None:
    event = entry(case, 3)
    sql("UPDATE casework_event SET previous = %s WHERE id = %s", "0" * 64, event.pk)
    assert found() == at(event)
    assert why() == "does not follow the entry before it"


def test_a_tail_that_was_cut_off_is_found(case: Case, other: Case) -> None:
    sql("DELETE FROM casework_event WHERE id = %s", entry(case, 5).pk)
    assert found() == ("casework_case", str(case.pk))


def test_a_tail_cut_off_together_with_the_count_is_found(case: Case, other: Case) -> None:
    sql("DELETE FROM casework_event WHERE id = %s", entry(case, 5).pk)
    sql("UPDATE casework_case SET event_count = 4 WHERE id = %s", case.pk)
    assert found() == ("casework_case", str(case.pk))


def test_a_cut_tail_that_changed_no_status_is_found(case: Case, people: SimpleNamespace) -> None:
    go(case, "note", Noting("再打一次"), by=people.officer)
    sql("DELETE FROM casework_event WHERE id = %s", entry(case, 6).pk)
    sql("UPDATE casework_case SET event_count = 5 WHERE id = %s", case.pk)
    assert found() == ("casework_case", str(case.pk))


def test_swapped_entries_are_found(case: Case, other: Case) -> None:
    first, second = entry(case, 2), entry(case, 3)
    sql("UPDATE casework_event SET sequence = 99 WHERE id = %s", first.pk)
    sql("UPDATE casework_event SET sequence = 2 WHERE id = %s", second.pk)
    sql("UPDATE casework_event SET sequence = 3 WHERE id = %s", first.pk)
    assert found() == at(second)


def test_swapped_payloads_are_found(case: Case, other: Case) -> None:
    first, second = entry(case, 2), entry(case, 3)
    sql("UPDATE casework_event SET payload = %s WHERE id = %s", second.payload, first.pk)
    sql("UPDATE casework_event SET payload = %s WHERE id = %s", first.payload, second.pk)
    assert found() == at(first)


def test_a_chain_recomputed_without_the_key_is_found(case: Case, other: Case) -> None:
    head = entry(case, 2).hash
    for sequence in (3, 4, 5):
        event = entry(case, sequence)
        payload = event.payload.replace(str(event.actor), "somebody-else")
        made = hashlib.sha256(f"{head}\n{payload}".encode()).hexdigest()
        sql(
            "UPDATE casework_event SET payload = %s, actor = 'somebody-else', previous = %s, "
            "hash = %s WHERE id = %s",
            payload,
            head,
            made,
            event.pk,
        )
        head = made
    sql("UPDATE casework_case SET chain_head = %s WHERE id = %s", head, case.pk)
    assert found() == at(entry(case, 3))


@pytest.mark.parametrize("status", ["registered", "closing", "closed", "archived"])
def test_a_changed_status_is_found(status: str, case: Case, other: Case) -> None:
    """Also when it is one that the case was in before."""
    sql("UPDATE casework_case SET status = %s WHERE id = %s", status, case.pk)
    assert found() == ("casework_case", str(case.pk))


def test_a_case_without_events_is_found(case: Case, other: Case) -> None:
    sql("DELETE FROM casework_event WHERE case_id = %s", other.pk)
    assert found() == ("casework_case", str(other.pk))


def test_a_case_that_claims_to_have_none_is_found(case: Case, other: Case) -> None:
    sql("DELETE FROM casework_event WHERE case_id = %s", other.pk)
    sql("UPDATE casework_case SET event_count = 0, chain_head = '' WHERE id = %s", other.pk)
    assert found() == ("casework_case", str(other.pk))


def test_a_refusal_that_was_deleted_is_found(case: Case, people: SimpleNamespace) -> None:
    first, second, _third = Event.objects.filter(act="refused").order_by("sequence")
    sql("DELETE FROM casework_event WHERE id = %s", first.pk)
    assert found() == at(second)


def test_a_day_that_was_cut_short_is_found(case: Case, people: SimpleNamespace) -> None:
    sql("DELETE FROM casework_event WHERE id = %s", Event.objects.filter(act="refused").last().pk)
    assert found() == ("casework_daychain", str(DayChain.objects.get().pk))


def test_a_day_whose_entries_are_all_gone_is_found(case: Case) -> None:
    sql("DELETE FROM casework_event WHERE act = 'refused'")
    assert found() == ("casework_daychain", str(DayChain.objects.get().pk))


def test_a_day_whose_end_is_not_known_is_found(case: Case) -> None:
    sql("DELETE FROM casework_daychain")
    table, row = found()
    assert (table, Event.objects.get(pk=row).act) == ("casework_event", "refused")


def test_an_entry_that_was_slipped_in_is_found(case: Case, other: Case) -> None:
    last = entry(case, 5)
    payload = json.loads(last.payload) | {"sequence": 6}
    slipped = Event.objects.create(
        chain=last.chain, sequence=6, case=case, at=last.at, actor=last.actor, role=last.role,
        act=last.act, before=last.before, after=last.after, payload=json.dumps(payload),
        previous=last.hash, hash="0" * 64,
    )  # fmt: skip
    sql(
        "UPDATE casework_case SET event_count = 6, chain_head = %s WHERE id = %s",
        slipped.hash,
        case.pk,
    )
    assert found() == at(slipped)


def test_a_chain_of_nobody_is_found(case: Case, other: Case) -> None:
    last = entry(case, 1)
    slipped = Event.objects.create(
        chain="day:nobody:2026-01-01", sequence=1, at=last.at, actor=last.actor, act="read",
        payload="{}", hash="0" * 64,
    )  # fmt: skip
    assert found() == at(slipped)
