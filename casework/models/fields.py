"""Sealed columns: plain text in Python, ciphertext in every table, file and log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Expression

from casework.crypto.blind import blind_index
from casework.crypto.keys import Vault, decode_master_key, vault_from
from casework.crypto.sealing import seal, unseal

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.backends.base.base import BaseDatabaseWrapper

    from casework.models.keys import SubjectKey

    CharField = models.CharField[str, str]
    BinaryField = models.BinaryField[Any, Any]
else:
    CharField, BinaryField = models.CharField, models.BinaryField


def vault() -> Vault:
    """The vault of the configured master key."""
    return vault_from(decode_master_key(settings.MASTER_KEY))


class HasSubject(Protocol):
    """A row whose sealed columns are locked with the key of its subject."""

    uid: UUID
    subject: SubjectKey


class Opened(str):
    """Plain text that remembers how it stands sealed at its place, so that saving it again (or
    into the row's history) copies the ciphertext and needs no key."""

    sealed: bytes
    place: bytes

    @classmethod
    def at(cls, plain: str, sealed: bytes, place: bytes) -> Opened:
        """`plain`, known to be sealed as `sealed` at `place`."""
        opened = cls(plain)
        opened.sealed, opened.place = sealed, place
        return opened


class _Cipher(bytes):
    """A sealed value that is handed over without being opened."""


@contextmanager
def unopened(instance: models.Model) -> Iterator[None]:
    """Within the block, what was not opened yet is read as it stands: copying it needs no key."""
    values = instance.__dict__
    sealed = [f.attname for f in instance._meta.fields if isinstance(f, Sealed)]
    before = {n: values[n] for n in sealed if n in values and not isinstance(values[n], str)}
    values.update({name: _Cipher(value or b"") for name, value in before.items()})
    try:
        yield
    finally:
        values.update(before)


def subject_of(instance: HasSubject) -> SubjectKey:
    """The key that locks a row; a history row finds it as the record does."""
    declared = getattr(getattr(instance, "instance_type", instance.__class__), "subject", None)
    found = declared.fget(instance) if isinstance(declared, property) else instance.subject  # type: ignore[misc]  # a property has a getter
    return cast("SubjectKey", found)


class _SealedValue:
    """Descriptor: opens the stored bytes when read; keeps written text until it is saved."""

    def __init__(self, field: Sealed) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        if self.field.attname not in values:
            instance.refresh_from_db(fields=[self.field.attname])
        value = values[self.field.attname]
        if not isinstance(value, str | _Cipher):
            value = self.field.opened(cast(HasSubject, instance), bytes(value or b""))
            values[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class Sealed(BinaryField):
    """Text encrypted with the subject's key, bound to column and row uid.

    The model needs `uid` and `subject`. Reading decrypts; nothing can be looked up by it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _SealedValue(self))

    def place(self, instance: HasSubject) -> bytes:
        """Where a value of this column belongs: the table (of the record, also for its history
        rows), the column and the row."""
        row = cast(models.Model, instance)
        model: type[models.Model] = getattr(row, "instance_type", type(row))
        return f"{model._meta.db_table}.{self.column}:{instance.uid}".encode()

    def opened(self, instance: HasSubject, sealed: bytes) -> str:
        """The plain text of a stored value. Raises `Unreadable` when it was tampered with."""
        if not sealed:
            return ""
        place = self.place(instance)
        plain = unseal(subject_of(instance).open(), sealed, place).decode()
        return Opened.at(plain, sealed, place)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        value = model_instance.__dict__[self.attname]
        if not isinstance(value, str):
            return bytes(value or b"")
        row = cast(HasSubject, model_instance)
        place = self.place(row)
        if isinstance(value, Opened) and value.place == place:
            return value.sealed
        sealed = seal(subject_of(row).open(), value.encode(), place) if value else b""
        model_instance.__dict__[self.attname] = Opened.at(value, sealed, place)
        return sealed

    def to_python(self, value: Any) -> Any:
        """Text stays text: validation must not take it for base64, as binary columns do."""
        return value

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("default", "blank", "editable"):
            kwargs.pop(implied, None)
        return name, path, args, kwargs

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if isinstance(value, str):
            raise FieldError(f"{self.name} is sealed: write it through a saved row")
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is sealed and cannot be looked up; use its blind index")

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is sealed and is not serialised")

    def formfield(self, **kwargs: Any) -> Any:
        return None


class BlindIndex(CharField):
    """The keyed index of a sealed column of the same row; filled when the row is saved."""

    def __init__(self, *, of: str = "", bits: int = 64, **kwargs: Any) -> None:
        self.of, self.bits = of, bits
        kwargs.setdefault("max_length", bits // 4)
        kwargs["editable"] = False
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of, "bits": self.bits}

    def index_of(self, text: str) -> str:
        """The index under which a row with this text is found."""
        return blind_index(
            vault().indexing, self.model._meta.db_table + "." + self.of, text, self.bits
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        stored = model_instance.__dict__.get(self.of)
        if isinstance(stored, str):
            setattr(model_instance, self.attname, self.index_of(stored) if stored else "")
        return str(getattr(model_instance, self.attname))

    def get_prep_value(self, value: Any) -> Any:
        return None if isinstance(value, Expression) else super().get_prep_value(value)
