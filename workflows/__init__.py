"""What the desk does: one folder per kind of case; declarations, no tables."""
