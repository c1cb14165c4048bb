"""A history of positions big enough for the planner to mind, and a look at what it chose."""

import re
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import text

from dashboard_api.cli.bench import explained
from models.kit.database import Database

_VANS = """
    INSERT INTO vehicle (id, plate, name, region_id, report_interval_s)
    SELECT gen_random_uuid(), lpad(n::text, 4, '0'), '{"kk": "a", "ru": "a", "en": "a"}', :region,
           30
    FROM generate_series(1, :vans) n
"""
_FIXES = """
    INSERT INTO position (vehicle_id, fixed_at, received_at, geom, speed_km_h, flags, protocol)
    SELECT v.id, at, at, ST_SetSRID(ST_MakePoint(70 + random(), 48 + random()), 4326), 60, '{}',
           'osmand'
    FROM vehicle v, generate_series(CAST(:first AS timestamptz), CAST(:last AS timestamptz),
                                    interval '4 minutes') at
    ORDER BY at, v.id
"""
# A route with a stop, and for each van a trip a day for a season before.
_SEASON = (
    """
    INSERT INTO route (id, name, region_id, geom, length_m, corridor_m, source, made_at,
                       version)
    SELECT gen_random_uuid(), name, region_id, 'SRID=4326;LINESTRING(70 48, 71 49)', 100000, 300,
           'drawn', :first, 1 FROM vehicle LIMIT 1
    """,
    """
    INSERT INTO stop (id, route_id, sequence, name, village, geom, radius_m, progress_m,
                      arrive_after_s, stay_s, served_after_s)
    SELECT gen_random_uuid(), id, 1, name, 'a', 'SRID=4326;POINT(70.5 48.5)', 150, 50000, 3600,
           3600, 900 FROM route
    """,
    """
    INSERT INTO trip (id, vehicle_id, route_id, service_date, planned_start_at, planned_end_at,
                      state)
    SELECT gen_random_uuid(), v.id, r.id, CAST(at AS date), at, at + interval '5 hours', 'planned'
    FROM vehicle v, route r, generate_series(CAST(:first AS timestamptz) - interval '90 days',
                                             CAST(:last AS timestamptz), interval '1 day') at
    """,
    """
    INSERT INTO stop_visit (trip_id, sequence, stop_id, planned_arrival_at, planned_departure_at,
                            state, inferred)
    SELECT t.id, 1, s.id, t.planned_start_at + interval '1 hour',
           t.planned_start_at + interval '2 hours', 'planned', false FROM trip t, stop s
    """,
    """
    INSERT INTO van_day (vehicle_id, day, until_at, fixes, distance_m, unseen_m, moving_s, stays)
    SELECT vehicle_id, service_date, planned_start_at, 0, 0, 0, 0, '[]' FROM trip
    WHERE planned_start_at < :first
    """,
)
_HISTORY = re.compile(r"(position|raw_message)_\w+|trip|stop_visit|van_day")


async def fill(
    database: Database, region_id: object, first: datetime, last: datetime, vans: int = 30
) -> None:
    """Give ``vans`` new vans a fix every four minutes of a span, and a season of daily trips."""
    span = {"first": first, "last": last}
    async with database.transaction() as session:
        await session.execute(text(_VANS), {"region": region_id, "vans": vans})
        await session.execute(text(_FIXES), span)
        for statement in _SEASON:
            asked = {name: span[name] for name in span if f":{name}" in statement}
            await session.execute(text(statement), asked)
        for table in ("position", "vehicle", "trip", "stop_visit", "van_day"):
            await session.execute(text(f"ANALYZE {table}"))


def heard(
    database: Database, about: str = "position"
) -> AbstractAsyncContextManager[explained.Heard]:
    """Collect the statements about positions that are executed inside the block."""
    return explained.heard(database, about)


async def sequential_scans(database: Database, statement: str, parameters: Any) -> list[str]:
    """Return which tables of the history a statement reads from end to end.

    The planner decides as it does in service. Partitions that hold nothing do not count: to look
    into them costs nothing.
    """
    async with database.engine.connect() as connection:
        found = await explained.explained(connection, statement, parameters)
    return [
        node["Relation Name"]
        for node in explained.nodes(found["Plan"])
        if node["Node Type"] == "Seq Scan"
        and _HISTORY.fullmatch(node["Relation Name"])
        and node["Actual Rows"] + node.get("Rows Removed by Filter", 0) > 0
    ]
