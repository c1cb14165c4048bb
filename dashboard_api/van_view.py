"""Vans and positions as the API shows them."""

import struct
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from geo.freshness import freshness
from geoalchemy2 import WKBElement
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas import vehicles
from models.vehicle import LastPosition, Position, Vehicle


def point(geom: WKBElement) -> tuple[float, float]:
    """Return (longitude, latitude) of a stored PostGIS point (EWKB)."""
    raw = bytes(geom.desc if isinstance(geom.desc, bytes) else bytes.fromhex(geom.desc))
    order = "<" if raw[0] == 1 else ">"
    longitude, latitude = struct.unpack_from(f"{order}dd", raw, len(raw) - 16)
    return longitude, latitude


async def show(
    session: AsyncSession, rows: Sequence[Vehicle], now: datetime
) -> list[vehicles.Vehicle]:
    query = select(LastPosition).where(LastPosition.vehicle_id.in_([row.id for row in rows]))
    last = {found.vehicle_id: found for found in (await session.execute(query)).scalars()}
    return [_vehicle(row, last.get(row.id), now) for row in rows]


def _vehicle(row: Vehicle, last: LastPosition | None, now: datetime) -> vehicles.Vehicle:
    return vehicles.Vehicle.model_validate(
        {
            "id": row.id,
            "plate": row.plate,
            "name": row.name,
            "region_id": row.region_id,
            "report_interval_s": row.report_interval_s,
            "freshness": freshness(
                last and last.fixed_at, last and last.received_at, row.report_interval_s, now
            ),
            "position": None if last is None else _position(last),
        }
    )


def _position(row: LastPosition) -> vehicles.VehiclePosition:
    longitude, latitude = point(row.geom)
    return vehicles.VehiclePosition(
        vehicle_id=row.vehicle_id,
        latitude=latitude,
        longitude=longitude,
        speed_km_h=row.speed_km_h,
        course_deg=row.course_deg,
        accuracy_m=row.accuracy_m,
        fixed_at=row.fixed_at,
        received_at=row.received_at,
    )


def flagged(row: Position) -> vehicles.FlaggedPosition:
    longitude, latitude = point(row.geom)
    return vehicles.FlaggedPosition(
        vehicle_id=row.vehicle_id,
        latitude=latitude,
        longitude=longitude,
        speed_km_h=row.speed_km_h,
        course_deg=row.course_deg,
        accuracy_m=row.accuracy_m,
        altitude_m=row.altitude_m,
        satellites=row.satellites,
        fixed_at=row.fixed_at,
        received_at=row.received_at,
        flags=row.flags,
        protocol=row.protocol,
    )


async def track(
    session: AsyncSession, vehicle_id: UUID, start: datetime, end: datetime
) -> vehicles.Track:
    """Return the good fixes, oldest first; a line needs two of them."""
    rows = (
        await session.execute(
            select(func.ST_X(Position.geom), func.ST_Y(Position.geom), Position.fixed_at)
            .where(
                Position.vehicle_id == vehicle_id,
                Position.fixed_at >= start,
                Position.fixed_at < end,
                func.cardinality(Position.flags) == 0,
            )
            .order_by(Position.fixed_at)
        )
    ).all()
    line = vehicles.LineString(coordinates=[(row[0], row[1]) for row in rows])
    return vehicles.Track(
        geometry=line if len(rows) > 1 else None,
        properties=vehicles.TrackProperties(
            vehicle_id=vehicle_id, fixed_at=[row[2] for row in rows]
        ),
    )
