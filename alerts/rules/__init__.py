"""The rules, one a file; RULES in alerts/rules/table.py lists them in order."""
