"""Writing down people and how they may safely be reached."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from casework.engine.names import keys_of
from casework.models import Contact, NameKey, Person, SubjectKey, User
from casework.models.person import name_key
from casework.services.saving import save


@dataclass(frozen=True)
class SafeContact:
    """What may be done with a phone number (rule 8)."""

    may_call: bool = False
    may_message: bool = False
    when: str = ""
    code_word: str = ""
    seen_by: str = ""


def new_person(
    actor: User,
    name: str = "",
    *,
    phone: str = "",
    id_number: str = "",
    address: str = "",
    born: str = "",
    minor: bool = False,
    incapacitated: bool = False,
    safe: SafeContact | None = None,
) -> Person:
    """A person as told; an empty name means that she does not wish to say (不愿透露). `born` is her
    year of birth, in four digits."""
    subject = SubjectKey.fresh()
    subject.save(force_insert=True)
    person = Person(
        subject=subject,
        name=name.strip(),
        id_number=id_number.strip(),
        birth_date=born.strip(),
        minor=minor,
        incapacitated=incapacitated,
    )
    save(person, actor, "person")
    _keep_words(person)
    safe = safe or SafeContact()
    if phone.strip():
        new_contact(actor, person, "phone", phone, safe)
    if address.strip():
        save(Contact(person=person, kind="address", value=address.strip()), actor, "person")
    return person


def new_contact(
    actor: User, person: Person, kind: str, value: str, safe: SafeContact, why: str = "person"
) -> None:
    """A way to reach `person`; it allows nothing unless `safe` says so."""
    contact = Contact(
        person=person,
        kind=kind,
        value=value.strip(),
        may_call=safe.may_call,
        may_message=safe.may_message,
        when=safe.when,
        code_word=safe.code_word,
        seen_by=safe.seen_by,
    )
    save(contact, actor, why)


@transaction.atomic
def correct_name(person: Person, name: str, *, actor: User) -> None:
    """She is called otherwise than was written: from now on she is found by this name only."""
    person.name = name.strip()
    save(person, actor, "correct_name", ["name", "name_index"])
    _keep_words(person)


def _keep_words(person: Person) -> None:
    """Index the words under which her name is found, as it is now, and no others."""
    wanted = {name_key(word) for word in keys_of(person.name)}
    held = set(person.name_keys.values_list("value", flat=True))
    person.name_keys.filter(value__in=held - wanted).delete()
    NameKey.objects.bulk_create(
        NameKey(person=person, value=value) for value in sorted(wanted - held)
    )
