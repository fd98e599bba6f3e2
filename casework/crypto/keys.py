"""The master key and what is derived from it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.crypto.sealing import seal, unseal

KEY_BYTES = 32


class BadMasterKey(Exception):
    """The master key is missing, malformed, or not the one this database was sealed with."""


def new_key() -> bytes:
    """A fresh random 32-byte key."""
    return os.urandom(KEY_BYTES)


def decode_master_key(text: str) -> bytes:
    """Read a master key from its base64 text. Raises `BadMasterKey` with a sentence."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise BadMasterKey(
            "主密钥不是有效的 base64 文本。 The master key is not valid base64."
        ) from None
    if len(key) != KEY_BYTES:
        raise BadMasterKey("主密钥必须是 32 字节。 The master key must be 32 bytes long.")
    return key


@dataclass(frozen=True)
class Vault:
    """Three keys derived from the master key (HKDF-SHA256), one for each use."""

    wrapping: bytes
    indexing: bytes
    chaining: bytes

    def wrap(self, key: bytes, subject: str) -> bytes:
        """Encrypt a subject's key for storage, bound to the subject."""
        return seal(self.wrapping, key, subject.encode())

    def unwrap(self, wrapped: bytes, subject: str) -> bytes:
        """Decrypt a stored subject key. Raises `Unreadable`."""
        return unseal(self.wrapping, wrapped, subject.encode())

    def chain(self, previous: str, payload: str) -> str:
        """The hash of an audit entry: HMAC-SHA256 over the previous hash and the stored payload.

        Keyed, so that whoever can write to the database cannot recompute a chain.
        """
        return hmac.new(
            self.chaining, f"{previous}\n{payload}".encode(), hashlib.sha256
        ).hexdigest()

    @property
    def fingerprint(self) -> str:
        """Tells one master key from another without revealing either."""
        return hmac.new(self.chaining, b"fingerprint", hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def vault_from(master: bytes) -> Vault:
    """Derive the keys of a vault from a 32-byte master key."""
    wrapping, indexing, chaining = (
        HKDF(SHA256(), KEY_BYTES, salt=None, info=b"weiquan-desk " + use).derive(master)
        for use in (b"wrap", b"index", b"chain")
    )
    return Vault(wrapping, indexing, chaining)
