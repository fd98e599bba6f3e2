"""Is anything lost or doubled when the desk's processes are killed at random moments?

``python -m tests.deep.kills [--kills 50] [--processes 40] [--seed N] [--broker redis|amqp|none]``
makes a PostgreSQL database of its own, serves an invented county from it, lets staff walk their
todos over HTTP, and sends SIGKILL to the server and the worker while they do: at any moment, and
often when a job was just begun. After every kill, and at the end, statuses, tasks, todos, letters
and chains must tell one story. Prints one JSON document; exit 1 when anything was wrong, and then
the database is kept.
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
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import django
from django.db import connection, connections

from tests.deep.mail import Post
from tests.deep.running import BROKERS, Desk, drop_database, make_database

THREADS = {"zhou": 2, "wu": 1, "he": 2, "fang": 1, "meng": 2, "su": 1, "qiu": 2}
"""Who walks her todos, and in how many windows at once."""

HANGS = 240
"""Seconds without a single step after which what is left is said to hang."""


@dataclass
class Run:
    """One run of the test."""

    desk: Desk
    database: str
    kills: int
    processes: int
    seed: int
    post: Post
    wrong: list[str] = field(default_factory=list)
    made: int = 0
    checks: int = 0
    cut: int = 0
    """Jobs that were begun when their worker was killed."""

    def play(self) -> dict[str, Any]:
        """All of it; answers what is printed."""
        begun = time.monotonic()
        os.environ.update(self.desk.environment(self.database))
        django.setup()
        self.dice = random.Random(self.seed)
        self.stage = _set_up(self)
        with closing(self.desk):
            for part in self.desk.parts:
                self.desk.start(part)
            self.desk.wait_until_it_answers()
            self._drive()
        return {
            "kills": self.made,
            "processes": len(self.stage.plans),
            "checks": self.checks,
            "ended": _ended(),
            "wrong": list(dict.fromkeys(self.wrong)),
            "seconds": round(time.monotonic() - begun),
            "broker": self.desk.broker,
            "seed": self.seed,
            "steps": self.stage.pace.made,
            "requests_cut": self.stage.ledger.repeated,
            "jobs_cut": self.cut,
        }

    def _drive(self) -> None:
        stage = self.stage
        walkers = [Thread(target=self._guarded(w.walk), daemon=True) for w in stage.walkers]
        for walker in walkers:
            walker.start()
        try:
            for _ in range(self.kills):
                self._kill()
            stage.pace.let_go()
            self._wait_for_the_end()
        finally:
            stage.pace.stop()
        for walker in walkers:
            walker.join(30)
        self._check()
        from tests.deep.checking import check_the_end

        self.wrong += check_the_end(stage.ledger.told, self.post)
        self.wrong += stage.ledger.wrong

    def _guarded(self, walk: Callable[[], None]) -> Callable[[], None]:
        def work() -> None:
            try:
                walk()
            except Exception:
                self.wrong.append(f"a client gave up: {traceback.format_exc()[-600:]}")
            finally:
                connection.close()

        return work

    def _kill(self) -> None:
        """Let some steps be made, kill in their midst, begin again, and look."""
        pace, dice = self.stage.pace, self.dice
        steps = max(3, 14 * self.processes // max(self.kills, 1))
        pace.grant(steps)
        enough = pace.made + dice.randint(1, steps)
        victims = self._victims()
        works = self.desk.parts[-1] in victims
        if works and dice.random() < 0.7:
            _wait_for(lambda: _jobs_begun() > 0, 10)
        else:
            _wait_for(lambda: pace.made >= enough, 10)
            time.sleep(dice.uniform(0, 0.4))
        for part in victims:
            self.desk.kill(part)
        self.made += 1
        self.cut += _jobs_begun() if works else 0
        for part in self.desk.parts:
            if part not in self.desk.running:
                self.desk.start(part)
        self.desk.wait_until_it_answers()
        self.wrong += [f"{part} ended by itself" for part in self.desk.died()]
        self._check()

    def _victims(self) -> tuple[str, ...]:
        if self.desk.parts == ("web",):
            return ("web",)
        choices = [("web",), ("worker",), ("web", "worker")]
        return self.dice.choices(choices, [5, 4, 1])[0]

    def _check(self) -> None:
        from tests.deep.checking import check

        self.checks += 1
        self.wrong += check(self.stage.ledger.made())

    def _wait_for_the_end(self) -> None:
        """Until every procedure is over, or nothing has moved for long."""
        seen, since = -1, time.monotonic()
        while _ended() < self.processes and time.monotonic() - since < HANGS:
            if self.stage.pace.made != seen:
                seen, since = self.stage.pace.made, time.monotonic()
            time.sleep(0.5)


def _wait_for(what: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.005)


def _jobs_begun() -> int:
    from viewflow.workflow.models import Task
    from viewflow.workflow.status import STATUS

    return Task.objects.filter(flow_task_type="JOB", status=STATUS.STARTED).count()


def _ended() -> int:
    from casework.models import Procedure

    return Procedure.objects.exclude(ended_at=None).count()


def _set_up(run: Run) -> SimpleNamespace:
    """Tables, county, tokens, clients."""
    from django.conf import settings
    from django.core.management import call_command

    from casework.engine.people import Role
    from casework.management.county import found_county
    from casework.management.guarding import only_in_a_playground
    from casework.models import Body
    from casework.services import staffing
    from tests.deep.clients import Caller, Ledger, Opener, Pace, Walker

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    only_in_a_playground()
    county = found_county("Only-for-tests-7431")
    seat = county.organisations[0]
    for username, role in (("su", Role.MEDIATOR), ("fang", Role.LIAISON)):
        county.staff[username] = staffing.add_staff(
            None,
            username=username,
            name=username,
            organisation=seat,
            roles=[role],
            password="Only-for-tests-7431",
        )
    Body.objects.update(email="office@body.invalid")
    ledger, pace = Ledger(), Pace()

    def caller(who: str) -> Caller:
        user = county.staff[who]
        token = staffing.new_token(user, "kills")
        return Caller(run.desk.host, who, str(user.uid), token, ledger)

    def dice() -> random.Random:
        return random.Random(run.dice.random())

    plans = _plans(run)
    walkers: list[Any] = [
        Walker(caller(who), pace, dice(), sent=_let_the_receipt_be_late(dice()))
        for who, windows in THREADS.items()
        for _ in range(windows)
    ]
    legal_aid = str(Body.objects.get(service="legal_aid").uid)
    liaison = str(county.staff["he"].uid)
    for who, supervisor, share in (("lin", "zhou", plans[::2]), ("tang", "qiu", plans[1::2])):
        walkers.append(
            Opener(
                caller(who), caller(supervisor), pace, dice(), share, _party, legal_aid,
                liaison if who == "lin" else str(county.staff["qiu"].uid),
            )
        )  # fmt: skip
    return SimpleNamespace(ledger=ledger, pace=pace, plans=plans, walkers=walkers)


def _plans(run: Run) -> list[Any]:
    """Half of them mediations; one of three ends early, each in its own way."""
    from tests.deep.clients import Plan

    plans = []
    for number in range(run.processes):
        kind = "mediation" if number % 4 in (0, 1) else "referral"
        violent = kind == "referral" and run.dice.random() < 0.3
        fates = ["withdraw", "seal", "stop"] + ([] if violent else ["incident", "convert"])
        fate = run.dice.choice(fates) if run.dice.random() < 0.35 else ""
        plans.append(Plan(kind, violent, run.dice.random() < 0.3, fate))
    return plans


def _party(case: str) -> str:
    """The other party of a case: the API does not name it."""
    from casework.models import CaseParty

    return str(CaseParty.objects.get(case__uid=case, role="respondent").uid)


def _let_the_receipt_be_late(dice: random.Random) -> Callable[[str], None]:
    """Of some letters that went out the receipt is overdue at once: nobody waits for days."""

    def sent(record: str) -> None:
        from casework.engine import moment
        from casework.models import Referral

        if dice.random() < 0.4:
            uid = record.partition(":")[2]
            due = moment.now() - timedelta(seconds=1)
            Referral.objects.filter(procedure__uid=uid).update(receipt_due_at=due)

    return sent


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.deep.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--processes", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0, help="0: another one every time")
    parser.add_argument("--broker", choices=list(BROKERS), default="redis")
    asked = parser.parse_args(words)
    seed = asked.seed or random.SystemRandom().randrange(1, 10**6)
    name = f"desk_bars_{asked.broker}_{seed}"
    post = Post()
    data = Path(tempfile.mkdtemp(prefix="desk-kills-"))
    desk = Desk(name, asked.broker, data, post.port)
    found = Run(desk, make_database(name), asked.kills, asked.processes, seed, post).play()
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    if found["wrong"]:
        sys.stderr.write(f"kept: the database {name}, the logs in {data}\n")
        return 1
    connections.close_all()
    drop_database(name)
    shutil.rmtree(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
