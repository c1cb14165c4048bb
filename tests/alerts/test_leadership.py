"""One process leads by an advisory lock; the others wait, and nobody dies with the database."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from alerts.service import LEADER_LOCK, AlertService
from models.camera import MediaNode, Zone
from models.kit.bus import announce
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.observation import ZoneObservationRow
from tests.alerts.terms import alerts
from tests.builders import NOON, BuiltOffice, build_office

pytestmark = pytest.mark.postgis


@pytest.fixture
async def office(database: Database) -> BuiltOffice:
    async with database.transaction() as session:
        built = await build_office(session)
        session.add(MediaNode(name="node-1", port=8090, started_at=NOON, seen_at=NOON))
        return built


async def test_one_leads_the_other_waits_and_takes_over(
    database: Database, database_url: str, office: BuiltOffice
) -> None:
    second_database = Database(database_url, pool_size=2)
    stops = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(AlertService(database, SystemClock(), tick_s=0.02).run(stops[0]))
    zone = office.queue_zone
    async with database.transaction() as session:
        await session.execute(update(Zone).where(Zone.id == zone).values(queue_for_s=1))
        await session.execute(
            update(MediaNode).values(seen_at=SystemClock().now() + timedelta(hours=1))
        )
    await locks(database, 1)
    second_service = AlertService(second_database, SystemClock(), tick_s=0.02)
    second = asyncio.create_task(second_service.run(stops[1]))
    assert await second_service.ready() == {"database": True}
    # The leader's connections die as they do with kill -9 of the server's backends.
    async with database.transaction() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    await locks(database, 1)
    now = SystemClock().now()
    async with database.transaction() as session:
        session.add(ZoneObservationRow(zone_id=zone, at=now, since=now, state="occupied", people=9))
        announce(
            session,
            "observation",
            str(zone),
            {"zone_id": str(zone), "state": "occupied", "people": 9, "since": now.isoformat()},
        )
    async with asyncio.timeout(30):
        while not await alerts(database, "queue_too_long"):
            await asyncio.sleep(0.05)
    for stop in stops:
        stop.set()
    await asyncio.gather(first, second)
    await second_database.close()
    assert len(await alerts(database, "queue_too_long")) == 1


async def locks(database: Database, count: int) -> None:
    """Wait until that many processes hold the leader's lock."""
    query = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "
        f"AND objid = {LEADER_LOCK} "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with asyncio.timeout(30):
        while True:
            async with database.read() as session:
                if (await session.execute(query)).scalar() == count:
                    return
            await asyncio.sleep(0.05)


async def test_without_a_database_the_process_waits_and_stops_when_told() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    service = AlertService(away, SystemClock(), tick_s=0.02)
    stop = asyncio.Event()
    running = asyncio.create_task(service.run(stop))
    assert await service.ready() == {"database": False}
    await asyncio.sleep(0)
    assert not running.done()
    stop.set()
    async with asyncio.timeout(10):
        await running
    await away.close()
