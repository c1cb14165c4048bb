"""The fleet at a past moment, its replay and its tiles: right, and never by reading the history."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from geo import repository
from geo.fleet import SCALE, ReplayPart, fleet_at, replay_json
from geo.judging import fixes
from geo.reports.driving import mileage_lines, stay_lines
from geo.reports.lines import Scope
from geo.reports.plans import trip_lines, visit_lines
from geo.reports.van_days import sum_up
from geo.van_now import trip_now
from geo.vector_tiles import Tile, TileLayer, tile
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.vehicle import Vehicle
from tests.builders import build_region, build_vehicle
from tests.geo.history import fill, heard, sequential_scans

pytestmark = pytest.mark.postgis
# Yesterday's and today's partitions exist from the migration on.
NOON = SystemClock().now().replace(hour=12, minute=0, second=0, microsecond=0)


async def put(
    database: Database, van: UUID, minute: int, longitude: float, flags: str = ""
) -> None:
    at = NOON + timedelta(minutes=minute)
    row = {"van": van, "at": at, "longitude": longitude, "flags": [flags] if flags else []}
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO position (vehicle_id, fixed_at, received_at, geom, speed_km_h, flags,"
                " protocol) VALUES (:van, :at, :at,"
                " ST_SetSRID(ST_MakePoint(:longitude, 43), 4326), 50.4, :flags, 'osmand')"
            ),
            row,
        )


async def two_vans(database: Database) -> tuple[UUID, UUID]:
    async with database.transaction() as session:
        first = await build_vehicle(session)
        second = await build_vehicle(session, plate="002 AA 02", identifier="van-2")
    for minute, longitude in ((-60, 70.0), (0, 71.0), (1, 71.1), (2, 71.2)):
        await put(database, first, minute, longitude)
    await put(database, first, 3, 99.0, "jump")
    await put(database, second, -25 * 60, 60.0)
    return first, second


async def test_the_fleet_at_a_moment_is_each_vans_last_good_fix_of_a_day(
    database: Database,
) -> None:
    first, _ = await two_vans(database)
    async with database.read() as session:
        now = await fleet_at(session, NOON + timedelta(minutes=5))
        before = await fleet_at(session, NOON - timedelta(minutes=5))
        ancient = await fleet_at(session, NOON - timedelta(hours=24))
        elsewhere = await fleet_at(session, NOON, UUID(int=1))
    assert [(p.vehicle_id, p.longitude) for p in now] == [(first, 71.2)]
    assert [p.longitude for p in before] == [70.0]
    assert [p.longitude for p in ancient] == [60.0]
    assert elsewhere == []


async def test_a_replay_begins_with_where_each_van_was_and_is_thinned(database: Database) -> None:
    first, _ = await two_vans(database)
    part = ReplayPart(NOON - timedelta(seconds=30), NOON + timedelta(minutes=10), 120)
    async with database.read() as session:
        (van,) = json.loads(await replay_json(session, part))
    assert van["vehicle_id"] == str(first)
    assert van["seconds"] == [-3570, 30, 150]
    assert [x / SCALE for x in van["longitudes"]] == [70.0, 71.0, 71.2]
    assert (van["speeds"], van["latitudes"][0]) == ([50, 50, 50], 43 * SCALE)


async def test_a_tile_holds_a_vans_line_and_counts_where_vans_were(database: Database) -> None:
    first, _ = await two_vans(database)
    span: dict[str, Any] = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=1)}
    here, elsewhere = Tile(6, 44, 23), Tile(6, 1, 1)
    async with database.read() as session:
        line = await tile(session, TileLayer.TRACK, here, vehicle_id=first, **span)
        assert b"track" in line
        assert await tile(session, TileLayer.TRACK, elsewhere, vehicle_id=first, **span) == b""
        fixes = await tile(session, TileLayer.FIXES, here, **span)
        assert b"fixes" in fixes
        assert await tile(session, TileLayer.FIXES, here, region_id=UUID(int=1), **span) == b""
        assert await tile(session, TileLayer.ROUTES, here) == b""


@pytest.mark.parametrize(("z", "x", "y"), [(3, 8, 0), (3, 0, -1), (19, 0, 0), (-1, 0, 0)])
def test_a_square_that_is_none_is_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(InvalidInput, match="no tile"):
        Tile(z, x, y)


async def test_no_question_reads_the_history_from_end_to_end(database: Database) -> None:
    """Map, tracks, replay, the card of a van, judging, every report before and after its sum."""
    today = datetime.combine(SystemClock().now().date(), datetime.min.time(), UTC)
    async with database.transaction() as session:
        region_id = await build_region(session)
    await fill(database, region_id, today - timedelta(days=1), today + timedelta(days=2))
    noon, everyone = today + timedelta(hours=12), Scope()
    day: dict[str, Any] = {"starts_at": today, "ends_at": today + timedelta(days=1)}
    async with heard(database, "FROM") as said, database.transaction() as session:
        van = (await session.execute(select(Vehicle.id).limit(1))).scalar_one()
        said.clear()
        await repository.vehicles(session)
        await repository.vehicle(session, van)
        assert len(await fleet_at(session, noon)) == 30
        part = ReplayPart(noon, noon + timedelta(minutes=30), 1)
        assert len(json.loads(await replay_json(session, part))) == 30
        assert len(await repository.track(session, van, *day.values())) == 360
        await repository.positions(session, van, *day.values(), limit=200)
        await tile(session, TileLayer.TRACK, Tile(6, 44, 22), vehicle_id=van, **day)
        await tile(session, TileLayer.FIXES, Tile(14, 11400, 5600), **day)
        assert await trip_now(session, van, today + timedelta(hours=1)) is not None
        assert len(await fixes.fixes_between(session, {van: (0.0, noon.timestamp())})) == 1
        for summed in (False, True):
            for of in (everyone, Scope(vehicle_id=van)):
                driven = await mileage_lines(session, noon.date(), of)
                assert len(driven) == (1 if of.vehicle_id else 30)
                await stay_lines(session, noon.date(), of)
                assert len(await trip_lines(session, noon.date(), of)) == len(driven)
                assert len(await visit_lines(session, noon.date(), of)) == len(driven)
            if not summed:
                assert len(await sum_up(session, noon.date(), UUID(int=0), noon)) == 30
    asked = [one for one in said if "pg_advisory" not in one[0]]
    assert len(asked) == 11 + 16 + 2
    assert await sequential_scans(database, "SELECT count(*) FROM position", None)
    scans = {one[0]: await sequential_scans(database, *one) for one in asked}
    assert {statement: tables for statement, tables in scans.items() if tables} == {}
