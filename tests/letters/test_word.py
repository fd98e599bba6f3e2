"""Filling a template: what a person typed stands there as typed, and nothing else is taken."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from casework.letters import UnknownTemplate, Unwritable, fields, render, word
from tests.architecture.source import ROOT
from tests.letters.reading import opened, text
from tests.letters.told import REFERRAL, TOLD

# What was typed.


@pytest.mark.parametrize(
    "typed",
    [
        "{{ 1 }}",
        "{{ number.__class__ }}",
        "{% if urgent %}",
        "{%p endif %}",
        "{# a note #}",
        "{_{ and }_} and {_% and %_}",
        "<w:p>",
        "</w:t></w:r></w:p>",
        "&",
        "&amp;",
        "&#123;",
        "]]>",
        "“引号”和‘引号’",
        "two  spaces, a\ttab",
        "𠮷 🏠",
        Markup("<w:br/>"),
    ],
)
@pytest.mark.parametrize("field", ["facts", "number", "person"])
def test_what_a_person_typed_stands_there_as_typed(field: str, typed: str) -> None:
    assert str(typed) in text(render("referral", {**REFERRAL, field: typed}))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1))
@settings(max_examples=30, deadline=None)
def test_any_text_stands_there(typed: str) -> None:
    assert typed in text(render("referral", {**REFERRAL, "facts": typed}))


@given(st.text())
@settings(max_examples=30, deadline=None)
def test_whatever_is_typed_the_file_opens(typed: str) -> None:
    assert opened(render("referral", {**REFERRAL, "facts": typed, "laws": [typed]})).paragraphs


@pytest.mark.parametrize("typed", ["first\nsecond", "first\r\nsecond", "first\u2028second"])
def test_a_line_break_is_one_in_the_letter(typed: str) -> None:
    letter = opened(render("referral", {**REFERRAL, "facts": typed}))
    assert [p for p in letter.paragraphs if p.text.endswith("first\nsecond")]


@pytest.mark.parametrize(
    "character", ["\x00", "\x01", "\x08", "\x1b", "\ud800", "\ufffe", "\uffff"]
)
def test_a_character_that_no_file_can_hold_is_left_out(character: str) -> None:
    assert "beforeafter" in text(
        render("referral", {**REFERRAL, "facts": f"before{character}after"})
    )


def test_a_list_and_what_is_in_it_is_as_harmless_as_a_text() -> None:
    sides = [{"label": "<w:p>", "name": "{{ 7*7 }}\x00"}]
    found = text(render("mediation_record", {**TOLD["mediation_record"], "sides": sides}))
    assert "<w:p>" in found
    assert "{{ 7*7 }}" in found
    assert "49" not in found


def test_a_text_of_nothing_but_line_breaks_counts_as_empty() -> None:
    assert "诉讼费用" not in text(render("referral", {**REFERRAL, "fee_relief": "\n\x00"}))


# What is refused.


@pytest.mark.parametrize(("template", "field"), [(t, f) for t in TOLD for f in sorted(TOLD[t])])
def test_a_missing_value_is_an_error_and_never_a_hole(template: str, field: str) -> None:
    told = {name: value for name, value in TOLD[template].items() if name != field}
    with pytest.raises(Unwritable, match=field):
        render(template, told)


def test_a_value_missing_inside_a_list_is_an_error() -> None:
    with pytest.raises(Unwritable, match="name"):
        render("mediation_record", {**TOLD["mediation_record"], "sides": [{"label": "申请人"}]})


@pytest.mark.parametrize("value", [None, 1.5, Decimal(1), datetime(2026, 1, 1), b"x", {"a"}, len])
def test_only_plain_values_are_taken(value: object) -> None:
    for told in ({"facts": value}, {"laws": [value]}, {"laws": [{"law": value}]}):
        with pytest.raises(Unwritable, match="no plain value"):
            render("referral", REFERRAL | told)


@pytest.mark.parametrize(
    "name",
    ["", "nowhere", "referral.docx", "../letters/referral", "Referral", "referral\x00", "*", "."],
)
def test_an_unknown_template_is_refused(name: str) -> None:
    with pytest.raises(UnknownTemplate):
        render(name, REFERRAL)
    with pytest.raises(UnknownTemplate):
        fields(name)


# What an office may write into a template.

Draw = Callable[..., None]


@pytest.fixture
def draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Make the template `drawn`: a paragraph for each line, and a table of one cell."""
    monkeypatch.setattr(word, "FOLDER", tmp_path)

    def make(*lines: str, cell: str = "") -> None:
        drawn = Document()
        for line in lines:
            drawn.add_paragraph(line)
        drawn.add_table(1, 1).cell(0, 0).text = cell
        drawn.core_properties.author = drawn.core_properties.last_modified_by = "某科员"
        drawn.core_properties.modified = datetime.now(UTC)
        drawn.save(str(tmp_path / "drawn.docx"))

    return make


def test_the_names_that_a_template_asks_for_are_known(draw: Draw) -> None:
    draw("{{ a }}", "{%p for b in c %}", "{{ b.d }}", "{%p endfor %}")
    assert fields("drawn") == {"a", "c"}


@pytest.mark.parametrize(
    "line", ["{{ a.__class__ }}", "{{ a.format.__globals__ }}", "{{ nowhere() }}"]
)
def test_a_template_cannot_leave_its_sandbox(draw: Draw, line: str) -> None:
    draw(line)
    with pytest.raises(Unwritable):
        render("drawn", {"a": "x"})


def test_a_template_cannot_turn_a_text_into_a_part_of_the_file(draw: Draw) -> None:
    draw("{{ a|safe }}")
    assert "<w:br/>{_{" in text(render("drawn", {"a": "<w:br/>{_{"}))


@pytest.mark.parametrize("line", ["{{ a", "{% if a %}", "{{ a|nothing }}", "{{ 1 + }}"])
def test_a_broken_template_is_refused(draw: Draw, line: str) -> None:
    draw(line)
    with pytest.raises(Unwritable):
        render("drawn", {"a": ""})
    with pytest.raises(Unwritable):
        fields("drawn")


def test_a_template_that_would_break_the_file_is_refused_rather_than_repaired(draw: Draw) -> None:
    draw("Dear {% if a %}Madam", cell="{% endif %}")
    with pytest.raises(Unwritable):
        render("drawn", {"a": ""})


def test_a_letter_does_not_name_who_saved_its_template(draw: Draw) -> None:
    draw("{{ a }}")
    about = opened(render("drawn", {"a": "x"})).core_properties
    assert (about.author, about.last_modified_by, about.revision) == ("", "", 1)
    assert about.created == about.modified == datetime(2000, 1, 1, tzinfo=UTC)


# The same bytes for the same letter.


@pytest.mark.parametrize("template", TOLD)
def test_nothing_in_the_file_tells_when_it_was_made(template: str) -> None:
    with zipfile.ZipFile(BytesIO(render(template, TOLD[template]))) as letter:
        assert {entry.date_time for entry in letter.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = opened(render(template, TOLD[template])).core_properties
    assert about.created == about.modified == datetime(2000, 1, 1, tzinfo=UTC)


ELSEWHERE = """
import hashlib, sys
from casework.letters import render
from tests.letters.told import TOLD
for template, told in TOLD.items():
    print(hashlib.sha256(render(template, told)).hexdigest())
print([name for name in sys.modules if name.split(".")[0] == "django"])
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_makes_the_same_bytes_and_needs_no_django(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/Lima", "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    here = [hashlib.sha256(render(t, told)).hexdigest() for t, told in TOLD.items()]
    assert done.stdout.split("\n") == [*here, "[]", ""]


def test_another_value_makes_other_bytes() -> None:
    assert render("referral", REFERRAL) != render("referral", {**REFERRAL, "urgent": False})
