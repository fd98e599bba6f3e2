"""Domestic violence 家暴个案."""
