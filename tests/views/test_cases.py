"""The page of a case."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

from casework.engine import moment
from casework.models import Case, Event
from casework.services.people import SafeContact
from casework.services.verbs import advance
from tests.conftest import NewCase, move_of
from tests.views.conftest import Answer, Pages, stamped, text


def strip_of(answer: Answer) -> list[tuple[str, str]]:
    strip = re.search(r'<ol class="strip".*?</ol>', text(answer), re.S)
    assert strip
    return [
        (place, " ".join(re.sub(r"<[^>]+>", " ", words).split()))
        for place, words in re.findall(r'<li class="(\w+)"[^>]*>(.*?)</li>', strip[0], re.S)
    ]


def test_it_tells_what_the_case_is(pages: Pages, new_case: NewCase) -> None:
    case = new_case(asks="要回土地", category="land")
    page = text(pages("officer").get(f"/cases/{case.uid}/"))
    for word in (case.number, "信访事项", "已登记", "村里不给分地", "要回土地", "来访"):
        assert word in page
    assert "信访工作条例第二十三条" in page
    assert "须书面告知信访人" in page


def test_open_moves_are_buttons_and_closed_ones_tell_why(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    officer = text(pages("officer").get(f"/cases/{case.uid}/"))
    assert f"/cases/{case.uid}/moves/accept/" not in officer
    assert "这一步需要“受理分派”权限。" in officer
    assert f"/cases/{case.uid}/moves/answer/" in officer
    assert f"/cases/{case.uid}/moves/accept/" in text(
        pages("supervisor").get(f"/cases/{case.uid}/")
    )


def test_the_strip_shows_what_is_passed_and_where_the_case_is(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    move = move_of(case, "accept")
    assert move.facts
    advance(
        case,
        move,
        move.facts(handling_type="help", handler=str(people.officer.uid)),
        actor=people.supervisor,
    )
    assert strip_of(pages("officer").get(f"/cases/{case.uid}/")) == [
        ("passed", "✓ 已登记"),
        ("now", "办理中"),
        ("ahead", "待审批"),
        ("ahead", "已办结"),
        ("ahead", "已归档"),
    ]


def test_a_status_beside_the_usual_path_stands_in_its_place(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    move = move_of(case, "not_ours")
    assert move.facts
    advance(case, move, move.facts(route="litigation"), actor=people.supervisor)
    assert strip_of(pages("officer").get(f"/cases/{case.uid}/"))[:2] == [
        ("passed", "✓ 已登记"),
        ("now", "不予受理/不属职权"),
    ]


def test_a_contact_says_whether_it_is_safe(pages: Pages, new_case: NewCase) -> None:
    safe = SafeContact(may_call=True, when="工作日上午", code_word="领材料")
    case = new_case(phone="13900001111", safe=safe)
    page = text(pages("officer").get(f"/cases/{case.uid}/"))
    for word in ("可以打电话", "不可发短信", "工作日上午", "领材料"):
        assert word in page


def test_without_a_safe_contact_nobody_calls_her(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    assert "不主动联系" in text(pages("officer").get(f"/cases/{case.uid}/"))


def test_the_timeline_tells_who_did_what_and_what_changed(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    advance(case, move_of(case, "seal"), actor=people.supervisor, reason="涉及住址")
    page = text(pages("supervisor").get(f"/cases/{case.uid}/"))
    for word in ("测试supervisor", "设为保密", "涉及住址", "<ins>是</ins>"):
        assert word in page


def test_reading_a_sealed_case_is_logged_and_an_open_one_is_not(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case()
    client = pages("supervisor")
    client.get(f"/cases/{case.uid}/")
    assert not Event.objects.filter(act="read").exists()
    advance(case, move_of(case, "seal"), actor=people.supervisor, reason="涉及住址")
    client.get(f"/cases/{case.uid}/")
    client.get(f"/cases/{case.uid}/moves/note/")
    reads = Event.objects.filter(act="read", case=case, actor=str(people.supervisor.uid))
    assert reads.count() == 2
    assert all(e.chain.startswith("day:") for e in reads)


def test_missing_and_forbidden_are_the_same_to_the_byte(pages: Pages, new_case: NewCase) -> None:
    case, client = new_case(), pages("stranger")
    for there, nowhere in (
        (f"/cases/{case.uid}/", f"/cases/{uuid.uuid4()}/"),
        (f"/cases/{case.uid}/moves/accept/", f"/cases/{uuid.uuid4()}/moves/accept/"),
    ):
        first, second = client.get(there), client.get(nowhere)
        assert (first.status_code, first.content) == (404, second.content)
        told = stamped(case, handling_type="help")
        first, second = client.post(there, told), client.post(nowhere, told)
        assert first.status_code in (404, 405)
        assert (first.status_code, first.content) == (second.status_code, second.content)
    assert Case.objects.get(pk=case.pk).version == case.version


def test_administrators_find_no_case(pages: Pages, new_case: NewCase) -> None:
    case = new_case()
    for who in ("auditor", "security", "system"):
        assert pages(who).get(f"/cases/{case.uid}/").status_code == 404


def test_links_lead_only_to_cases_she_may_see(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, other = new_case(), new_case(by=people.stranger)
    link = move_of(case, "link")
    assert link.facts
    advance(case, link, link.facts(other=other.number, relation="related"), actor=people.chief)
    # The number stands in what the chief told; the way to the case is only hers.
    assert f'href="/cases/{other.uid}/"' in text(pages("chief").get(f"/cases/{case.uid}/"))
    assert str(other.uid) not in text(pages("officer").get(f"/cases/{case.uid}/"))


def test_an_overdue_case_says_so_on_its_page_and_on_the_desk(
    pages: Pages, new_case: NewCase
) -> None:
    case = new_case(received_at=moment.now() - timedelta(days=20))
    assert "已超期" in text(pages("officer").get(f"/cases/{case.uid}/"))
    assert "已超期" in text(pages("officer").get("/"))
