"""Petition 信访事项."""
