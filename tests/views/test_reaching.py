"""How she may be reached, on the page of the case and over the API."""

from __future__ import annotations

from types import SimpleNamespace

from casework.models import Contact
from tests.api.conftest import Callers, data, sentences
from tests.api.conftest import by_token as by_token
from tests.conftest import NewCase
from tests.services.steps import fresh
from tests.views.conftest import Pages, alert, stamped, text

TYPED = {"way": "phone", "value": "没有", "may_call": "on", "code_word": "问菜价"}


def test_a_number_is_written_down_and_taken_back(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, client = new_case("domestic_violence"), pages("officer")
    at = f"/cases/{case.uid}/moves"
    answer = client.post(f"{at}/add_contact/", stamped(case, **TYPED))
    assert (answer.status_code, "电话号码不完整" in alert(answer)) == (422, True)
    assert 'value="问菜价"' in text(answer)
    right = TYPED | {"value": "13900003333"}
    assert client.post(f"{at}/add_contact/", stamped(case, **right)).status_code == 302
    page = text(client.get(f"/cases/{case.uid}/"))
    assert "13900003333" in page
    assert "暗语：问菜价" in page
    gone = {"contact": str(Contact.objects.get().uid), "reason": "不再安全"}
    assert client.post(f"{at}/end_contact/", stamped(case, **gone)).status_code == 302
    assert "停用，不要使用" in text(client.get(f"/cases/{case.uid}/"))


def test_what_was_told_at_a_later_visit_stands_on_the_page(
    pages: Pages, new_case: NewCase, people: SimpleNamespace
) -> None:
    case = new_case("domestic_violence")
    new_case(kind="existing", existing=case.number, phone="13900004444")
    assert "13900004444" in text(pages("officer").get(f"/cases/{case.uid}/"))


def test_the_api_takes_the_same(
    by_token: Callers, new_case: NewCase, people: SimpleNamespace
) -> None:
    case, caller = new_case("domestic_violence"), by_token("officer")
    moves = f"/cases/{case.uid}/moves"
    told = {"way": "wechat", "value": "daisy88", "may_message": True}
    data(caller.post(f"{moves}/add_contact", {"facts": told}))
    asks = data(caller.get(f"{moves}/end_contact"))["asks"]
    ((uid, shown),) = asks[0]["choices"].items()
    assert shown == "daisy88"
    wrong = {"facts": {"contact": "nobody"}, "reason": "不再安全"}
    assert sentences(caller.post(f"{moves}/end_contact", wrong), 422) == ["请从列表中选择。"]
    data(caller.post(f"{moves}/end_contact", {"facts": {"contact": uid}, "reason": "不再安全"}))
    assert fresh(case).events.filter(act="end_contact").count() == 1
