"""Trips are made from timetables ahead of their day, each exactly once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or_nothing
from sqlalchemy.ext.asyncio import AsyncSession

from geo.plans.days import Pattern, PlannedStop, PlannedTrip, local_day, planned_trip
from models.kit.ids import new_id
from models.plan import Route, Stop, StopVisit, Trip, VisitTimetable

DAYS_AHEAD = 14
_MAN = text("""
    INSERT INTO trip_crew (trip_id, crew_member_id)
    SELECT t.id, c.crew_member_id
    FROM timetable_crew c JOIN crew_member m ON m.id = c.crew_member_id AND m.archived_at IS NULL,
         unnest(CAST(:trips AS uuid[])) AS t(id)
    WHERE c.timetable_id = :timetable_id
""")
# Whoever gave a trip another crew than its timetable has means it to take place.
_UNMAKE = text("""
    DELETE FROM trip t
    WHERE t.timetable_id = :timetable_id AND t.state = 'planned' AND t.planned_start_at > :now
      AND ARRAY(SELECT m.id FROM trip_crew c JOIN crew_member m ON m.id = c.crew_member_id
                WHERE c.trip_id = t.id AND m.archived_at IS NULL ORDER BY 1)
          = ARRAY(SELECT m.id FROM timetable_crew c JOIN crew_member m ON m.id = c.crew_member_id
                  WHERE c.timetable_id = t.timetable_id AND m.archived_at IS NULL ORDER BY 1)
    RETURNING t.id
""")


def pattern_of(timetable: VisitTimetable) -> Pattern:
    return Pattern(
        weekdays=frozenset(timetable.weekdays),
        every_weeks=timetable.every_weeks,
        starts_at=timetable.starts_at,
        time_zone=timetable.time_zone,
        valid_from=timetable.valid_from,
        valid_until=timetable.valid_until,
    )


async def planned_stops(session: AsyncSession, route_id: UUID) -> list[PlannedStop]:
    """Return the stops of a route in order."""
    query = select(Stop.id, Stop.sequence, Stop.arrive_after_s, Stop.stay_s, Stop.progress_m).where(
        Stop.route_id == route_id
    )
    return [PlannedStop(*row) for row in await session.execute(query.order_by(Stop.sequence))]


async def make_trips(
    session: AsyncSession,
    now: datetime,
    *,
    days_ahead: int = DAYS_AHEAD,
    timetable_id: UUID | None = None,
) -> list[UUID]:
    """Make the trips of every timetable, or of one, that are missing; return their ids.

    A trip that has ended by ``now`` is not made: a timetable that is entered at noon plans nothing
    for the morning. A van has one trip at a time of start, so that whoever is second, another
    process or another timetable, makes nothing; a timetable has one trip a day, whatever time it
    was made for; a cancelled trip stays cancelled.
    """
    query = (
        select(VisitTimetable, Route.length_m)
        .join(Route, Route.id == VisitTimetable.route_id)
        .where(VisitTimetable.archived_at.is_(None), Route.archived_at.is_(None))
        .order_by(VisitTimetable.id)
    )
    if timetable_id is not None:
        query = query.where(VisitTimetable.id == timetable_id)
    stops: dict[UUID, list[PlannedStop]] = {}
    made: list[UUID] = []
    for timetable, length_m in (await session.execute(query)).all():
        if timetable.route_id not in stops:
            stops[timetable.route_id] = await planned_stops(session, timetable.route_id)
        pattern = pattern_of(timetable)
        today = local_day(now, timetable.time_zone)
        # Yesterday too: a trip that started before midnight may be on its way.
        first, last = today - timedelta(days=1), today + timedelta(days=days_ahead)
        known = await _days_made(session, timetable.id, first, last)
        days = [day for day in pattern.days(first, last) if day not in known]
        trips = [
            planned_trip(day, pattern.start_of(day), stops[timetable.route_id], length_m)
            for day in days
        ]
        new = await store_trips(
            session,
            [trip for trip in trips if trip.end_at > now],
            vehicle_id=timetable.vehicle_id,
            route_id=timetable.route_id,
            timetable_id=timetable.id,
        )
        if new:
            await session.execute(_MAN, {"timetable_id": timetable.id, "trips": new})
        made += new
    return made


async def _days_made(
    session: AsyncSession, timetable_id: UUID, first: date, last: date
) -> set[date]:
    query = select(Trip.service_date).where(
        Trip.timetable_id == timetable_id, Trip.service_date.between(first, last)
    )
    return set((await session.execute(query)).scalars())


def visit_rows(trip_id: UUID, trip: PlannedTrip) -> list[dict[str, Any]]:
    """Return the visits of a planned trip as rows of ``stop_visit``."""
    return [
        {
            "trip_id": trip_id,
            "sequence": visit.sequence,
            "stop_id": visit.stop_id,
            "planned_arrival_at": visit.arrival_at,
            "planned_departure_at": visit.departure_at,
        }
        for visit in trip.visits
    ]


async def store_trips(
    session: AsyncSession,
    trips: Sequence[PlannedTrip],
    *,
    vehicle_id: UUID,
    route_id: UUID,
    timetable_id: UUID | None,
) -> list[UUID]:
    """Insert trips with their visits; one that the van has already at that start is left out."""
    if not trips:
        return []
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "vehicle_id": vehicle_id,
            "route_id": route_id,
            "timetable_id": timetable_id,
            "service_date": trip.service_date,
            "planned_start_at": trip.start_at,
            "planned_end_at": trip.end_at,
        }
        for trip in trips
    ]
    added = (
        insert_or_nothing(Trip)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["vehicle_id", "planned_start_at"])
        .returning(Trip.id)
    )
    new = set((await session.execute(added)).scalars())
    visits = [
        visit
        for row, trip in zip(rows, trips, strict=True)
        if row["id"] in new
        for visit in visit_rows(row["id"], trip)
    ]
    if visits:
        await session.execute(insert(StopVisit), visits)
    return [row["id"] for row in rows if row["id"] in new]


async def unmake_trips(session: AsyncSession, timetable_id: UUID, now: datetime) -> int:
    """Delete the trips of a timetable that have not begun; those with a crew of their own stay."""
    gone = await session.execute(_UNMAKE, {"timetable_id": timetable_id, "now": now})
    return len(gone.all())
