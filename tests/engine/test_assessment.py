"""How a danger level follows from answers (safety rule 3)."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from casework.engine.assessment import Instrument
from casework.engine.situation import Danger, highest

FILE = Path(__file__).parents[2] / "fixtures" / "instruments" / "dv.json"
DATA = json.loads(FILE.read_text("utf-8"))
DV = Instrument.from_data(DATA)
SCORED = [item.code for item in DV.items if not item.special]
SPECIAL = [item.code for item in DV.items if item.special]
NOTHING_SPECIAL = dict.fromkeys(SPECIAL, "no")


def level(yes: int = 0, *, injury: bool = False, repeated: bool = False, **answers: str) -> Danger:
    """The level when the first `yes` scored items are yes and the rest no."""
    said = {code: "yes" if n < yes else "no" for n, code in enumerate(SCORED)}
    return DV.level(said | NOTHING_SPECIAL | answers, injury=injury, repeated=repeated)


def test_the_instrument_has_nine_scored_and_two_special_items() -> None:
    assert (len(SCORED), SPECIAL) == (9, ["strangulation", "lethal_act"])


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0, "low"), (3, "low"), (4, "medium"), (5, "medium"), (6, "high"), (9, "high")],
)
def test_the_score_gives_the_level(score: int, expected: str) -> None:
    assert level(score) == expected


@pytest.mark.parametrize("item", SPECIAL)
def test_a_special_item_means_high_whatever_the_score(item: str) -> None:
    assert level(0, **{item: "yes"}) is Danger.HIGH


@pytest.mark.parametrize("item", SPECIAL)
def test_an_unknown_special_item_means_at_least_medium(item: str) -> None:
    assert level(0, **{item: "unknown"}) is Danger.MEDIUM
    assert level(6, **{item: "unknown"}) is Danger.HIGH


def test_a_special_item_that_was_never_asked_counts_as_unknown() -> None:
    assert DV.level(dict.fromkeys(SCORED, "no"), injury=False, repeated=False) is Danger.MEDIUM


def test_a_yes_to_one_special_item_outweighs_the_other_unknown() -> None:
    assert level(0, strangulation="unknown", lethal_act="yes") is Danger.HIGH


def test_any_injury_means_at_least_medium() -> None:
    assert level(0, injury=True) is Danger.MEDIUM
    assert level(6, injury=True) is Danger.HIGH


def test_any_repetition_means_at_least_medium() -> None:
    assert level(0, repeated=True) is Danger.MEDIUM
    assert level(6, repeated=True) is Danger.HIGH


@pytest.mark.parametrize("item", SCORED)
def test_every_scored_item_counts_one(item: str) -> None:
    assert DV.score({item: "yes"}) == 1
    assert DV.score({item: "unknown"}) == 0


@pytest.mark.parametrize("item", SPECIAL)
def test_special_items_are_not_scored(item: str) -> None:
    assert DV.score({item: "yes"}) == 0


def test_an_unknown_answer_never_lowers_the_level() -> None:
    for score in range(10):
        for item in SPECIAL:
            assert level(score, **{item: "unknown"}).rank >= level(score, **{item: "no"}).rank


def test_weights_and_thresholds_come_from_the_data() -> None:
    heavy = Instrument.from_data(
        DATA
        | {
            "thresholds": {"medium": 1, "high": 5},
            "items": [{"code": "a", "text": "甲", "weight": 5}, {"code": "b", "text": "乙"}],
        }
    )
    assert heavy.level({"a": "yes"}, injury=False, repeated=False) is Danger.HIGH
    assert heavy.level({"b": "yes"}, injury=False, repeated=False) is Danger.MEDIUM


def test_the_highest_of_known_levels_counts() -> None:
    assert highest(Danger.LOW, None, Danger.HIGH, Danger.MEDIUM) is Danger.HIGH
    assert highest(None, None) is None


def test_a_question_is_shown_in_english_only_when_it_has_its_english() -> None:
    item = DV.items[0]
    assert [item.shown("en"), item.shown("zh-hans"), item.shown(None)] == [
        item.text_en,
        item.text,
        item.text,
    ]
    assert replace(item, text_en="").shown("en") == item.text
