"""Facts: one declaration makes the form, the sealed record and the variants to explore."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from casework.engine.facts import EMPTY, fact, questions, told, variants
from casework.engine.language import _
from casework.engine.people import GRANTS, Permission
from casework.engine.registry import machines, procedures


@dataclass(frozen=True)
class Telling:
    """One fact of every sort."""

    line: str = fact(_("行"))
    tick: bool = fact(_("勾"), "yes")
    choice: str = fact(_("选"), "choice", choices={"a": _("甲"), "b": _("乙")})
    several: frozenset[str] = fact(_("多"), "several", choices={"a": _("甲"), "b": _("乙")})
    day: date | None = fact(_("日"), "date")
    instant: datetime | None = fact(_("刻"), "moment")
    answers: tuple[tuple[str, str], ...] = fact(_("答"), "answers", samples=((("x", "no"),),))


@dataclass(frozen=True)
class Ticks:
    """More ticks than anybody explores."""

    a: bool = fact(_("一"), "yes")
    b: bool = fact(_("二"), "yes")
    c: bool = fact(_("三"), "yes")


def test_told_facts_are_fit_for_json() -> None:
    telling = Telling(
        "…",
        True,
        "a",
        frozenset({"b", "a"}),
        date(2026, 3, 11),
        datetime(2026, 3, 11, tzinfo=UTC),
        (("x", "yes"),),
    )
    assert told(telling) == {
        "line": "…",
        "tick": True,
        "choice": "a",
        "several": ["a", "b"],
        "day": "2026-03-11",
        "instant": "2026-03-11T00:00:00+00:00",
        "answers": {"x": "yes"},
    }


def test_nothing_told_is_nothing_kept() -> None:
    assert told(None) == {}


def test_questions_come_in_the_order_they_are_declared() -> None:
    order = ["line", "tick", "choice", "several", "day", "instant", "answers"]
    assert [q.name for q in questions(Telling)] == order


def test_variants_try_every_combination() -> None:
    tried = variants(Telling)
    # line, tick, choice and nothing, each of several and nothing, day, instant, samples
    assert len(tried) == 2 * 2 * 3 * 3 * 1 * 1 * 1
    assert len(set(tried)) == len(tried)


def test_a_move_without_facts_has_one_variant() -> None:
    assert variants(None) == [None]


def test_too_many_variants_are_refused_not_cut_short() -> None:
    with pytest.raises(ValueError, match="Ticks"):
        variants(Ticks, limit=7)
    assert len(variants(Ticks, limit=8)) == 8


def test_every_row_of_every_table_can_be_explored() -> None:
    for machine in machines():
        for move in machine.lifecycle.moves.values():
            assert variants(move.facts)


@dataclass(frozen=True)
class Naming:
    """Whom and what a procedure names."""

    carrier: str = fact(_("调解员"), "staff", able=Permission.MEDIATE)
    handler: str = fact(_("承办人"), "staff")
    anybody: str = fact(_("人员"), "staff", able=None)
    body: str = fact(_("单位"), "body")
    party: str = fact(_("当事人"), "party")
    yuan: int = fact(_("元"), "number")


def test_what_is_not_told_is_empty() -> None:
    naming = Naming()
    for question in questions(Naming):
        assert getattr(naming, question.name) == EMPTY[question.metadata["kind"]]
    assert told(naming)["yuan"] == 0


def test_whoever_is_named_must_be_able_to_handle_unless_it_says_otherwise() -> None:
    able = {q.name: q.metadata["able"] for q in questions(Naming) if q.metadata["kind"] == "staff"}
    assert able == {"carrier": Permission.MEDIATE, "handler": Permission.HANDLE, "anybody": None}


def test_whoever_is_named_to_carry_a_procedure_can_do_its_work() -> None:
    for plate in procedures():
        if not plate.opens_in:
            continue  # opened by an act of every case: the handler carries it
        assert plate.opener.facts
        named = {q.name: q.metadata["able"] for q in questions(plate.opener.facts)}
        if "carrier" not in named:  # then whoever handles the case carries it
            assert plate.proceeding.carried_by is Permission.HANDLE
            continue
        able = [grants for grants in GRANTS.values() if named["carrier"] in grants]
        assert able and all(plate.proceeding.carried_by in grants for grants in able)
