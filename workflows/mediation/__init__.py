"""Mediation 调解."""
