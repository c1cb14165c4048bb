"""The whole fleet at a past moment, and its tracks for a replay; never a scan of the history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.repository import VehiclePosition

LOOK_BACK = timedelta(hours=24)  # a van that was silent for longer is not drawn
SCALE = 100_000  # coordinates of a replay are whole hundred-thousandths of a degree: a metre

# For each van the newest good fix, found from the end of its key: no sort, one or two partitions.
_LAST_BEFORE = """
    SELECT p.fixed_at, p.received_at, p.geom, p.speed_km_h, p.course_deg, p.accuracy_m
    FROM position p
    WHERE p.vehicle_id = v.id AND p.fixed_at > :since AND p.fixed_at <= :starts_at
      AND cardinality(p.flags) = 0
    ORDER BY p.fixed_at DESC LIMIT 1
"""
_OF_REGION = "(CAST(:region_id AS uuid) IS NULL OR v.region_id = :region_id)"
_AT = text(f"""
    SELECT v.id, ST_Y(l.geom), ST_X(l.geom), l.speed_km_h, l.course_deg, l.accuracy_m, l.fixed_at,
           l.received_at
    FROM vehicle v CROSS JOIN LATERAL ({_LAST_BEFORE}) l
    WHERE {_OF_REGION}
    ORDER BY v.plate
""")
# The database writes the JSON itself: of 500 vans and an hour that is a quarter of the time that
# rows, objects and a serialiser would take.
_REPLAY = text(f"""
    SELECT coalesce(json_agg(van), '[]')::text FROM (
        SELECT v.id AS vehicle_id,
               array_agg(round(extract(epoch FROM f.fixed_at - :starts_at))::int
                         ORDER BY f.fixed_at) AS seconds,
               array_agg(round(ST_X(f.geom) * {SCALE})::int ORDER BY f.fixed_at) AS longitudes,
               array_agg(round(ST_Y(f.geom) * {SCALE})::int ORDER BY f.fixed_at) AS latitudes,
               array_agg(round(f.speed_km_h)::int ORDER BY f.fixed_at) AS speeds
        FROM vehicle v CROSS JOIN LATERAL (
            (SELECT l.fixed_at, l.geom, l.speed_km_h FROM ({_LAST_BEFORE}) l)
            UNION ALL
            (SELECT DISTINCT ON (floor(extract(epoch FROM p.fixed_at) / :step_s))
                    p.fixed_at, p.geom, p.speed_km_h
             FROM position p
             WHERE p.vehicle_id = v.id AND p.fixed_at > :starts_at AND p.fixed_at <= :ends_at
               AND cardinality(p.flags) = 0
             ORDER BY floor(extract(epoch FROM p.fixed_at) / :step_s), p.fixed_at)
        ) f
        WHERE {_OF_REGION}
        GROUP BY v.id
    ) van
""")


@dataclass(frozen=True, slots=True)
class ReplayPart:
    """A piece of the past to play, thinned to one fix a van and ``step_s``."""

    starts_at: datetime
    ends_at: datetime
    step_s: int


async def fleet_at(
    session: AsyncSession, at: datetime, region_id: UUID | None = None
) -> list[VehiclePosition]:
    """Return each van's newest good fix of the 24 hours before an instant, by plate."""
    found = await session.execute(
        _AT, {"starts_at": at, "since": at - LOOK_BACK, "region_id": region_id}
    )
    return [VehiclePosition(*row) for row in found]


async def replay_json(
    session: AsyncSession, part: ReplayPart, region_id: UUID | None = None
) -> str:
    """Return a JSON list: for each van its fixes as lists of whole numbers.

    ``seconds`` count from the start of the part; the first may lie before it, so that a van is
    drawn from the first moment on. Coordinates are in units of 1/SCALE degree, speeds in km/h.
    """
    wanted = {
        "starts_at": part.starts_at,
        "ends_at": part.ends_at,
        "since": part.starts_at - LOOK_BACK,
        "step_s": part.step_s,
        "region_id": region_id,
    }
    answer: str = (await session.execute(_REPLAY, wanted)).scalar_one()
    return answer
