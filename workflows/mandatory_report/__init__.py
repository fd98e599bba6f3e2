"""Mandatory report 强制报告."""
