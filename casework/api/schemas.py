"""What the API takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StrictBool


def _typed(text: str) -> str:
    """Refuse what no keyboard types: NUL and half a character."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(gettext("含有无法识别的字符"))
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_typed)]
Paragraph = Annotated[str, Field(max_length=20_000), AfterValidator(_typed)]
Answer = Literal["", "yes", "no", "refused"]
Version = Annotated[int, Field(ge=0, le=2_147_483_647)]
Amount = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
Codes = Annotated[list[Line], Field(max_length=100)]
Fact = StrictBool | Amount | Paragraph | Codes | dict[Line, Line] | None


class Strict(Schema):
    """Unknown names are refused, not ignored: a typing mistake must not lose a fact."""

    model_config = ConfigDict(extra="forbid")


class CaseIn(Strict):
    """A visit that becomes a case: the names of the visit log."""

    kind: Literal["petition", "domestic_violence"]
    channel: Line = "visit"
    name: Line = ""
    phone: Line = ""
    id_number: Line = ""
    address: Line = ""
    happened: Paragraph = ""
    asks: Paragraph = ""
    done: Paragraph = ""
    category: Line = ""
    people: Annotated[int, Field(ge=1, le=9999)] = 1
    repeat: bool = False
    minor: bool = False
    danger_safe_now: Answer = ""
    danger_hurt: Answer = ""
    danger_afraid: Answer = ""
    respondent: Line = ""
    relation: Line = ""
    received_at: AwareDatetime | None = None
    may_call: bool = False
    may_message: bool = False
    when: Line = ""
    code_word: Line = ""


class MoveIn(Strict):
    """A move: its facts by name, the reason when one is asked, and the version last seen."""

    facts: dict[Line, Fact] = {}
    reason: Paragraph = ""
    version: Version | None = None


class TaskIn(MoveIn):
    """What to do with a task; to execute it, the move (when it has several) and its facts."""

    do: Literal["execute", "claim", "hand_back", "assign", "retry"] = "execute"
    move: Line = ""
    to: Line = ""


class CaseOut(Schema):
    """A case in a list: nothing that tells who she is."""

    uid: UUID
    number: str
    kind: str
    status: str
    category: str
    channel: str
    danger: str
    sealed: bool
    safety_sensitive: bool
    organisation: str
    handler: str
    received_at: datetime
    closed_at: datetime | None
    outcome: str
    version: int


class CaseOpened(CaseOut):
    """A case that was just opened, and what looked wrong and was kept as told."""

    warnings: list[str]


class CasesAsked(Schema):
    """By what the list of cases is narrowed: the parameters of the register's address. `category`
    and `organisation` include what stands below; `status` may name its kind before a colon;
    `handler` is a uid or ``none``; days are of Shanghai, the last one counts."""

    kind: Line = ""
    status: Line = ""
    category: Line = ""
    danger: Line = ""
    channel: Line = ""
    involves: Line = ""
    organisation: Line = ""
    own: bool = False
    handler: Line = ""
    received_from: Annotated[Line, Field(alias="from")] = ""
    received_to: Annotated[Line, Field(alias="to")] = ""
    closed_from: Line = ""
    closed_to: Line = ""
    only: Line = ""
    mine: bool = False


class CasePage(Schema):
    """One page of the register; `after` finds the next one."""

    cases: list[CaseOut]
    after: UUID | None


class SearchIn(Strict):
    """A number, phone, ID number, name, pinyin or initials."""

    word: Paragraph


class SearchOut(Schema):
    """What was found, newest first; `cut` when there may be more."""

    cases: list[CaseOut]
    cut: bool


class PartyOut(Schema):
    """Somebody's part in a case."""

    role: str
    relation: str
    name: str
    minor: bool


class ClockOut(Schema):
    """A deadline."""

    rule: str
    state: str
    started_at: datetime
    original_due_at: datetime
    due_at: datetime
    provisional: bool
    stopped_at: datetime | None
    breached_at: datetime | None
    source: str


class ReminderOut(Schema):
    """What was said of a deadline."""

    uid: UUID
    case: UUID
    number: str
    rule: str
    said: str
    due_at: datetime
    made_at: datetime
    read_at: datetime | None
    over: bool


class CaseWhole(CaseOut):
    """A case with what belongs to it."""

    summary: str
    demands: str
    parties: list[PartyOut]
    clocks: list[ClockOut]


class MoveOut(Schema):
    """A row of the case's table, open to the caller now or not."""

    name: str
    label: str
    to: str | None
    permission: str
    reason: bool
    facts: list[str]
    open: bool
    refusals: list[str]


class AskedOut(Schema):
    """One fact that a move asks for. `choices` are what may be told, by the value to send; empty
    when anything may."""

    name: str
    label: str
    kind: str
    required: bool
    choices: dict[str, str]


class MoveAsked(MoveOut):
    """A row with everything that must be known to make it."""

    asks: list[AskedOut]


class WaitingOut(Schema):
    """A task of a procedure that waits for somebody."""

    uid: UUID
    title: str
    owner: str
    due_at: datetime | None
    moves: list[str]


class ChaseOut(Schema):
    """How the other side was reminded of a deadline; `about` is the deadline's rule, if any."""

    about: str
    how: str
    outcome: str
    answer_by: date | None
    at: datetime
    by: str


class ProcedureOut(Schema):
    """A procedure inside a case."""

    uid: UUID
    kind: str
    status: str
    open: bool
    carrier: str
    version: int
    tasks: list[WaitingOut]
    chases: list[ChaseOut]


class MadeOut(Schema):
    """What a move made: on the case, or on the procedure named in `record` (``<kind>:<uid>``), to
    which `before` and `status` then belong."""

    record: str
    event: UUID
    sequence: int
    move: str
    before: str
    status: str
    case: CaseOut


class TodoOut(Schema):
    """Something that waits for the caller."""

    uid: UUID
    case: UUID
    number: str
    why: str
    due_at: datetime | None
    task: bool
    """Is it a task of a procedure, to be done at ``POST tasks/{uid}``?"""
