"""Unfinished visits."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client

from casework.models import Draft
from tests.views.conftest import Pages, text, told


def keep(client: Client, uid: str, **typed: str) -> dict[str, str]:
    body = json.dumps({"draft": uid, **typed})
    answer = client.post("/visits/draft/", body, content_type="application/json")
    assert answer.status_code == 200
    kept: dict[str, str] = answer.json()
    return kept


def test_what_is_typed_is_kept_and_resumed(pages: Pages) -> None:
    client, uid = pages("officer"), str(uuid.uuid4())
    kept = keep(client, uid, happened="她刚开始说", kind="petition", may_call="on")
    assert len(kept["saved"].split(":")) == 3
    assert f"/visits/draft/{uid}/" in text(client.get("/"))
    page = text(client.get(f"/visits/draft/{uid}/"))
    assert "她刚开始说" in page
    assert f'name="draft" value="{uid}"' in page


def test_keeping_again_keeps_one_draft(pages: Pages) -> None:
    client, uid = pages("officer"), str(uuid.uuid4())
    keep(client, uid, happened="一")
    keep(client, uid, happened="一二")
    assert Draft.objects.count() == 1
    assert "一二" in text(client.get(f"/visits/draft/{uid}/"))


def test_the_finished_visit_takes_its_draft_away(pages: Pages) -> None:
    client, uid = pages("officer"), str(uuid.uuid4())
    keep(client, uid, happened="一")
    client.post("/visits/new/", told(draft=uid))
    assert Draft.objects.count() == 0


def test_nobody_else_reads_or_drops_a_draft(pages: Pages) -> None:
    client, uid = pages("officer"), str(uuid.uuid4())
    keep(client, uid, happened="她刚开始说")
    other = pages("supervisor")
    assert other.get(f"/visits/draft/{uid}/").status_code == 404
    other.post(f"/visits/draft/{uid}/drop/")
    assert Draft.objects.count() == 1


def test_another_persons_mark_gives_a_draft_of_ones_own(pages: Pages) -> None:
    uid = str(uuid.uuid4())
    keep(pages("officer"), uid, happened="她刚开始说")
    keep(pages("supervisor"), uid, happened="别的")
    assert Draft.objects.count() == 2
    assert "她刚开始说" in text(pages("officer").get(f"/visits/draft/{uid}/"))


def test_a_draft_is_thrown_away_by_post_only(pages: Pages) -> None:
    client, uid = pages("officer"), str(uuid.uuid4())
    keep(client, uid, happened="一")
    assert client.get(f"/visits/draft/{uid}/drop/").status_code == 405
    client.post(f"/visits/draft/{uid}/drop/")
    assert Draft.objects.count() == 0


def test_a_draft_stands_sealed(pages: Pages) -> None:
    keep(pages("officer"), str(uuid.uuid4()), happened="不可外传的话")
    stored = Draft.objects.values_list("typed", flat=True).get()
    assert "不可外传的话".encode() not in bytes(stored)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"happened": "\\ud800"}',
        b"[" * 5000,
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(pages: Pages, body: bytes) -> None:
    answer = pages("officer").post("/visits/draft/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["sentence"]


def test_fields_that_the_form_does_not_have_are_left_out(pages: Pages) -> None:
    client, uid = pages("officer"), str(uuid.uuid4())
    keep(client, uid, happened="一", csrfmiddlewaretoken="x", key="x", owner="1")
    assert json.loads(Draft.objects.get().typed) == {"happened": "一"}
