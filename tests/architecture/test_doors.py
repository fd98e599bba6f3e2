"""Cases are fetched through one door and written by one verb; nothing happens behind the scenes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import functions, modules

BESIDE_THE_DOOR = {
    # where : why it need not go through visible_to
    "casework/audit.py: verify": "counts all cases; the verdict names no case to anybody",
    "casework/audit.py: _broken_ends": "compares every case with its chain",
    "casework/audit.py: _wrong_statuses": "compares every status with the last event about it",
    "casework/queries/parties.py: _violent": "looks for violence of the pair in every case",
    "casework/queries/figures/as_of.py: cases_of": "the command counts for the house itself",
    "casework/services/intake.py: _write": "reads again the case that it opened itself",
    "casework/services/intake.py: _join": "reads again the case that find_case showed the actor",
    "casework/services/jobs.py: _locked": "locks the case of a job; the house itself works",
    "casework/services/errands.py: _stop_if_barred": "ends what a rule ends; shows nothing",
    "casework/services/sweeping.py: _recount": "counts deadlines again; shows nothing to anybody",
    "casework/services/verbs.py: lock": "locks two that were found through visible_to in one order",
    "casework/services/staffing.py: readdress": "moves todos; shows nothing to anybody",
    "casework/management/invented.py: _earlier.facts": "invents the demo county",
    "casework/management/telling.py: play": "reads again the case of an invented story",
    "casework/api/cases.py: made": "reads again the case that advance has just moved",
}


def beside_the_door(tree: ast.Module) -> Iterator[str]:
    """The functions that take cases from a manager without saying for whom."""
    through = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("visible_to", "whole_for")
    }
    managers = {"objects", "_base_manager", "_default_manager"}
    for inside, node in functions(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in managers
            and isinstance(node.value, ast.Name)
            and node.value.id == "Case"
            and id(node) not in through
        ) or (
            isinstance(node, ast.Attribute)
            and node.attr in ("registered_cases", "handled_cases", "get_object_or_404")
        ):
            yield inside


def test_cases_are_fetched_through_visible_to() -> None:
    found = {
        f"{path}: {inside}"
        for path, tree in modules().items()
        if path != "casework/models/case.py"
        for inside in beside_the_door(tree)
    }
    assert found - set(BESIDE_THE_DOOR) == set(), "say for whom the case is fetched"
    assert set(BESIDE_THE_DOOR) - found == set(), "no longer needed"


def test_the_door_is_looked_for_in_the_right_way() -> None:
    tree = ast.parse(
        "def a(): return Case.objects.visible_to(u).get()\n"
        "def b(): return Case.objects.get()\n"
        "def c(): return Case._base_manager.all()\n"
        "class D:\n    def e(self): return list(Case.objects.all())"
    )
    assert sorted(beside_the_door(tree)) == ["D.e", "b", "c"]


PROCEDURE_RECORDS = {
    "Procedure", "Mediation", "Referral", "ProtectionOrder", "PoliceReport", "MandatoryReport",
    "Session", "Document",
}  # fmt: skip

LISTENING = {
    "casework/project/celery.py: refuse_another_key": "the start of a worker; it touches no record",
}


def test_nothing_listens_to_signals() -> None:
    listening = {
        f"{path}: {inside}"
        for path, tree in modules().items()
        for inside, node in functions(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("connect", "receiver"))
        or (isinstance(node, ast.Name) and node.id == "receiver")
    }
    assert listening == set(LISTENING)


def test_no_signal_of_django_is_imported() -> None:
    imported = [
        f"{path}: {node.module}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django", "simple_history", "django_fsm", "viewflow"))
        and "signals" in (node.module or "")
    ]
    assert imported == []


def test_no_record_changes_how_it_is_saved() -> None:
    overriding = [
        f"{path}: {inside}"
        for path, tree in modules().items()
        if path.startswith("casework/models/")
        for inside, node in functions(tree)
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "save_base", "asave")
    ]
    assert overriding == []


PROCEDURES_BESIDE_THE_DOOR = {
    "casework/audit.py: _wrong_statuses": "compares every status with the last event about it",
    "casework/queries/drift.py: _strays": "compares every procedure with its process",
    "casework/queries/parties.py: _reported": "reports name him, too, in whatever case of hers",
    "casework/queries/parties.py: barred": "orders name him, too, in whatever case of hers",
    "casework/queries/parties.py: order_between": "in every case of hers; shows none to anybody",
    "casework/queries/parties.py: warning_between": "likewise: warnings between the two",
    "casework/queries/situations.py: _procedures_of": "of the case that is judged, under its lock",
    "casework/queries/situations.py: _reports_of": "of the case that is judged, under its lock",
    "casework/services/clocks.py: _Life.drop_those_of_ended_procedures": "of a locked case",
    "casework/services/errands.py: _running": "her mediations in every case",
    "casework/services/errands.py: _stop_if_barred": "ends one of them, unseen by anybody",
    "casework/services/notices.py: _still_wanted": "looks again at the one of the job",
    "casework/queries/procedures.py: known_to": "the door itself",
    "casework/queries/procedures.py: letters": "of a visible case; narrowed for who reads not all",
    "casework/queries/procedures.py: sessions": "narrowed by known_to",
}


def test_procedures_are_fetched_through_their_case_or_their_own_door() -> None:
    found = {
        f"{path}: {inside}"
        for path, tree in modules().items()
        for inside, node in functions(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_base_manager", "_default_manager")
        and isinstance(node.value, ast.Name)
        and node.value.id in PROCEDURE_RECORDS
    }
    assert found == set(PROCEDURES_BESIDE_THE_DOOR)


def stored(name: str) -> set[str]:
    """The functions that write an attribute of this name."""
    return {
        f"{path}: {inside}"
        for path, tree in modules().items()
        for inside, node in functions(tree)
        if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store)
    }


def calling(*names: str) -> set[str]:
    """The functions that call something of one of these names, bare or of a module."""
    return {
        f"{path}: {inside}"
        for path, tree in modules().items()
        for inside, node in functions(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names
    }


def test_only_advance_holds_the_permit() -> None:
    assert stored("permit") == {
        "casework/services/cases.py: make",
        "casework/services/judging.py: transition",
        "casework/services/procedures.py: _written",
    }


def test_nobody_else_makes_the_transition() -> None:
    assert calling("transition_name") == {
        "casework/models/staged.py: _build",
        "casework/services/judging.py: transition",
    }
    assert calling("judging.transition", "transition") - {"casework/models/staged.py: _build"} == {
        "casework/services/cases.py: make",
        "casework/services/procedures.py: _written",
    }
    assert calling("cases.make", "procedures.make") == {"casework/services/verbs.py: advance"}


def test_only_services_touch_the_tasks_of_flows() -> None:
    touching = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "activation_class"
    }
    assert touching == {f"casework/services/{name}.py" for name in ("flows", "jobs", "tasks")}


def test_a_flow_writes_nothing() -> None:
    flows = [path for path in modules() if path.startswith("workflows/") and "/flow" in path]
    writing = {"save", "create", "update", "delete", "advance", "setattr"}
    found = [
        f"{path}: {inside}"
        for path in flows
        for inside, node in functions(modules()[path])
        if (isinstance(node, ast.Attribute) and (node.attr in writing or _is_stored(node)))
        or (isinstance(node, ast.Name) and node.id in writing)
    ]
    assert flows
    assert found == []


def _is_stored(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def test_only_services_and_set_up_write() -> None:
    """Views, API and queries write nothing themselves."""
    writing = {"save", "create", "bulk_create", "get_or_create", "update_or_create", "delete"}
    found = [
        f"{path}: {inside}"
        for path, tree in modules().items()
        if path.startswith(("casework/views/", "casework/api/", "casework/queries/"))
        or path in ("casework/audit.py", "casework/access.py")
        for inside, node in functions(tree)
        if isinstance(node, ast.Attribute) and node.attr in writing
    ]
    assert found == []
