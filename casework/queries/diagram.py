"""The flow of a procedure as a drawing: what is done, who is at it, what may come.

The same sentences are the tips of the drawing and its text for whoever cannot see it. Only the
names of staff stand in it, nothing about the case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Literal, NamedTuple
from unicodedata import east_asian_width

from django.db.models import CharField
from django.db.models.functions import Cast
from django.utils.formats import date_format
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from casework.engine import moment, registry
from casework.engine.language import Sentence, _, pgettext
from casework.models import Procedure
from casework.queries.layout import Layout, Place, Point, Road, Shape, layout

State = Literal["done", "active", "waiting", "failed", "ahead", "cancelled"]

LABELS: Mapping[State, Sentence] = {
    "done": _("已完成"),
    "active": _("进行中"),
    "waiting": _("等待中"),
    "failed": _("出错"),
    "ahead": _("未进行"),
    "cancelled": _("已取消"),
}
OVER: Mapping[str, State] = {
    STATUS.DONE: "done",
    STATUS.ERROR: "failed",
    STATUS.CANCELED: "cancelled",
    STATUS.REVIVED: "cancelled",
}

STEPS: tuple[Shape, ...] = ("person", "background", "start", "end")
"""What a reader takes for a step; gateways only say where the way forks."""

IN_BOX, LINE, OWNER_LINE = 16, 16, 16
"""A line in a box: how many letters it holds (a Chinese character is two), and its height."""
AT_GATEWAY, SMALL_LINE = 12, 13
"""The same for the small titles beside gateways."""


@dataclass(frozen=True)
class Line:
    """One line of text, at its place within the node."""

    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Node:
    """A node as it is drawn. `told` says in a sentence what the drawing shows."""

    name: str
    x: int
    y: int
    width: int
    height: int
    shape: Shape
    state: State
    title: str
    lines: tuple[Line, ...]
    owner: Line | None
    told: str


@dataclass(frozen=True)
class Edge:
    """A line from node to node, and whether somebody went that way."""

    source: str
    target: str
    points: tuple[Point, ...]
    taken: bool

    @property
    def path(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True)
class Diagram:
    """The whole drawing. Empty when the flow class is gone: nothing can be said of it."""

    title: Sentence
    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def steps(self) -> list[Node]:
        """What is told to whoever reads instead of looking."""
        return [node for node in self.nodes if node.shape in STEPS]

    @property
    def key(self) -> list[tuple[State, Sentence]]:
        """The states that occur in it, with their words."""
        found = {node.state for node in self.nodes}
        return [(state, label) for state, label in LABELS.items() if state in found]


class _Visit(NamedTuple):
    """A task row, as far as the drawing needs it; one for each task that led to it.

    `day` is when its todo was done: viewflow's own times do not follow the clock of the product.
    """

    node: str
    status: str
    day: datetime | None
    owner: str | None
    previous: str | None
    flow_class: Any
    process: str


def diagram(record: Procedure) -> Diagram:
    """The drawing of a procedure's flow as it stands now, from one query."""
    visits = _visits(record)
    title = _("%(name)s流程图", name=registry.procedure(record.kind).title)
    if not visits or visits[0].flow_class is None:
        return Diagram(title, 0, 0, (), ())
    drawn: Layout = layout(visits[0].flow_class)
    latest = _latest(visits)
    ways = {(visit.previous, visit.node) for visit in visits}
    nodes = tuple(_node(place, latest.get(place.node.name)) for place in drawn.places)
    edges = sorted((_edge(road, ways) for road in drawn.roads), key=lambda edge: edge.taken)
    return Diagram(title, drawn.width, drawn.height, nodes, tuple(edges))


def _visits(record: Procedure) -> list[_Visit]:
    """Every task of the procedure, the oldest first. Nodes are read as text: a task may name one
    that its flow no longer has."""
    rows = (
        Task.objects.filter(process__caseprocess__procedure=record)
        .annotate(node=Cast("flow_task", CharField()))
        .annotate(before=Cast("previous__flow_task", CharField()))
        .order_by("pk")
        .values_list(
            "node", "status", "todo__done_at", "owner__name", "before",
            "process__flow_class", "process__status",
        )
    )  # fmt: skip
    return [
        _Visit(_name(node), status, day, owner, _name(before or ""), *process)
        for node, status, day, owner, before, *process in rows
    ]


def _name(reference: str) -> str:
    """The node in ``app/path.Flow.node``."""
    return reference.rpartition(".")[2]


def _latest(visits: list[_Visit]) -> dict[str, _Visit]:
    """What counts of each node: the visit that is not over, else the last one."""
    over = (STATUS.DONE, STATUS.CANCELED, STATUS.REVIVED)
    ordered = sorted(visits, key=lambda visit: visit.status not in over)
    return {visit.node: visit for visit in ordered}


def _edge(road: Road, ways: set[tuple[str | None, str]]) -> Edge:
    return Edge(road.source, road.target, road.points, (road.source, road.target) in ways)


def _node(place: Place, visit: _Visit | None) -> Node:
    state = _state(place, visit)
    title = _title(place.node)
    owner = (visit.owner if visit else None) or ""
    lines, below = _lines(place, title, owner if state == "active" else "")
    told = _told(title, state, owner, visit.day if visit else None)
    return Node(
        place.node.name, place.x, place.y, place.width, place.height,
        place.shape, state, title, lines, below, told,
    )  # fmt: skip


def _state(place: Place, visit: _Visit | None) -> State:
    """A task that is not over is somebody's, unless a worker or another branch is waited for. The
    end is reached by the last branch, not by the first."""
    if visit is None or (place.shape == "end" and visit.process != PROCESS.DONE):
        return "ahead"
    living: State = "active" if place.shape == "person" else "waiting"
    return OVER.get(visit.status, living)


def _title(node: Any) -> str:
    """In the reader's language. Tasks carry sentences, gateways plain words."""
    title = node.task_title or node.name
    return str(title if isinstance(title, Sentence) else Sentence(str(title)))


def _told(title: str, state: State, owner: str, done: datetime | None) -> str:
    """“单独会见她：已完成（孟秋，6月29日）”."""
    parts: dict[str, object] = {"step": title, "state": LABELS[state]}
    if owner and done:
        return str(_("%(step)s：%(state)s（%(who)s，%(day)s）", **parts, who=owner, day=_day(done)))
    if owner:
        return str(_("%(step)s：%(state)s（%(who)s）", **parts, who=owner))
    return str(_("%(step)s：%(state)s", **parts))


def _day(done: datetime) -> str:
    """The day; its year only when it is another one."""
    day = moment.day_of(done)
    this_year = day.year == moment.today().year
    return date_format(day, str(pgettext("day", "n月j日")) if this_year else "DATE_FORMAT")


def _lines(place: Place, title: str, owner: str) -> tuple[tuple[Line, ...], Line | None]:
    """The title and, below it, the owner: in the middle of a box, or beside a gateway."""
    if place.shape not in STEPS:
        small = wrapped(title, AT_GATEWAY)
        x, y = place.width // 2 + 12, 7 - SMALL_LINE * (len(small) - 1)
        return tuple(Line(text, x, y + SMALL_LINE * n) for n, text in enumerate(small)), None
    texts = wrapped(title, IN_BOX, at_most=2 if owner else 3)
    height = LINE * len(texts) + (OWNER_LINE if owner else 0)
    x, top = place.width // 2, (place.height - height) // 2
    lines = tuple(Line(text, x, top + LINE * n + 13) for n, text in enumerate(texts))
    return lines, Line(owner, x, top + height - 3) if owner else None


PIECES = re.compile(r"(?:[!-\u02af]+|\S)[\u201d\u3001\u3002\uff01\uff09\uff0c\uff1f]*\s*")
"""What stays on one line: a Latin word, or a Chinese character with the mark behind it."""


def wrapped(text: str, limit: int, at_most: int = 9) -> list[str]:
    """`text` in as few lines as hold it, about equally long; what is too much ends in “…”."""
    fewest = len(_filled(text, limit))
    even = min(limit, ceil(_breadth(text) / fewest))
    tries = (_filled(text, n) for n in range(even, limit + 1))
    lines = next(lines for lines in tries if len(lines) == fewest)
    return lines if len(lines) <= at_most else [*lines[: at_most - 1], lines[at_most - 1] + "…"]


def _filled(text: str, limit: int) -> list[str]:
    lines: list[str] = [""]
    for piece in PIECES.findall(text):
        if lines[-1] and _breadth(lines[-1] + piece.rstrip()) > limit:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _breadth(text: str) -> int:
    """In Latin letters: a Chinese character is as broad as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
