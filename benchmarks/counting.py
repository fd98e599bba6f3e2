"""Counting what a piece of work reads and writes, by table; and recording it to replay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

_TABLE = re.compile(r'(?:FROM|UPDATE|INTO)\s+"(\w+)"', re.IGNORECASE)


@dataclass
class Recorded:
    """The statements of one piece of work, with their parameters."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def of(self, *verbs: str) -> list[tuple[str, Any]]:
        """The statements that begin with one of the verbs."""
        return [(sql, p) for sql, p in self.statements if sql.split(" ", 1)[0].upper() in verbs]

    def per_table(self, *verbs: str) -> dict[str, int]:
        """How many such statements went to each table."""
        names = (_TABLE.search(sql) for sql, _params in self.of(*verbs))
        return dict(Counter(match.group(1) for match in names if match))


@contextmanager
def recording() -> Iterator[Recorded]:
    """Record every statement that runs inside the block."""
    recorded = Recorded()

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        recorded.statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield recorded


def median(values: list[float]) -> float:
    """The middle value; seconds in, seconds out."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]
