"""Risk instruments as data, and how a level follows from answers (safety rule 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.engine.situation import Danger, highest

ANSWERS = ("yes", "no", "unknown")
"""`unknown` also stands for "refused to say"; it is a valid answer and never lowers the level."""


@dataclass(frozen=True)
class Item:
    """One question of an instrument. A special item is not scored: a yes means high."""

    code: str
    text: str
    weight: int
    special: bool
    text_en: str = ""

    def shown(self, language: str | None) -> str:
        """The question in `language` (a code such as ``en``); in Chinese without a translation."""
        return self.text_en if language == "en" and self.text_en else self.text


@dataclass(frozen=True)
class Instrument:
    """Items, weights, special items, thresholds, version and attribution, all from a data file."""

    key: str
    version: int
    title: str
    source: str
    items: tuple[Item, ...]
    medium_from: int
    high_from: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Instrument:
        """Read an instrument from the mapping of its JSON file."""
        items = tuple(
            Item(
                i["code"],
                i["text"],
                int(i.get("weight", 1)),
                bool(i.get("special")),
                i.get("text_en", ""),
            )
            for i in data["items"]
        )
        limits = data["thresholds"]
        return cls(
            data["key"],
            int(data["version"]),
            data["title"],
            data["source"],
            items,
            int(limits["medium"]),
            int(limits["high"]),
        )

    def score(self, answers: Mapping[str, str]) -> int:
        """The sum of the weights of scored items answered yes."""
        return sum(i.weight for i in self.items if not i.special and answers.get(i.code) == "yes")

    def level(self, answers: Mapping[str, str], *, injury: bool, repeated: bool) -> Danger:
        """The danger level. Any special yes is high whatever the score; an unknown special item,
        any injury and any repetition mean at least medium (规程 2018, 附件; rule 3)."""
        special = [answers.get(i.code, "unknown") for i in self.items if i.special]
        score = self.score(answers)
        by_score = (
            Danger.HIGH
            if score >= self.high_from
            else Danger.MEDIUM
            if score >= self.medium_from
            else Danger.LOW
        )
        floor = Danger.LOW
        if injury or repeated or "unknown" in special:
            floor = Danger.MEDIUM
        if "yes" in special:
            floor = Danger.HIGH
        level = highest(by_score, floor)
        assert level is not None
        return level
