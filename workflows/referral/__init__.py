"""Referral 转介, legal aid first."""
