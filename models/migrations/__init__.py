"""Alembic migrations; run through models/migrate.py."""
