"""Judging as a service: spans of new fixes in, rows and notices out."""
