"""The plain-Python core: tables of moves, guards, situations, clocks; nothing of Django."""
