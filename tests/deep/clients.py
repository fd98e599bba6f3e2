"""Staff as programs: they walk their todos over HTTP and say again what was cut short."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock
from typing import Any

from casework.engine import moment

SILENCE = 180
"""Seconds after which a server that does not answer has failed the test."""


@dataclass(frozen=True)
class Told:
    """What the desk said in the end to one request that was to write something."""

    actor: str
    key: str
    status: int
    event: str = ""
    about: str = ""

    @property
    def made(self) -> bool:
        """Was it done?"""
        return self.status < 300


@dataclass
class Ledger:
    """Everything that was answered, and what was wrong with the answers."""

    told: list[Told] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    repeated: int = 0
    _lock: Lock = field(default_factory=Lock)

    def note(self, told: Told) -> None:
        """An answer came."""
        with self._lock:
            self.told.append(told)

    def fault(self, what: str) -> None:
        """Something that must never happen."""
        with self._lock:
            self.wrong.append(what)

    def again(self) -> None:
        """A request is sent once more, because its answer never came."""
        with self._lock:
            self.repeated += 1

    def made(self) -> list[Told]:
        """What was done, so far."""
        with self._lock:
            return [told for told in self.told if told.made]


class Pace:
    """Lets the clients make so many steps and no more, so that the kills fall among them."""

    def __init__(self) -> None:
        self.over = Event()
        self._free = Event()
        self._lock = Lock()
        self._left = 0
        self.made = 0

    def grant(self, steps: int) -> None:
        """So many may be made from now on."""
        with self._lock:
            self._left = steps

    def let_go(self) -> None:
        """As many as there are."""
        self._free.set()

    def stop(self) -> None:
        """Nobody makes another one."""
        self.over.set()

    def wait(self) -> bool:
        """Wait for leave to make one; False when it is all over."""
        while not self.over.is_set():
            if self._free.is_set():
                return True
            with self._lock:
                if self._left > 0:
                    self._left -= 1
                    return True
            time.sleep(0.02)
        return False

    def count(self) -> None:
        """One was made."""
        with self._lock:
            self.made += 1


@dataclass
class Caller:
    """One member of staff's program."""

    host: str
    name: str
    uid: str
    token: str
    ledger: Ledger

    def get(self, path: str) -> Any:
        """Read something; None when it is not hers to read (any longer)."""
        status, data = self._send("GET", path, None, "")
        return data if status == 200 else None

    def post(self, path: str, body: dict[str, Any], *, twice: bool = False) -> tuple[int, Any]:
        """Write something under a key of its own, until an answer comes; `twice` as a double click
        does it. Answers with status and JSON."""
        key = uuid.uuid4().hex
        send = lambda: self._send("POST", path, body, key)  # noqa: E731 - short, and used right here
        answers = [send()] if not twice else self._both(send)
        made = [a for a in answers if a[0] < 300]
        if len({str(data.get("event", data.get("uid"))) for _status, data in made}) > 1:
            self.ledger.fault(f"one key, two answers at {path}: {answers}")
        status, data = (made or answers)[0]
        self.ledger.note(
            Told(self.uid, key, status, str(data.get("event", "")), f"{path} {body} {data}"[:600])
        )
        return status, data

    @staticmethod
    def _both(send: Callable[[], tuple[int, Any]]) -> list[tuple[int, Any]]:
        with ThreadPoolExecutor(2) as pool:
            return [each.result() for each in [pool.submit(send), pool.submit(send)]]

    def _send(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        end = time.monotonic() + SILENCE
        while True:
            try:
                return self._once(method, path, body, key)
            except (OSError, HTTPException) as cut:
                if time.monotonic() > end:
                    self.ledger.fault(f"no answer in {SILENCE} s: {method} {path}")
                    raise
                if not isinstance(cut, ConnectionRefusedError):
                    self.ledger.again()
                time.sleep(0.2)

    def _once(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        line = HTTPConnection(self.host, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        try:
            sent = json.dumps(body) if body is not None else None
            line.request(method, f"/api/v1{path}", sent, headers)
            response = line.getresponse()
            said = response.read()
        finally:
            line.close()
        if response.status >= 500:
            self.ledger.fault(f"{response.status} at {method} {path} {body}: {said[:300]!r}")
            return response.status, {}
        return response.status, json.loads(said)


# ---------------------------------------------------------------- what she tells


def now(**later: int) -> str:
    """A moment as the API takes it."""
    return (moment.now() + timedelta(**later)).isoformat()


def day(days: int = 0) -> str:
    """A day as the API takes it."""
    return (moment.today() + timedelta(days=days)).isoformat()


def _agreement(dice: random.Random) -> dict[str, Any]:
    owed = dice.random() < 0.7
    due = {"perform_by": day(10)} if owed else {"nothing_owed": True}
    return due | {
        "notes": "双方陈述。",
        "terms": "补发补偿款。",
        "wants_confirmation": dice.random() < 0.5,
    }


def _answer(dice: random.Random) -> dict[str, Any]:
    return {"answered_at": now(), "in_writing": True, "answer": "准予。"}


_SEEN = {"screened_alone": True, "no_violence": True}
FACTS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "invite": lambda dice: {"how": "电话", "safely": True},
    "hear": lambda dice: _SEEN | {"rights_told": True, "agrees": True},
    "schedule": lambda dice: {"planned_at": now(), "place": "调解室"},
    "meet": lambda dice: _SEEN,
    "resume": lambda dice: _SEEN,
    "agree": _agreement,
    "hold": lambda dice: {"notes": "另行安排。"},
    "fail": lambda dice: {"notes": "谈不拢。", "routes_told": True},
    "sign": lambda dice: {"signed_on": day(), "signed_by_all": True},
    "confirm": lambda dice: {"jointly": True, "court": "县法院", "ruling": "民特 1 号"},
    "perform": lambda dice: {"performed_on": day()},
    "default": lambda dice: {"what": "没有付款。", "routes_told": True},
    "revise": lambda dice: {"requests": "指派律师。", "situation": "需要代理。"},
    "send": lambda dice: {"channel": "hand"},
    "acknowledge": lambda dice: {"received_at": now(), "receipt": "收字 1 号"},
    "accept": _answer,
    "refuse": _answer,
    "chase": lambda dice: {"how": "phone", "said": "经办人外出。"},
    "press": lambda dice: {"done": "致函其主管部门。"},
    "object_to": lambda dice: {"objected_at": now(), "grounds": "属于援助范围。"},
    "accept_refusal": lambda dice: {"told": True},
    "settle_objection": lambda dice: {
        "objection_outcome": "upheld",
        "objection_answered_at": now(),
        "objection_answer": "维持。",
    },
    "lack_papers": lambda dice: {"asked_at": now(), "papers": "身份证明。"},
    "bring_papers": lambda dice: {"brought_at": now()},
    "finish": lambda dice: {"result": "已指派律师。", "decision": "决 1 号", "lawyer": "方律师"},
}
LIKELY = {
    "agree": 5.0,
    "hold": 2.0,
    "fail": 1.0,
    "confirm": 2.0,
    "perform": 4.0,
    "approve": 4.0,
    "acknowledge": 3.0,
    "accept": 3.0,
    "lapse": 6.0,
    "chase": 2.0,
    "stop": 0.04,
    "cancel": 0.04,
}
"""How often a row is chosen among those of a task; 1 without a number."""
REASON = "情况有变。"


def told(move: str, dice: random.Random) -> dict[str, Any]:
    """What is told with a row."""
    facts = FACTS.get(move)
    return {"facts": facts(dice) if facts else {}, "reason": REASON}


# ---------------------------------------------------------------- walking the todos


@dataclass
class Walker:
    """Does what stands on her desk, a line at random, until everything is over."""

    caller: Caller
    pace: Pace
    dice: random.Random
    supervises: bool = False
    sent: Callable[[str], None] = lambda record: None
    """Called after a referral went out."""

    def walk(self) -> None:
        """Until it is over."""
        while not self.pace.over.is_set():
            waiting = [t for t in self.caller.get("/todos") or [] if t["task"]]
            if not waiting:
                time.sleep(self.dice.uniform(0.3, 0.8))
                continue
            self._do(self.dice.choice(waiting))

    def _do(self, todo: dict[str, Any]) -> None:
        found = next(self._tasks(todo), None)
        if found is None:
            return  # somebody was faster
        body = self._body(found)
        if body is None or not self.pace.wait():
            return
        path = f"/tasks/{todo['uid']}"
        twice = self.dice.random() < 0.1 and "move" in body
        status, data = self.caller.post(path, body, twice=twice)
        if status == 200:
            self.pace.count()
            if data["move"] == "send":
                self.sent(data["record"])
        elif status not in (404, 422):
            self.caller.ledger.fault(f"{status} at {path} {body}: {data}")

    def _tasks(self, todo: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for procedure in self.caller.get(f"/cases/{todo['case']}/procedures") or []:
            yield from (t for t in procedure["tasks"] if t["uid"] == todo["uid"])

    def _body(self, task: dict[str, Any]) -> dict[str, Any] | None:
        """What to do with it: mostly the next row, at times who does it."""
        chance = self.dice.random()
        if not task["owner"] and chance < 0.15:
            return {"do": "claim"}
        if task["owner"] == self.caller.name and chance < 0.03:
            return {"do": "hand_back"}
        if not task["moves"]:
            return {"do": "retry"} if not task["owner"] else None
        weights = [LIKELY.get(name, 1.0) for name in task["moves"]]
        move = self.dice.choices(task["moves"], weights)[0]
        return {"move": move} | told(move, self.dice)


# ---------------------------------------------------------------- opening, and ending early

END_EARLY: dict[str, tuple[str, dict[str, Any]]] = {
    "withdraw": ("withdraw_consent", {}),
    "incident": ("record_incident", {"facts": {"form": "physical"}}),
    "convert": ("convert", {"reason": REASON}),
    "seal": ("seal", {"reason": REASON}),
    "stop": ("", {"reason": REASON}),
}
"""What can happen in the case of a procedure that goes on."""


@dataclass
class Plan:
    """One procedure to open: which, in whose case, and what happens to it on the way."""

    kind: str
    violent: bool = False
    urgent: bool = False
    fate: str = ""
    at: datetime | None = None
    case: str = ""


@dataclass
class Opener:
    """A desk officer: opens cases with procedures in them, and now and then ends one early."""

    caller: Caller
    supervisor: Caller
    pace: Pace
    dice: random.Random
    plans: list[Plan]
    party: Callable[[str], str]
    """The uid of the other party of a case."""
    body: str
    """The uid of the legal-aid centre."""
    liaison: str
    """The uid of the liaison named in sensitive cases."""
    opened: int = 0

    def walk(self) -> None:
        """Open everything, then go on living with it."""
        for plan in self.plans:
            if not self.pace.wait():
                return
            self._open(plan)
            self.opened += 1
            self.pace.count()
            self._live()
        while not self.pace.over.is_set():
            self._live()
            time.sleep(0.2)

    def _must(self, caller: Caller, path: str, body: dict[str, Any], status: int = 200) -> Any:
        said, data = caller.post(path, body, twice=self.dice.random() < 0.2)
        if said != status:
            caller.ledger.fault(f"opening: {said} at {path} {body}: {data}")
            raise RuntimeError(f"a case could not be opened: {said} {data}")
        return data

    def _open(self, plan: Plan) -> None:
        visit = {
            "kind": "domestic_violence" if plan.violent else "petition",
            "name": "某女士",
            "happened": "村里分地没有她的份。",
            "asks": "希望得到帮助。",
            "respondent": "某村委会",
            "relation": "other",
        }
        plan.case = self._must(self.caller, "/cases", visit, 201)["uid"]
        moves = f"/cases/{plan.case}/moves"
        if not plan.violent:
            accepting = {"facts": {"handling_type": "help", "handler": self.caller.uid}}
            self._must(self.supervisor, f"{moves}/accept", accepting)
        if plan.kind == "mediation":
            facts = {"other": self.party(plan.case), "matter": "补偿款。", "mode": "joint"}
            self._must(
                self.caller, f"{moves}/open_mediation", {"facts": facts | {"unrelated": True}}
            )
        else:
            self._must(self.caller, f"{moves}/give_consent", {"facts": {"scope": "refer"}})
            self._must(self.caller, f"{moves}/open_referral", {"facts": self._referral(plan)})
        plan.at = moment.now() + timedelta(seconds=self.dice.uniform(0, 20))

    def _referral(self, plan: Plan) -> dict[str, Any]:
        return {
            "service": "legal_aid",
            "body": self.body,
            "urgency": "hours" if plan.urgent else "days",
            "ground": "consent",
            "requests": "指派律师代理诉讼。",
            "situation": "需要诉讼代理。",
            "carrier": self.liaison if plan.violent else "",
        }

    def _live(self) -> None:
        """What happens to the procedures on the way."""
        for plan in self.plans:
            if plan.fate and plan.at and plan.at < moment.now():
                self._happen(plan)
                plan.fate = ""

    def _happen(self, plan: Plan) -> None:
        move, body = END_EARLY[plan.fate]
        if plan.fate == "withdraw":
            scope = "mediate" if plan.kind == "mediation" else "refer"
            body = {"facts": {"scope": scope}}
        path = f"/cases/{plan.case}/moves/{move}"
        caller = self.supervisor if plan.fate in ("seal", "stop") else self.caller
        if plan.fate == "stop":
            going = caller.get(f"/cases/{plan.case}/procedures")
            end = "stop" if plan.kind == "mediation" else "cancel"
            path = f"/cases/{plan.case}/procedures/{going[0]['uid']}/moves/{end}"
        status, data = caller.post(path, body)
        if status not in (200, 422):
            caller.ledger.fault(f"{status} at {path} {body}: {data}")
