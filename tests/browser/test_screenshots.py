"""The pictures of the README can be taken; UPDATE_SCREENSHOTS=1 puts them into docs."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from casework.engine import moment
from casework.models import User
from casework.services.people import SafeContact
from casework.services.verbs import advance
from tests.browser.conftest import Windows
from tests.conftest import NewCase, move_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PICTURES = Path(__file__).parent.parent.parent / "docs" / "screenshots"


def test_the_pictures_are_taken(
    windows: Windows, new_case: NewCase, people: SimpleNamespace, tmp_path: Path
) -> None:
    folder = PICTURES if os.environ.get("UPDATE_SCREENSHOTS") == "1" else tmp_path
    for username, name in (("officer", "李敏"), ("supervisor", "陈红")):
        User.objects.filter(username=username).update(name=name)
    now, safe = moment.now(), SafeContact(may_call=True, when="工作日上午", code_word="领材料")
    for days, category in ((20, "land"), (14, "divorce"), (9, "labour_right"), (1, "inheritance")):
        with moment.at(now - timedelta(days=days)):
            new_case(category=category)
    with moment.at(now - timedelta(hours=20)):
        case = new_case(
            "domestic_violence", phone="13900001111", safe=safe, category="domestic_violence",
            happened="昨晚又动了手，孩子看见了。", asks="想知道怎样安全地离开。",
            danger_safe_now="yes", danger_hurt="yes", danger_afraid="yes",
        )  # fmt: skip
    assess = move_of(case, "record_assessment")
    assert assess.facts
    advance(case, assess, assess.facts(basis="own", injury=True), actor=people.officer)
    window = windows("officer")
    for name, path in (
        ("desk", "/"),
        ("visit-log", "/visits/new/"),
        ("case", f"/cases/{case.uid}/"),
        ("register", "/register/"),
    ):
        window.open(path).screenshot(path=folder / f"{name}.png")
    taken = {path.stem: path.stat().st_size for path in folder.glob("*.png")}
    assert taken.keys() == {"desk", "visit-log", "case", "register"}
    assert min(taken.values()) > 20_000, "an empty page makes a small picture"
