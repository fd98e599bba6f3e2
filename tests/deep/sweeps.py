"""Is a reminder lost or doubled when worker and beat are killed at random moments?

``python -m tests.deep.sweeps [--kills 10] [--cases 30] [--seed N] [--broker redis|amqp]`` makes a
PostgreSQL database of its own, opens cases whose assessment is long overdue, lets a real worker
sweep them and post to a gateway, and sends SIGKILL to worker and beat while they do. At the end
every milestone was told exactly once in the house, and everything left the house: at most one more
time for each kill, with the same key. Prints one JSON document; exit 1 when anything was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import django
from django.db import connections

from tests.deep.running import Desk, drop_database, make_database

PATIENCE = 120
"""Seconds in which the worker must be done with what is left."""

TOLD = ["after:4 hours", "before:1 hours", "before:4 hours", "due"]
"""The milestones of an assessment that is overdue by more than four hours."""


class Gateway(ThreadingHTTPServer):
    """Counts what is posted to it, by key; takes its time, so that a kill can fall in between."""

    daemon_threads = True

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()
        self.lock = Lock()
        super().__init__(("127.0.0.1", 0), _Post)
        Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed is no news."""


class _Post(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        """Keep the key, then answer."""
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.keys[told["id"]] += 1
        time.sleep(0.01)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def play(desk: Desk, kills: int, cases: int, seed: int) -> dict[str, Any]:
    """All of it; answers what is printed."""
    gateway, dice, begun = Gateway(), random.Random(seed), time.monotonic()
    database = make_database(desk.name)
    told = desk.environment(database) | {
        "REMINDER_CHANNELS": "webhook",
        "REMINDER_URL": f"http://127.0.0.1:{gateway.server_port}/",
        "REMINDER_SECRET": "for this run only",
    }
    desk.also = told
    os.environ.update(told)
    django.setup()
    openers = _set_up()
    with closing(desk):
        desk.start("worker")
        for _ in range(kills):
            _open_overdue(openers, cases, dice)
            time.sleep(dice.uniform(0, 1.3 * desk.lease))
            desk.kill("worker")
            desk.start("worker")
        _wait_until_it_is_quiet()
    wrong = _wrong(kills * cases, gateway.keys, kills)
    return {
        "broker": desk.broker,
        "kills": kills,
        "cases": kills * cases,
        "posts": gateway.keys.total(),
        "doubled": sum(1 for count in gateway.keys.values() if count > 1),
        "wrong": wrong,
        "seconds": round(time.monotonic() - begun),
        "seed": seed,
    }


def _set_up() -> Any:
    from django.conf import settings
    from django.core.management import call_command

    from casework.management.county import found_county

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    return found_county("Only-for-tests-7431")


def _open_overdue(county: Any, cases: int, dice: random.Random) -> None:
    """Cases of violence that were opened a day and a half ago, and nobody has assessed."""
    from casework.engine import moment
    from casework.services.intake import VisitNote, log_visit

    for number in range(cases):
        note = VisitNote(
            channel="phone",
            kind="domestic_violence",
            name=f"第 {number} 位",
            happened="他打了她",
            asks="请求帮助",
        )
        with moment.at(moment.now() - timedelta(hours=36, minutes=dice.randint(0, 50))):
            log_visit(note, actor=county.staff["lin"])


def _wait_until_it_is_quiet() -> None:
    """Until nothing is due and nothing waits to be sent."""
    from casework.engine import moment
    from casework.models import Delivery
    from casework.services.sweeping import due

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not due(moment.now()).exists() and not Delivery.objects.exclude(state="sent").exists():
            return
        time.sleep(0.3)


def _wrong(cases: int, keys: Counter[str], kills: int) -> list[str]:
    """What was lost, doubled, or does not add up."""
    from casework import audit
    from casework.models import Clock, ClockEvent, Delivery, Reminder
    from casework.queries.clocks import verify

    found = [f"{w.clock}: {w.why}" for w in verify().wrong]
    if not audit.verify().ok:
        found.append("the chains are broken")
    clocks = Clock.objects.filter(rule="dv.assessment")
    if clocks.count() != cases:
        found.append(f"{clocks.count()} clocks for {cases} cases")
    for pk in clocks.values_list("pk", flat=True):
        fired = ClockEvent.objects.filter(clock=pk, kind="fire")
        names = sorted(fired.values_list("milestone", flat=True))
        if names != TOLD:
            found.append(f"clock {pk} told {names}")
        heard = sorted(Reminder.objects.filter(clock=pk).values_list("audience", flat=True))
        if heard != ["handler", "supervisor"]:  # the county has nobody above it
            found.append(f"clock {pk} was heard by {heard}")
    asked = set(Delivery.objects.values_list("key", flat=True))
    if asked != set(keys):
        found.append(f"{len(asked - set(keys))} lost, {len(set(keys) - asked)} from nowhere")
    unsent = Delivery.objects.exclude(state="sent").count()
    if unsent:
        found.append(f"{unsent} deliveries are not marked as sent")
    if keys.total() - len(keys) > kills:
        found.append(f"{keys.total() - len(keys)} posts too many after {kills} kills")
    return found


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.deep.sweeps", description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--cases", type=int, default=30, help="new ones before each kill")
    parser.add_argument("--seed", type=int, default=0, help="0: another one every time")
    parser.add_argument("--broker", choices=["redis", "amqp"], default="redis")
    asked = parser.parse_args(words)
    seed = asked.seed or random.SystemRandom().randrange(1, 10**6)
    data = Path(tempfile.mkdtemp(prefix="desk-sweeps-"))
    desk = Desk(f"desk_sweeps_{asked.broker}_{seed}", asked.broker, data, mail_port=9)
    found = play(desk, asked.kills, asked.cases, seed)
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    if found["wrong"]:
        sys.stderr.write(f"kept: the database {desk.name}, the logs in {data}\n")
        return 1
    connections.close_all()
    drop_database(desk.name)
    shutil.rmtree(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
