"""Mileage and stays of a local day, straight from the fixes."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import TextClause, text

from geo.reports.driving import MILEAGE, STAYS, mileage_lines, stay_lines
from geo.reports.lines import Scope, span_of
from models.kit.database import Database
from models.vehicle import Position
from tests.builders import NOON, build_vehicle

pytestmark = pytest.mark.postgis
DAY = date(2026, 3, 19)
STEP_DEG = 0.01  # 813 m at this latitude


async def _drive(database: Database) -> UUID:
    """Ten minutes east at about 49 km/h, twenty at one place, silence for 8 km, one bad fix."""
    fixes: list[tuple[float, float, float, list[str]]] = []  # minute, longitude, km/h, flags
    fixes += [(minute, 77 + minute * STEP_DEG, 49.0, []) for minute in range(11)]
    fixes += [(11 + minute, 77.1 + (minute % 2) * 0.00005, 0.4, []) for minute in range(20)]
    fixes += [(45, 77.2, 60.0, []), (46, 99.0, 90.0, ["jump"])]
    async with database.transaction() as session:
        van = await build_vehicle(session)
        session.add_all(
            Position(
                vehicle_id=van,
                fixed_at=NOON + timedelta(minutes=minute),
                received_at=NOON + timedelta(minutes=minute),
                geom=f"SRID=4326;POINT({longitude} 43)",
                speed_km_h=speed,
                flags=flags,
                protocol="osmand",
            )
            for minute, longitude, speed, flags in fixes
        )
    return van


async def test_mileage_counts_driving_and_names_what_nobody_saw(database: Database) -> None:
    van = await _drive(database)
    async with database.read() as session:
        (line,) = await mileage_lines(session, DAY, Scope())
        assert await mileage_lines(session, DAY + timedelta(days=1), Scope()) == []
        assert await mileage_lines(session, DAY, Scope(vehicle_id=UUID(int=1))) == []
    assert line.van.vehicle_id == van
    assert line.distance_m == pytest.approx(20 * 813, rel=0.01)
    assert line.unseen_m == pytest.approx(10 * 813, rel=0.01)
    assert line.moving_s == pytest.approx(11 * 60, abs=61)
    assert (line.fastest_km_h, line.fixes) == (60.0, 32)


async def test_a_stay_lasts_from_its_first_fix_to_its_last(database: Database) -> None:
    await _drive(database)
    async with database.read() as session:
        (line,) = await stay_lines(session, DAY, Scope())
    assert line.lasted_s == 19 * 60
    assert line.longitude == pytest.approx(77.1, abs=0.001)
    assert line.stop is None


@pytest.mark.parametrize("query", [MILEAGE, STAYS], ids=["mileage", "stays"])
async def test_no_scan_of_the_history(database: Database, query: TextClause) -> None:
    begin, end = span_of(DAY)
    asked = {"begin": begin, "end": end, "region_id": None, "vehicle_id": None}
    async with database.read() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(text(f"EXPLAIN {query.text}"), asked)
        lines = [row[0] for row in plan]
    assert not [line for line in lines if "Seq Scan on position" in line]
