"""What leaves the house: each once, only safe text, at a decent hour, and never what is stale."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from pytest_django import Settings

from casework.engine import moment
from casework.engine.calendar import WEEKDAYS
from casework.engine.moment import HOME
from casework.engine.people import Role
from casework.engine.quiet import next_loud
from casework.models import Case, Delivery, Reminder
from casework.services import channels, delivering, staffing, sweeping
from tests.conftest import NewCase
from tests.services.steps import go
from workflows.petition import facts as petition

RECEIVED = datetime(2026, 3, 11, 9, 30, tzinfo=HOME)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.fixture
def case(new_case: NewCase) -> Case:
    """A petition whose notice is due on Thursday, 26 March."""
    with moment.at(RECEIVED):
        return new_case(received_at=RECEIVED)


class Gateway:
    """The other side: keeps what was posted, and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[SimpleNamespace] = []
        self.status, self.answer, self.hangs = 200, b'{"errcode":0,"errmsg":"ok"}', 0.0
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gateway.got.append(SimpleNamespace(path=self.path, headers={}, body=b""))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"errcode":0}')

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.got.append(
                    SimpleNamespace(path=self.path, headers=dict(self.headers), body=body)
                )
                time.sleep(gateway.hangs)
                self.send_response(gateway.status)
                if gateway.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(gateway.answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/robot?key=k"


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    made = Gateway()
    settings.REMINDER_URL, settings.REMINDER_SECRET = made.url, "s3cret"
    yield made
    made.server.shutdown()
    made.server.server_close()


def sweep(at: str) -> sweeping.Swept:
    with moment.at(on(at)):
        return sweeping.sweep()


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("channel", ["wecom", "dingtalk", "webhook"])
def test_a_gateway_gets_the_bare_word_with_its_key(
    channel: str, case: Case, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = (channel,)
    assert sweep("2026-03-24 10:00").sent == 1
    [got] = gateway.got
    reminder = Reminder.objects.get()
    assert got.headers["Idempotency-Key"] == f"{reminder.uid}.{channel}.all"
    told = json.loads(got.body)
    words = told["text"]["content"] if channel != "webhook" else told["text"]
    assert words == channels.TEXT.format(number=str(reminder.uid)[:8])
    for secret in (case.number, "女士", "分地", "受理告知"):
        assert secret not in got.body.decode()
    assert sweep("2026-03-24 10:01").sent == 0


def test_a_post_is_signed_over_time_and_body(
    case: Case, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    sweep("2026-03-24 10:00")
    [got] = gateway.got
    signed = hmac.new(
        b"s3cret", got.headers["X-Timestamp"].encode() + b"." + got.body, hashlib.sha256
    )
    assert got.headers["X-Signature"] == f"sha256={signed.hexdigest()}"


def test_dingtalk_is_signed_in_its_address(
    case: Case, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("dingtalk",)
    sweep("2026-03-24 10:00")
    told = parse_qs(urlsplit(gateway.got[0].path).query)
    signed = hmac.digest(b"s3cret", told["timestamp"][0].encode() + b"\ns3cret", hashlib.sha256)
    assert (told["key"], told["sign"]) == (["k"], [base64.b64encode(signed).decode()])


@pytest.mark.parametrize(
    ("channel", "status", "answer", "error"),
    [
        ("wecom", 200, b'{"errcode":93000,"errmsg":"invalid"}', "errcode 93000"),
        ("wecom", 200, b"<html>", "no JSON"),
        ("wecom", 200, b"[]", "errcode None"),
        ("dingtalk", 200, b'{"errcode":310000}', "errcode 310000"),
        ("webhook", 200, b'{"errcode":1}', "errcode 1"),
        ("webhook", 500, b"", "HTTP 500"),
        ("wecom", 302, b"", "HTTP 302"),
    ],
)
def test_what_is_no_success_is_tried_again_and_then_set_aside(
    channel: str,
    status: int,
    answer: bytes,
    error: str,
    case: Case,
    gateway: Gateway,
    settings: Settings,
) -> None:
    settings.REMINDER_CHANNELS = (channel,)
    gateway.status, gateway.answer = status, answer
    at = on("2026-03-24 10:00")
    for minutes in (0, 1, 4, 9, 16):
        at += timedelta(minutes=minutes)
        with moment.at(at):
            sweeping.sweep()
            sweeping.sweep()  # not before its time
    assert len(gateway.got) == 5
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.error) == ("poison", 5, error)
    with moment.at(at):
        assert sweeping.pulse().set_aside == 1
        gateway.status, gateway.answer = 200, b'{"errcode":0}'
        assert delivering.try_again() == 1
        assert sweeping.sweep().sent == 1
    assert len({g.headers["Idempotency-Key"] for g in gateway.got}) == 1


def test_a_gateway_that_hangs_is_given_up(
    case: Case, gateway: Gateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    monkeypatch.setattr(channels, "SECONDS", 0.2)
    gateway.hangs = 1.0
    assert sweep("2026-03-24 10:00").sent == 0
    assert Delivery.objects.get().error == "TimeoutError"


def test_nobody_listens(case: Case, settings: Settings) -> None:
    settings.REMINDER_CHANNELS, settings.REMINDER_URL = ("wecom",), "http://127.0.0.1:9/"
    assert sweep("2026-03-24 10:00").sent == 0
    assert (states(), Delivery.objects.get().error) == (["waiting"], "URLError")


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://x/"])
def test_only_a_web_address_is_posted_to(url: str, case: Case, settings: Settings) -> None:
    settings.REMINDER_CHANNELS, settings.REMINDER_URL = ("webhook",), url
    sweep("2026-03-24 10:00")
    assert Delivery.objects.get().error == "no address"


# ---------------------------------------------------------------- e-mail


@pytest.fixture
def mailed(settings: Settings) -> None:
    settings.REMINDER_CHANNELS, settings.EMAIL_HOST = ("email",), "mail.example"


def test_mail_goes_to_the_addresses_that_were_given(
    case: Case, people: SimpleNamespace, mailed: None
) -> None:
    staffing.set_address(people.officer, "officer@work.example")
    staffing.set_address(people.supervisor, "supervisor@work.example")
    sweep("2026-03-24 10:00")
    sweep("2026-03-27 10:00")  # due: the supervisor hears of it
    assert [m.to for m in mail.outbox] == [
        ["officer@work.example"],
        ["officer@work.example"],
        ["supervisor@work.example"],
    ]
    assert all(case.number not in m.body and "女士" not in m.body for m in mail.outbox)
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == 3


def test_one_who_handles_and_supervises_is_told_once(
    case: Case, people: SimpleNamespace, mailed: None
) -> None:
    staffing.set_roles(people.security, people.officer, [Role.DESK_OFFICER, Role.SUPERVISOR])
    staffing.set_address(people.officer, "officer@work.example")
    sweep("2026-03-27 10:00")  # due: the handler and the supervisors hear of it
    assert [m.to for m in mail.outbox] == [["officer@work.example"]]


def test_who_gave_no_address_is_told_in_the_house(case: Case, mailed: None) -> None:
    assert sweep("2026-03-24 10:00").reminders == 1
    assert (mail.outbox, states()) == ([], [])


def test_a_mail_server_that_is_down_loses_nothing(
    case: Case, people: SimpleNamespace, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("email",)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    staffing.set_address(people.officer, "officer@work.example")
    assert sweep("2026-03-24 10:00").sent == 0
    assert Delivery.objects.get().error == "ConnectionRefusedError"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sweep("2026-03-24 10:01").sent == 1


# ---------------------------------------------------------------- when, and when no longer


def test_nothing_goes_out_at_night(case: Case, gateway: Gateway, settings: Settings) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    assert sweep("2026-03-24 02:00").sent == 0
    assert sweep("2026-03-24 07:59").sent == 0
    assert sweep("2026-03-24 08:00").sent == 1


def test_danger_does_not_wait_for_the_morning(
    new_case: NewCase, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    with moment.at(RECEIVED):
        new_case("domestic_violence")
    assert sweep("2026-03-12 05:31").sent == 1


@pytest.mark.parametrize(
    ("at", "loud"),
    [
        ("2026-03-13 19:59", "2026-03-13 19:59"),  # a Friday
        ("2026-03-13 20:00", "2026-03-16 08:00"),
        ("2026-03-14 10:00", "2026-03-16 08:00"),
        ("2026-03-16 03:00", "2026-03-16 08:00"),
    ],
)
def test_quiet_hours_end_on_the_next_working_morning(at: str, loud: str) -> None:
    assert next_loud(on(at), WEEKDAYS) == on(loud)


def test_what_was_done_meanwhile_does_not_go_out(
    case: Case, people: SimpleNamespace, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    sweep("2026-03-24 02:00")
    with moment.at(on("2026-03-24 07:00")):
        served = petition.Notifying(on("2026-03-24 07:00"), "hand")
        go(case, "serve_notice", served, by=people.officer)
    assert sweep("2026-03-24 08:00").sent == 0
    assert (gateway.got, states()) == ([], ["dropped"])


def test_mail_asks_again_whether_she_may_still_see_the_case(
    case: Case, people: SimpleNamespace, mailed: None
) -> None:
    staffing.set_address(people.officer, "officer@work.example")
    sweep("2026-03-24 02:00")
    Case.objects.filter(pk=case.pk).update(conflicted=str(people.officer.uid))
    assert sweep("2026-03-24 08:00").sent == 0
    assert (mail.outbox, states()) == ([], ["dropped"])


def test_what_failed_in_the_evening_waits_for_the_morning(
    case: Case, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    gateway.status = 500
    assert sweep("2026-03-24 19:59").sent == 0
    gateway.status = 200
    assert sweep("2026-03-24 20:00").sent == 0
    assert sweep("2026-03-24 23:00").sent == 0
    assert Delivery.objects.get().not_before == on("2026-03-25 08:00")
    assert sweep("2026-03-25 08:00").sent == 1


def test_a_slow_gateway_holds_up_no_sweep_for_long(
    case: Case,
    new_case: NewCase,
    gateway: Gateway,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    with moment.at(RECEIVED):
        new_case(received_at=RECEIVED)
    gateway.hangs = 0.05
    monkeypatch.setattr(delivering, "LONGEST_SECONDS", 0.01)
    assert sweep("2026-03-24 10:00").sent == 1
    assert sorted(states()) == ["sent", "waiting"]
    assert sweep("2026-03-24 10:01").sent == 1


def test_what_she_has_read_does_not_follow_her(
    case: Case, people: SimpleNamespace, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    sweep("2026-03-24 02:00")
    sweeping.note(people.officer, Reminder.objects.get())
    assert sweep("2026-03-24 08:00").sent == 0
    assert states() == ["dropped"]


def test_a_worker_that_died_leaves_a_lease_that_runs_out(
    case: Case, gateway: Gateway, settings: Settings
) -> None:
    settings.REMINDER_CHANNELS = ("webhook",)
    sweep("2026-03-24 02:00")
    Delivery.objects.update(state="taken", taken_at=on("2026-03-24 08:00"))
    with moment.at(on("2026-03-24 08:00") + delivering.LEASE):
        assert delivering.deliver() == 0
    with moment.at(on("2026-03-24 08:00") + delivering.LEASE + timedelta(seconds=1)):
        assert delivering.deliver() == 1


def test_the_console_names_nobody(
    case: Case, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REMINDER_CHANNELS = ("console",)
    assert sweep("2026-03-24 10:00").sent == 1
    assert "您有一件待办事项" in caplog.text
    assert case.number not in caplog.text
