"""Prove that nothing was altered, or name the first thing that was."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from casework import audit
from casework.management.base import DataCommand


class Command(DataCommand):
    """``manage.py verify_audit [--schema] [--json]``; exit 1 when something is broken."""

    help = "Verify all audit chains against the records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two switches."""
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--schema", action="store_true", help="only name the audit tables")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and print the verdict."""
        if options["schema"]:
            self.stdout.write(json.dumps({"tables": list(audit.TABLES)}))
            return
        verdict = audit.verify()
        broken = verdict.first_broken
        data = {
            "events": verdict.events,
            "cases": verdict.cases,
            "seconds": round(verdict.seconds, 3),
            "ok": verdict.ok,
            "first_broken": asdict(broken) if broken else None,
        }
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self.stdout.write(
                f"核验 {verdict.events} 条记录、{verdict.cases} 件案件："
                + ("完整无改动。" if verdict.ok else f"发现异常：{broken}")
            )
        if not verdict.ok:
            sys.exit(1)
