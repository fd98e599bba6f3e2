"""Announces the kinds of case and the procedures named in settings, and the instruments shipped as
data."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from casework.engine import registry
from casework.engine.assessment import Instrument

INSTRUMENTS = Path(__file__).parent.parent / "fixtures" / "instruments"


class WorkflowsConfig(AppConfig):
    """The application of declarations; it has no tables."""

    name = "workflows"
    verbose_name = "workflows"

    def ready(self) -> None:
        """Register everything, then compile the tables into the one Case."""
        from casework.models.staged import compile_lifecycles

        for name in settings.KINDS:
            registry.register(import_module(f"workflows.{name}.kind").KIND)
        for name in settings.PROCEDURES:
            registry.register_procedure(import_module(f"workflows.{name}.procedure").PROCEDURE)
        for path in sorted(INSTRUMENTS.glob("*.json")):
            registry.register_instrument(Instrument.from_data(json.loads(path.read_text("utf-8"))))
        compile_lifecycles()
