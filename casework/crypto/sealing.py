"""Authenticated encryption of one value, bound to its place.

A sealed value is ``suite byte | 12-byte nonce | ciphertext and tag``. Suite 1 is AES-256-GCM; the
byte leaves room for SM4-GCM. The associated data names the column and the row, so a value that is
copied to another row or column does not open.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM = 1
NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value does not open: wrong key, wrong place, tampered with, or its key erased."""


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Encrypt `plain` with a 32-byte `key`, bound to `place`."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([AES_256_GCM]) + nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Open what `seal` made. Raises `Unreadable` for anything else."""
    if len(sealed) < 1 + NONCE_BYTES or sealed[0] != AES_256_GCM:
        raise Unreadable("not a sealed value")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, place)
    except InvalidTag:
        raise Unreadable("the value does not open with this key at this place") from None
