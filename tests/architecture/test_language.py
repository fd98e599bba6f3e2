"""Every text that is shown has its English, and English pages and answers show nothing else."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation.template import templatize

from casework.engine import registry
from casework.engine.people import Role
from casework.models import Case, Organisation, User
from casework.services import intake, reference, staffing
from casework.services.intake import VisitNote
from casework.services.people import SafeContact
from tests.architecture.source import ROOT, functions, modules
from tests.conftest import PASSWORD
from tests.views.conftest import stamped, text, told
from tests.views.test_every_page import EVERY

FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff01-\uffee]+")
"""Characters and punctuation; the wide space that indents a tree is none."""

Text = tuple[str, str]
"""The context of a text (mostly none) and the text."""


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


# What is marked, and what the catalogue says.

MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
MARKS_WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
IN_TEMPLATE = re.compile(
    r"\b(p?gettext|_)\(\s*(u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"(?:\s*,\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))?)"
)


def marked_in(tree: ast.AST) -> Iterator[tuple[Text, list[ast.Constant]]]:
    """Each text that a module marks, and the constants that it is written with."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        count = 1 if node.func.id in MARKS else 2 if node.func.id in MARKS_WITH_CONTEXT else 0
        written = [a for a in node.args[:count] if isinstance(a, ast.Constant)]
        if count and len(written) == count:
            values = ["", *(str(a.value) for a in written)][-2:]
            yield (values[0], values[1]), written


def marked_in_templates() -> Iterator[Text]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for name, written in IN_TEMPLATE.findall(templatize(path.read_text("utf-8"))):
            values = ast.literal_eval(f"({written},)")
            yield (values[0], values[1]) if name == "pgettext" else ("", values[0])


def marked() -> set[Text]:
    """Every text that the source marks for translation."""
    found = {one for tree in modules().values() for one, _written in marked_in(tree)}
    return found | set(marked_in_templates())


def test_the_scan_sees_every_way_of_marking() -> None:
    found = marked()
    assert len(found) > 550
    assert {("", "受理"), ("clock", "办结"), ("weekday", "一"), ("", "（不愿透露姓名）")} <= found
    assert {("", "继续登记（保存于 %(at)s）"), ("", "计时中"), ("", "Y 年 n 月")} <= found


def test_every_marked_text_is_in_the_catalogue_and_nothing_else(catalogue: polib.POFile) -> None:
    listed = {(entry.msgctxt or "", entry.msgid) for entry in catalogue if not entry.obsolete}
    assert listed == marked(), "run: manage.py makemessages -l en, and translate what is new"


def test_every_text_is_translated(catalogue: polib.POFile) -> None:
    assert [e.msgid for e in catalogue if not e.msgstr.strip(" \n") or e.fuzzy or e.obsolete] == []
    assert [e.msgid for e in catalogue if CHINESE.search(e.msgstr)] == []


def test_english_quotes_are_straight(catalogue: polib.POFile) -> None:
    """Chinese fonts draw the curly ones as wide as a character."""
    items = registry.instrument("dv").items
    shown = [*(e.msgstr for e in catalogue), *(i.text_en for i in items)]
    assert [text for text in shown if re.search("[\u2018-\u201f]", text)] == []


def test_the_compiled_catalogue_is_fresh(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(FOLDER / "django.mo"))
    told = {(e.msgctxt, e.msgid): e.msgstr for e in compiled}
    assert told == {(e.msgctxt, e.msgid): e.msgstr for e in catalogue}, (
        "run: manage.py compilemessages -l en"
    )
    assert compiled.metadata == catalogue.metadata


def test_a_translation_fills_in_the_same_values(catalogue: polib.POFile) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[a-z]|%[a-z%]", text))

    assert [e.msgid for e in catalogue if places(e.msgid) != places(e.msgstr)] == []


def test_a_translation_ends_as_its_text_ends(catalogue: polib.POFile) -> None:
    """A sentence stays a sentence, a question a question, a label a label."""
    ends = {"。": ".", "？": "?", "：": ":"}
    wrong = [
        e.msgid
        for e in catalogue
        if (e.msgid[-1] in ends or e.msgstr[-1] in ends.values())
        and ends.get(e.msgid[-1]) != e.msgstr[-1]
    ]
    assert wrong == []


def test_the_catalogue_names_nobody_and_no_time(catalogue: polib.POFile) -> None:
    assert set(catalogue.metadata) <= {
        "Project-Id-Version", "Report-Msgid-Bugs-To", "Language", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Plural-Forms",
    }  # fmt: skip
    assert not catalogue.metadata_is_fuzzy
    assert {o for e in catalogue for o, line in e.occurrences if line} == set()


# What nobody marked.

NOT_SHOWN = {
    # bilingual messages of commands, and the people of the demo
    "casework/management/": None,
    "casework/crypto/keys.py": None,
    # surnames with their readings
    "casework/engine/names.py": None,
    "casework/project/secrets.py": None,
    "casework/services/startup.py": None,
    # what goes outside the house is written in Chinese, whatever language the page is read in
    "casework/services/letters.py": None,
    "casework/services/papers.py": None,
    "casework/services/channels.py": None,
    # what stands in the record is written in Chinese as well
    "casework/services/intake.py": {"通话时她身边有人，只问是或否："},
    "casework/services/notices.py": None,
    # the name of the other language, punctuation that is skipped, and texts marked elsewhere
    "casework/project/settings.py": {"中文"},
    "casework/crypto/blind.py": {r"[\s\-－—()（）·.]+"},
    "casework/forms/visit.py": {r"[\s\-－—()（）]"},
}


def unmarked() -> Iterator[tuple[str, str]]:
    """Chinese texts that a module holds without marking them, but for documentation."""
    for path, tree in modules().items():
        skip = {id(constant) for _text, written in marked_in(tree) for constant in written}
        skip |= {id(n.value) for _in, n in functions(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                allowed = [texts for start, texts in NOT_SHOWN.items() if path.startswith(start)]
                known = any(texts is None or node.value in texts for texts in allowed)
                if id(node) not in skip and not known and CHINESE.search(node.value):
                    yield path, node.value


def test_no_chinese_text_is_left_unmarked(catalogue: polib.POFile) -> None:
    """The keys of a table may repeat texts that are marked elsewhere."""
    known = {entry.msgid for entry in catalogue}
    assert [(path, text) for path, text in unmarked() if text not in known] == []


def test_no_template_holds_chinese_outside_a_mark() -> None:
    tag = re.compile(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{[%{#].*?[%}#]\}", re.S)
    found = {
        (path.name, chinese)
        for path in (ROOT / "templates").rglob("*.html")
        for chinese in CHINESE.findall(tag.sub("", path.read_text("utf-8")))
    }
    assert found == {("base.html", "中文")}


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures" / "instruments").glob("*.json")))
def test_every_question_of_an_instrument_has_its_english(path: Path) -> None:
    items = json.loads(path.read_text("utf-8"))["items"]
    assert [i["code"] for i in items if not i["text_en"] or CHINESE.search(i["text_en"])] == []


def test_every_code_has_its_english() -> None:
    codes = json.loads((ROOT / "fixtures" / "codes.json").read_text("utf-8"))
    assert [c["code"] for c in codes if not c["title_en"] or CHINESE.search(c["title_en"])] == []


def test_words_for_choices_do_not_make_migrations() -> None:
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


# What people see. All data is in English here: what is left in Chinese lacks its translation.


@pytest.fixture
def desk(db: None) -> SimpleNamespace:
    """A county and its township, one of every role, and a case of each kind."""
    reference.load_codes()
    county = staffing.add_organisation(None, code="4401", name="Riverside", level="county")
    town = staffing.add_organisation(
        None, code="440101", name="Willow", level="township", parent=county
    )

    def staff(username: str, place: Organisation, *roles: Role) -> User:
        return staffing.add_staff(
            None,
            username=username,
            name=username.title(),
            organisation=place,
            roles=roles,
            password=PASSWORD,
        )

    made = SimpleNamespace(
        officer=staff("officer", town, Role.DESK_OFFICER, Role.MEDIATOR),
        supervisor=staff("supervisor", town, Role.SUPERVISOR),
        archivist=staff("archivist", county, Role.ARCHIVIST),
        auditor=staff("auditor", county, Role.AUDITOR),
        security=staff("security", county, Role.SECURITY_ADMIN),
        system=staff("system", county, Role.SYSTEM_ADMIN),
    )
    made.case = opened(made.officer, kind="petition", category="land")
    made.violence = opened(
        made.officer,
        kind="domestic_violence",
        category="domestic_violence",
        respondent="Mr Wu",
        relation="spouse",
        minor=True,
        danger_safe_now="yes",
        danger_hurt="yes",
        danger_afraid="refused",
    )
    return made


def opened(officer: User, **more: object) -> Case:
    note: dict[str, object] = {
        "channel": "visit",
        "name": "Mrs Li",
        "phone": "13900001111",
        "address": "Mill Lane",
        "happened": "No land for her",
        "asks": "Land",
        "safe": SafeContact(True, False, "mornings", "apples"),
    }
    case = intake.log_visit(VisitNote(**(note | more)), actor=officer).case
    assert case
    return case


def browser(user: User | None) -> Client:
    """A client that chose English."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def left(page: str) -> list[str]:
    """What of the page is still Chinese, but for the button that switches to it."""
    return [found for found in CHINESE.findall(page) if found != "中文"]


def names(desk: SimpleNamespace) -> dict[str, object]:
    return {
        "case": desk.case.uid,
        "clock": desk.case.clocks.get(rule="petition.notice").uid,
        "violence": desk.violence.uid,
        "officer": desk.officer.uid,
    }


@pytest.mark.parametrize(("who", "path"), EVERY)
def test_a_page_is_english_throughout(desk: SimpleNamespace, who: str | None, path: str) -> None:
    client = browser(getattr(desk, who) if who else None)
    answer = client.get(path.format(**names(desk)))
    assert (answer.status_code, left(text(answer))) == (200, [])
    assert '<html lang="en">' in text(answer)


@pytest.mark.parametrize("kind", ["case", "violence"])
@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_every_move_asks_and_refuses_in_english(desk: SimpleNamespace, kind: str, who: str) -> None:
    """Also those that are not open yet; empty forms are sent as well."""
    case, client = getattr(desk, kind), browser(getattr(desk, who))
    for name in registry.kind(case.kind).lifecycle.moves:
        path = f"/cases/{case.uid}/moves/{name}/"
        pages = [client.get(path), client.post(path, stamped(case))]
        assert [left(text(page)) for page in pages] == [[], []], name


def told_much(desk: SimpleNamespace) -> None:
    """Fill the page of the violence case: facts, changes, clocks, consents, links."""
    client, case = browser(desk.officer), desk.violence
    steps: list[tuple[str, dict[str, str]]] = [
        ("record_assessment", {"basis": "own", "answer_strangulation": "yes", "injury": "on"}),
        ("assess", {"right_told": "on"}),
        ("respond", {"handler": str(desk.officer.uid)}),
        ("give_consent", {"scope": "refer", "detail": "to the court", "in_writing": "on"}),
        ("withdraw_consent", {"scope": "refer"}),
        ("record_incident", {"form": "physical", "happened_at": "2026-01-05T10:00"}),
        ("add_party", {"role": "child", "relation": "child", "incapacitated": "on"}),
        ("link", {"other": desk.case.number, "relation": "same_person"}),
        ("mark_lost", {
            "first_attempt": "2026-01-05", "second_attempt": "2026-01-06",
            "third_attempt": "2026-01-07", "safe_channel": "on", "welfare_check": "yes",
            "reason": "silence",
        }),
    ]  # fmt: skip
    for name, facts in steps:
        answer = client.post(f"/cases/{case.uid}/moves/{name}/", stamped(case, **facts))
        assert answer.status_code == 302, (name, text(answer))


def test_a_case_with_a_long_life_is_english(desk: SimpleNamespace) -> None:
    told_much(desk)
    for who in ("officer", "supervisor"):
        for path in ("/", "/register/", f"/cases/{desk.violence.uid}/", f"/cases/{desk.case.uid}/"):
            assert left(text(browser(getattr(desk, who)).get(path))) == [], (who, path)


@pytest.mark.parametrize("code", ["consultation", "logged", "password", "made"])
def test_what_was_done_is_told_in_english(desk: SimpleNamespace, code: str) -> None:
    page = text(browser(desk.officer).get(f"/?done={code}"))
    assert (left(page), 'class="done"' in page) == ([], True)


def test_the_demo_is_english(desk: SimpleNamespace, settings: SimpleNamespace) -> None:
    settings.DEMO = True
    for who in (None, "officer", "supervisor", "archivist", "auditor", "security", "system"):
        client = browser(getattr(desk, who) if who else None)
        page = text(client.get("/" if who else "/login/"))
        assert (left(page), "Demo data" in page) == ([], True), who


REFUSED: list[tuple[str, str, dict[str, str]]] = [
    ("officer", "/visits/new/", {}),
    ("officer", "/visits/new/", {"kind": "consultation"}),
    ("officer", "/visits/new/", told(kind="answered", phone="1", id_number="1", name="x")),
    ("officer", "/visits/new/", told(kind="existing", existing="1", received_at="x")),
    ("officer", "/visits/new/", told(kind="consultation", received_at="2090-01-01T00:00")),
    (
        "officer",
        "/visits/new/",
        told(channel="x", kind="x", people="x", notice="x", name="x" * 999),
    ),
    ("officer", "/register/", {"kind": "x", "status": "x", "after": "x"}),
    ("officer", "/password/", {"old_password": "x", "new_password1": "1", "new_password2": "2"}),
    ("security", "/staff/new/", {"name": ""}),
    ("security", "/staff/new/", {"username": "officer", "name": "x", "password": "1"}),
    ("security", "/staff/{officer}/roles/", {"roles": "x"}),
    ("security", "/staff/{officer}/password/", {"password": "1"}),
    ("system", "/staff/organisations/new/", {"code": "4401", "name": "x", "level": "x"}),
]


@pytest.mark.parametrize(("who", "path", "sent"), REFUSED)
def test_a_refused_form_is_english(
    desk: SimpleNamespace, who: str, path: str, sent: dict[str, str]
) -> None:
    sent = {name: "x" if CHINESE.search(value) else value for name, value in sent.items()}
    answer = browser(getattr(desk, who)).post(path.format(**names(desk)), sent)
    assert (answer.status_code, left(text(answer))) == (422, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere/", 404), ("/register/?done=%00", 400), ("/cases/x/", 404), ("/staff/", 404)],
)
def test_a_missing_page_is_english(desk: SimpleNamespace, path: str, status: int) -> None:
    answer = browser(desk.officer).get(path)
    assert (answer.status_code, left(text(answer))) == (status, [])


def test_a_wrong_password_and_a_lost_token_are_told_in_english(desk: SimpleNamespace) -> None:
    assert left(text(browser(None).post("/login/", {"username": "x", "password": "x"}))) == []
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = strict.post("/login/", {"username": "x"})
    assert (answer.status_code, left(text(answer))) == (403, [])


# What programs are told.

API = "/api/v1"


def test_the_api_refuses_in_english(desk: SimpleNamespace) -> None:
    answers = []
    for who in ("officer", "supervisor", "archivist", "auditor"):
        client = browser(getattr(desk, who))
        for case in (desk.case, desk.violence):
            found = client.get(f"{API}/cases/{case.uid}/moves")
            answers += [found, client.get(f"{API}/cases/{case.uid}"), client.get(f"{API}/todos")]
            for name in [*registry.kind(case.kind).lifecycle.moves, "no_such_move"]:
                path = f"{API}/cases/{case.uid}/moves/{name}"
                for body in ({}, {"facts": {"nonsense": "x", "injury": "x", "handler": True}}, []):
                    answers.append(client.post(path, body, content_type="application/json"))
        for case_in in (
            {},
            {"kind": "petition"},
            {"kind": "petition", "asks": "x\x00", "phone": 1},
        ):
            answers.append(client.post(f"{API}/cases", case_in, content_type="application/json"))
        answers.append(client.post(f"{API}/cases", b"{", content_type="application/json"))
        answers.append(client.get(f"{API}/openapi.json"))
    answers += [browser(None).get(f"{API}/todos"), browser(desk.officer).get(f"{API}/cases/x")]
    assert {a.status_code for a in answers} >= {200, 400, 401, 404, 422}
    wrong = [(answer.request["PATH_INFO"], left(text(answer))) for answer in answers]
    assert [one for one in wrong if one[1]] == []


def test_the_api_refuses_what_is_out_of_date_in_english(desk: SimpleNamespace) -> None:
    client, path = browser(desk.supervisor), f"{API}/cases/{desk.violence.uid}/moves/seal"
    body = {"version": 999, "reason": "x"}
    answer = client.post(path, body, content_type="application/json")
    assert (answer.status_code, left(answer.json()["detail"])) == (409, [])


def test_a_percent_sign_in_a_refusal_stays_one(desk: SimpleNamespace) -> None:
    body = {"kind": "petition", "asks": "Land", "channel": "50%"}
    answer = browser(desk.officer).post(f"{API}/cases", body, content_type="application/json")
    assert (answer.status_code, "50% is not one of" in answer.json()["detail"]) == (422, True)
