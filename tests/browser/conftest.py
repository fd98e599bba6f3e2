"""A real browser in front of a live server. Without Chromium these tests skip and say so."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.conftest import PASSWORD, require
from tests.services.conftest import crew as crew

CHROMIUM = os.environ.get("TEST_CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OFFICE, PHONE = (1366, 768), (390, 844)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, quiet on the network."""
    there = bool(CHROMIUM) and Path(CHROMIUM).exists()
    require("REQUIRE_BROWSER", there, "Chromium is not installed, or hidden by TEST_CHROMIUM")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"executable_path": CHROMIUM, "args": quiet}


class Window:
    """One person's browser: remembers what went wrong in the console."""

    def __init__(self, context: BrowserContext, server: LiveServer) -> None:
        self.context, self.server = context, server
        self.errors: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab of the same person."""
        page = self.context.new_page()
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        return page

    def open(self, path: str) -> Page:
        """Go to a page of the product."""
        self.page.goto(self.server.url + path)
        return self.page

    def faults(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA on the page that stands open."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
        return [f"{v['id']}: {n['html']}" for v in found["violations"] for n in v["nodes"]]

    @property
    def overflows(self) -> bool:
        """Must the page be scrolled sideways?"""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


Windows = Callable[..., Window]


@pytest.fixture
def answered(live_server: LiveServer) -> Iterator[None]:
    """Ends when the server has answered everything it was asked: a late autosave must not meet the
    emptying of the tables."""
    under_way: list[object] = []

    def begun(**_told: object) -> None:
        under_way.append(object())

    def done(**_told: object) -> None:
        if under_way:
            under_way.pop()

    request_started.connect(begun)
    request_finished.connect(done)
    yield
    quiet = 0
    for _turn in range(600):
        quiet = 0 if under_way else quiet + 1
        if quiet == 5:
            break
        time.sleep(0.05)
    request_started.disconnect(begun)
    request_finished.disconnect(done)
    assert not under_way, "the server still answers"


@pytest.fixture
def windows(
    browser: Browser, live_server: LiveServer, people: SimpleNamespace, answered: None
) -> Iterator[Windows]:
    """``windows("officer")``: her browser, logged in through the login page."""
    opened: list[BrowserContext] = []

    def of(who: str, size: tuple[int, int] = OFFICE, **more: Any) -> Window:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", **more
        )
        opened.append(context)
        window = Window(context, live_server)
        page = window.open("/login/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url(live_server.url + "/")
        return window

    yield of
    for context in opened:
        for page in context.pages:
            page.goto("about:blank")  # ends its timers before the server is asked to be quiet
        context.close()
