"""A Word file from a template and plain values.

The templates are `templates/letters/*.docx`: Jinja in Word (`{{ number }}`, `{%p if urgent %}` on a
line of its own, `{%tr for … %}` in a row of its own). An office may reword and restyle them; what
they may ask for is what the caller tells. They run in a sandbox, and nothing that a person typed is
ever read as Jinja or as XML.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree
from markupsafe import Markup

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "letters"

FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write: one of them, and Word does not open the file."""

SAME_DAY = datetime(2000, 1, 1)
"""When every letter says it was made: its own date is in its text, and its bytes must not vary."""


class UnknownTemplate(Exception):
    """There is no letter template of this name."""


class Unwritable(Exception):
    """The letter cannot be written: a value is missing or not plain, or the template is broken."""


def render(template: str, told: Mapping[str, object]) -> bytes:
    """The Word file of `templates/letters/<template>.docx` filled with `told`: texts, whole
    numbers, truth values, lists and dicts of them. A line break in a text is one in the letter;
    characters that no Word file can hold are left out. The same values give the same bytes.

    Raises `UnknownTemplate`, or `Unwritable` if the template asks for what was not told.
    """
    missing = fields(template) - told.keys()
    if missing:
        raise Unwritable(f"{template} asks for {', '.join(sorted(missing))}")
    word = Letter(_path(template))
    try:
        word.render(_plain(told), _environment(), autoescape=True)
    except (TemplateError, etree.XMLSyntaxError) as error:
        raise Unwritable(f"{template}: {error}") from error
    return _sealed_in_time(word)


def fields(template: str) -> frozenset[str]:
    """The names that the template asks for. Raises `UnknownTemplate` or, if it is broken,
    `Unwritable`."""
    path = _path(template)
    return _asked_by(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _asked_by(path: Path, version: int) -> frozenset[str]:
    """Read once for each version of the file, for every letter asks twice."""
    word = Letter(path)
    try:
        return frozenset(word.get_undeclared_template_variables(_environment()))
    except TemplateError as error:
        raise Unwritable(f"{path.stem}: {error}") from error


class Letter(DocxTemplate):  # type: ignore[misc]  # the library is untyped
    """A template that refuses where its library would repair: a repair drops text unseen."""

    def fix_tables(self, xml: str) -> object:
        """Called with the filled body, before it is put back. Raises `XMLSyntaxError`."""
        etree.fromstring(xml)
        return super().fix_tables(xml)


def _path(template: str) -> Path:
    """Where the template lies. A name is known if the folder lists it, so none leads out of it."""
    known = {path.stem: path for path in FOLDER.glob("[a-z]*.docx")}
    if template not in known:
        raise UnknownTemplate(template)
    return known[template]


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_literal)


def _literal(value: object) -> Markup:
    """What stands in the file for a value. Braces too are written as entities, because the library
    looks for its own marks in the filled text: `{_{` would come out as `{{`."""
    written = escape(str(value)).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(written)  # noqa: S704 - just escaped


def _plain(value: object) -> object:
    """The value with every text in it cleaned. Raises `Unwritable` for what is no plain value: a
    None would be printed as a word, a record could lead to others."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", "\n".join(value.splitlines())).strip("\n")
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    raise Unwritable(f"a {type(value).__name__} is no plain value")


def _sealed_in_time(word: Letter) -> bytes:
    """The file without the moment it was made, and without whoever last saved the template."""
    about = word.docx.core_properties
    about.created = about.modified = SAME_DAY
    about.author = about.last_modified_by = ""
    about.revision = 1
    made, fixed = io.BytesIO(), io.BytesIO()
    word.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return fixed.getvalue()
