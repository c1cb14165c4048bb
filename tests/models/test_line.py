"""A line asks one statement at a time, and finds its way back after the database was away."""

from datetime import timedelta

import psycopg
import pytest

from models.kit.database import Database
from models.kit.line import Line

pytestmark = pytest.mark.postgis
_END_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_a_statement_counts_at_once_and_times_are_utc(database: Database) -> None:
    async with Line(database) as line, Line(database) as other:
        assert await line.ask("CREATE TABLE told (at timestamptz)") == []
        told = "INSERT INTO told VALUES (%(at)s) RETURNING at"
        ((at,),) = await line.ask(told, {"at": "2026-03-01 12:00+05"})
        assert at.utcoffset() == timedelta(0)
        assert await other.ask("SELECT at FROM told") == [(at,)]
        await line.ask("DROP TABLE told")


async def test_it_calls_again_after_the_database_was_away(
    database: Database, database_url: str
) -> None:
    async with Line(database) as line:
        assert await line.ask("SELECT 1") == [(1,)]
        with psycopg.connect(database_url, autocommit=True) as operator:
            operator.execute(_END_ALL)
        with pytest.raises(psycopg.OperationalError):
            await line.ask("SELECT 1")
        assert await line.ask("SELECT 1") == [(1,)]
