"""Report to the police and warning 报案与告诫."""
