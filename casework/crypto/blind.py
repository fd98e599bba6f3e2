"""Keyed blind indexes: find a sealed value by equality without storing it."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

_NOISE = re.compile(r"[\s\-－—()（）·.]+")


def normalise(text: str) -> str:
    """The form in which two spellings of one value meet: NFKC, no spaces or dashes, upper case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def blind_index(key: bytes, column: str, text: str, bits: int) -> str:
    """HMAC-SHA256 of the column and the normalised text, cut to `bits` (a multiple of 4), in hex.

    Short indexes (16 bits for names) collide on purpose, so that an index does not tell a value.
    """
    digest = hmac.new(key, f"{column}\x1f{normalise(text)}".encode(), hashlib.sha256).hexdigest()
    return digest[: bits // 4]
