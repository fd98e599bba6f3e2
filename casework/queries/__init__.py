"""Pure reads."""
