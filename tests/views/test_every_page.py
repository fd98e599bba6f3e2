"""What holds for every page."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from casework.engine import moment
from casework.models import Case, Procedure
from casework.services import handing
from tests.conftest import NewCase
from tests.services.proceedings import (
    apply_for,
    bring,
    follow_up,
    party,
    propose,
    refer,
    report,
    report_mandatorily,
    todo,
    violent,
    visit,
    work,
)
from tests.services.steps import go
from tests.views.conftest import Pages, text
from workflows.follow_up import facts as follow

PAGES = {
    None: ["/login/", "/leave/"],
    "officer": [
        "/",
        "/visits/new/",
        "/cases/{case}/",
        "/cases/{violence}/",
        "/cases/{case}/moves/answer/",
        "/cases/{violence}/moves/record_assessment/",
        "/register/",
        "/register/?only=overdue",
        "/register/export/",
        "/search/",
        "/?only=provisional",
        "/reminders/",
        "/chasing/",
        "/handovers/",
        "/cases/{case}/clocks/{clock}/",
        "/password/",
    ],
    "supervisor": [
        "/",
        "/cases/{case}/moves/accept/",
        "/cases/{violence}/moves/seal/",
        "/staff/",
        "/referrals/",
        "/sessions/",
        "/bodies/",
        "/bodies/new/",
        "/calendar/",
        "/figures/",
        "/figures/closure/",
        "/figures/notice/cases/?row=total&measure=due",
    ],
    "archivist": ["/", "/register/"],
    "auditor": ["/"],
    "security": ["/", "/staff/", "/staff/new/", "/staff/{officer}/"],
    "system": ["/", "/staff/", "/staff/organisations/new/"],
}
EVERY = [(who, path) for who, paths in PAGES.items() for path in paths]
WITHIN = [
    (who, path)
    for who, paths in {
        "mediator": [
            "/",
            "/sessions/",
            "/cases/{guarded}/",
            "/cases/{guarded}/procedures/{mediation}/",
            "/cases/{guarded}/procedures/{mediation}/moves/stop/",
            "/cases/{guarded}/tasks/{inviting}/",
        ],
        "liaison": ["/", "/referrals/", "/cases/{guarded}/"],
        "supervisor": [
            "/cases/{guarded}/",
            "/cases/{guarded}/procedures/{referral}/",
            "/cases/{guarded}/tasks/{approval}/",
            "/cases/{guarded}/moves/open_mediation/",
            "/cases/{guarded}/moves/open_referral/",
            "/cases/{guarded}/moves/open_order/",
            "/cases/{guarded}/procedures/{order}/",
            "/cases/{guarded}/procedures/{order}/moves/withdraw/",
            "/cases/{guarded}/tasks/{preparation}/",
            "/cases/{guarded}/moves/open_follow_up/",
            "/cases/{guarded}/procedures/{following}/",
            "/cases/{guarded}/procedures/{following}/moves/stop/",
            "/cases/{guarded}/tasks/{silence}/",
            "/cases/{guarded}/moves/report_police/",
            "/cases/{guarded}/moves/report_mandatory/",
            "/cases/{guarded}/procedures/{police}/",
            "/cases/{guarded}/procedures/{police}/moves/drop/",
            "/cases/{guarded}/tasks/{visits}/",
            "/cases/{guarded}/procedures/{mandatory}/",
            "/cases/{guarded}/tasks/{feedback}/",
            "/chasing/",
            "/handovers/{sheet}/",
        ],
    }.items()
    for path in paths
]
"""Pages about procedures."""


@pytest.fixture
def names(new_case: NewCase, people: SimpleNamespace) -> dict[str, uuid.UUID]:
    """What stands in the addresses."""
    violence = new_case(
        "domestic_violence",
        name="欧阳某某",
        respondent="司马某",
        phone="13900001111",
        category="domestic_violence",
    )
    case = new_case()
    return {
        "case": case.uid,
        "clock": case.clocks.get(rule="petition.notice").uid,
        "violence": violence.uid,
        "officer": people.officer.uid,
    }


@pytest.fixture
def within(new_case: NewCase, crew: SimpleNamespace) -> dict[str, uuid.UUID]:
    """What stands in the addresses of procedures."""
    case = violent(new_case, crew)
    mediation = propose(case, crew, carrier=str(crew.mediator.uid))
    referral = refer(case, crew, carrier=str(crew.liaison.uid))
    order = apply_for(case, crew)
    following = silent(case, crew)
    police = bring(report(case, crew, against=party(case, "spouse")), crew, "warned")
    visit(police, crew, clean=False, found_violence=True)
    mandatory = bring(report_mandatorily(case, crew), crew, "receipted")
    work()
    held = {one.uid: "…" for one in handing.holdings(crew.officer, crew.officer)}
    sheet = handing.draw_up(crew.officer, crew.officer, crew.colleague, "leave", held)
    return {
        "sheet": sheet.uid,
        "police": police.uid,
        "visits": todo(police, "visits").uid,
        "mandatory": mandatory.uid,
        "feedback": todo(mandatory, "feedback").uid,
        "guarded": case.uid,
        "order": order.uid,
        "following": following.uid,
        "silence": todo(following, "silence").uid,
        "preparation": todo(order, "preparation").uid,
        "mediation": mediation.uid,
        "referral": referral.uid,
        "inviting": todo(mediation, "invite_hers").uid,
        "approval": todo(referral, "approval").uid,
    }


def silent(case: Case, crew: SimpleNamespace) -> Procedure:
    """She could not speak freely, and was then not reached on three days."""
    with moment.at(moment.now() - timedelta(days=4)):
        record = follow_up(case, crew)
        told = follow.BreakingOff(moment.now(), needs="他在旁边")
        go(record, "break_off", told, by=crew.officer)
    for days in (3, 2, 1):
        with moment.at(moment.now() - timedelta(days=days)):
            tried = follow.Missing(moment.now(), safe_channel=True)
            go(record, "miss", tried, by=crew.officer)
    return record


def client_of(pages: Pages, who: str | None) -> Client:
    return pages(who) if who else Client()


@pytest.mark.parametrize(("who", "path"), EVERY)
def test_it_opens_in_english(
    pages: Pages, names: dict[str, uuid.UUID], who: str | None, path: str
) -> None:
    client = client_of(pages, who)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert client.get(path.format(**names)).status_code == 200


NEUTRAL = (
    "登录", "工作台", "来访登记", "案件", "案件台账", "转介进度", "调解日程", "人员与组织",
    "修改密码", "督导", "协作单位", "工作日历", "提醒", "期限", "今日催办", "交接单", "查找",
)  # fmt: skip


@pytest.mark.parametrize(("who", "path"), EVERY)
def test_its_title_is_neutral(
    pages: Pages, names: dict[str, uuid.UUID], who: str | None, path: str
) -> None:
    page = text(client_of(pages, who).get(path.format(**names)))
    title = re.search(r"<title>(.*?)</title>", page, re.S)
    assert title
    shown = "".join(title[1].split())
    assert shown in {f"维权台·{word}" for word in NEUTRAL} | {"日历"}


class Frame(HTMLParser):
    """Gathers what the rules for markup are about."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.headings = 0
        self.bare_posts = 0
        self.post = self.token = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.inline += [a for a in told if a == "style" or a.startswith("on")]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in told) else []
        self.headings += tag == "h1"
        if tag == "form":
            self.post, self.token = told.get("method") == "post", False
        self.token = self.token or told.get("name") == "csrfmiddlewaretoken"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.bare_posts += self.post and not self.token


@pytest.mark.parametrize(("who", "path"), EVERY)
def test_it_has_one_heading_tokens_and_nothing_inline(
    pages: Pages, names: dict[str, uuid.UUID], who: str | None, path: str
) -> None:
    answer, frame = client_of(pages, who).get(path.format(**names)), Frame()
    frame.feed(text(answer))
    assert (frame.headings, frame.inline, frame.bare_posts) == (1, [], 0)
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("who", "path"), WITHIN)
def test_pages_of_procedures_keep_the_rules_too(
    pages: Pages, within: dict[str, uuid.UUID], who: str, path: str
) -> None:
    test_its_title_is_neutral(pages, within, who, path)
    test_it_has_one_heading_tokens_and_nothing_inline(pages, within, who, path)
    test_it_opens_in_english(pages, within, who, path)


@pytest.mark.parametrize("path", ["/nowhere/", "/cases/x/", "/cases/1/", "/staff/new/"])
def test_what_is_missing_says_so_calmly(pages: Pages, path: str) -> None:
    answer = pages("officer").get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in text(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/visits/new/",
        "/register/",
        "/enter/",
        "/language/",
        "/visits/match/",
        "/login/",
        "/search/",
    ],
)
@pytest.mark.parametrize("value", ["a\x00b", "\udcff"])
def test_what_no_keyboard_types_is_refused_in_a_sentence(
    pages: Pages, path: str, value: str
) -> None:
    raw = value.encode("utf-8", "surrogateescape").replace(b"\x00", b"%00").replace(b"\xff", b"%FF")
    body = b"name=" + raw + b"&word=" + raw + b"&username=" + raw
    answer = pages("officer").post(
        path, body.decode("ascii", "replace"), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert "无法识别" in text(answer)


@pytest.mark.parametrize("query", ["done=%00", "done=%FF", "done=" + "9" * 3000, "x[]=1&x[]=2"])
def test_no_query_breaks_a_page(pages: Pages, query: str) -> None:
    for path in ("/", "/register/", "/visits/new/"):
        assert pages("officer").get(f"{path}?{query}").status_code < 500


def test_a_body_too_large_is_refused(pages: Pages) -> None:
    answer = pages("officer").post("/visits/new/", {"happened": "长" * 400_000})
    assert 400 <= answer.status_code < 500


def test_what_was_typed_with_unreadable_characters_stands_there_to_be_copied(pages: Pages) -> None:
    sent = {"happened": "昨晚他又来了\x00，我很怕", "password": "Secret-word-1\x00"}
    answer = pages("officer").post("/visits/new/", sent)
    page = text(answer)
    assert answer.status_code == 400
    assert "昨晚他又来了，我很怕" in page
    assert "Secret-word-1" not in page
