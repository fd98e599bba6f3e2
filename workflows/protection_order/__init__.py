"""Protection order 人身安全保护令."""
