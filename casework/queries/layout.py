"""Where the nodes of a flow stand on paper, and which way the lines between them run.

viewflow says which nodes stand side by side; here its grid gets our measures and runs downwards,
as an office draws its charts: so it fits a printed page, a screen and nearly a phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from viewflow.workflow import chart, nodes

from casework.nodes import Person

Shape = Literal["person", "background", "gateway", "split", "join", "start", "end"]
Point = tuple[int, int]
Way = tuple[Point, ...]

SIZES: dict[Shape, tuple[int, int]] = {
    "person": (124, 50),
    "background": (124, 50),
    "gateway": (34, 34),
    "split": (34, 34),
    "join": (34, 34),
    "start": (124, 36),
    "end": (124, 36),
}
"""Width and height of each shape, in pixels."""

LANE, LANES_APART, RANKS_APART, MARGIN = 124, 33, 30, 10
"""How wide a lane is; the space between lanes, between ranks, and around all."""

ABOVE, BESIDE, STEP, TIP = 18, 11, 6, 7
"""How far above a node, and beside a lane, lines run; how far apart; the length of their tips."""


@dataclass(frozen=True)
class Place:
    """Where one node stands: its lane from the left, its rank from above, and its box."""

    node: Any
    shape: Shape
    lane: int
    rank: int
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        """The centre of the box."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Road:
    """A line from one node to another, by their names."""

    source: str
    target: str
    points: Way


@dataclass(frozen=True)
class Layout:
    """The whole drawing of a flow, its nodes from the first to the last."""

    width: int
    height: int
    places: tuple[Place, ...]
    roads: tuple[Road, ...]


@cache
def layout(flow_class: type) -> Layout:
    """The drawing of a flow class; it is the same for every process."""
    grid = chart.calc_layout_data(flow_class)
    places = _places(grid)
    streets = _Streets({place.node: place for place in places})
    roads = tuple(
        Road(edge.src.name, edge.dst.name, streets.way(edge.src, edge.dst)) for edge in grid.edges
    )
    xs = [x for road in roads for x, _y in road.points] + [p.x + p.width for p in places]
    ys = [y for road in roads for _x, y in road.points] + [p.y + p.height for p in places]
    return Layout(max(xs) + MARGIN, max(ys) + MARGIN, places, roads)


def shape_of(node: Any) -> Shape:
    """How a node is drawn; what we do not know does its work without a person."""
    if isinstance(node, Person):
        return "person"
    if isinstance(node, nodes.Join):
        return "join"
    if isinstance(node, nodes.Split):
        return "split"
    if isinstance(node, nodes.Switch | nodes.If):
        return "gateway"
    if isinstance(node, nodes.End):
        return "end"
    return "background" if list(node._incoming()) else "start"


def _places(grid: Any) -> tuple[Place, ...]:
    """Every node in the order in which it is read: from above, from the left."""
    lanes, ranks = _lanes(grid), _ranks(grid)
    heights = [0] * (max(ranks.values()) + 1)
    for node, rank in ranks.items():
        heights[rank] = max(heights[rank], SIZES[shape_of(node)][1])
    places = []
    for node in sorted(grid.nodes, key=lambda node: (ranks[node], lanes[node])):
        (width, height), rank, lane = SIZES[shape_of(node)], ranks[node], lanes[node]
        x = MARGIN + (LANE + LANES_APART) * lane + (LANE - width) // 2
        y = MARGIN + sum(heights[:rank]) + RANKS_APART * rank + (heights[rank] - height) // 2
        places.append(Place(node, shape_of(node), lane, rank, x, y, width, height))
    return tuple(places)


def _ranks(grid: Any) -> dict[Any, int]:
    """How far from the beginning: viewflow's column. The end stands after everything else, also
    after what loops back."""
    last = max(cell.col for cell in grid.cells) + 1
    ranks = {c.node: last if shape_of(c.node) == "end" else c.col for c in grid.cells}
    taken = sorted(set(ranks.values()))
    return {node: taken.index(rank) for node, rank in ranks.items()}


def _lanes(grid: Any) -> dict[Any, int]:
    """viewflow gives every branch a row of its own. Neighbours of which one ends before the other
    begins share a lane, or a flow of ten branches would not fit a page. It is read from the left,
    so the beginning stands there."""
    ranks, shared = _ranks(grid), list[list[Any]]()
    for row in sorted({cell.row for cell in grid.cells}):
        branch = [cell.node for cell in grid.cells if cell.row == row]
        begin, end = (side(ranks[node] for node in branch) for side in (min, max))
        before = [ranks[node] for node in shared[-1]] if shared else []
        if before and (max(before) < begin or end < min(before)):
            shared[-1] += branch
        else:
            shared.append(branch)
    lanes = {node: lane for lane, branch in enumerate(shared) for node in branch}
    last, first = len(shared) - 1, min(lanes, key=lambda node: ranks[node])
    mirrored = lanes[first] > last / 2
    return {node: last - lane if mirrored else lane for node, lane in lanes.items()}


@dataclass
class _Streets:
    """Finds a way for every line: each enters its node from above, and none crosses a node.

    Lines to one node may share a street, lines to different ones run side by side in it.
    """

    places: dict[Any, Place]
    used: dict[tuple[int, bool], list[Place]] = field(default_factory=dict)

    def way(self, source: Any, target: Any) -> Way:
        """The plainest way that is free; the last one is beside everything."""
        boxes = [(p.node, (p.x, p.y, p.width, p.height)) for p in self.places.values()]
        way: Way = ()
        for way in self._ways(self.places[source], self.places[target]):
            if not chart.path_blocked(boxes, way, {source, target}):
                break
        return way

    def _ways(self, source: Place, target: Place) -> Iterator[Way]:
        (x, y), (to, _y) = source.middle, target.middle
        foot, head, above = source.y + source.height, target.y - TIP, target.y - ABOVE
        if source.rank < target.rank:
            if x == to:
                yield (x, foot), (x, head)
            elif source.shape in ("gateway", "split"):
                yield (_side(source, to), y), (to, y), (to, head)
            else:
                below = foot + RANKS_APART - ABOVE
                yield (x, foot), (x, above), (to, above), (to, head)
                yield (x, foot), (x, below), (to, below), (to, head)
        aside = self._beside(source, target)
        yield (_side(source, aside), y), (aside, y), (aside, above), (to, above), (to, head)

    def _beside(self, source: Place, target: Place) -> int:
        """The street beside the lane of the source, on the side of the target and near the source:
        who comes from the other side of the gap between two lanes has a street of her own."""
        left = target.lane < source.lane
        gap = source.lane - 1 if left else source.lane
        known = self.used.setdefault((gap, left), [])
        if target not in known:
            known.append(target)
        away = BESIDE + STEP * known.index(target)
        return source.middle[0] + (-1 if left else 1) * (LANE // 2 + away)


def _side(source: Place, towards: int) -> int:
    """The left or the right edge of a node."""
    return source.x if towards < source.x else source.x + source.width
