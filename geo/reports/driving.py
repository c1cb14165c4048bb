"""Report rows of driving: mileage and stays of vans on a local day.

A day that was summed up before (``van_day``) is read, and only the fixes after that sum are looked
at; a van whose late fixes nobody has judged yet is summed up from all its fixes of the day. So a
report is of what is stored at this moment, whatever was prepared.
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


def summed_up(van: str, since: str, where: str) -> str:
    """Return SQL that sums up a van's good fixes in one pass over the end of its key.

    Args:
        van: SQL of the van's id.
        since: of the first fix.
        where: further conditions on ``p``, a position.

    Fixes are counted after ``since``: a sum before it ended with that one.
    """
    return f"""
    SELECT coalesce(sum(fixes), 0) AS fixes, coalesce(sum(distance_m), 0) AS distance_m,
        coalesce(sum(unseen_m), 0) AS unseen_m, coalesce(sum(moving_s), 0) AS moving_s,
        max(fastest_km_h) AS fastest_km_h, min(first_at) AS first_at, max(last_at) AS last_at,
        coalesce(jsonb_agg(jsonb_build_object('since', since, 'until', until,
                                              'latitude', latitude, 'longitude', longitude)
                           ORDER BY since)
                 FILTER (WHERE until - since >= make_interval(secs => {STAY_S})), '[]') AS stays
    FROM (
        SELECT count(*) AS fixes,
            sum(leg_m) FILTER (WHERE moved) AS distance_m,
            sum(leg_m) FILTER (WHERE moved AND leg_s > {SILENT_S}) AS unseen_m,
            sum(leg_s) FILTER (WHERE moved AND leg_s <= {SILENT_S}) AS moving_s,
            max(speed_km_h) AS fastest_km_h, min(fixed_at) AS first_at, max(fixed_at) AS last_at,
            min(fixed_at) FILTER (WHERE stands) AS since,
            max(fixed_at) FILTER (WHERE stands) AS until,
            avg(ST_Y(geom)) FILTER (WHERE stands) AS latitude,
            avg(ST_X(geom)) FILTER (WHERE stands) AS longitude
        FROM (
            SELECT *, coalesce(leg_km_h >= {MOVING_KM_H}, leg_m >= 20)
                OR leg_m >= {SURELY_MOVED_M} AS moved
            FROM (
                SELECT p.fixed_at, p.geom, p.speed_km_h,
                    coalesce(p.speed_km_h, 0) < {STANDING_KM_H} AS stands,
                    ST_DistanceSphere(p.geom, lag(p.geom) OVER drive) AS leg_m,
                    CAST(extract(epoch FROM p.fixed_at - lag(p.fixed_at) OVER drive) AS float8)
                        AS leg_s,
                    greatest(p.speed_km_h, lag(p.speed_km_h) OVER drive) AS leg_km_h,
                    count(*) FILTER (WHERE coalesce(p.speed_km_h, 0) >= {STANDING_KM_H})
                        OVER drive AS island
                FROM position p
                WHERE p.vehicle_id = {van} AND p.fixed_at >= {since} AND cardinality(p.flags) = 0
                  AND p.fixed_at >= :begin AND p.fixed_at < :end AND {where}
                WINDOW drive AS (ORDER BY p.fixed_at)
            ) legs
        ) judged
        GROUP BY island
    ) islands
    """


_SINCE = "coalesce(known.until_at, :begin)"
_DRIVEN = f"""
WITH vans AS (
    SELECT v.id, v.plate, v.region_id, r.name AS region
    FROM vehicle v JOIN region r ON r.id = v.region_id
    WHERE (CAST(:region_id AS uuid) IS NULL OR v.region_id = CAST(:region_id AS uuid))
      AND (CAST(:vehicle_id AS uuid) IS NULL OR v.id = CAST(:vehicle_id AS uuid))
), known AS (
    SELECT d.* FROM van_day d
    WHERE d.day = :day AND NOT EXISTS (
        SELECT FROM unjudged_span s
        WHERE s.vehicle_id = d.vehicle_id AND s.from_at <= d.until_at AND s.until_at >= :begin)
), driven AS (
    SELECT vans.*,
        coalesce(known.distance_m, 0) + later.distance_m AS distance_m,
        coalesce(known.unseen_m, 0) + later.unseen_m AS unseen_m,
        coalesce(known.moving_s, 0) + later.moving_s AS moving_s,
        greatest(known.fastest_km_h, later.fastest_km_h) AS fastest_km_h,
        least(known.first_at, later.first_at) AS first_at,
        greatest(known.last_at, later.last_at) AS last_at,
        CAST(coalesce(known.fixes, 0) + later.fixes
             - CASE WHEN later.first_at = known.until_at THEN 1 ELSE 0 END AS integer) AS fixes,
        coalesce(known.stays, '[]') || later.stays AS stays
    FROM vans LEFT JOIN known ON known.vehicle_id = vans.id
    CROSS JOIN LATERAL ({summed_up("vans.id", _SINCE, f"{_SINCE} < :end")}) later
)
"""

MILEAGE: TextClause = text(f"""
{_DRIVEN}
SELECT id, plate, region_id, region, distance_m, unseen_m, moving_s, fastest_km_h, first_at,
    last_at, fixes
FROM driven WHERE fixes > 0
ORDER BY plate
""")

STAYS: TextClause = text(f"""
{_DRIVEN}
SELECT id, plate, region_id, region, stay.since, stay.until,
    CAST(extract(epoch FROM stay.until - stay.since) AS double precision), stay.latitude,
    stay.longitude, named.name
FROM driven CROSS JOIN LATERAL jsonb_to_recordset(driven.stays)
    AS stay(since timestamptz, until timestamptz, latitude float8, longitude float8)
LEFT JOIN LATERAL (
    SELECT stop.name FROM trip
    JOIN stop_visit ON stop_visit.trip_id = trip.id
    JOIN stop ON stop.id = stop_visit.stop_id
    WHERE trip.vehicle_id = driven.id
      AND trip.planned_start_at BETWEEN stay.since - interval '1 day' AND stay.until
      AND ST_DistanceSphere(
              stop.geom, ST_SetSRID(ST_MakePoint(stay.longitude, stay.latitude), 4326))
          <= greatest(stop.radius_m, {AT_STOP_M})
    LIMIT 1
) named ON true
ORDER BY plate, stay.since
""")


async def _rows(
    session: AsyncSession, query: TextClause, day: date, scope: Scope
) -> Sequence[Sequence[Any]]:
    begin, end = span_of(day)
    asked = {
        "day": day,
        "begin": begin,
        "end": end,
        "region_id": scope.region_id,
        "vehicle_id": scope.vehicle_id,
    }
    return (await session.execute(query, asked)).all()


async def mileage_lines(session: AsyncSession, day: date, scope: Scope) -> list[MileageLine]:
    """Return what each van drove on a day, by plate."""
    rows = await _rows(session, MILEAGE, day, scope)
    return [MileageLine(day, Van(*row[:4]), *row[4:]) for row in rows]


async def stay_lines(session: AsyncSession, day: date, scope: Scope) -> list[StayLine]:
    """Return where vans stood for five minutes or longer, by plate and time."""
    rows = await _rows(session, STAYS, day, scope)
    return [StayLine(day, Van(*row[:4]), *row[4:]) for row in rows]
