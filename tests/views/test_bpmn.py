"""The flows of procedures as BPMN 2.0."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from casework.engine import registry
from tests.views.conftest import Pages, text

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
LINES = "{http://www.omg.org/spec/DD/20100524/DI}"

KINDS = [plate.key for plate in registry.procedures()]
each = pytest.mark.parametrize("kind", KINDS)


def flow_of(kind: str) -> Any:
    return registry.procedure(kind).flows[-1]


def exported(pages: Pages, kind: str) -> ET.Element:
    answer = pages("officer").get(f"/procedures/{kind}.bpmn")
    assert answer.status_code == 200
    return ET.fromstring(answer.content)


def nodes(root: ET.Element) -> dict[str, ET.Element]:
    """Everything in the process but its lines, by id."""
    process = root.find(f"{MODEL}process")
    assert process is not None
    return {e.attrib["id"]: e for e in process if e.tag != f"{MODEL}sequenceFlow"}


def flows(root: ET.Element) -> dict[str, ET.Element]:
    return {e.attrib["id"]: e for e in root.iter(f"{MODEL}sequenceFlow")}


@each
def test_it_is_a_file_of_its_own(pages: Pages, kind: str) -> None:
    answer = pages("officer").get(f"/procedures/{kind}.bpmn")
    assert answer["Content-Type"] == "application/xml"
    assert answer["Content-Disposition"] == f'attachment; filename="{kind}.bpmn"'
    assert ET.fromstring(answer.content).tag == f"{MODEL}definitions"
    assert text(answer).startswith('<?xml version="1.0" encoding="UTF-8"?>')


@each
def test_every_node_has_its_chinese_title(pages: Pages, kind: str) -> None:
    found = {name: node.attrib["name"] for name, node in nodes(exported(pages, kind)).items()}
    wanted = {
        f"id_node_{node.name}": getattr(node.task_title, "text", node.task_title)
        for node in flow_of(kind).instance.nodes()
    }
    assert found == wanted
    assert all(re.search("[一-鿿]", title) for title in found.values())


@each
def test_every_reference_resolves(pages: Pages, kind: str) -> None:
    root = exported(pages, kind)
    standing, running = nodes(root), flows(root)
    edges = [e for node in flow_of(kind).instance.nodes() for e in node._outgoing()]
    assert len(running) == len(edges)
    for flow in running.values():
        assert {flow.attrib["sourceRef"], flow.attrib["targetRef"]} <= set(standing)
    for name, node in standing.items():
        for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            told = sorted(e.text or "" for e in node.findall(f"{MODEL}{tag}"))
            assert told == sorted(k for k, f in running.items() if f.attrib[end] == name)
        if "default" in node.attrib:
            assert running[node.attrib["default"]].attrib["sourceRef"] == name


@each
def test_everything_is_drawn(pages: Pages, kind: str) -> None:
    root = exported(pages, kind)
    shapes = {s.attrib["bpmnElement"]: s for s in root.iter(f"{DI}BPMNShape")}
    edges = {e.attrib["bpmnElement"]: e for e in root.iter(f"{DI}BPMNEdge")}
    assert (set(shapes), set(edges)) == (set(nodes(root)), set(flows(root)))
    for shape in shapes.values():
        bounds = shape.findall(f"{DC}Bounds")
        assert len(bounds) == 1
        assert all(float(bounds[0].attrib[side]) > 0 for side in ("x", "y", "width", "height"))
    assert all(len(edge.findall(f"{LINES}waypoint")) >= 2 for edge in edges.values())
    plane = root.find(f"{DI}BPMNDiagram/{DI}BPMNPlane")
    process = root.find(f"{MODEL}process")
    assert plane is not None and process is not None
    assert plane.attrib["bpmnElement"] == process.attrib["id"]


@each
def test_no_id_stands_twice_and_each_is_a_name(pages: Pages, kind: str) -> None:
    ids = Counter(e.attrib["id"] for e in exported(pages, kind).iter() if "id" in e.attrib)
    assert [name for name, times in ids.items() if times > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[A-Za-z_][\w.-]*", name, re.A)] == []


def test_people_and_background_and_gateways_are_what_bpmn_calls_them(pages: Pages) -> None:
    found = {name: node.tag for name, node in nodes(exported(pages, "referral")).items()}
    assert found["id_node_start"] == f"{MODEL}startEvent"
    assert found["id_node_letter"] == f"{MODEL}serviceTask"
    assert found["id_node_approval"] == f"{MODEL}userTask"
    assert found["id_node_urgency"] == f"{MODEL}exclusiveGateway"
    assert found["id_node_sending"] == f"{MODEL}inclusiveGateway", "a branch may be left out"
    assert found["id_node_end"] == f"{MODEL}endEvent"
    sides = nodes(exported(pages, "mediation"))["id_node_sides"]
    assert sides.tag == f"{MODEL}parallelGateway"


@each
def test_everybody_gets_the_same_file_in_chinese(pages: Pages, kind: str) -> None:
    english = pages("supervisor")
    english.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    path = f"/procedures/{kind}.bpmn"
    assert english.get(path).content == pages("officer").get(path).content


@pytest.mark.parametrize("kind", ["petition", "nothing", "Mediation", "mediation.flow"])
def test_there_is_none_of_anything_else(pages: Pages, kind: str) -> None:
    assert pages("officer").get(f"/procedures/{kind}.bpmn").status_code == 404


@pytest.mark.parametrize("who", ["auditor", "security", "system"])
def test_it_does_not_exist_away_from_the_desk(pages: Pages, who: str) -> None:
    assert pages(who).get("/procedures/mediation.bpmn").status_code == 404


@pytest.mark.django_db
def test_a_stranger_is_asked_to_log_in() -> None:
    assert Client().get("/procedures/mediation.bpmn").url.startswith("/login/")


def test_it_is_only_read(pages: Pages) -> None:
    assert pages("officer").post("/procedures/mediation.bpmn").status_code == 405
