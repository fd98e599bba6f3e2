"""Numbers without gaps: of cases and of letters, by organisation and year."""

from __future__ import annotations

from typing import Any

from casework.models import NumberSeries, Organisation


def next_in(organisation: Organisation, year: int, series: str) -> int:
    """The next serial of the series; its row stays locked until the transaction ends."""
    which: dict[str, Any] = {"organisation": organisation, "year": year, "series": series}
    NumberSeries.objects.get_or_create(**which)
    row = NumberSeries.objects.select_for_update().get(**which)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
