"""Mileage and stays of a local day, straight from the fixes."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from geo.reports.driving import mileage_lines, stay_lines
from geo.reports.lines import Scope
from geo.reports.van_days import sum_up
from models.kit.database import Database
from models.vehicle import Position
from tests.builders import NOON, build_vehicle
from tests.geo.history import heard

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


@pytest.mark.parametrize(
    "summed_up_at",
    [None, NOON + timedelta(minutes=25), NOON + timedelta(days=1)],
    ids=["from fixes", "begun", "over"],
)
async def test_mileage_and_stays_are_the_same_however_they_were_prepared(
    database: Database, summed_up_at: datetime | None
) -> None:
    van = await _drive(database)
    if summed_up_at is not None:
        async with database.transaction() as session:
            assert await sum_up(session, DAY, UUID(int=0), summed_up_at) == [van]
    async with heard(database) as said, database.read() as session:
        (line,) = await mileage_lines(session, DAY, Scope())
        (stay,) = await stay_lines(session, DAY, Scope())
        assert await mileage_lines(session, DAY + timedelta(days=1), Scope()) == []
        assert await mileage_lines(session, DAY, Scope(vehicle_id=UUID(int=1))) == []
    assert len(said) == 4
    assert line.van.vehicle_id == van
    assert line.distance_m == pytest.approx(20 * 813, rel=0.01)
    assert line.unseen_m == pytest.approx(10 * 813, rel=0.01)
    assert line.moving_s == pytest.approx(11 * 60, abs=61)
    assert (line.fastest_km_h, line.fixes) == (60.0, 32)
    assert (line.first_at, line.last_at) == (NOON, NOON + timedelta(minutes=45))
    assert stay.lasted_s == 19 * 60
    assert stay.longitude == pytest.approx(77.1, abs=0.001)
    assert stay.stop is None
