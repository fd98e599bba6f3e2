"""Follow-up 回访."""
