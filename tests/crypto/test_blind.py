"""Finding a sealed value without storing it."""

import hashlib
import hmac

import pytest

from casework.crypto.blind import blind_index, normalise


def test_an_index_is_the_keyed_hash_of_the_column_and_the_text() -> None:
    expected = hmac.new(b"Jefe", b"person.phone\x1f13800000000", hashlib.sha256).hexdigest()
    assert blind_index(b"Jefe", "person.phone", "13800000000", 256) == expected
    assert blind_index(b"Jefe", "person.phone", "13800000000", 16) == expected[:4]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("138 0000 0000", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("１３８００００００００", "13800000000"),  # full-width digits
        ("(0751) 88-99", "07518899"),
        ("（0751）8899", "07518899"),
        ("44010119800101123x", "44010119800101123X"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        (" 王\u3000芳 ", "王芳"),  # an ideographic space
    ],
)
def test_two_spellings_of_one_value_meet(typed: str, stored: str) -> None:
    assert normalise(typed) == stored


def test_values_columns_and_keys_do_not_share_an_index() -> None:
    indexes = {
        blind_index(b"key", "phone", "138", 64),
        blind_index(b"key", "phone", "139", 64),
        blind_index(b"key", "number", "138", 64),
        blind_index(b"yek", "phone", "138", 64),
    }
    assert len(indexes) == 4


def test_the_column_cannot_run_into_the_text() -> None:
    assert blind_index(b"key", "ab", "c", 64) != blind_index(b"key", "a", "bc", 64)
