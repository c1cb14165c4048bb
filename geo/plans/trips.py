"""Trips as dispatchers see them: plan against fact of each stop, with van, route and crew."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from models.kit.bus import announce
from models.plan import CrewMember, Route, Stop, StopVisit, Trip, TripCrew
from models.vehicle import Vehicle


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A stop of a trip: what was planned, and what was found."""

    sequence: int
    stop_id: UUID
    name: dict[str, str]
    village: str
    progress_m: float
    planned_arrival_at: datetime
    planned_departure_at: datetime
    state: str
    arrived_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None
    inferred: bool
    people_served: int | None


@dataclass(frozen=True, slots=True)
class CrewSeen:
    """Somebody who goes with a van."""

    id: UUID
    full_name: str
    role: str


@dataclass(frozen=True, slots=True)
class TripSeen:
    """A trip with all that its row on the plan board needs."""

    id: UUID
    vehicle_id: UUID
    plate: str
    vehicle_name: dict[str, str]
    region_id: UUID
    route_id: UUID
    route_name: dict[str, str]
    length_m: float
    service_date: date
    planned_start_at: datetime
    planned_end_at: datetime
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    progress_m: float | None
    judged_until: datetime | None
    cancelled_why: str
    note: str
    version: int
    timetable_id: UUID | None
    visits: tuple[VisitSeen, ...]
    crew: tuple[CrewSeen, ...]


@dataclass(frozen=True, slots=True)
class TripsWanted:
    """Which trips: service dates from ``first`` to ``last``, both in; None limits nothing."""

    first: date
    last: date
    region_id: UUID | None = None
    vehicle_id: UUID | None = None
    state: str | None = None


def _trips() -> Select[Any]:
    return (
        select(
            Trip.id,
            Trip.vehicle_id,
            Vehicle.plate,
            Vehicle.name,
            Vehicle.region_id,
            Trip.route_id,
            Route.name,
            Route.length_m,
            Trip.service_date,
            Trip.planned_start_at,
            Trip.planned_end_at,
            Trip.state,
            Trip.started_at,
            Trip.ended_at,
            Trip.progress_m,
            Trip.judged_until,
            Trip.cancelled_why,
            Trip.note,
            Trip.version,
            Trip.timetable_id,
        )
        .join(Vehicle, Vehicle.id == Trip.vehicle_id)
        .join(Route, Route.id == Trip.route_id)
    )


async def find_trips(
    session: AsyncSession,
    wanted: TripsWanted,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int | None = None,
) -> list[TripSeen]:
    """Return trips in the order of their planned start; ``after``: the last one seen."""
    query = _trips().where(Trip.service_date.between(wanted.first, wanted.last))
    if wanted.region_id is not None:
        query = query.where(Vehicle.region_id == wanted.region_id)
    if wanted.vehicle_id is not None:
        query = query.where(Trip.vehicle_id == wanted.vehicle_id)
    if wanted.state is not None:
        query = query.where(Trip.state == wanted.state)
    if after is not None:
        query = query.where(tuple_(Trip.planned_start_at, Trip.id) > tuple_(*after))
    if limit is not None:
        query = query.limit(limit)
    return await _seen(session, query.order_by(Trip.planned_start_at, Trip.id))


async def find_trip(session: AsyncSession, trip_id: UUID) -> TripSeen | None:
    found = await _seen(session, _trips().where(Trip.id == trip_id))
    return found[0] if found else None


async def _seen(session: AsyncSession, query: Select[Any]) -> list[TripSeen]:
    rows = (await session.execute(query)).all()
    ids = [row[0] for row in rows]
    visits = await _visits(session, ids)
    crews = await _crews(session, ids)
    return [TripSeen(*[*row, tuple(visits[row[0]]), tuple(crews[row[0]])]) for row in rows]


async def _visits(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[VisitSeen]]:
    query = (
        select(
            StopVisit.trip_id,
            StopVisit.sequence,
            StopVisit.stop_id,
            Stop.name,
            Stop.village,
            Stop.progress_m,
            StopVisit.planned_arrival_at,
            StopVisit.planned_departure_at,
            StopVisit.state,
            StopVisit.arrived_at,
            StopVisit.departed_at,
            StopVisit.expected_at,
            StopVisit.inferred,
            StopVisit.people_served,
        )
        .join(Stop, Stop.id == StopVisit.stop_id)
        .where(StopVisit.trip_id.in_(ids))
        .order_by(StopVisit.trip_id, StopVisit.sequence)
    )
    found: dict[UUID, list[VisitSeen]] = defaultdict(list)
    for row in await session.execute(query):
        found[row[0]].append(VisitSeen(*row[1:]))
    return found


async def _crews(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[CrewSeen]]:
    query = (
        select(TripCrew.trip_id, CrewMember.id, CrewMember.full_name, CrewMember.role)
        .join(CrewMember, CrewMember.id == TripCrew.crew_member_id)
        .where(TripCrew.trip_id.in_(ids))
        .order_by(CrewMember.role, CrewMember.full_name)
    )
    found: dict[UUID, list[CrewSeen]] = defaultdict(list)
    for row in await session.execute(query):
        found[row[0]].append(CrewSeen(*row[1:]))
    return found


def announce_plan(session: AsyncSession, *vehicle_ids: UUID) -> None:
    """Tell the screens to read the trips of these vans again: more than states changed."""
    for vehicle_id in sorted(set(vehicle_ids)):
        announce(session, "plan", vehicle_id, {"vehicle_id": str(vehicle_id)})


def announce_trip(session: AsyncSession, trip: TripSeen) -> None:
    """Tell the screens of a trip that a dispatcher changed, as the judgement tells of its own."""
    announce(
        session,
        "trip",
        trip.id,
        {
            "id": str(trip.id),
            "vehicle_id": str(trip.vehicle_id),
            "state": trip.state,
            "progress_m": trip.progress_m,
            "visits": [
                {
                    "sequence": visit.sequence,
                    "state": visit.state,
                    "arrived_at": _iso(visit.arrived_at),
                    "departed_at": _iso(visit.departed_at),
                    "expected_at": _iso(visit.expected_at),
                }
                for visit in trip.visits
            ],
        },
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
