"""What must not be broken unseen: a line for each clause of "a deadline engine is right when" and
for each safety rule, what breaks it, and the tests that must see that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """A clause, what stands once in a file, what breaks it there, and the tests that must see
    that."""

    clause: str
    file: str
    line: str
    becomes: str
    seen_by: str


CLAUSES = (
    Broken(
        "due can be rebuilt from events alone",
        "casework/services/ticks.py",
        'limit=str(event.limit) if event.limit else "",',
        'limit="",',
        "tests/services/test_sweeping.py::test_every_clock_adds_up",
    ),
    Broken(
        "each rule states whether the last day rolls",
        "casework/engine/clocks.py",
        "return replace(how, first_day_counts=self.first_day_counts, rolls=self.rolls)",
        "return replace(how, first_day_counts=self.first_day_counts)",
        "tests/services/test_sweeping.py::test_a_last_day_off_rolls_forward_where_the_law_says_so",
    ),
    Broken(
        "days are never n x 24 hours",
        "casework/engine/limits.py",
        "last = _day(start, how) + timedelta(days=self.count)",
        "last = _day(start.astimezone(UTC) + timedelta(hours=24 * self.count), how)",
        "tests/engine/test_limits.py::test_days_are_right_across_the_change_of_hours",
    ),
    Broken(
        "make-up working days count",
        "casework/engine/calendar.py",
        "return day.weekday() < SATURDAY if said is None else said is DayKind.MAKEUP",
        "return day.weekday() < SATURDAY if said is None else False",
        "tests/engine/test_limits.py::test_working_days_equal_a_count_day_by_day",
    ),
    Broken(
        "an unpublished year gives a provisional date",
        "casework/engine/calendar.py",
        "return self.years is None or day.year in self.years",
        "return True",
        "tests/engine/test_limits.py::test_every_unit_ends_where_it_should",
    ),
    Broken(
        "amendments never un-breach",
        "casework/engine/ticking.py",
        "return _counted(_late(state, event.at), how)",
        "return _counted(state, how)",
        "tests/services/test_sweeping.py::test_a_notice_that_comes_too_late_takes_no_breach_back",
    ),
    Broken(
        "overlapping pauses count as their union",
        "casework/engine/limits.py",
        "if found and begin <= found[-1][1]:",
        "if False:",
        "tests/engine",
    ),
    Broken(
        "an extension counts from the original due date",
        "casework/engine/ticking.py",
        "more.due(so_far.at, counting)",
        "more.due(state.started_at, counting)",
        "tests/engine/test_ticking.py::test_an_extension_keeps_both_dates",
    ),
    Broken(
        "reopening starts a new cycle, the old verdict stands",
        "casework/services/clocks.py",
        "if self.step.move in rule.renewed_by:",
        "if False:",
        "tests/services/test_clocks.py",
    ),
    Broken(
        "a breach is of the moment it was due",
        "casework/engine/ticking.py",
        "return replace(state, breached_at=state.due_at)",
        "return replace(state, breached_at=at)",
        "tests/services/test_sweeping.py::test_a_case_closed_late_while_nobody_swept_is_late",
    ),
    Broken(
        "each milestone at most once",
        "casework/services/sweeping.py",
        "clock.told_until = passed[-1].at if passed else now",
        "clock.told_until = clock.started_at",
        "tests/services/test_sweeping.py::test_what_was_told_before_a_shorter_outage_is_not_told_again",
    ),
    Broken(
        "each milestone at least once after an outage",
        "casework/services/sweeping.py",
        "passed = [m for m in left if m.at <= now]",
        "passed = [m for m in left if m.at <= now][-1:]",
        "tests/services/test_sweeping.py::"
        "test_after_an_outage_each_milestone_is_noted_and_only_the_last_is_said",
    ),
    Broken(
        "nothing stale fires after stop or pause",
        "casework/queries/clocks.py",
        'if state.state != "running":',
        'if state.state == "cancelled":',
        "tests/services/test_sweeping.py tests/services/test_clocks.py",
    ),
    Broken(
        "nothing stale fires after an extension",
        "casework/services/ticks.py",
        "clock.told_until = min(moment.now(), state.due_at - A_MOMENT)",
        "clock.told_until = None",
        "tests/services/test_sweeping.py::test_what_would_have_been_said_of_the_new_date_is_not_made_up_for",
    ),
    Broken(
        "a sweep reads only what is due",
        "casework/services/sweeping.py",
        'next_fire_at__lte=now).order_by("next_fire_at")',
        'due_at__lte=now).order_by("due_at")',
        "tests/services/test_sweeping.py::test_an_idle_sweep_reads_the_index_of_what_is_due",
    ),
    Broken(
        "every due date can explain itself",
        "casework/queries/clocks.py",
        "begin = state.original_due_at",
        "begin = state.started_at",
        "tests/views/test_clocks.py::test_a_longer_time_is_explained_from_the_first_date",
    ),
    Broken(
        "one expression defines overdue",
        "casework/queries/clocks.py",
        'OVERDUE = Q(state="running", own=True)',
        'OVERDUE = Q(state="running")',
        "tests/services/test_sweeping.py::test_one_definition_of_overdue",
    ),
)

RULES = (
    Broken(
        "1: nothing is shared without consent",
        "workflows/domestic_violence/guards.py",
        'if told.ground == "consent" and situation.consents & {"share", "refer"}:',
        'if told.ground == "consent":',
        "tests/workflows/test_guards.py",
    ),
    Broken(
        "1: what rests on a consent ends with it",
        "casework/engine/case_acts.py",
        'return without_those_that_end_on(withdrawn, f"consent:{scope}")',
        "return withdrawn",
        "tests/services/test_procedures.py tests/services/test_ends.py",
    ),
    Broken(
        "2: an assessment that expired is none",
        "workflows/domestic_violence/guards.py",
        "    if not situation.assessment.holds(situation.now):",
        "    if False:",
        "tests/workflows/test_guards.py",
    ),
    Broken(
        "2: a new incident voids the assessment",
        "casework/services/effects.py",
        "if before.assessment and after.assessment is None:",
        "if False:",
        "tests/services/test_danger.py",
    ),
    Broken(
        "3: unknown never lowers",
        "casework/engine/assessment.py",
        'if injury or repeated or "unknown" in special:',
        "if injury or repeated:",
        "tests/engine/test_assessment.py",
    ),
    Broken(
        "3: lowering needs two",
        "casework/engine/case_acts.py",
        "if situation.assessment and situation.assessment.assessor == actor.uid:",
        "if False:",
        "tests/workflows/test_guards.py",
    ),
    Broken(
        "4: high danger demands the police at once",
        "casework/engine/owed.py",
        "Danger.HIGH: frozenset({POLICE, SUPERIOR, PLAN}),",
        "Danger.HIGH: frozenset({SUPERIOR, PLAN}),",
        "tests/services/test_owed.py",
    ),
    Broken(
        "4: new violence demands it again",
        "casework/engine/case_acts.py",
        "again = owing_again(bound_to_report(happened), told.happened_at)",
        "again = bound_to_report(happened)",
        "tests/services/test_owed.py",
    ),
    Broken(
        "5: the rule binds the pair, in whatever case",
        "casework/queries/parties.py",
        "violent = list(_violent(her))",
        "violent = list(_violent(her) & {case.pk})",
        "tests/queries/test_parties.py",
    ),
    Broken(
        "6: reconciliation is no outcome",
        "workflows/domestic_violence/guards.py",
        'return None if told.outcome in OUTCOMES else _("请从列表中选择办理结果。")',
        "return None",
        "tests/workflows/test_guards.py",
    ),
    Broken(
        "7: a duty to report is owed",
        "casework/engine/owed.py",
        "if after.report_duty and not before.report_duty:",
        "if False:",
        "tests/services/test_owed.py",
    ),
    Broken(
        "7: a child and violence bring the duty",
        "casework/engine/case_acts.py",
        "(situation.children and situation.violence)",
        "False",
        "tests/services/test_danger.py",
    ),
    Broken(
        "8: three attempts through the safe channel",
        "workflows/domestic_violence/guards.py",
        "if len(days) < 3 or not past or not told.safe_channel:",
        "if len(days) < 3 or not past:",
        "tests/workflows/test_guards.py",
    ),
    Broken(
        "9: outside the house nothing is said",
        "casework/services/channels.py",
        "text = TEXT.format(number=str(delivery.reminder.uid)[:8])",
        "text = TEXT.format(number=delivery.reminder.case.number)",
        "tests/services/test_delivering.py",
    ),
    Broken(
        "10: where she lives gets into no letter",
        "casework/services/papers.py",
        'value = pattern.sub("（住址、电话不写入）", value)',
        "pass",
        "tests/services/test_case_letters.py",
    ),
    Broken(
        "10: nor into what is told with a procedure",
        "casework/services/judging.py",
        "if told and any(address in told for address in her_addresses(case)):",
        "if False:",
        "tests/services/test_case_letters.py",
    ),
    Broken(
        "11: outside need-to-know a case does not exist",
        "casework/models/case.py",
        "everyday = models.Q(sealed=False, safety_sensitive=False)",
        "everyday = models.Q(sealed=False)",
        "tests/queries/test_visibility.py",
    ),
    Broken(
        "12: an interest in the case blocks its handler",
        "casework/engine/case_acts.py",
        "if situation.conflicted & {actor.uid, named, carrier}:",
        "if situation.conflicted & {actor.uid, carrier}:",
        "tests/workflows/test_guards.py",
    ),
    Broken(
        "13: a safety plan is offered",
        "casework/engine/owed.py",
        "Danger.MEDIUM: frozenset({PLAN}),",
        "Danger.MEDIUM: frozenset(),",
        "tests/services/test_owed.py",
    ),
    Broken(
        "14: an incident ends the mediation of the pair",
        "casework/engine/case_acts.py",
        'return without_those_that_end_on(again, "violence", by)',
        "return again",
        "tests/services/test_procedures.py tests/services/test_ends.py",
    ),
    Broken(
        "15: no field about religion",
        "casework/engine/case_acts.py",
        '"witness": _("证人"),',
        '"witness": _("宗教信仰"),',
        "tests/architecture/test_house.py",
    ),
)
