"""Freshness transitions, partitions, tracks, against PostGIS."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.partitions import make_partitions
from geo.repository import positions, track, track_feature, vehicle, vehicles
from geo.service import FreshnessWatch, run
from models.kit.bus import changes_after
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.kit.ids import new_id
from models.kit.settings import Settings
from tests.builders import build_vehicle

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


async def seen(session: AsyncSession, vehicle_id: UUID, at: datetime) -> None:
    await session.execute(
        text(
            "INSERT INTO last_position (vehicle_id, fixed_at, received_at, geom) "
            "VALUES (:id, :at, :at, 'SRID=4326;POINT(76.9 43.2)') "
            "ON CONFLICT (vehicle_id) DO UPDATE SET fixed_at = :at, received_at = :at"
        ),
        {"id": vehicle_id, "at": at},
    )


async def stored(session: AsyncSession, vehicle_id: UUID, at: datetime, flags: str = "{}") -> None:
    await session.execute(
        text(
            "INSERT INTO position (vehicle_id, fixed_at, received_at, geom, flags, protocol) "
            "VALUES (:id, :at, :at, 'SRID=4326;POINT(76.9 43.2)', :flags, 'osmand')"
        ),
        {"id": vehicle_id, "at": at, "flags": flags},
    )


async def test_a_change_of_freshness_is_announced_once(database: Database) -> None:
    clock = ManualClock(NOW)
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        await seen(session, vehicle_id, NOW)
    watch = FreshnessWatch(clock)
    assert await watch.judge(database) == []
    clock.advance(timedelta(minutes=2))
    assert await watch.judge(database) == [vehicle_id]
    assert await watch.judge(database) == []
    clock.advance(timedelta(minutes=20))
    assert await watch.judge(database) == [vehicle_id]
    async with database.transaction() as session:
        await seen(session, vehicle_id, clock.now())
    assert await watch.judge(database) == [vehicle_id]
    async with database.read() as session:
        notices = await changes_after(session, 0, ["vehicle"])
    assert [n.data["freshness"] for n in notices] == ["stale", "lost", "online"]
    assert notices[0].data["id"] == notices[0].subject_id == str(vehicle_id)


async def test_a_fix_from_a_wrong_clock_does_not_stop_partitions(database: Database) -> None:
    now = SystemClock().now()
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        for days in (3, 16, 400):
            await stored(session, vehicle_id, now + timedelta(days=days), "{future}")
    async with database.transaction() as session:
        assert await make_partitions(session, 20) >= 12
    async with database.transaction() as session:
        assert await make_partitions(session, 20) == 0
    async with database.read() as session:
        found = await session.execute(
            text("SELECT CAST(CAST(tableoid AS regclass) AS text) FROM position ORDER BY fixed_at")
        )
        tables = [row[0] for row in found]
    assert tables[0].startswith("position_2")
    assert tables[1].startswith("position_2")
    assert tables[2] == "position_default"


async def test_tracks_hold_good_fixes_in_order(database: Database) -> None:
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        for seconds, flags in ((20, "{}"), (0, "{}"), (10, "{jump}"), (30, "{}")):
            await stored(session, vehicle_id, NOW + timedelta(seconds=seconds), flags)
    async with database.read() as session:
        end = NOW + timedelta(seconds=30)
        points = await track(session, vehicle_id, NOW, end)
        assert [p.fixed_at for p in points] == [NOW, NOW + timedelta(seconds=20)]
        feature = track_feature(vehicle_id, points)
        assert feature["geometry"] == {
            "type": "LineString",
            "coordinates": [[76.9, 43.2], [76.9, 43.2]],
        }
        assert track_feature(vehicle_id, points[:1])["geometry"] is None
        page = await positions(session, vehicle_id, NOW, end, limit=2)
        assert [row.flags for row in page] == [[], ["jump"]]
        rest = await positions(session, vehicle_id, NOW, end, after=page[-1].fixed_at)
        assert [row.fixed_at for row in rest] == [NOW + timedelta(seconds=20)]


async def test_vehicles_come_with_and_without_a_position(database: Database) -> None:
    async with database.transaction() as session:
        first = await build_vehicle(session)
        second = await build_vehicle(session, plate="002 AA 02", identifier="van-2")
        await seen(session, first, NOW)
    async with database.read() as session:
        both = await vehicles(session)
        assert [v.id for v in both] == [first, second]
        assert both[0].freshness(NOW) == "online"
        assert both[1].freshness(NOW) == "never"
        assert [v.id for v in await vehicles(session, after_plate=both[0].plate)] == [second]
        assert (await vehicle(session, first)).position is not None
        with pytest.raises(NotFound):
            await vehicle(session, new_id())


async def test_the_process_waits_for_a_database_that_is_away() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    stop = asyncio.Event()
    task = asyncio.create_task(run(Settings(geo_health_port=0), away, SystemClock(), stop))
    await asyncio.wait([task], timeout=0.5)
    assert not task.done()
    stop.set()
    await task
    await away.close()
