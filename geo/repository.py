"""Vans with their last position, tracks, positions; never a scan of the whole history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from geo.freshness import Freshness, freshness
from models.kit.errors import NotFound
from models.vehicle import LastPosition, Position, Vehicle


@dataclass(frozen=True, slots=True)
class VehiclePosition:
    """Where a van was last, and when its fix was made and received."""

    vehicle_id: UUID
    latitude: float
    longitude: float
    speed_km_h: float | None
    course_deg: float | None
    accuracy_m: float | None
    fixed_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TrackedVehicle:
    """A van as the map and the API show it."""

    id: UUID
    plate: str
    name: dict[str, str]
    region_id: UUID
    report_interval_s: int
    position: VehiclePosition | None

    def freshness(self, now: datetime) -> Freshness:
        """Return how old the position is, in a dispatcher's words."""
        fixed_at = self.position.fixed_at if self.position else None
        received_at = self.position.received_at if self.position else None
        return freshness(fixed_at, received_at, self.report_interval_s, now)


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A stored position with its flags; no flag means good."""

    vehicle_id: UUID
    fixed_at: datetime
    received_at: datetime
    latitude: float
    longitude: float
    speed_km_h: float | None
    course_deg: float | None
    altitude_m: float | None
    accuracy_m: float | None
    satellites: int | None
    flags: list[str]
    protocol: str


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A good fix of a track."""

    fixed_at: datetime
    latitude: float
    longitude: float
    speed_km_h: float | None


def _vehicles() -> Select[Any]:
    return (
        select(
            Vehicle.id,
            Vehicle.plate,
            Vehicle.name,
            Vehicle.region_id,
            Vehicle.report_interval_s,
            func.ST_Y(LastPosition.geom),
            func.ST_X(LastPosition.geom),
            LastPosition.speed_km_h,
            LastPosition.course_deg,
            LastPosition.accuracy_m,
            LastPosition.fixed_at,
            LastPosition.received_at,
        )
        .outerjoin(LastPosition, LastPosition.vehicle_id == Vehicle.id)
        .order_by(Vehicle.plate)
    )


def _vehicle(row: Sequence[Any]) -> TrackedVehicle:
    position = None if row[5] is None else VehiclePosition(row[0], *row[5:])
    return TrackedVehicle(row[0], row[1], row[2], row[3], row[4], position)


async def vehicles(
    session: AsyncSession,
    *,
    region_id: UUID | None = None,
    after_plate: str | None = None,
    limit: int | None = None,
) -> list[TrackedVehicle]:
    """Return vans by plate, each with its last good position."""
    query = _vehicles()
    if region_id is not None:
        query = query.where(Vehicle.region_id == region_id)
    if after_plate is not None:
        query = query.where(Vehicle.plate > after_plate)
    if limit is not None:
        query = query.limit(limit)
    return [_vehicle(row) for row in await session.execute(query)]


async def vehicle(session: AsyncSession, vehicle_id: UUID) -> TrackedVehicle:
    """Return one van.

    Raises:
        NotFound: there is none with this id.
    """
    row = (await session.execute(_vehicles().where(Vehicle.id == vehicle_id))).first()
    if row is None:
        raise NotFound(f"There is no van {vehicle_id}.")
    return _vehicle(row)


async def track(
    session: AsyncSession, vehicle_id: UUID, start: datetime, end: datetime
) -> list[TrackPoint]:
    """Return the good fixes of a van from ``start`` (in) to ``end`` (out), in order."""
    query = (
        select(
            Position.fixed_at,
            func.ST_Y(Position.geom),
            func.ST_X(Position.geom),
            Position.speed_km_h,
        )
        .where(
            Position.vehicle_id == vehicle_id,
            Position.fixed_at >= start,
            Position.fixed_at < end,
            func.cardinality(Position.flags) == 0,
        )
        .order_by(Position.fixed_at)
    )
    return [TrackPoint(*row) for row in await session.execute(query)]


def track_feature(vehicle_id: UUID, points: Sequence[TrackPoint]) -> dict[str, Any]:
    """Return a track as a GeoJSON Feature; fewer than two points are no line (geometry null)."""
    line = [[point.longitude, point.latitude] for point in points]
    return {
        "type": "Feature",
        "id": str(vehicle_id),
        "geometry": {"type": "LineString", "coordinates": line} if len(line) > 1 else None,
        "properties": {
            "vehicle_id": str(vehicle_id),
            "fixed_at": [point.fixed_at.isoformat() for point in points],
            "speed_km_h": [point.speed_km_h for point in points],
        },
    }


async def positions(
    session: AsyncSession,
    vehicle_id: UUID,
    start: datetime,
    end: datetime,
    *,
    after: datetime | None = None,
    limit: int = 1000,
) -> list[PositionRow]:
    """Return a page of everything a van sent, flags and all; ``after`` is the last one seen."""
    query = (
        select(
            Position.vehicle_id,
            Position.fixed_at,
            Position.received_at,
            func.ST_Y(Position.geom),
            func.ST_X(Position.geom),
            Position.speed_km_h,
            Position.course_deg,
            Position.altitude_m,
            Position.accuracy_m,
            Position.satellites,
            Position.flags,
            Position.protocol,
        )
        .where(
            Position.vehicle_id == vehicle_id,
            Position.fixed_at >= start,
            Position.fixed_at < end,
        )
        .order_by(Position.fixed_at)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Position.fixed_at > after)
    return [PositionRow(*row) for row in await session.execute(query)]
