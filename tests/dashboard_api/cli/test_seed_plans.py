"""The demo's vans have plans that they drive."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from dashboard_api.cli.seed import sow
from ingest.simulated.fleet import FLEET
from ingest.simulated.timetable import departures_of, route_of
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.plan import Route, Stop, StopVisit, Trip, TripCrew, VisitTimetable
from models.vehicle import Vehicle
from tests.builders import NOON

pytestmark = pytest.mark.postgis


async def test_a_second_start_adds_nothing_to_the_plans(database: Database, tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path)
    counts = []
    for _ in range(2):
        await sow(database, settings, rtsp_port=1, onvif_port=2, clock=ManualClock(NOON))
        async with database.read() as session:
            counts.append(
                [
                    await session.scalar(select(func.count()).select_from(table))
                    for table in (Route, Stop, VisitTimetable, Trip, StopVisit, TripCrew)
                ]
            )
    assert counts[0] == counts[1]
    assert counts[0][0] == len(FLEET)
    van = FLEET[1]
    async with database.read() as session:
        query = (
            select(Trip)
            .join(Vehicle, Vehicle.id == Trip.vehicle_id)
            .where(Vehicle.plate == van.plate)
            .order_by(Trip.planned_start_at)
        )
        trips = (await session.execute(query)).scalars().all()
    departures = departures_of(van, 1)
    since_s = (trips[0].planned_start_at - departures.before(NOON)).total_seconds()
    assert since_s in (0, departures.every_s)  # under way, or the next one
    lasts_s = (trips[0].planned_end_at - trips[0].planned_start_at).total_seconds()
    assert lasts_s == pytest.approx(route_of(van).duration_s, abs=60)
