"""Supervision: the figures, each with its definition and its cases."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from casework.access import supervises
from casework.forms.figures import FiguresForm
from casework.queries.figures import FIGURES, MAIN, TRENDS
from casework.queries.figures.drill import NoSuchCell, cases
from casework.queries.figures.figure import Figure
from casework.queries.figures.overview import cards, trend
from casework.queries.figures.table import presets, query_of, table
from casework.services.figures import export
from casework.views.doors import Asked, only

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_PAGES = 10_000


def _figure(name: str, *, published: bool = False) -> Figure:
    """The figure `name`; what never leaves the house does not exist as a published one."""
    if name not in FIGURES or (published and not FIGURES[name].public):
        raise Http404
    return FIGURES[name]


@only(supervises)
@require_safe
def overview(request: Asked) -> HttpResponse:
    """The main rates of the period, and how they went."""
    form = FiguresForm(request.user, request.GET)
    shown = {"form": form, "figures": list(FIGURES.values())}
    if not form.is_valid() or form.asked is None:
        return render(request, "figures.html", shown, status=422)
    told = form.cleaned_data
    shown |= {"asked": form.asked, "presets": presets(told), "query": query_of(form.asked, told)}
    shown["cards"] = cards([FIGURES[name] for name in MAIN], form.asked, told)
    shown["trends"] = [trend(FIGURES[name], form.asked, told) for name in TRENDS]
    return render(request, "figures.html", shown)


@only(supervises)
@require_safe
def figure(request: Asked, name: str) -> HttpResponse:
    """One figure: table, chart, definition."""
    published = bool(request.GET.get("published"))
    found, form = _figure(name, published=published), FiguresForm(request.user, request.GET)
    shown = {"form": form, "figure": found, "presets": presets({})}
    if not form.is_valid() or form.asked is None:
        return render(request, "figure.html", shown, status=422)
    told = form.cleaned_data
    shown |= {"published": published, "presets": presets(told)}
    shown["table"] = table(found, form.asked, told, published=published)
    shown["query"] = query_of(form.asked, told)
    return render(request, "figure.html", shown)


@only(supervises)
@require_safe
def behind(request: Asked, name: str) -> HttpResponse:
    """The cases that a number counts."""
    found, form = _figure(name), FiguresForm(request.user, request.GET)
    shown = {"form": form, "figure": found}
    if not form.is_valid() or form.asked is None:
        return render(request, "figure_cases.html", shown, status=422)
    row, measure = request.GET.get("row", ""), request.GET.get("measure", "")
    number = request.GET.get("page", "")
    page = min(max(int(number), 1), MOST_PAGES) if number.isdecimal() and len(number) < 6 else 1
    shown |= {"asked": form.asked, "query": query_of(form.asked, form.cleaned_data)}
    try:
        shown["cases"] = cases(found, form.asked, row, measure, page)
    except NoSuchCell:
        return render(request, "figure_cases.html", shown | {"unknown": True}, status=422)
    shown["cell"] = query_of(form.asked, form.cleaned_data, row=row, measure=measure)
    return render(request, "figure_cases.html", shown)


@only(supervises)
@require_POST
def sheet(request: Asked, name: str) -> HttpResponse:
    """The figure as an Excel file."""
    published = bool(request.POST.get("published"))
    found, form = _figure(name, published=published), FiguresForm(request.user, request.POST)
    if not form.is_valid() or form.asked is None:
        shown = {"form": form, "figure": found, "presets": presets({})}
        return render(request, "figure.html", shown, status=422)
    made = export(request.user, found, form.asked, form.cleaned_data, published=published)
    answer = HttpResponse(made, content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
