"""Rows plus a wake-up: in order, at commit or never, and caught up after an absence."""

import asyncio

import psycopg
import pytest

from models.kit import bus
from models.kit.database import Database

pytestmark = pytest.mark.postgis


async def test_a_listener_gets_committed_changes_in_order(database: Database) -> None:
    listener = bus.listen(database, {"alert"}, after=0)
    async with database.transaction() as session:
        bus.announce(session, "alert", "a", {"n": 1})
        bus.announce(session, "other", "b", {})
    first = await asyncio.wait_for(anext(listener), 10)
    waiting = asyncio.ensure_future(anext(listener))
    async with database.transaction() as session:
        bus.announce(session, "alert", "c", {"n": 2})
    second = await asyncio.wait_for(waiting, 10)
    await listener.aclose()
    assert [(n.topic, n.subject_id, n.data) for n in (first, second)] == [
        ("alert", "a", {"n": 1}),
        ("alert", "c", {"n": 2}),
    ]


async def test_a_rolled_back_change_is_never_told(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            bus.announce(session, "alert", "lost", {})
            raise RuntimeError
    async with database.read() as session:
        assert await bus.changes_after(session, 0) == []


async def test_a_listener_outlives_its_connections(database: Database) -> None:
    """A restarted database ends every connection; the listener catches up from its seq."""
    listener = bus.listen(database, {"t"}, after=0)
    async with database.transaction() as session:
        bus.announce(session, "t", "before", {})
    assert (await asyncio.wait_for(anext(listener), 10)).subject_id == "before"
    waiting = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0.3)
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await database.engine.dispose()  # this test's own pool; the listener's must heal by itself
    async with database.transaction() as session:
        bus.announce(session, "t", "after", {})
    assert (await asyncio.wait_for(waiting, 20)).subject_id == "after"
    await listener.aclose()


async def test_no_reader_skips_a_seq_under_concurrent_writers(database: Database) -> None:
    async def write(name: str) -> None:
        for n in range(20):
            async with database.transaction() as session:
                bus.announce(session, "t", f"{name}-{n}", {})

    seen: list[int] = []

    async def read() -> None:
        async for notice in bus.listen(database, {"t"}, after=0):
            seen.append(notice.seq)
            if len(seen) == 80:
                return

    await asyncio.wait_for(asyncio.gather(read(), *(write(w) for w in "abcd")), 30)
    assert seen == sorted(set(seen))
    assert len(seen) == 80
