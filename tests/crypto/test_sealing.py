"""Sealing one value: published vectors, and everything that must not open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.crypto.sealing import AES_256_GCM, NONCE_BYTES, Unreadable, seal, unseal

KEY = "feffe9928665731c6d6a8f9467308308" * 2
PLAIN = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
CIPHER = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)

# McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: the cases for AES-256
# (13 to 16), as sent to NIST: key, nonce, associated data, plain, cipher, tag.
VECTORS = {
    "case 13": ("00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    "case 14": (
        "00" * 32,
        "00" * 12,
        "",
        "00" * 16,
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919",
    ),
    "case 15": (
        KEY,
        "cafebabefacedbaddecaf888",
        "",
        PLAIN,
        CIPHER,
        "b094dac5d93471bdec1a502270e3cc6c",
    ),
    "case 16": (
        KEY,
        "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        PLAIN[:-8],
        CIPHER[:-8],
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
}


@pytest.mark.parametrize("case", VECTORS)
def test_a_published_vector_opens(case: str) -> None:
    key, nonce, place, plain, cipher, tag = (bytes.fromhex(text) for text in VECTORS[case])
    stored = bytes([1]) + nonce + cipher + tag
    assert unseal(key, stored, place) == plain


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_at_its_place(plain: bytes, place: bytes) -> None:
    assert unseal(bytes(32), seal(bytes(32), plain, place), place) == plain


def test_a_sealed_value_is_suite_nonce_and_body() -> None:
    sealed = seal(bytes(32), b"1234", b"here")
    assert sealed[0] == AES_256_GCM
    assert len(sealed) == 1 + NONCE_BYTES + 4 + 16


def test_sealing_twice_gives_two_values() -> None:
    assert seal(bytes(32), b"same", b"here") != seal(bytes(32), b"same", b"here")


def test_any_flipped_bit_is_noticed() -> None:
    sealed = seal(bytes(32), b"she said", b"here")
    for position in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[position // 8] ^= 1 << position % 8
        with pytest.raises(Unreadable):
            unseal(bytes(32), bytes(altered), b"here")


def test_a_value_does_not_open_elsewhere() -> None:
    with pytest.raises(Unreadable):
        unseal(bytes(32), seal(bytes(32), b"plain", b"here"), b"there")


def test_a_value_does_not_open_with_another_key() -> None:
    with pytest.raises(Unreadable):
        unseal(b"\x01" * 32, seal(bytes(32), b"plain", b"here"), b"here")


@pytest.mark.parametrize("stored", [b"", b"plain text", b"\x01", b"\x01" + bytes(12), b"\x02" * 40])
def test_what_was_never_sealed_does_not_open(stored: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(bytes(32), stored, b"here")


def test_a_shortened_value_does_not_open() -> None:
    sealed = seal(bytes(32), b"she said", b"here")
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            unseal(bytes(32), sealed[:length], b"here")
