"""Sealed columns: what stands in the database opens at its place only, with its key only."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import pytest
from django.core.exceptions import FieldError
from django.core.serializers import serialize
from django.db import connection
from django.test import override_settings

from casework.crypto.sealing import Unreadable
from casework.engine import case_acts
from casework.models import Case, Consent, Contact, Person, SubjectKey
from casework.queries.cases import register
from casework.queries.search import known_to_the_desk
from casework.services import people as desk_people
from casework.services.people import SafeContact
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of

PHONE = "13800001111"
OTHER_KEY = base64.b64encode(b"another master key of 32 bytes!!").decode()


def stored(table: str, column: str, row: int) -> bytes:
    """What really stands in a cell."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row])
        return bytes(cursor.fetchone()[0])


def write(table: str, column: str, row: int, value: bytes) -> None:
    """Put something into a cell, past everything."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, row])


@pytest.fixture
def person(people: SimpleNamespace) -> Person:
    return desk_people.new_person(
        people.officer,
        "王芳",
        phone=PHONE,
        id_number="440101198001011234",
        address="柳溪镇三巷",
        safe=SafeContact(when="上午", code_word="送快递", seen_by="婆婆"),
    )


@pytest.fixture
def other(people: SimpleNamespace) -> Person:
    return desk_people.new_person(people.officer, "李梅", id_number="440101199002022345")


def again(person: Person) -> Person:
    return Person.objects.select_related("subject").get(pk=person.pk)


def test_a_person_is_read_as_she_was_written(person: Person) -> None:
    assert (again(person).name, again(person).id_number) == ("王芳", "440101198001011234")
    contact = Contact.objects.get(person=person, kind="phone")
    told = (contact.value, contact.when, contact.code_word, contact.seen_by)
    assert told == (PHONE, "上午", "送快递", "婆婆")


def test_the_cell_does_not_hold_the_text(person: Person) -> None:
    cell = stored("casework_person", "name", person.pk)
    assert cell[0] == 1
    assert "王芳".encode() not in cell


def test_nothing_is_stored_for_an_empty_text(person: Person) -> None:
    assert stored("casework_person", "guardian", person.pk) == b""
    assert again(person).guardian == ""


def test_the_same_text_of_two_persons_looks_different(
    person: Person, people: SimpleNamespace
) -> None:
    twin = desk_people.new_person(people.officer, "王芳")
    first = stored("casework_person", "name", person.pk)
    assert first != stored("casework_person", "name", twin.pk)


def test_cells_swapped_between_rows_do_not_open(person: Person, other: Person) -> None:
    write("casework_person", "name", person.pk, stored("casework_person", "name", other.pk))
    with pytest.raises(Unreadable):
        _ = again(person).name


def test_cells_swapped_between_rows_of_one_subject_do_not_open(person: Person) -> None:
    phone, address = Contact.objects.filter(person=person).order_by("pk")
    write("casework_contact", "value", phone.pk, stored("casework_contact", "value", address.pk))
    with pytest.raises(Unreadable):
        _ = Contact.objects.get(pk=phone.pk).value


def test_cells_swapped_between_columns_do_not_open(person: Person) -> None:
    write("casework_person", "name", person.pk, stored("casework_person", "id_number", person.pk))
    with pytest.raises(Unreadable):
        _ = again(person).name


def test_a_flipped_bit_does_not_open(person: Person) -> None:
    cell = bytearray(stored("casework_person", "name", person.pk))
    cell[-1] ^= 1
    write("casework_person", "name", person.pk, bytes(cell))
    with pytest.raises(Unreadable):
        _ = again(person).name


def test_plain_text_written_by_sql_is_not_believed(person: Person) -> None:
    write("casework_person", "name", person.pk, "张三".encode())
    with pytest.raises(Unreadable):
        _ = again(person).name


def test_the_key_of_another_subject_does_not_open(person: Person, other: Person) -> None:
    table = "casework_subjectkey"
    write(table, "wrapped", person.subject_id, stored(table, "wrapped", other.subject_id))
    with pytest.raises(Unreadable):
        _ = again(person).name


def test_another_master_key_opens_nothing(person: Person) -> None:
    with override_settings(MASTER_KEY=OTHER_KEY), pytest.raises(Unreadable):
        _ = again(person).name


def test_history_rows_open(person: Person) -> None:
    assert [row.name for row in person.history.all()] == ["王芳"]


def test_history_keeps_the_text_of_before(person: Person) -> None:
    person.name = "王芳芳"
    person.save()
    assert [row.name for row in person.history.order_by("history_id")] == ["王芳", "王芳芳"]


def test_history_copies_the_cipher_as_it_stands(person: Person) -> None:
    loaded = again(person)
    loaded.sex = "female"
    loaded.save()
    cells = {
        stored("casework_person", "name", person.pk),
        *(bytes(row.__dict__["name"]) for row in person.history.all()),
    }
    assert len(cells) == 1


def test_history_of_records_sealed_with_the_key_of_another_opens(person: Person) -> None:
    contact = Contact.objects.get(person=person, kind="phone")
    assert [row.value for row in contact.history.all()] == [PHONE]


def test_history_of_what_belongs_to_a_case_opens(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    told = case_acts.Consenting("refer", "只给法援中心", in_writing=True)
    advance(case, move_of(case, "give_consent"), told, actor=people.officer)
    consent = Consent.objects.get(case=case)
    assert [row.detail for row in consent.history.all()] == ["只给法援中心"]


def test_a_row_whose_key_was_erased_can_still_be_kept(person: Person) -> None:
    SubjectKey.objects.filter(pk=person.subject_id).update(wrapped=b"")
    loaded = again(person)
    loaded.sex = "female"
    loaded.save()
    assert person.history.count() == 2


def test_an_erased_key_makes_row_and_history_unreadable(person: Person) -> None:
    SubjectKey.objects.filter(pk=person.subject_id).update(wrapped=b"")
    with pytest.raises(Unreadable):
        _ = again(person).name
    with pytest.raises(Unreadable):
        _ = person.history.get().name
    contact = Contact.objects.get(person=person, kind="phone")
    with pytest.raises(Unreadable):
        _ = contact.value
    with pytest.raises(Unreadable):
        _ = contact.history.get().value


@pytest.mark.parametrize("lookup", ["", "__contains", "__startswith", "__isnull", "__in"])
def test_a_sealed_column_cannot_be_looked_up(lookup: str, person: Person) -> None:
    with pytest.raises(FieldError, match="sealed"):
        Person.objects.filter(**{"name" + lookup: "王芳"}).exists()


def test_a_sealed_column_cannot_be_updated_in_bulk(person: Person) -> None:
    with pytest.raises(FieldError, match="sealed"):
        Person.objects.update(name="张三")


def test_a_sealed_column_is_not_serialised(person: Person) -> None:
    with pytest.raises(FieldError, match="sealed"):
        serialize("json", Person.objects.all())


@pytest.mark.parametrize(
    "typed", [PHONE, "138 0000 1111", "138-0000-1111", "１３８００００１１１１"]
)
def test_a_case_is_found_by_the_phone_however_it_is_typed(
    typed: str, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(phone=PHONE)
    assert list(register(people.officer, word=typed)) == [case]
    assert known_to_the_desk(people.officer, phone=typed)


def test_a_case_is_found_by_the_id_number_in_small_letters(
    new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case(id_number="44010119800101123X")
    assert list(register(people.officer, word="44010119800101123x")) == [case]


def test_another_phone_finds_nothing(new_case: NewCase, people: SimpleNamespace) -> None:
    new_case(phone=PHONE)
    assert not known_to_the_desk(people.officer, phone="13800001112")


def test_indexes_follow_the_text(person: Person) -> None:
    before = person.name_index
    person.name = "陈静"
    person.save()
    after = again(person).name_index
    assert after != before
    assert after == Person._meta.get_field("name_index").index_of("陈静")


def test_an_empty_text_has_no_index(people: SimpleNamespace) -> None:
    assert desk_people.new_person(people.officer).name_index == ""


def test_an_index_of_a_name_is_short_enough_to_collide(person: Person) -> None:
    assert len(person.name_index) == 4  # 16 bits
    assert len(person.id_number_index) == 16  # 64 bits


def test_history_holds_no_index() -> None:
    for model in (Person, Contact):
        names = {field.name for field in model.history.model._meta.get_fields()}
        assert not [name for name in names if name.endswith("_index")]


def test_a_case_whose_words_were_changed_by_sql_is_noticed(new_case: NewCase) -> None:
    case = new_case()
    write("casework_case", "summary", case.pk, stored("casework_case", "demands", case.pk))
    with pytest.raises(Unreadable):
        _ = Case.objects.get(pk=case.pk).summary
