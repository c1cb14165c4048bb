"""alerts/rules/: one rule a file."""
