"""Trips that were made and have not begun follow their timetable when that is changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from geo.plans.days import PlannedTrip, local_day, planned_trip
from geo.plans.making import DAYS_AHEAD, make_trips, pattern_of, planned_stops, visit_rows
from models.observations import TripState
from models.plan import CrewMember, Route, StopVisit, TimetableCrew, Trip, TripCrew, VisitTimetable
from models.vehicle import Vehicle


@dataclass(frozen=True, slots=True)
class Aligned:
    """What became of the trips of a timetable: how many were moved, went, and are new."""

    moved: int
    gone: int
    made: int


async def align_trips(session: AsyncSession, timetable: VisitTimetable, now: datetime) -> Aligned:
    """Bring the trips of a changed timetable into line; those that began stay as they are.

    A trip keeps its id and its crew on a day that the timetable still runs on, and goes with the
    day otherwise. A cancelled one stays cancelled, at its new time. Where the van has another trip
    at that moment, it goes too.
    """
    await _dismiss_strangers(session, timetable)
    query = (
        select(Trip)
        .where(
            Trip.timetable_id == timetable.id,
            Trip.state.in_([TripState.PLANNED, TripState.CANCELLED]),
            Trip.planned_start_at > now,
        )
        .with_for_update()
    )
    trips = list((await session.execute(query)).scalars())
    today = local_day(now, timetable.time_zone)
    last = max([today + timedelta(days=DAYS_AHEAD), *(trip.service_date for trip in trips)])
    wanted = await _wanted(session, timetable, today, last)
    taken = await _taken(session, timetable, [trip.id for trip in trips], wanted)
    moved = 0
    gone: list[UUID] = []
    for trip in trips:
        planned = wanted.get(trip.service_date)
        if planned is not None and planned.start_at not in taken:
            moved += await _move(session, trip, timetable, planned)
        elif trip.state == TripState.PLANNED:
            gone.append(trip.id)
    await session.flush()
    await session.execute(delete(Trip).where(Trip.id.in_(gone)))
    made = await make_trips(session, now, timetable_id=timetable.id)
    return Aligned(moved, len(gone), len(made))


async def _dismiss_strangers(session: AsyncSession, timetable: VisitTimetable) -> None:
    """Take people of another region than the van's off what is yet to be made."""
    region_id = (await session.get_one(Vehicle, timetable.vehicle_id)).region_id
    strangers = select(CrewMember.id).where(CrewMember.region_id != region_id)
    await session.execute(
        delete(TimetableCrew).where(
            TimetableCrew.timetable_id == timetable.id,
            TimetableCrew.crew_member_id.in_(strangers),
        )
    )


async def _wanted(
    session: AsyncSession, timetable: VisitTimetable, first: date, last: date
) -> dict[date, PlannedTrip]:
    route = await session.get_one(Route, timetable.route_id)
    stops = await planned_stops(session, timetable.route_id)
    pattern = pattern_of(timetable)
    return {
        day: planned_trip(day, pattern.start_of(day), stops, route.length_m)
        for day in pattern.days(first, last)
    }


async def _taken(
    session: AsyncSession,
    timetable: VisitTimetable,
    own: Collection[UUID],
    wanted: Mapping[date, PlannedTrip],
) -> set[datetime]:
    """Return the wanted starts at which the van has a trip that is not of ``own``."""
    query = select(Trip.planned_start_at).where(
        Trip.vehicle_id == timetable.vehicle_id,
        Trip.planned_start_at.in_([trip.start_at for trip in wanted.values()]),
        Trip.id.not_in(own),
    )
    return set((await session.execute(query)).scalars())


async def _move(
    session: AsyncSession, trip: Trip, timetable: VisitTimetable, planned: PlannedTrip
) -> int:
    """Bring one trip into line; return 1 where anything of it changed."""
    query = select(
        StopVisit.stop_id, StopVisit.planned_arrival_at, StopVisit.planned_departure_at
    ).where(StopVisit.trip_id == trip.id)
    before = [tuple(row) for row in await session.execute(query.order_by(StopVisit.sequence))]
    after = [(visit.stop_id, visit.arrival_at, visit.departure_at) for visit in planned.visits]
    facts = (timetable.vehicle_id, timetable.route_id, planned.start_at, planned.end_at)
    if before == after and facts == (
        trip.vehicle_id, trip.route_id, trip.planned_start_at, trip.planned_end_at,
    ):  # fmt: skip
        return 0
    if trip.vehicle_id != timetable.vehicle_id:
        region_id = (await session.get_one(Vehicle, timetable.vehicle_id)).region_id
        strangers = select(CrewMember.id).where(CrewMember.region_id != region_id)
        await session.execute(
            delete(TripCrew).where(
                TripCrew.trip_id == trip.id, TripCrew.crew_member_id.in_(strangers)
            )
        )
    trip.vehicle_id, trip.route_id, trip.planned_start_at, trip.planned_end_at = facts
    trip.version += 1
    await session.execute(delete(StopVisit).where(StopVisit.trip_id == trip.id))
    await session.flush()
    if rows := visit_rows(trip.id, planned):
        await session.execute(insert(StopVisit), rows)
    return 1
