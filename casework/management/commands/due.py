"""When is it due, and why then? By a rule of the law, or by bare arithmetic."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from casework.engine import registry
from casework.engine.clocks import ClockRule, MissingInput
from casework.engine.limits import Limit
from casework.management import deadlines
from casework.management.deadlines import WRONG, wrong

REGIONS = {
    "guangdong": "44", "广东": "44", "yunnan": "53", "云南": "53", "henan": "41", "河南": "41",
    "gansu": "62", "甘肃": "62", "heilongjiang": "23", "黑龙江": "23", "jilin": "22", "吉林": "22",
}  # fmt: skip
"""Regions with limits of their own may be named; others by their administrative code."""


class Command(BaseCommand):
    """``manage.py due RULE --from ISO [--set key=value …] [--region R]``, ``due --limit "5
    working_days" --from ISO``, or ``due --batch FILE.csv``. Needs no database: with DATABASE_URL
    the stored calendars are used, else the shipped ones."""

    help = "Work out a deadline and explain it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A rule, a limit or a file; and how time is counted."""
        parser.add_argument("rule", nargs="?", default="")
        parser.add_argument("--from", dest="start", default="", metavar="ISO")
        parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE")
        parser.add_argument("--region", default="")
        parser.add_argument("--limit", default="")
        parser.add_argument("--batch", default="", metavar="FILE.csv")
        parser.add_argument("--json", action="store_true")
        deadlines.add_counting(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer what was asked."""
        if sum(bool(options[name]) for name in ("rule", "limit", "batch")) != 1:
            raise wrong("请给出规则、--limit 或 --batch 之一。", "Give a rule, --limit or --batch.")
        if options["batch"]:
            self._batch(options)
            return
        if not options["start"]:
            raise wrong("缺少 --from。", "--from is missing.")
        told = self._of_rule(options) if options["rule"] else self._of_limit(options)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for line in told["explain"]:
            mark = line["count"] if line["counted"] else "-"
            self.stdout.write(f"{line['day']} {mark:>4} {line['why']}")
        self.stdout.write(f"{told['due']}{' 暂定 provisional' if told['provisional'] else ''}")

    def _of_limit(self, options: dict[str, Any]) -> dict[str, Any]:
        how, limit = deadlines.counting(options), deadlines.limit(options["limit"])
        start = deadlines.instant(options["start"], how.zone)
        due = limit.due(start, how)
        return {
            "limit": str(limit),
            "from": deadlines.shown(start, how),
            "due": deadlines.shown(due.at, how),
            "provisional": due.provisional,
            "explain": deadlines.lines(limit.explain(start, how)),
        }

    def _of_rule(self, options: dict[str, Any]) -> dict[str, Any]:
        rule = self._rule(options["rule"])
        how = deadlines.counting(options, rolls=rule.rolls, first_day_counts=rule.first_day_counts)
        start, limit = deadlines.instant(options["start"], how.zone), self._limit(rule, options)
        due = limit.due(start, how)
        warned = rule.warns.due(start, how).at if rule.warns else None
        return {
            "rule": rule.key,
            "from": deadlines.shown(start, how),
            "due": deadlines.shown(due.at, how),
            "warn": deadlines.shown(warned, how) if warned else None,
            "original_due": deadlines.shown(due.at, how),
            "provisional": due.provisional,
            "source": str(rule.source),
            "explain": deadlines.lines(limit.explain(start, how)),
        }

    def _rule(self, key: str) -> ClockRule:
        try:
            return registry.clock_rule(key)
        except KeyError:
            known = "、".join(rule.key for rule in registry.clock_rules())
            raise wrong(f"没有规则 {key}；有：{known}。", f"There is no rule {key}.") from None

    def _limit(self, rule: ClockRule, options: dict[str, Any]) -> Limit:
        told = {}
        for pair in options["set"]:
            name, equals, value = pair.partition("=")
            if not equals:
                raise wrong(f"--set 须写成 key=value：{pair}。", f"--set takes key=value: {pair}.")
            told[name.strip()] = value.strip()
        region = REGIONS.get(options["region"].lower(), options["region"])
        try:
            return rule.limit_for(told, region)
        except MissingInput as missing:
            among = f"（{'、'.join(missing.choices)}）" if missing.choices else ""
            raise wrong(
                f"缺少 --set {missing.name}=…{among}。",
                f"--set {missing.name}=… is missing or unknown.",
            ) from None
        except ValueError:
            raise wrong("until 须是日期（2026-12-31）。", "until takes a date.") from None

    def _batch(self, options: dict[str, Any]) -> None:
        """Each row's own zone and rolling; `due` and `provisional` are added to what it has."""
        try:
            text = Path(options["batch"]).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise wrong("文件读不出来。", "The file cannot be read.") from None
        rows = csv.DictReader(text.splitlines())
        names = rows.fieldnames or []
        if not {"from", "limit"} <= set(names):
            raise wrong("文件须有 from 和 limit 两列。", "The columns from and limit are needed.")
        out = csv.DictWriter(self.stdout, [*names, "due", "provisional"], lineterminator="\n")
        out.writeheader()
        for row in rows:
            told = options | {"tz": row.get("tz") or options["tz"]}
            rolls = (row.get("roll") or "").strip().lower() in ("1", "true", "yes", "roll", "y")
            how = deadlines.counting(told, rolls=rolls)
            start = deadlines.instant(row["from"] or "", how.zone)
            due = deadlines.limit(row["limit"] or "").due(start, how)
            known = {name: row[name] for name in names}
            answer = {"due": deadlines.shown(due.at, how)}
            out.writerow(known | answer | {"provisional": str(due.provisional).lower()})


__all__ = ["WRONG", "Command"]
