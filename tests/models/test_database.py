"""Sessions over real connections: readers cannot write, ended connections are replaced unseen."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from models.kit.database import Database

pytestmark = pytest.mark.postgis


async def test_a_reader_cannot_write_and_a_writer_after_it_can(database: Database) -> None:
    write = text("INSERT INTO change (topic, subject_id, data) VALUES ('t', 's', '{}')")
    with pytest.raises(InternalError, match="read-only"):
        async with database.read() as session:
            await session.execute(write)
    async with database.transaction() as session:
        await session.execute(write)
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM change")) == 1


async def test_connections_that_the_server_ended_are_replaced_unseen(database: Database) -> None:
    async with database.read() as one, database.read() as other:
        for session in (one, other):
            await session.execute(text("SELECT 1"))
    with psycopg.connect(database.url, autocommit=True) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert len(ended) == 2
    async with database.read() as one, database.transaction() as other:
        for session in (one, other):
            assert await session.scalar(text("SELECT 1")) == 1
