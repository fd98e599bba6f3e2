"""Exploration: every guard that carries a safety rule is good for something, and can be seen to be.

The machines of the two kinds of case are walked whole by `.ci/deep`, those of procedures here; and
here each guard is left out in turn.
"""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.engine import registry
from casework.engine.explore import ACTORS, beginnings, canonical, explore
from casework.engine.facts import SAMPLE_NOW
from casework.engine.owed import ReportingPolice
from casework.engine.situation import but

ALONE = "casework.engine.case_acts.another_person"
NAMED = {
    ALONE: "closing_alone",
    "workflows.referral.guards.another_person_signs": "approved_alone",
    "workflows.referral.guards.approved_or_urgent": "sent_unapproved",
    "workflows.mediation.guards.never_status_relations": "status_relation_confirmed",
}
"""Guards that carry a rule without a number."""

AGREED = "workflows.mediation.guards.both_sides_agreed"
SCREENED = "workflows.mediation.guards.each_screened_alone"
HELD_TWICE = {AGREED: SCREENED, SCREENED: AGREED}
"""Guards beside which another one holds the same rule, and which."""

GUARDS = [
    (machine.key, path)
    for machine in registry.machines()
    for path, guard in machine.lifecycle.guards().items()
    if guard.rules or path in NAMED
]


@pytest.mark.parametrize(("machine", "path"), GUARDS, ids=lambda v: v.rpartition(".")[2])
def test_without_a_guard_its_rule_is_violated_or_a_second_guard_is_named(
    machine: str, path: str
) -> None:
    found = explore(machine, without=path)
    guard = registry.lifecycle(machine).guards()[path]
    rules = {str(rule) for rule in guard.rules} or {NAMED[path]}
    violated = {str(v["rule"]) for v in found.violations}
    if HELD_TWICE.get(path) in found.also_stopped_by:
        return
    assert violated & rules, f"{path} carries {rules}, but without it only {violated} breaks"


FEW = {"follow_up": 50, "police_report": 100, "mandatory_report": 30}
"""Tables in which little depends on anything."""


@pytest.mark.parametrize("procedure", [p.key for p in registry.procedures()])
def test_no_state_of_a_procedure_violates_a_rule(procedure: str) -> None:
    found = explore(procedure)
    assert found.states > FEW.get(procedure, 1000)
    assert not found.violations


@pytest.mark.parametrize("kind", [k.key for k in registry.kinds()])
def test_what_is_reported_makes_no_new_states_of_a_case(kind: str) -> None:
    begin = beginnings(kind)[0]
    told = ReportingPolice(SAMPLE_NOW, "…", told_first=True, as_mandatory=True)
    table = registry.lifecycle(kind)
    after = table.after(but(begin, facts=told), ACTORS[0], table.moves["report_police"])
    assert len(after.procedures) == 2
    assert canonical(after, begin) == canonical(begin, begin)


def test_the_command_prints_the_violating_path_and_exits_one() -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("explore", "petition", "--without", ALONE, "--json", stdout=out)
    assert stopped.value.code == 1
    found = json.loads(out.getvalue())
    assert found["violations"][0]["rule"] == "closing_alone"
    assert found["violations"][0]["path"][-1] == "s: close"


@pytest.mark.parametrize("words", [["no_such_machine"], ["petition", "--without", "no.such.guard"]])
def test_an_unknown_name_gets_a_sentence(words: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("explore", *words, stdout=StringIO())
