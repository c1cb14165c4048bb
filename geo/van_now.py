"""What a van is doing: its trip with the planned line and stops, its office's cameras."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.camera import Camera
from models.observations import TripState
from models.plan import Route, Stop, StopVisit, Trip
from models.vehicle import Vehicle

_LATE = timedelta(hours=2)  # a trip of the past may have lasted this much longer than planned
SOON = timedelta(hours=12)  # a trip that begins later is not what the van is about now
_COARSE_DEG = 0.0005  # a planned line is drawn some pixels wide; 50 m of it are not seen


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A stop of a trip, plan against fact."""

    sequence: int
    name: dict[str, str]
    latitude: float
    longitude: float
    radius_m: float
    state: str
    planned_arrival_at: datetime
    planned_departure_at: datetime
    arrived_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class TripNow:
    """A trip as the map draws it; ``line`` is a GeoJSON geometry as text."""

    id: UUID
    state: str
    route_id: UUID
    route_name: dict[str, str]
    corridor_m: float
    line: str
    planned_start_at: datetime
    planned_end_at: datetime
    progress_m: float | None
    length_m: float
    visits: list[PlannedVisit]


async def trip_now(session: AsyncSession, vehicle_id: UUID, now: datetime) -> TripNow | None:
    """Return the trip that a van is on, else the next one that begins soon."""
    running = case((Trip.state == TripState.RUNNING, 0), else_=1)
    return await _trip(
        session,
        Trip.vehicle_id == vehicle_id,
        Trip.state.in_([TripState.RUNNING, TripState.PLANNED]),
        Trip.planned_start_at < now + SOON,
        Trip.planned_end_at > now - SOON,
        order=(running, func.abs(func.extract("epoch", Trip.planned_start_at - now))),
    )


async def trip_then(session: AsyncSession, vehicle_id: UUID, at: datetime) -> TripNow | None:
    """Return the trip that a van was on at a past moment, as it is known today."""
    return await _trip(
        session,
        Trip.vehicle_id == vehicle_id,
        Trip.state != TripState.CANCELLED,
        func.least(Trip.planned_start_at, Trip.started_at) <= at,
        Trip.planned_end_at + _LATE > at,
        order=(Trip.planned_start_at.desc(),),
    )


async def _trip(
    session: AsyncSession, *which: ColumnElement[bool], order: tuple[Any, ...]
) -> TripNow | None:
    query: Any = (
        select(
            Trip.id,
            Trip.state,
            Route.id,
            Route.name,
            Route.corridor_m,
            func.ST_AsGeoJSON(func.ST_SimplifyPreserveTopology(Route.geom, _COARSE_DEG), 5),
            Trip.planned_start_at,
            Trip.planned_end_at,
            Trip.progress_m,
            Route.length_m,
        )
        .join(Route, Route.id == Trip.route_id)
        .where(*which)
        .order_by(*order)
        .limit(1)
    )
    row: Any = (await session.execute(query)).first()
    if row is None:
        return None
    visits = (
        select(
            StopVisit.sequence,
            Stop.name,
            func.ST_Y(Stop.geom),
            func.ST_X(Stop.geom),
            Stop.radius_m,
            StopVisit.state,
            StopVisit.planned_arrival_at,
            StopVisit.planned_departure_at,
            StopVisit.arrived_at,
            StopVisit.departed_at,
            StopVisit.expected_at,
        )
        .join(Stop, Stop.id == StopVisit.stop_id)
        .where(StopVisit.trip_id == row[0])
        .order_by(StopVisit.sequence)
    )
    found = [PlannedVisit(*one) for one in await session.execute(visits)]
    return TripNow(*[*row, found])


async def cameras_of(session: AsyncSession, vehicle_id: UUID) -> list[tuple[UUID, dict[str, str]]]:
    """Return id and name of the cameras of a van's own office."""
    query = (
        select(Camera.id, Camera.name)
        .join(Vehicle, Vehicle.office_id == Camera.office_id)
        .where(Vehicle.id == vehicle_id, Camera.enabled)
        .order_by(Camera.code)
    )
    return [(camera_id, name) for camera_id, name in await session.execute(query)]
