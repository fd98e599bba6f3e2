"""Which libraries, which imports, which words: what keeps the house in order."""

from __future__ import annotations

import ast
from importlib.metadata import distributions

import pytest
from django.apps import apps
from django.conf import settings

from casework.engine.registry import machines
from tests.architecture.source import modules

RULE_15 = (
    "religio",
    "ethnic",
    "faith",
    "headscarf",
    "宗教",
    "信仰",
    "民族成分",
    "民族",
    "思想",
    "头巾",
    "着装",
    "风险等级",
    "危险人员",
    "重点人",
)
"""Words that no field, label or choice has (safety rule 15)."""


def test_viewflow_is_installed_without_its_pages() -> None:
    flows = [app for app in settings.INSTALLED_APPS if app.split(".")[0] == "viewflow"]
    assert set(flows) <= {"viewflow.workflow"}


def test_the_old_django_fsm_does_not_stand_beside_the_new() -> None:
    installed = {dist.metadata["Name"].lower().replace("_", "-") for dist in distributions()}
    assert "django-fsm-2" in installed
    assert "django-fsm" not in installed


def test_the_package_called_viewflow_is_the_right_one() -> None:
    installed = {dist.metadata["Name"].lower() for dist in distributions()}
    assert "viewflow" not in installed


def imported(tree: ast.Module) -> set[str]:
    """The modules that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_house_knows_nothing_of_its_kinds() -> None:
    wrong = [
        path
        for path, tree in modules().items()
        if path.startswith("casework/") and any(m.startswith("workflows") for m in imported(tree))
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", [machine.key for machine in machines()])
def test_a_kind_or_procedure_imports_no_other(kind: str) -> None:
    others = tuple(f"workflows.{other.key}" for other in machines() if other.key != kind)
    wrong = [
        f"{path} imports {module}"
        for path, tree in modules().items()
        if path.startswith(f"workflows/{kind}/")
        for module in imported(tree)
        if module.startswith(others)
    ]
    assert wrong == []


def test_the_engine_is_plain_python() -> None:
    foreign = ("django", "casework.models", "casework.services", "casework.queries", "viewflow")
    wrong = [
        f"{path} imports {module}"
        for path, tree in modules().items()
        if path.startswith(("casework/engine/", "casework/crypto/"))
        for module in imported(tree)
        if module.startswith(foreign)
    ]
    assert wrong == []


def test_every_guard_says_what_it_is_good_for() -> None:
    silent = [
        path
        for machine in machines()
        for path, guard in machine.lifecycle.guards().items()
        if not (guard.__doc__ or "").strip()
    ]
    assert silent == []


def public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module, and public methods of public classes."""
    shown = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    found = [n for n in tree.body if isinstance(n, shown) and not n.name.startswith("_")]
    methods = [
        method
        for one in found
        if isinstance(one, ast.ClassDef)
        for method in one.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_")
    ]
    return found + [m for m in methods if m.name not in OF_DJANGO]


OF_DJANGO = {
    # overridden methods of the framework: their documentation is the framework's
    "add_arguments", "clean", "clean_fields", "contribute_to_class", "create_historical_record",
    "deconstruct", "formfield", "get_db_prep_value", "get_deferred_fields", "get_lookup",
    "get_prep_value", "handle", "pre_save", "to_python", "value_to_string",
}  # fmt: skip


def test_everything_public_is_described() -> None:
    silent = [
        f"{path}: {node.name}"
        for path, tree in modules().items()
        for node in public(tree)
        if not ast.get_docstring(node)
    ]
    silent += [p for p, tree in modules().items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_no_column_asks_what_rule_15_forbids() -> None:
    asked = []
    for model in apps.get_app_config("casework").get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            choices = [str(c) for c in getattr(field, "choices", None) or ()]
            label = str(getattr(field, "verbose_name", ""))
            asked += [(model.__name__, word) for word in (field.name, label, *choices)]
    assert len(asked) > 400
    assert [pair for pair in asked if any(bad in pair[1].lower() for bad in RULE_15)] == []


def strings(tree: ast.Module) -> list[str]:
    """Names and texts of a module, but for docstrings."""
    documented = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    docs |= {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
    ]
    names = [n.target.id for n in ast.walk(tree)
             if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)]  # fmt: skip
    return texts + names


def test_no_fact_or_label_asks_what_rule_15_forbids() -> None:
    asked = [
        f"{path}: {text}"
        for path, tree in modules().items()
        for text in strings(tree)
        if any(bad in text.lower() for bad in RULE_15)
    ]
    assert asked == []
