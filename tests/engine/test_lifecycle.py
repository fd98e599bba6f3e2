"""What is derived from a table, and what the check of a table finds."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from casework.engine.facts import fact
from casework.engine.language import Sentence, _
from casework.engine.lifecycle import Lifecycle, problems
from casework.engine.moves import Act, Move, Status, Waits, guard, guard_of
from casework.engine.people import Actor, Permission, Role
from casework.engine.registry import (
    Kind,
    Procedure,
    kinds,
    lifecycle,
    machines,
    procedures,
    register,
    register_procedure,
)
from casework.engine.situation import Proceeding, Situation
from tests.engine.people_and_cases import (
    CHIEF,
    ELSEWHERE,
    LIAISON,
    MEDIATOR,
    OFFICER,
    SUPERVISOR,
    TOWNSHIP,
    situation,
)

HANDLE, TRIAGE = Permission.HANDLE, Permission.TRIAGE
WAITS = Waits(_("等"))


@dataclass(frozen=True)
class Telling:
    """What the made-up move asks."""

    word: str = fact(_("话"), required=True)


@guard_of(Telling)
def word_is_yes(told: Telling, known: Situation, actor: Actor) -> Sentence | None:
    """The word is yes."""
    return None if told.word == "yes" else _("须答是。")


@guard()
def not_minor(known: Situation, actor: Actor) -> Sentence | None:
    """She is of age."""
    return _("未成年。") if known.minor else None


class Sound(Lifecycle):
    """A small table without a fault."""

    key = "sound"
    new = Status(_("新"), WAITS)
    done = Status(_("完"), final=True)
    initial = new
    finish = Move(
        _("结束"), new, done, TRIAGE, (word_is_yes, not_minor), reason=True, facts=Telling
    )
    say = Act(_("说"), HANDLE)


SOUND = Sound()


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.key)
def test_the_real_tables_have_no_fault(machine: Kind | Procedure) -> None:
    assert problems(machine.lifecycle) == []


def test_a_sound_table_has_no_fault() -> None:
    assert problems(SOUND) == []


def test_an_unreachable_status_is_found() -> None:
    class Table(Sound):
        island = Status(_("岛"), WAITS)
        leave = Move(_("离开"), island, Sound.done, TRIAGE)

    assert problems(Table()) == ["sound: status island cannot be reached"]


def test_a_dead_end_is_found() -> None:
    class Table(Sound):
        stuck = Status(_("困"), WAITS)
        enter = Move(_("进入"), Sound.new, stuck, TRIAGE)

    assert problems(Table()) == ["sound: status stuck has no way on, or is final and has one"]


def test_an_act_is_no_way_on() -> None:
    class Table(Sound):
        stuck = Status(_("困"), WAITS)
        enter = Move(_("进入"), Sound.new, stuck, TRIAGE)
        sigh = Act(_("叹"), HANDLE, source=(stuck,))

    assert len(problems(Table())) == 1


def test_a_final_status_with_a_way_on_is_found() -> None:
    class Table(Sound):
        again = Move(_("重来"), Sound.done, Sound.new, TRIAGE)

    assert problems(Table()) == ["sound: status done has no way on, or is final and has one"]


def test_a_status_that_nobody_waits_on_is_found() -> None:
    class Table(Sound):
        idle = Status(_("闲"))
        pause = Move(_("停"), Sound.new, idle, TRIAGE)
        resume = Move(_("续"), idle, Sound.new, TRIAGE)

    assert problems(Table()) == ["sound: status idle yields no todo"]


def test_a_status_that_rests_on_another_case_needs_no_todo() -> None:
    class Table(Sound):
        idle = Status(_("闲"), rests=True)
        pause = Move(_("停"), Sound.new, idle, TRIAGE)
        resume = Move(_("续"), idle, Sound.new, TRIAGE)

    assert problems(Table()) == []


def test_a_status_that_tasks_carry_needs_no_todo_of_its_own() -> None:
    class Table(Sound):
        carried = True
        idle = Status(_("闲"))
        pause = Move(_("停"), Sound.new, idle, TRIAGE)
        resume = Move(_("续"), idle, Sound.new, TRIAGE)

    assert problems(Table()) == []


def test_a_status_of_another_table_is_found() -> None:
    elsewhere = Status(_("别处"), WAITS)
    elsewhere.name = "done"  # the same name does not make it the same status

    class Table(Sound):
        stray = Move(_("走失"), Sound.new, elsewhere, TRIAGE)

    assert problems(Table()) == ["sound: move stray names statuses of another table"]


def test_an_unknown_permission_is_found() -> None:
    class Table(Sound):
        conjure = Move(_("变"), Sound.new, Sound.done, "magic")

    assert problems(Table()) == ["sound: move conjure names an unknown permission"]


def test_every_reason_is_told_at_once() -> None:
    known = situation(status="new", minor=True, facts=Telling("no"))
    refused = [s.text for s in SOUND.refusals(known, OFFICER, SOUND.moves["finish"])]
    assert refused == ["请写明理由。", "这一步需要“%(permission)s”权限。", "须答是。", "未成年。"]


def test_a_wrong_status_is_the_only_reason_told() -> None:
    refused = SOUND.refusals(situation(status="done", minor=True), OFFICER, SOUND.moves["finish"])
    assert [str(s) for s in refused] == ["“完”时不能“结束”。"]


def test_the_same_sentence_is_told_once() -> None:
    twice = replace_guards(not_minor, not_minor)
    refused = SOUND.refusals(situation(status="new", minor=True), SUPERVISOR, twice)
    assert [str(s) for s in refused] == ["未成年。"]


def test_asking_leaves_out_what_only_the_telling_shows() -> None:
    known = situation(status="new", minor=True, facts=Telling("no"))
    refused = SOUND.refusals(known, SUPERVISOR, SOUND.moves["finish"], asking=True)
    assert [str(s) for s in refused] == ["未成年。"]


def test_one_guard_can_be_left_out_by_its_path() -> None:
    known = situation(status="new", minor=True, facts=Telling("no"))
    refused = SOUND.refusals(
        known, SUPERVISOR, SOUND.moves["finish"], reason="…", without=not_minor.path
    )
    assert [str(s) for s in refused] == ["须答是。"]


def test_a_required_fact_must_be_told() -> None:
    known = situation(status="new", facts=Telling(""))
    refused = SOUND.refusals(known, SUPERVISOR, SOUND.moves["finish"], reason="…")
    assert [str(s) for s in refused] == ["请填写“话”。", "须答是。"]


def test_facts_of_another_move_do_not_count() -> None:
    known = situation(status="new", facts=object())
    refused = SOUND.refusals(known, SUPERVISOR, SOUND.moves["finish"], reason="…")
    assert [str(s) for s in refused] == ["“结束”须先填写相关情况。"]


def test_blanks_are_no_reason() -> None:
    known = situation(status="new", facts=Telling("yes"))
    refused = SOUND.refusals(known, SUPERVISOR, SOUND.moves["finish"], reason=" \n\t ")
    assert [str(s) for s in refused] == ["请写明理由。"]


@pytest.mark.parametrize(
    ("actor", "known", "refusal"),
    [
        (OFFICER, {"registrar": "officer"}, None),  # she registered it; nobody else carries it
        (OFFICER, {"handler": "officer", "registrar": "x"}, None),  # she carries it
        (OFFICER, {"handler": "x", "registrar": "officer"}, "本案由其他人员承办。"),
        (OFFICER, {"registrar": "x"}, "本案由其他人员承办。"),
        (SUPERVISOR, {"handler": "x"}, None),  # a supervisor here
        (CHIEF, {"handler": "x"}, None),  # and one above
        (SUPERVISOR, {"path": ELSEWHERE}, "这一步需要“承办”权限。"),  # not one beside
        (
            OFFICER,
            {"path": "/4401/", "registrar": "officer"},
            "这一步需要“承办”权限。",
        ),  # nor below
    ],
)
def test_handling_belongs_to_whoever_carries_the_case(
    actor: Actor, known: dict[str, str], refusal: str | None
) -> None:
    refused = SOUND.refusals(situation(status="new", **known), actor, SOUND.moves["say"])
    assert [str(s) for s in refused] == ([refusal] if refusal else [])


@dataclass(frozen=True)
class Mediated(Proceeding):
    """What a mediator carries."""

    carried_by: ClassVar[Permission | None] = Permission.MEDIATE
    kind: str = "mediated"


class Carried(Lifecycle):
    """A small table of a procedure."""

    key = "carried"
    carried = True
    new = Status(_("新"))
    done = Status(_("完"), final=True)
    initial = new
    work = Move(_("调解"), new, done, Permission.MEDIATE)
    end = Move(_("终止"), new, done, HANDLE)


CARRIED = Carried()
HERS = Actor("deputy", frozenset({Role.MEDIATOR}), TOWNSHIP, frozenset({"mediator"}))
OTHERS = "本程序由其他人员承担。"


@pytest.mark.parametrize(
    ("actor", "carrier", "refusal"),
    [
        (MEDIATOR, "", None),  # nobody carries it yet
        (MEDIATOR, "mediator", None),
        (MEDIATOR, "x", OTHERS),
        (HERS, "mediator", None),  # she stands in
        (HERS, "x", OTHERS),
        (SUPERVISOR, "x", None),
        (CHIEF, "x", None),
        (LIAISON, "", "这一步需要“调解”权限。"),
        (replace(MEDIATOR, path=ELSEWHERE), "", "这一步需要“调解”权限。"),
    ],
)
def test_a_procedure_belongs_to_whoever_carries_it(
    actor: Actor, carrier: str, refusal: str | None
) -> None:
    known = situation(status="new", procedure=Mediated(carrier=carrier))
    refused = CARRIED.refusals(known, actor, CARRIED.moves["work"])
    assert [str(s) for s in refused] == ([refusal] if refusal else [])


@pytest.mark.parametrize(
    ("actor", "carrier", "may"),
    [
        (OFFICER, "", True),  # she handles the case
        (OFFICER, "x", True),
        (MEDIATOR, "mediator", True),  # it is hers
        (HERS, "mediator", True),
        (MEDIATOR, "x", False),
        (MEDIATOR, "", False),
        (SUPERVISOR, "x", True),
    ],
)
def test_whoever_handles_the_case_or_carries_the_procedure_may_end_it(
    actor: Actor, carrier: str, may: bool
) -> None:
    known = situation(status="new", procedure=Mediated(carrier=carrier))
    refused = CARRIED.refusals(known, actor, CARRIED.moves["end"])
    assert [str(s) for s in refused] == ([] if may else ["本案由其他人员承办。"])


def test_a_deputy_handles_the_case_of_the_absent_person() -> None:
    deputy = Actor("deputy", frozenset({Role.DESK_OFFICER}), TOWNSHIP, frozenset({"x"}))
    known = situation(status="new", handler="x")
    assert SOUND.refusals(known, deputy, SOUND.moves["say"]) == ()
    assert SOUND.refusals(known, OFFICER, SOUND.moves["say"]) != ()


def test_a_move_of_a_procedure_changes_its_status_and_not_the_cases() -> None:
    known = situation(status="new", procedure=Mediated(status="new"), requester="a")
    after = CARRIED.after(known, MEDIATOR, CARRIED.moves["work"])
    assert after.procedure
    assert (after.status, after.procedure.status) == ("done", "done")
    assert (after.requester, after.status_since) == ("a", known.status_since)


def test_a_move_changes_the_status_and_the_time_of_it() -> None:
    known = replace(situation(status="new", facts=Telling("yes")), requester="a", countersigner="b")
    after = SOUND.after(known, SUPERVISOR, SOUND.moves["finish"])
    assert (after.status, after.status_since) == ("done", known.now)
    assert (after.requester, after.countersigner, after.facts) == ("", "", None)


def test_an_act_changes_no_status_and_keeps_the_signatures() -> None:
    known = replace(situation(status="new"), requester="a", countersigner="b")
    assert SOUND.after(known, OFFICER, SOUND.moves["say"]) == known


def test_an_act_without_sources_may_be_made_in_every_living_status() -> None:
    assert SOUND.sources(SOUND.moves["say"]) == (Sound.new,)


def test_the_rows_of_the_table_come_before_those_it_shares() -> None:
    class Table(Sound):
        own = Move(_("自"), Sound.new, Sound.done, TRIAGE)

    assert list(Table.moves) == ["own", "finish", "say"]


def test_two_kinds_under_one_key_are_an_error() -> None:
    petition = kinds()[0]
    register(petition)  # once more is no harm
    with pytest.raises(ValueError, match="petition"):
        register(replace(petition, title=_("别的")))


def test_two_procedures_under_one_key_are_an_error() -> None:
    with pytest.raises(ValueError, match="mediation"):
        register_procedure(procedures()[0])


def test_a_table_has_no_two_acts_of_one_name() -> None:
    again = procedures()[0].opener
    with pytest.raises(AssertionError):
        kinds()[0].lifecycle.attach(again)


def test_a_table_is_found_by_its_key() -> None:
    assert [lifecycle(m.key) for m in machines()] == [m.lifecycle for m in machines()]
    with pytest.raises(KeyError):
        lifecycle("no such table")


def replace_guards(*guards: object) -> Move:
    """A row of the sound table with other guards, no reason and no facts."""
    move = Move(_("结束"), Sound.new, Sound.done, TRIAGE, guards)
    move.name = "finish"
    return move
