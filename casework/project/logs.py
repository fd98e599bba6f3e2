"""Keeps personal data out of the log."""

from __future__ import annotations

import logging


class WithoutPersonalData(logging.Filter):
    """Drops what could carry somebody's words: SQL parameters, local variables, query strings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Blank the parts; let everything else through."""
        if record.name.startswith("django.db"):
            record.msg, record.args = "database message withheld", ()
        if record.exc_info and record.exc_info[0]:
            # Where it failed is worth knowing; what was being written is not for the log.
            place = record.exc_info[2]
            while place and place.tb_next:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
            record.msg = (
                f"{record.getMessage().split('?')[0]} [{record.exc_info[0].__name__} at {where}]"
            )
            record.args, record.exc_info, record.exc_text = (), None, None
        return True
