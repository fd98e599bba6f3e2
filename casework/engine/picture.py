"""A lifecycle as JSON and as a Mermaid diagram."""

from __future__ import annotations

from typing import Any

from casework.engine.lifecycle import Lifecycle


def as_json(lifecycle: Lifecycle) -> dict[str, Any]:
    """The table as plain data, the contract of ``manage.py lifecycles --json``."""
    return {
        "initial": lifecycle.initial.name,
        "final": [s.name for s in lifecycle.final],
        "statuses": list(lifecycle.statuses),
        "moves": [
            {
                "name": move.name,
                "from": [s.name for s in lifecycle.sources(move)],
                "to": move.target.name if move.target else None,
                "permission": move.by.value,
                "reason": move.reason,
                "guards": [guard.path for guard in move.only_if],
                "opens": move.opens,
            }
            for move in lifecycle.moves.values()
        ],
        "rules": {path: list(g.rules) for path, g in lifecycle.guards().items() if g.rules},
    }


def as_mermaid(lifecycle: Lifecycle) -> str:
    """The table as a Mermaid state diagram with Chinese labels."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{s.label.text}" as {s.name}' for s in lifecycle.statuses.values()]
    lines.append(f"    [*] --> {lifecycle.initial.name}")
    for move in lifecycle.moves.values():
        if move.target:
            lines += [
                f"    {s.name} --> {move.target.name}: {move.label.text}"
                for s in lifecycle.sources(move)
            ]
    lines += [f"    {s.name} --> [*]" for s in lifecycle.final]
    return "\n".join(lines) + "\n"
