"""Letters that people sign: templates that offices edit in Word, filled with plain values."""

from casework.letters.word import UnknownTemplate, Unwritable, fields, render

__all__ = ["UnknownTemplate", "Unwritable", "fields", "render"]
