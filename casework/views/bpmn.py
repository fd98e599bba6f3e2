"""The flow of a procedure as BPMN 2.0, for tools that draw or compare processes."""

from __future__ import annotations

from functools import cache

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe
from viewflow.workflow import chart, nodes

from casework.access import works_at_desk
from casework.engine import registry
from casework.engine.language import Sentence
from casework.views.doors import Asked, only


@require_safe
@only(works_at_desk)
def bpmn(request: Asked, kind: str) -> HttpResponse:
    """The flow on which new procedures of this kind start. Nothing of any case is in it."""
    plates = {plate.key: plate for plate in registry.procedures()}
    if kind not in plates:
        raise Http404
    answer = HttpResponse(written(plates[kind].flows[-1]), content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="{kind}.bpmn"'
    return answer


@cache
def written(flow_class: type) -> str:
    """The flow class in BPMN, always in Chinese: the same file for everybody."""
    grid = chart.calc_layout_data(flow_class, edge_start_gap_size=0, edge_end_gap_size=0)
    for cell in grid.cells:
        title = cell.node.task_title
        cell.title = title.text if isinstance(title, Sentence) else str(title)
    # viewflow calls every split parallel; one that may leave a branch out is inclusive in BPMN.
    grid.choosing = {
        edge.src.name
        for edge in grid.edges
        if isinstance(edge.src, nodes.Split) and edge.edge_class != "default"
    }
    return str(chart.grid_to_bpmn(grid))
