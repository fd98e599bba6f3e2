"""The application of records, verbs and pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext

from casework.engine import language


class CaseworkConfig(AppConfig):
    """Plugs Django's translations into the engine's sentences."""

    name = "casework"
    verbose_name = "casework"

    def ready(self) -> None:
        """Sentences of the engine are shown in the language of the request."""
        language.use_translator(gettext)
