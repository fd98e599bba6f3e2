"""What is generated is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.engine import registry
from casework.engine.page import as_page

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.mark.parametrize("machine", registry.machines(), ids=lambda machine: str(machine.key))
def test_the_lifecycle_page_says_what_the_table_says(
    machine: registry.Kind | registry.Procedure,
) -> None:
    written = (DOCS / "lifecycles" / f"{machine.key}.md").read_text("utf-8")
    assert written == as_page(machine.title.text, machine.lifecycle), (
        "run: manage.py lifecycles --write docs/lifecycles"
    )


def test_every_guard_that_carries_a_rule_is_told_in_the_safety_page() -> None:
    page = (DOCS / "safety.md").read_text("utf-8")
    for machine in registry.machines():
        for path, guard in machine.lifecycle.guards().items():
            if guard.rules:
                assert f"`{path.rpartition('.')[2]}`" in page, path
