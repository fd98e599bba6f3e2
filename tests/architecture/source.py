"""The product's source as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casework", "workflows")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product by its path; migrations are generated and stay out."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in paths
        if "migrations" not in path.parts
    }


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every node of a module with the dotted name of the function or class that it stands in."""

    def walk(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            name = inside
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{inside}.{child.name}".lstrip(".")
            yield name, child
            yield from walk(child, name)

    return walk(tree, "")
