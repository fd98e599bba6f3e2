"""The master key, what is derived from it, and the chain of hashes."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.crypto.keys import BadMasterKey, Vault, decode_master_key, new_key, vault_from
from casework.crypto.sealing import Unreadable

MASTER = bytes(range(32))


def hkdf(master: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 written down by hand."""
    secret = hmac.new(salt or bytes(32), master, hashlib.sha256).digest()
    block = derived = b""
    while len(derived) < length:
        count = bytes([len(derived) // 32 + 1])
        block = hmac.new(secret, block + info + count, hashlib.sha256).digest()
        derived += block
    return derived[:length]


# RFC 5869, appendix A, test cases 1 and 3: master, salt, info, derived.
VECTORS = {
    "case 1": (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    "case 3": (
        "0b" * 22,
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
}


@pytest.mark.parametrize("case", VECTORS)
def test_the_derivation_gives_the_published_vectors(case: str) -> None:
    master, salt, info, expected = (bytes.fromhex(text) for text in VECTORS[case])
    assert HKDF(SHA256(), 42, salt or None, info).derive(master) == expected
    assert hkdf(master, salt, info, 42) == expected


@pytest.mark.parametrize(
    ("use", "info"), [("wrapping", "wrap"), ("indexing", "index"), ("chaining", "chain")]
)
def test_each_key_of_the_vault_is_derived_for_its_use(use: str, info: str) -> None:
    derived = hkdf(MASTER, b"", f"weiquan-desk {info}".encode(), 32)
    assert getattr(vault_from(MASTER), use) == derived


# RFC 4231, section 4: HMAC-SHA-256 of two short cases and one with a long key.
HMAC_VECTORS = [
    (
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "message", "expected"), HMAC_VECTORS)
def test_the_hash_of_a_chain_is_the_published_hmac(
    key: bytes, message: bytes, expected: str
) -> None:
    assert hmac.new(key, message, hashlib.sha256).hexdigest() == expected
    vault = Vault(b"", b"", key)
    spaced = b"Hi\n" + message
    assert vault.chain("Hi", message.decode()) == hmac.digest(key, spaced, "sha256").hex()


def test_a_chain_depends_on_the_previous_hash_the_payload_and_the_key() -> None:
    vault = vault_from(MASTER)
    hashes = {
        vault.chain("a", "b"),
        vault.chain("", "b"),
        vault.chain("a", "c"),
        vault_from(bytes(32)).chain("a", "b"),
    }
    assert len(hashes) == 4


def test_a_wrapped_key_opens_for_its_subject_only() -> None:
    vault, key = vault_from(MASTER), new_key()
    wrapped = vault.wrap(key, "she")
    assert vault.unwrap(wrapped, "she") == key
    with pytest.raises(Unreadable):
        vault.unwrap(wrapped, "somebody else")


def test_a_wrapped_key_does_not_open_with_another_master_key() -> None:
    with pytest.raises(Unreadable):
        vault_from(bytes(32)).unwrap(vault_from(MASTER).wrap(new_key(), "she"), "she")


def test_a_fingerprint_tells_master_keys_apart() -> None:
    assert vault_from(MASTER).fingerprint != vault_from(bytes(32)).fingerprint
    assert vault_from(MASTER).fingerprint == vault_from(bytes(range(32))).fingerprint


@pytest.mark.parametrize(
    ("text", "why"),
    [("not base64!", "base64"), (base64.b64encode(bytes(31)).decode(), "32"), ("", "32")],
)
def test_a_bad_master_key_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(BadMasterKey, match=why):
        decode_master_key(text)


def test_a_master_key_is_read_from_base64_with_a_newline() -> None:
    assert decode_master_key(base64.b64encode(MASTER).decode() + "\n") == MASTER


def test_new_keys_are_long_and_never_the_same() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}
