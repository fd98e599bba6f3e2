"""Ways in which a reminder leaves the house. What goes out never says more than that something is
due (rules 8 and 9); the key goes along, so that the other side knows a second delivery as one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import urllib.request
from collections.abc import Callable, Iterator
from urllib.error import HTTPError, URLError
from urllib.parse import quote_plus

from django.conf import settings
from django.core.mail import EmailMessage

from casework.engine import moment
from casework.engine.people import Role
from casework.models import Delivery, Reminder, User

log = logging.getLogger("casework.reminders")

SUBJECT = "您有一件待办事项"
TEXT = "您有一件待办事项（提醒编号 {number}）。请登录工作系统查看，请勿回复。"
SECONDS = 10
"""So long the other side may take to answer."""
LONGEST_ANSWER = 10_000


class Undelivered(Exception):
    """The other side did not take it; the text says why, in a word that names nobody."""


def addresses(reminder: Reminder, channel: str) -> Iterator[User | None]:
    """To whom a channel carries a reminder: e-mail to each person who has an address, everything
    else to the one place it is set to (None)."""
    if channel != "email":
        yield None
        return
    people = User.objects.filter(is_active=True).exclude(email="")
    if reminder.assignee_id:
        yield from people.filter(uid=reminder.assignee_id)
        return
    holders = people.filter(
        roles__role=Role(reminder.role).value,
        organisation__path=reminder.organisation_path,
    )
    yield from holders.distinct()


def send(delivery: Delivery) -> None:
    """Carry it out of the house. Raises `Undelivered`."""
    text = TEXT.format(number=str(delivery.reminder.uid)[:8])
    _CHANNELS[delivery.channel](delivery, text)


def _console(delivery: Delivery, text: str) -> None:
    log.warning("%s %s", delivery.key, text)


def _email(delivery: Delivery, text: str) -> None:
    assert delivery.person
    if not settings.EMAIL_HOST:
        raise Undelivered("no mail server")
    headers = {"Message-ID": f"<{delivery.key}@reminder.invalid>"}
    try:
        EmailMessage(SUBJECT, text, to=[delivery.person.email], headers=headers).send()
    except OSError as error:  # SMTPException is one, too
        raise Undelivered(type(error).__name__) from None


def _wecom(delivery: Delivery, text: str) -> None:
    """企业微信群机器人: the key of the robot stands in the address."""
    body = {"msgtype": "text", "text": {"content": text}}
    _demand_no_errcode(_post(settings.REMINDER_URL, body, delivery.key), needed=True)


def _dingtalk(delivery: Delivery, text: str) -> None:
    """钉钉群机器人: signed by time and secret in the address."""
    stamp = str(int(moment.now().timestamp() * 1000))
    signed = hmac.digest(_secret(), b"%s\n%s" % (stamp.encode(), _secret()), hashlib.sha256)
    mark = "&" if "?" in settings.REMINDER_URL else "?"
    sign = quote_plus(base64.b64encode(signed))
    url = f"{settings.REMINDER_URL}{mark}timestamp={stamp}&sign={sign}"
    body = {"msgtype": "text", "text": {"content": text}}
    _demand_no_errcode(_post(url, body, delivery.key), needed=True)


def _webhook(delivery: Delivery, text: str) -> None:
    """Any other gateway: signed by a header over time and body."""
    body = {"id": delivery.key, "text": text}
    _demand_no_errcode(_post(settings.REMINDER_URL, body, delivery.key), needed=False)


_CHANNELS: dict[str, Callable[[Delivery, str], None]] = {
    "console": _console,
    "email": _email,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "webhook": _webhook,
}
NAMES = frozenset(_CHANNELS)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """To be sent elsewhere is no success: followed, a POST becomes a GET that delivers nothing."""

    def redirect_request(self, *told: object) -> None:
        """Nowhere."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def _post(url: str, body: object, key: str) -> bytes:
    """Send, and answer what was answered. Raises `Undelivered` for whatever is no success."""
    if not url.startswith(("https://", "http://")):
        raise Undelivered("no address")
    content = json.dumps(body, ensure_ascii=False).encode()
    stamp = str(int(moment.now().timestamp()))
    signature = hmac.new(_secret(), stamp.encode() + b"." + content, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        "X-Timestamp": stamp,
        "X-Signature": f"sha256={signature}",
    }
    request = urllib.request.Request(url, content, headers, method="POST")  # noqa: S310  # http(s) only, checked above
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            found: bytes = answer.read(LONGEST_ANSWER)
            return found
    except HTTPError as error:
        raise Undelivered(f"HTTP {error.code}") from None
    except (URLError, OSError, ValueError) as error:
        raise Undelivered(type(error).__name__) from None


def _demand_no_errcode(answer: bytes, *, needed: bool) -> None:
    """HTTP 200 alone is no success: these gateways tell a failure in the body."""
    try:
        told = json.loads(answer)
        code = told.get("errcode") if isinstance(told, dict) else None
    except ValueError:
        if needed:
            raise Undelivered("no JSON") from None
        return
    if code not in ((0,) if needed else (0, None)):
        raise Undelivered(f"errcode {str(code)[:20]}")


def _secret() -> bytes:
    return settings.REMINDER_SECRET.encode()
