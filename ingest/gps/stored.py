"""Stored positions, to be compared with what a decoder reads today."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.observations import FixFlag, PositionFix

_DEGREES = 1e-7  # a centimetre; protocols give no more
_STORED = text("""
    SELECT p.vehicle_id, p.fixed_at, ST_Y(p.geom), ST_X(p.geom), p.speed_km_h, p.course_deg,
           p.altitude_m, p.accuracy_m, p.satellites, p.ignition, p.external_power_v, p.flags
    FROM unnest(CAST(:vehicle_ids AS uuid[]), CAST(:moments AS timestamptz[]))
        AS k(vehicle_id, fixed_at)
    JOIN position p USING (vehicle_id, fixed_at)
""")


@dataclass(frozen=True, slots=True)
class Stored:
    """A position as it is stored."""

    vehicle_id: UUID
    fixed_at: datetime
    latitude: float
    longitude: float
    speed_km_h: float | None
    course_deg: float | None
    altitude_m: float | None
    accuracy_m: float | None
    satellites: int | None
    ignition: bool | None
    external_power_v: float | None
    flags: list[str]

    def says(self, fix: PositionFix) -> bool:
        """Tell whether a fix of the same van and moment says the same."""
        return (
            math.isclose(self.latitude, fix.latitude, rel_tol=0, abs_tol=_DEGREES)
            and math.isclose(self.longitude, fix.longitude, rel_tol=0, abs_tol=_DEGREES)
            and _close(self.speed_km_h, fix.speed_km_h)
            and _close(self.course_deg, fix.course_deg)
            and _close(self.altitude_m, fix.altitude_m)
            and _close(self.accuracy_m, fix.accuracy_m)
            and _close(self.external_power_v, fix.external_power_v)
            and (self.satellites, self.ignition) == (fix.satellites, fix.ignition)
            and (FixFlag.INVALID in self.flags) == (not fix.valid)
        )


def _close(stored: float | None, read: float | None) -> bool:
    if stored is None or read is None:
        return stored is read
    return math.isclose(stored, read, rel_tol=1e-9, abs_tol=1e-6)


async def stored_positions(
    session: AsyncSession, keys: Collection[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], Stored]:
    """Return what is stored of these vans and moments."""
    if not keys:
        return {}
    wanted = {"vehicle_ids": [key[0] for key in keys], "moments": [key[1] for key in keys]}
    rows = [Stored(*row) for row in await session.execute(_STORED, wanted)]
    return {(row.vehicle_id, row.fixed_at): row for row in rows}
