"""A mediator and a liaison at work: from the line on the desk to the result, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from casework.engine import moment
from casework.engine.moment import HOME
from casework.models import Case, Procedure
from tests.browser.conftest import OFFICE, PHONE, Window, Windows
from tests.conftest import NewCase
from tests.services.proceedings import bring, handled, propose, refer, todo, violent, work
from tests.services.steps import fresh

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
Told = dict[str, str | bool]

HEARD: Told = {"screened_alone": True, "no_violence": True, "rights_told": True, "agrees": True}


def local(ahead: timedelta = timedelta()) -> str:
    """A moment as a field for moments takes it."""
    return f"{(moment.now() + ahead).astimezone(HOME):%Y-%m-%dT%H:%M}"


def day(ahead: int = 0) -> str:
    """A day as a field for days takes it."""
    return (moment.today() + timedelta(days=ahead)).isoformat()


def sound(window: Window) -> None:
    """The page that stands open has no fault and fits."""
    assert (window.page.url, window.faults(), window.overflows) == (window.page.url, [], False)


def do(window: Window, told: Told) -> None:
    """Fill the form of the task that stands open, and send it."""
    page = window.page
    sound(window)
    for name, value in told.items():
        field = page.locator(f".ask [name={name}]")
        if value is True:
            field.check()
        elif field.evaluate("f => f.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    page.click(".ask button[type=submit]")
    expect(page.get_by_role("status")).to_contain_text("已办理。")


def heading(page: Page) -> str:
    """The title of the page."""
    return page.locator("h1").inner_text()


@SIZES
def test_a_mediator_carries_a_dispute_from_the_invitation_to_its_settlement(
    windows: Windows, new_case: NewCase, crew: SimpleNamespace, size: tuple[int, int],
    tmp_path: Path,
) -> None:  # fmt: skip
    record = propose(handled(new_case, crew), crew)
    window = windows("mediator", size)
    page = window.page
    sound(window)
    page.get_by_role("link").filter(has_text="请通过安全方式邀请她").click()
    expect(page.locator("h1")).to_have_text("邀请她")
    page.get_by_role("button", name="认领").click()
    expect(page.get_by_role("status")).to_contain_text("任务已由您承担。")
    telling: dict[str, Told] = {
        "邀请她": {"safely": True, "how": "按约定时间电话"},
        "邀请对方": {"how": "书面通知"},
        "单独会见她": HEARD,
        "单独会见对方": HEARD,
        "安排调解": {"planned_at": local(), "place": "调解室"},
        "开始调解": {"screened_alone": True, "no_violence": True},
        "调解": {"notes": "双方各让一步", "terms": "补发补偿款", "perform_by": day(10)},
    }
    done = []
    while heading(page) in telling and "/tasks/" in page.url:
        done.append(heading(page))
        do(window, telling[done[-1]])
    assert sorted(done) == sorted(telling)
    expect(page.locator(".tasks")).to_contain_text("文书正在制作")
    work()
    page.reload()
    sound(window)
    with page.expect_download() as letter:
        page.get_by_role("link", name="调协").click()
    assert letter.value.suggested_filename.endswith("号.docx")
    letter.value.save_as(tmp_path / "letter.docx")
    assert (tmp_path / "letter.docx").read_bytes().startswith(b"PK")
    page.get_by_role("link", name="签署协议").click()
    do(window, {"signed_on": day(), "signed_by_all": True})
    do(window, {"performed_on": day(), "how": "已到账"})
    expect(page.locator(".strip [aria-current=step]")).to_contain_text("已履行")
    assert fresh(record).status == "performed"
    sound(window)
    assert window.errors == []


@SIZES
def test_a_liaison_carries_a_referral_from_the_letter_to_its_result(
    windows: Windows, new_case: NewCase, crew: SimpleNamespace, size: tuple[int, int]
) -> None:
    record = refer(handled(new_case, crew), crew)
    work()
    window = windows("supervisor", size)
    window.page.get_by_role("link").filter(has_text="转介函等待审签").click()
    expect(window.page.locator(".card details[open]")).to_contain_text("指派律师。")
    do(window, {})
    assert window.errors == []

    window = windows("liaison", size)
    page = window.page
    sound(window)
    page.get_by_role("link").filter(has_text="请发出转介函").click()
    do(window, {"channel": "hand"})
    work()
    window.open("/referrals/")
    sound(window)
    page.locator(".lane.sent").get_by_role("link").click()
    page.get_by_role("link", name="等待回执").click()
    page.get_by_role("link", name="登记回执").click()
    do(window, {"received_at": local(), "receipt": "收字1号"})
    expect(page.locator("h1")).to_have_text("等待答复")
    do(window, {"answered_at": local(), "in_writing": True, "answer": "准予法律援助"})
    do(window, {"result": "已指派律师", "decision": "决1号", "lawyer": "方律师"})
    expect(page.locator(".strip [aria-current=step]")).to_contain_text("已办结")
    assert fresh(record).status == "completed"
    sound(window)
    assert window.errors == []


@SIZES
def test_every_new_page_is_accessible_and_fits(
    windows: Windows, new_case: NewCase, crew: SimpleNamespace, size: tuple[int, int]
) -> None:
    case = violent(new_case, crew)
    mediation = propose(case, crew, carrier=str(crew.mediator.uid))
    bring(mediation, crew, "in_session")
    stopped = propose(handled(new_case, crew), crew, carrier=str(crew.mediator.uid))
    over = todo(stopped, "invite_hers").uid
    referral = refer(case, crew, carrier=str(crew.liaison.uid))
    bring(referral, crew, "sent")
    session, receipt = todo(mediation, "session").uid, todo(referral, "receipt").uid
    of_mediation = f"/cases/{case.uid}/procedures/{mediation.uid}/"
    of_referral = f"/cases/{case.uid}/procedures/{referral.uid}/"
    walks: dict[str, list[str]] = {
        "mediator": [
            "/", "/sessions/", "/sessions/?week=2026-01-01", f"/cases/{case.uid}/", of_mediation,
            f"{of_mediation}moves/stop/", f"/cases/{stopped.case.uid}/tasks/{over}/",
            *(f"/cases/{case.uid}/tasks/{session}/?move={m}" for m in ("agree", "fail", "stop")),
        ],
        "liaison": [
            "/", "/referrals/", f"/cases/{case.uid}/", of_referral,
            f"/cases/{case.uid}/tasks/{receipt}/?move=refuse",
        ],
        "supervisor": [
            f"/cases/{case.uid}/", of_mediation, of_referral, "/sessions/", "/referrals/",
            f"/cases/{case.uid}/tasks/{session}/",
            f"/cases/{case.uid}/moves/open_mediation/", f"/cases/{case.uid}/moves/open_referral/",
        ],
    }  # fmt: skip
    for who, paths in walks.items():
        window = windows(who, size)
        for path in paths:
            expect(window.open(path).locator("h1")).to_have_count(1)
            sound(window)
        assert window.errors == [], who


@pytest.fixture
def hearing(new_case: NewCase, crew: SimpleNamespace) -> Procedure:
    """A mediation whose two sides are to be invited by the mediator."""
    return propose(handled(new_case, crew), crew, carrier=str(crew.mediator.uid))


def test_a_task_is_done_with_the_keyboard_alone(windows: Windows, hearing: Procedure) -> None:
    page = windows("mediator").page
    expect(page.locator("[data-todos] a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("邀请她")
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "safely":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("按约定时间电话")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("邀请对方")


def test_the_back_button_and_a_second_tab_tell_that_it_is_done(
    windows: Windows, hearing: Procedure
) -> None:
    window = windows("mediator")
    path = f"/cases/{hearing.case.uid}/tasks/{todo(hearing, 'invite_other').uid}/"
    page, second = window.open(path), window.tab()
    second.goto(page.url)
    second.fill("[name=how]", "又打了电话")
    page.fill("[name=how]", "书面通知")
    page.click(".ask button[type=submit]")
    expect(page.get_by_role("status")).to_contain_text("已办理。")
    page.go_back()
    expect(page.locator("main")).to_contain_text("此任务已经办结。")
    second.click(".ask button[type=submit]")
    expect(second.get_by_role("alert")).to_contain_text("此任务已经办结。")
    expect(second.locator("main")).to_contain_text("又打了电话")
    window.page = second
    sound(window)
    second.get_by_role("link", name="打开程序").click()
    expect(second.locator("h1")).to_have_text("调解")


def test_it_all_works_without_script(windows: Windows, hearing: Procedure) -> None:
    page = windows("mediator", java_script_enabled=False).page
    page.get_by_role("link").filter(has_text="请邀请对方当事人").click()
    page.fill("[name=how]", "书面通知")
    page.click(".ask button[type=submit]")
    expect(page.get_by_role("status")).to_contain_text("已办理。")
    assert Case.objects.get(pk=hearing.case.pk).events.filter(act="invite").count() == 1
