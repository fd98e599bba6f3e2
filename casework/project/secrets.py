"""Secrets from the environment or from files; a demo makes its own."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from casework.crypto.keys import BadMasterKey, decode_master_key, new_key


def read(name: str, data: Path, *, make: bool) -> str:
    """The secret `name`: from the variable, else from the file that ``name_FILE`` points to, else
    from the data folder, where it is made when `make` is set (demo, first set-up).

    Raises ImproperlyConfigured with a sentence when there is none.
    """
    if os.environ.get(name):
        return os.environ[name]
    default = data / f"{name.lower()}.txt"
    path = Path(os.environ.get(f"{name}_FILE") or default)
    if path.exists():
        return path.read_text("utf-8").strip()
    if not make or path != default:
        raise ImproperlyConfigured(
            f"未找到 {name}：请设置环境变量 {name} 或 {name}_FILE，或先运行 manage.py setup。 "
            f"{name} is missing: set {name} or {name}_FILE, or run manage.py setup first."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = base64.b64encode(new_key()).decode()
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    return text


def read_master_key(data: Path, *, make: bool) -> str:
    """The master key's base64 text, checked. Raises ImproperlyConfigured with a sentence."""
    text = read("DESK_MASTER_KEY", data, make=make)
    try:
        decode_master_key(text)
    except BadMasterKey as error:
        raise ImproperlyConfigured(str(error)) from None
    return text
