"""Every way round the tables that we could think of, tried on both kinds of case and on both
procedures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.forms import modelform_factory
from django.test import Client, modify_settings
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from casework import audit
from casework.engine import moment, registry
from casework.engine.lifecycle import Lifecycle
from casework.engine.registry import lifecycle
from casework.models import Case, Procedure
from casework.models.staged import StaleRecord, StatusIsKept, transition_name
from casework.services.judging import transition
from casework.services.refusals import Refused
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.services.proceedings import (
    REPORTS,
    apply_for,
    bring,
    follow_up,
    handled,
    propose,
    refer,
    tasks,
    violent,
    work,
)
from tests.services.steps import assess, fresh, go
from tests.workflows.tables import INITIAL, KINDS, MACHINES, MOVES, PROCEDURES, STATUSES, Row
from workflows.domestic_violence.facts import Responding
from workflows.mediation.facts import Confirming, Failing
from workflows.petition.facts import Directing
from workflows.referral.facts import Acknowledging

Record = Case | Procedure
EARLIER = Acknowledging(datetime(2020, 1, 1, tzinfo=UTC), "收字1号")
OTHER = {
    "petition": "domestic_violence",
    "domestic_violence": "petition",
    "mediation": "referral",
    "referral": "mediation",
    "protection_order": "referral",
    "follow_up": "referral",
    "police_report": "referral",
    "mandatory_report": "referral",
}
LATER = {
    # a status in which each of them ends
    "petition": "closed",
    "domestic_violence": "closed",
    "mediation": "performed",
    "referral": "completed",
    "protection_order": "concluded",
    "follow_up": "finished",
    "police_report": "visits_over",
    "mandatory_report": "fed_back",
}
PEOPLE = ("officer", "supervisor", "archivist", "mediator", "liaison", "stranger", "auditor")
TABLES = {Case: "casework_case", Procedure: "casework_procedure"}


def new(kind: str, new_case: NewCase, crew: SimpleNamespace) -> Record:
    """A new case of this kind, or a new procedure in a case."""
    if kind in KINDS:
        return fresh(new_case(kind))
    if kind == "protection_order":
        return fresh(apply_for(violent(new_case, crew), crew))
    if kind == "follow_up":
        return fresh(follow_up(violent(new_case, crew), crew))
    if kind in REPORTS:
        return fresh(REPORTS[kind](fresh(new_case("domestic_violence")), crew))
    case = handled(new_case, crew)
    record = propose(case, crew) if kind == "mediation" else refer(case, crew)
    work()
    return fresh(record)


@pytest.fixture(params=MACHINES)
def record(request: pytest.FixtureRequest, new_case: NewCase, crew: SimpleNamespace) -> Record:
    """A new one of each table."""
    return new(request.param, new_case, crew)


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest, new_case: NewCase) -> Case:
    """A new case of each kind."""
    return fresh(new_case(request.param))


@pytest.fixture(params=PROCEDURES)
def procedure(
    request: pytest.FixtureRequest, new_case: NewCase, crew: SimpleNamespace
) -> Procedure:
    """A new one of each procedure."""
    made = new(request.param, new_case, crew)
    assert isinstance(made, Procedure)
    return made


def still_new(record: Record) -> bool:
    """Neither the status nor the audit log moved."""
    return fresh(record).status == INITIAL[record.kind] and audit.verify().ok


def set_by_sql(record: Record, status: str) -> None:
    """What a database administrator can do."""
    table = TABLES[type(record)]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [status, record.pk])


def everything(record: Record) -> models.QuerySet[Any]:
    """All rows of the record's table, as its manager gives them."""
    return type(record).objects.all()


# ---------------------------------------------------------------- on an object


def test_the_status_cannot_be_assigned(record: Record) -> None:
    with pytest.raises(AttributeError):
        record.status = LATER[record.kind]
    assert record.status == INITIAL[record.kind]


def test_a_status_smuggled_into_the_object_is_not_saved(record: Record) -> None:
    record.__dict__["status"] = LATER[record.kind]
    record.save()
    assert still_new(record)


def test_a_smuggled_status_that_is_named_is_not_saved_either(record: Record) -> None:
    record.__dict__["status"] = LATER[record.kind]
    record.save(update_fields=["status"])
    assert still_new(record)


@pytest.mark.parametrize("column", ["status_since", "event_count", "chain_head", "kind"])
def test_what_belongs_to_the_status_is_not_saved_either(column: str, case: Case) -> None:
    smuggled = {"status_since": timezone.now(), "event_count": 9}.get(column, "petition9")
    before = getattr(case, column)
    case.__dict__[column] = smuggled
    case.save()
    assert getattr(fresh(case), column) == before


@pytest.mark.parametrize("column", ["status_since", "kind"])
def test_what_belongs_to_the_status_of_a_procedure_is_not_saved_either(
    column: str, procedure: Procedure
) -> None:
    before = getattr(procedure, column)
    procedure.__dict__[column] = {"status_since": timezone.now()}.get(column, "other")
    procedure.save()
    assert getattr(fresh(procedure), column) == before


def test_a_stale_object_cannot_be_saved(case: Case, people: SimpleNamespace) -> None:
    stale = fresh(case)
    advance(case, move_of(case, "seal"), actor=people.supervisor, reason="涉密")
    stale.__dict__["status"] = "closed"
    with pytest.raises(StaleRecord), transaction.atomic():
        stale.save()
    assert still_new(case)


def test_a_stale_procedure_cannot_be_saved(procedure: Procedure, crew: SimpleNamespace) -> None:
    stale = fresh(procedure)
    ender = registry.procedure(procedure.kind).ender.name
    go(procedure, ender, by=crew.supervisor)
    with pytest.raises(StaleRecord), transaction.atomic():
        stale.save()
    assert fresh(procedure).status in ("stopped", "cancelled", "withdrawn", "dropped")


def test_a_new_object_over_an_existing_row_changes_no_status(record: Record) -> None:
    columns = record._meta.concrete_fields
    twin = type(record)(**{f.attname: getattr(record, f.attname) for f in columns})
    twin.__dict__["status"] = LATER[record.kind]
    twin.save()
    assert still_new(record)


def test_a_transition_without_the_permit_is_refused(record: Record) -> None:
    for row in MOVES[record.kind]:
        with pytest.raises(TransitionNotAllowed):
            getattr(record, transition_name(record.kind, row.name))()
    assert record.status == INITIAL[record.kind]


def test_a_permit_for_one_move_opens_no_other(record: Record) -> None:
    first, *others = [r for r in MOVES[record.kind] if INITIAL[record.kind] in r.sources]
    record.permit = move_of(record, first.name)
    for row in others:
        with pytest.raises(TransitionNotAllowed):
            getattr(record, transition_name(record.kind, row.name))()


def test_a_permit_of_the_other_table_opens_nothing(record: Record) -> None:
    other = OTHER[record.kind]
    for row in MOVES[other]:
        record.__dict__["status"] = min(row.sources)  # as if it were of the other table
        record.permit = lifecycle(other).moves[row.name]
        with pytest.raises(TransitionNotAllowed):
            getattr(record, transition_name(other, row.name))()


# ---------------------------------------------------------------- through a queryset


@pytest.mark.parametrize(
    "values",
    [
        {"status": "closed"},
        {"status": models.Value("closed")},
        {"status_since": timezone.now()},
        {"version": 0},
        {"event_count": 0},
        {"chain_head": ""},
        {"kind": "petition"},
        {"summary": b"", "status": "closed"},
    ],
    ids="+".join,
)
def test_an_update_of_a_queryset_is_refused(values: dict[str, object], record: Record) -> None:
    with pytest.raises(StatusIsKept):
        everything(record).filter(pk=record.pk).update(**values)
    assert still_new(record)


def test_an_update_through_another_record_is_refused(case: Case) -> None:
    with pytest.raises(StatusIsKept):
        case.organisation.cases.update(status="closed")
    assert still_new(case)


def test_an_update_of_procedures_through_another_record_is_refused(procedure: Procedure) -> None:
    later = LATER[procedure.kind]
    with pytest.raises(StatusIsKept):
        procedure.case.procedures.update(status=later)
    with pytest.raises(StatusIsKept):
        procedure.opened_by.carried_procedures.update(status=later)
    with pytest.raises(StatusIsKept):
        procedure.case.procedures.filter(kind=procedure.kind).exclude(pk=0).update(status=later)
    assert still_new(procedure)


def test_an_update_through_the_visible_cases_is_refused(
    case: Case, people: SimpleNamespace
) -> None:
    with pytest.raises(StatusIsKept):
        Case.objects.visible_to(people.supervisor).update(status="closed")
    assert still_new(case)


def test_other_columns_may_be_updated(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(external_number="A1")
    assert fresh(case).external_number == "A1"


def test_a_bulk_update_is_refused(record: Record) -> None:
    record.__dict__["status"] = LATER[record.kind]
    with pytest.raises(StatusIsKept):
        everything(record).bulk_update([record], ["status"])
    with pytest.raises(StatusIsKept):
        everything(record).bulk_update([record], ["uid", "status"])
    assert still_new(record)


def test_bulk_creation_is_refused(record: Record) -> None:
    for status in (LATER[record.kind], INITIAL[record.kind]):
        with pytest.raises(StatusIsKept):
            everything(record).bulk_create([unsaved(record, status)])
    assert everything(record).count() == 1


def test_update_or_create_is_refused(record: Record) -> None:
    with pytest.raises(AttributeError), transaction.atomic():
        everything(record).update_or_create(pk=record.pk, defaults={"status": LATER[record.kind]})
    assert still_new(record)


@pytest.mark.parametrize("delete", [lambda r: r.delete(), lambda r: everything(r).delete()])
def test_nothing_is_ever_deleted(delete: Callable[[Record], object], record: Record) -> None:
    with pytest.raises(StatusIsKept):
        delete(record)
    assert still_new(record)


# ---------------------------------------------------------------- at birth


def unsaved(record: Record, status: str) -> Any:
    """Another record like this one, already in `status`."""
    columns = record._meta.concrete_fields
    values = {f.attname: getattr(record, f.attname) for f in columns}
    del values["id"], values["uid"], values["status"]
    number = {"number": "2026-9"} if isinstance(record, Case) else {}
    return type(record)(**(values | number | {"status": status}))


@pytest.mark.parametrize("status", ["later", "final", "", "nonsense"])
def test_nothing_is_born_in_a_later_status(status: str, record: Record) -> None:
    final = lifecycle(record.kind).final[0].name
    named = {"later": LATER[record.kind], "final": final}.get(status, status)
    with pytest.raises(StatusIsKept), transaction.atomic():
        unsaved(record, named).save()
    assert everything(record).count() == 1


def test_nothing_is_created_in_a_later_status(record: Record) -> None:
    made = unsaved(record, LATER[record.kind])
    values = {f.attname: getattr(made, f.attname) for f in made._meta.concrete_fields}
    with pytest.raises(StatusIsKept), transaction.atomic():
        type(record).objects.create(**values)
    with pytest.raises(StatusIsKept), transaction.atomic():
        type(record).objects.get_or_create(uid=made.uid, defaults=values)
    assert everything(record).count() == 1


def test_a_procedure_is_not_created_through_its_case(procedure: Procedure) -> None:
    values = {"kind": procedure.kind, "status_since": timezone.now()}
    with pytest.raises(StatusIsKept), transaction.atomic():
        procedure.case.procedures.create(
            **values, status=LATER[procedure.kind], opened_by=procedure.opened_by
        )
    assert everything(procedure).count() == 1


def test_nothing_is_born_in_a_status_of_the_other_table(record: Record) -> None:
    with pytest.raises(StatusIsKept), transaction.atomic():
        unsaved(record, INITIAL[OTHER[record.kind]]).save()


# ---------------------------------------------------------------- through forms and the admin


def test_a_form_over_all_fields_changes_no_status(record: Record) -> None:
    form_class = modelform_factory(type(record), fields="__all__")
    posted = {name: form_class(instance=record).get_initial_for_field(field, name)
              for name, field in form_class.base_fields.items()}  # fmt: skip
    form = form_class(
        {**posted, "status": LATER[record.kind], "kind": record.kind}, instance=record
    )
    with pytest.raises(AttributeError):
        form.is_valid()
        form.save()
    assert still_new(record)


def test_a_form_over_all_fields_shows_no_sealed_text() -> None:
    assert not {"summary", "demands"} & set(modelform_factory(Case, fields="__all__").base_fields)


def test_there_is_no_django_admin() -> None:
    assert not apps.is_installed("django.contrib.admin")


@pytest.mark.parametrize("path", ["/admin/", "/admin/casework/case/"])
@modify_settings(MIDDLEWARE={"remove": "whitenoise.middleware.WhiteNoiseMiddleware"})
def test_the_admin_answers_404(path: str, people: SimpleNamespace) -> None:
    client = Client()
    client.force_login(people.system)
    assert client.get(path).status_code == 404


def test_a_case_can_be_validated_and_comes_out_unchanged(case: Case) -> None:
    not_yet = {"handler", "requested_by", "countersigned_by", "closed_at"}
    case.summary = "YWJj"  # which could be taken for base64
    case.full_clean(exclude=not_yet)
    case.save()
    assert (fresh(case).summary, case.status) == ("YWJj", INITIAL[case.kind])
    case.number = ""
    with pytest.raises(ValidationError, match="number"):
        case.full_clean(exclude=not_yet)


def test_a_procedure_can_be_validated_and_comes_out_unchanged(procedure: Procedure) -> None:
    not_yet = {"carrier", "ended_at"}
    procedure.full_clean(exclude=not_yet)
    procedure.save()
    assert still_new(procedure)
    procedure.__dict__["status"] = "nonsense"
    with pytest.raises(ValidationError, match="procedure_status_of_kind"):
        procedure.full_clean(exclude=not_yet)


# ---------------------------------------------------------------- while refreshing


def test_refreshing_brings_the_status_of_the_row(record: Record) -> None:
    set_by_sql(record, LATER[record.kind])
    record.refresh_from_db()
    assert record.status == LATER[record.kind]


def test_a_refreshed_status_is_protected_again(record: Record) -> None:
    record.refresh_from_db()
    record.refresh_from_db(fields=["status"])
    with pytest.raises(AttributeError):
        record.status = LATER[record.kind]


def test_nobody_else_can_assign_while_one_refreshes(record: Record) -> None:
    another, outcome = fresh(record), []

    def assign() -> None:
        try:
            another.status = LATER[record.kind]
        except AttributeError as error:
            outcome.append(error)

    def meanwhile(execute: Any, *args: Any) -> Any:
        thread = threading.Thread(target=assign)
        thread.start()
        thread.join()
        return execute(*args)

    with connection.execute_wrapper(meanwhile):
        record.refresh_from_db()
    assert outcome
    assert another.status == INITIAL[record.kind]


def test_a_vanished_row_keeps_its_status_and_its_protection(record: Record) -> None:
    with pytest.raises(type(record).DoesNotExist):
        record.refresh_from_db(from_queryset=everything(record).none())
    assert record.__dict__["status"] == INITIAL[record.kind]
    with pytest.raises(AttributeError):
        record.status = LATER[record.kind]


def test_other_fields_can_be_refreshed_alone(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(external_number="A1")
    case.refresh_from_db(fields=["external_number"])
    assert (case.external_number, case.status) == ("A1", INITIAL[case.kind])


def test_a_deferred_status_is_read_when_needed_and_protected(record: Record) -> None:
    deferred = everything(record).only("id").get(pk=record.pk)
    assert deferred.status == INITIAL[record.kind]
    with pytest.raises(AttributeError):
        deferred.status = LATER[record.kind]


# ---------------------------------------------------------------- past Python


def test_the_database_refuses_a_status_of_another_table(record: Record) -> None:
    foreign = {status for names in STATUSES.values() for status in names}
    for status in (foreign - set(STATUSES[record.kind])) | {"nonsense"}:
        with pytest.raises(IntegrityError), transaction.atomic():
            set_by_sql(record, status)


def test_a_status_written_by_sql_is_found_by_the_audit(record: Record) -> None:
    for status in set(STATUSES[record.kind]) - {INITIAL[record.kind]}:
        set_by_sql(record, status)
        found = audit.verify().first_broken
        assert found
        assert (found.table, found.id) == (TABLES[type(record)], str(record.pk))


def test_an_update_past_our_queryset_is_found_by_the_audit(record: Record) -> None:
    models.QuerySet(type(record)).filter(pk=record.pk).update(status=LATER[record.kind])
    assert not audit.verify().ok


# ---------------------------------------------------------------- without our own refusals


@pytest.fixture
def without_our_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lifecycle, "refusals", lambda *args, **kwargs: ())


@pytest.mark.parametrize("key", KINDS)
def test_django_fsm_refuses_every_illegal_pair_by_itself(
    key: str, new_case: NewCase, people: SimpleNamespace, without_our_refusals: None
) -> None:
    case = new_case(key)
    tried = 0
    for status in STATUSES[key]:
        set_by_sql(case, status)
        for row in MOVES[key]:
            if status in row.sources:
                continue
            tried += 1
            with pytest.raises(Refused):
                advance(case, move_of(case, row.name), actor=people.supervisor)
        assert fresh(case).status == status
    assert tried > 150


@pytest.mark.parametrize("key", MACHINES)
def test_django_fsm_makes_every_pair_of_the_table_and_no_other(
    key: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    found = new(key, new_case, crew)
    made = set()
    for status in STATUSES[key]:
        set_by_sql(found, status)
        for row in MOVES[key]:
            again = fresh(found)
            try:
                transition(again, move_of(again, row.name))
            except Refused:
                assert again.status == status
            else:
                made.add((row.name, status, again.status))
    assert made == {(row.name, s, row.target) for row in MOVES[key] for s in row.sources}


def test_without_our_refusals_a_legal_pair_passes(
    new_case: NewCase, people: SimpleNamespace, without_our_refusals: None
) -> None:
    case = new_case()
    advance(case, move_of(case, "transfer"), actor=people.officer)  # not hers, and nothing told
    assert fresh(case).status == "transferred"


def test_without_our_refusals_a_row_still_needs_its_task(
    procedure: Procedure, crew: SimpleNamespace, without_our_refusals: None
) -> None:
    table, ender = lifecycle(procedure.kind).moves, registry.procedure(procedure.kind).ender
    active = {row for task in tasks(procedure).values() for row in task.flow_task.rows}
    following = {move.follow.name for move in table.values() if move.follow}
    carried = {row.name for row in MOVES[procedure.kind]} - following - {ender.name}
    idle = carried - active
    for row in idle:
        with pytest.raises(Refused, match="流程还没有到这一步"):
            go(procedure, row, by=crew.supervisor)
    few = {"police_report": {"end_visits"}, "mandatory_report": set[str]()}
    # every task of a follow-up carries every row
    assert len(idle) > 5 or procedure.kind == "follow_up" or idle == few[procedure.kind]
    assert still_new(procedure)


@pytest.mark.parametrize("key", MACHINES)
def test_the_transitions_of_django_fsm_are_the_table(key: str) -> None:
    built = {
        (t.name.removeprefix(f"{key}__"), t.source, t.target)
        for t in built_for(key)
        if t.name.startswith(f"{key}__")
    }
    assert built == {(row.name, source, row.target) for row in MOVES[key] for source in row.sources}


def built_for(key: str) -> list[Any]:
    """The transitions of the record that this table is for."""
    record: Any = Case if key in KINDS else Procedure
    return list(record._meta.get_field("status").get_all_transitions(record))


@pytest.mark.parametrize("keys", [KINDS, PROCEDURES])
def test_django_fsm_knows_no_transition_beside_the_tables(keys: tuple[str, ...]) -> None:
    rows = [row for key in keys for row in MOVES[key]]
    assert len(built_for(keys[0])) == sum(len(row.sources) for row in rows)


@pytest.mark.parametrize("keys", [KINDS, PROCEDURES])
def test_django_fsm_takes_no_two_moves_for_one(keys: tuple[str, ...]) -> None:
    assert len(set(built_for(keys[0]))) == sum(len(MOVES[key]) for key in keys)


@pytest.mark.parametrize("key", MACHINES)
def test_django_fsm_demands_the_permission_of_the_row(
    key: str, new_case: NewCase, crew: SimpleNamespace
) -> None:
    record = new(key, new_case, crew)
    allowed: dict[str, set[str]] = {}
    for built in built_for(key):
        name = built.name.removeprefix(f"{key}__")
        if built.name.startswith(f"{key}__"):
            allowed[name] = {who for who in PEOPLE if built.has_perm(record, getattr(crew, who))}
    assert allowed == {row.name: holders(row) for row in MOVES[key]}


def holders(row: Row) -> set[str]:
    """Who of the township's people and their superiors holds the row's permission."""
    return {
        "handle": {"officer", "supervisor", "mediator", "liaison"},
        "triage": {"supervisor"},
        "supervise": {"supervisor"},
        "archive": {"supervisor", "archivist"},
        "mediate": {"supervisor", "mediator"},
        "liaise": {"supervisor", "liaison"},
    }[row.permission]


# ---------------------------------------------------------------- it is the guard that stops it


@pytest.mark.parametrize(
    ("key", "prepare", "name", "facts", "guard", "who"),
    [
        ("petition", "registered", "not_ours", Directing("nowhere"), "right_route", "supervisor"),
        ("domestic_violence", "assessed", "respond", Responding(""), "handler_named", "supervisor"),
        ("mediation", "in_session", "fail", Failing("谈不拢。"), "other_ways_told", "mediator"),
        ("mediation", "signed", "confirm", Confirming(False, "法院", "1号"), "jointly", "liaison"),
        ("referral", "sent", "acknowledge", EARLIER, "receipt_after_sending", "liaison"),
    ],
)
def test_a_move_goes_through_when_its_guard_is_switched_off(
    key: str, prepare: str, name: str, facts: object, guard: str, who: str,
    new_case: NewCase, crew: SimpleNamespace, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    record = new(key, new_case, crew)
    if prepare == "assessed":
        assess(record, crew.officer)
    elif isinstance(record, Procedure):
        bring(record, crew, prepare, wants_confirmation=True)
    move, actor = move_of(record, name), getattr(crew, who)
    with pytest.raises(Refused):
        advance(record, move, facts, actor=actor)
    stops = next(g for g in move.only_if if guard in g.path)
    monkeypatch.setattr(stops, "check", lambda situation, actor: None)
    advance(record, move, facts, actor=actor)
    assert fresh(record).status == move.target.name


def test_the_time_of_a_status_is_the_time_of_its_move(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    later = moment.now()
    with moment.at(later):
        advance(case, move_of(case, "not_ours"), Directing("litigation"), actor=people.supervisor)
    assert fresh(case).status_since == later


def test_the_time_of_a_procedures_status_is_the_time_of_its_move(
    procedure: Procedure, crew: SimpleNamespace
) -> None:
    later = moment.now()
    ender = registry.procedure(procedure.kind).ender.name
    with moment.at(later):
        go(procedure, ender, by=crew.supervisor)
    assert (fresh(procedure).status_since, fresh(procedure).ended_at) == (later, later)
