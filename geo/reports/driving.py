"""Report rows of driving: mileage and stays of vans, each in one ordered pass over a local day.

A day of 720 000 fixes takes below a second: the primary key has them in the order that is needed.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.reports.lines import MileageLine, Scope, StayLine, Van, span_of

MOVING_KM_H = 5.0
STANDING_KM_H = 3.0
SURELY_MOVED_M = 100.0  # also where both ends stood: fixes were far apart
SILENT_S = 300.0
STAY_S = 300.0
AT_STOP_M = 300.0

_VANS = """
    SELECT v.id, v.plate, v.region_id, r.name AS region
    FROM vehicle v JOIN region r ON r.id = v.region_id
    WHERE (CAST(:region_id AS uuid) IS NULL OR v.region_id = CAST(:region_id AS uuid))
      AND (CAST(:vehicle_id AS uuid) IS NULL OR v.id = CAST(:vehicle_id AS uuid))
"""

# The one way over the history: the primary key's order, whole days, good fixes only.
_FIXES = """
    SELECT vehicle_id, fixed_at, geom, speed_km_h
    FROM position
    WHERE fixed_at >= :begin AND fixed_at < :end AND cardinality(flags) = 0
      AND (CAST(:vehicle_id AS uuid) IS NULL OR vehicle_id = CAST(:vehicle_id AS uuid))
"""

MILEAGE: TextClause = text(f"""
WITH vans AS ({_VANS}), fixes AS ({_FIXES}), legs AS (
    SELECT vehicle_id, fixed_at, speed_km_h,
        ST_DistanceSphere(geom, lag(geom) OVER drive) AS leg_m,
        extract(epoch FROM fixed_at - lag(fixed_at) OVER drive) AS leg_s,
        greatest(speed_km_h, lag(speed_km_h) OVER drive) AS leg_km_h
    FROM fixes WINDOW drive AS (PARTITION BY vehicle_id ORDER BY fixed_at)
), judged AS (
    SELECT *, coalesce(leg_km_h >= {MOVING_KM_H}, leg_m >= 20) OR leg_m >= {SURELY_MOVED_M} AS moved
    FROM legs
), driven AS (
    SELECT vehicle_id,
        coalesce(sum(leg_m) FILTER (WHERE moved), 0) AS distance_m,
        coalesce(sum(leg_m) FILTER (WHERE moved AND leg_s > {SILENT_S}), 0) AS unseen_m,
        coalesce(sum(leg_s) FILTER (WHERE moved AND leg_s <= {SILENT_S}), 0) AS moving_s,
        max(speed_km_h) AS fastest_km_h,
        min(fixed_at) AS first_at, max(fixed_at) AS last_at, count(*) AS fixes
    FROM judged GROUP BY vehicle_id
)
SELECT vans.id, vans.plate, vans.region_id, vans.region, distance_m, unseen_m,
    CAST(moving_s AS double precision), fastest_km_h, first_at, last_at, fixes
FROM driven JOIN vans ON vans.id = driven.vehicle_id
ORDER BY vans.plate
""")

STAYS: TextClause = text(f"""
WITH vans AS ({_VANS}), fixes AS ({_FIXES}), islands AS (
    SELECT vehicle_id, fixed_at, geom, speed_km_h,
        count(*) FILTER (WHERE coalesce(speed_km_h, 0) >= {STANDING_KM_H}) OVER drive AS island
    FROM fixes WINDOW drive AS (PARTITION BY vehicle_id ORDER BY fixed_at)
), stays AS (
    SELECT vehicle_id, min(fixed_at) AS since, max(fixed_at) AS until,
        avg(ST_Y(geom)) AS latitude, avg(ST_X(geom)) AS longitude
    FROM islands WHERE coalesce(speed_km_h, 0) < {STANDING_KM_H}
    GROUP BY vehicle_id, island
    HAVING max(fixed_at) - min(fixed_at) >= make_interval(secs => {STAY_S})
)
SELECT vans.id, vans.plate, vans.region_id, vans.region, since, until,
    CAST(extract(epoch FROM until - since) AS double precision), latitude, longitude, named.name
FROM stays JOIN vans ON vans.id = stays.vehicle_id
LEFT JOIN LATERAL (
    SELECT stop.name FROM trip
    JOIN stop_visit ON stop_visit.trip_id = trip.id
    JOIN stop ON stop.id = stop_visit.stop_id
    WHERE trip.vehicle_id = stays.vehicle_id
      AND trip.planned_start_at BETWEEN stays.since - interval '1 day' AND stays.until
      AND ST_DistanceSphere(stop.geom, ST_SetSRID(ST_MakePoint(longitude, latitude), 4326))
          <= greatest(stop.radius_m, {AT_STOP_M})
    LIMIT 1
) named ON true
ORDER BY vans.plate, since
""")


async def _rows(
    session: AsyncSession, query: TextClause, day: date, scope: Scope
) -> Sequence[Sequence[Any]]:
    begin, end = span_of(day)
    # A planner that takes a day for few rows would sort what the key has in order already.
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    found = await session.execute(
        query,
        {
            "begin": begin,
            "end": end,
            "region_id": scope.region_id,
            "vehicle_id": scope.vehicle_id,
        },
    )
    return found.all()


async def mileage_lines(session: AsyncSession, day: date, scope: Scope) -> list[MileageLine]:
    """Return what each van drove on a day, by plate."""
    rows = await _rows(session, MILEAGE, day, scope)
    return [MileageLine(day, Van(*row[:4]), *row[4:]) for row in rows]


async def stay_lines(session: AsyncSession, day: date, scope: Scope) -> list[StayLine]:
    """Return where vans stood for five minutes or longer, by plate and time."""
    rows = await _rows(session, STAYS, day, scope)
    return [StayLine(day, Van(*row[:4]), *row[4:]) for row in rows]
