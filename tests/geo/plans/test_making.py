"""Routes are stored and trips are made from timetables, each once."""

import asyncio
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from geo.plans.lines import along_m
from geo.plans.making import make_trips, unmake_trips
from geo.plans.routes import RouteDraft, StopDraft, store_route
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.kit.ids import new_id
from models.observations import RouteSource, TripState
from models.plan import (
    CrewMember,
    Route,
    Stop,
    StopVisit,
    TimetableCrew,
    Trip,
    TripCrew,
    VisitTimetable,
)
from tests.builders import NOON, build_region, build_vehicle, names

pytestmark = pytest.mark.postgis
LINE = [(43.0, 77.0), (43.0, 77.5), (43.0, 77.0)]


def _stop(name: str, longitude: float, arrive_min: int, stay_min: int = 60) -> StopDraft:
    return StopDraft(names(name), 43.0, longitude, arrive_min * 60, stay_min * 60)


async def _route(database: Database, *stops: StopDraft) -> UUID:
    async with database.transaction() as session:
        draft = RouteDraft(
            names("A – B"), await build_region(session), LINE, stops, RouteSource.DRAWN
        )
        return (await store_route(session, draft, NOON)).id


async def _timetable(database: Database, route_id: UUID, starts_at: time = time(9, 0)) -> UUID:
    async with database.transaction() as session:
        vehicle_id = await session.scalar(select(VisitTimetable.vehicle_id).limit(1))
        row = VisitTimetable(
            id=new_id(),
            route_id=route_id,
            vehicle_id=vehicle_id or await build_vehicle(session),
            weekdays=[4],
            starts_at=starts_at,
            valid_from=date(2026, 3, 1),
        )
        session.add(row)
    return row.id


async def test_stops_find_their_place_on_a_road_there_and_back(database: Database) -> None:
    route_id = await _route(
        database, _stop("X", 77.25, 30), _stop("Y", 77.5, 120), _stop("X", 77.25, 200)
    )
    async with database.read() as session:
        route = await session.get_one(Route, route_id)
        query = select(Stop).where(Stop.route_id == route_id).order_by(Stop.sequence)
        stops = (await session.execute(query)).scalars().all()
        edges = await session.scalar(
            select(func.ST_NPoints(Route.geom)).where(Route.id == route_id)
        )
    assert route.length_m == pytest.approx(along_m(LINE)[-1], rel=1e-4)
    assert edges == 101  # densified to 0.01°
    shares = [stop.progress_m / route.length_m for stop in stops]
    assert shares == pytest.approx([0.25, 0.5, 0.75], abs=0.002)
    assert [stop.village for stop in stops] == ["x", "y", "x"]


async def test_a_village_far_away_with_the_same_name_has_its_own_address(
    database: Database,
) -> None:
    await _route(database, _stop("Абай", 77.0, 10))
    far = await _route(database, _stop("Абай", 77.5, 10))
    async with database.read() as session:
        address = await session.scalar(select(Stop.village).where(Stop.route_id == far))
    assert address == "abai-2"


async def test_stops_that_overlap_in_time_are_refused(database: Database) -> None:
    with pytest.raises(InvalidInput, match="90 minutes"):
        await _route(database, _stop("X", 77.1, 30), _stop("Y", 77.2, 60))


async def test_trips_are_made_once_for_the_days_ahead(database: Database) -> None:
    route_id = await _route(database, _stop("X", 77.25, 30))
    await _timetable(database, route_id)

    async def make() -> list[UUID]:
        async with database.transaction() as session:
            return await make_trips(session, NOON)  # noon on a Thursday; the trip left at nine

    made = await asyncio.gather(make(), make(), make())
    assert sorted(map(len, made)) == [0, 0, 2]  # the next two Thursdays; today's has ended
    async with database.transaction() as session:
        await session.execute(update(Trip).values(state=TripState.CANCELLED))
    assert await make() == []  # a cancelled trip is not made again
    async with database.read() as session:
        visits = (await session.execute(select(StopVisit))).scalars().all()
        trips = (await session.execute(select(Trip).order_by(Trip.planned_start_at))).scalars()
        starts = [trip.planned_start_at for trip in trips]
    assert len(visits) == 2
    assert starts[0] == NOON + timedelta(days=7, hours=-3)


async def test_a_trip_under_way_is_made_too(database: Database) -> None:
    await _timetable(database, await _route(database, _stop("X", 77.25, 30)), time(11, 30))
    async with database.transaction() as session:
        made = await make_trips(session, NOON)
        first = await session.get_one(Trip, made[0])
    assert first.planned_start_at < NOON < first.planned_end_at
    assert first.service_date == date(2026, 3, 19)


async def test_trips_without_a_crew_of_their_own_can_be_unmade(database: Database) -> None:
    timetable_id = await _timetable(database, await _route(database, _stop("X", 77.25, 30)))
    async with database.transaction() as session:
        made = await make_trips(session, NOON)
        region_id = await build_region(session)
        someone, other = (
            CrewMember(id=new_id(), full_name=name, role="driver", region_id=region_id)
            for name in ("A", "B")
        )
        session.add_all([someone, other])
        await session.flush()
        session.add(TimetableCrew(timetable_id=timetable_id, crew_member_id=someone.id))
        session.add(TripCrew(trip_id=made[0], crew_member_id=other.id))
        session.add(TripCrew(trip_id=made[1], crew_member_id=someone.id))
    async with database.transaction() as session:
        assert await unmake_trips(session, timetable_id, NOON) == 1
