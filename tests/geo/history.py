"""A history of positions big enough for the planner to mind, and a look at what it chose."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, text

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
    ORDER BY v.id, at
"""


async def fill(
    database: Database, region_id: object, first: datetime, last: datetime, vans: int = 30
) -> None:
    """Give ``vans`` new vans a fix every four minutes of a span."""
    async with database.transaction() as session:
        await session.execute(text(_VANS), {"region": region_id, "vans": vans})
        await session.execute(text(_FIXES), {"first": first, "last": last})
        await session.execute(text("ANALYZE position"))
        await session.execute(text("ANALYZE vehicle"))


@asynccontextmanager
async def heard(database: Database) -> AsyncIterator[list[tuple[str, Any]]]:
    """Collect the statements about positions that are executed inside the block."""
    said: list[tuple[str, Any]] = []

    def remember(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        if "position" in statement:
            said.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", remember)


async def sequential_scans(database: Database, statement: str, parameters: Any) -> list[str]:
    """Return which partitions of the history a statement reads from end to end.

    Partitions that hold nothing do not count: to look into them costs nothing.
    """
    async with database.engine.connect() as connection:
        answer = await connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters
        )
        plan = answer.scalar_one()
    read = json.loads(plan) if isinstance(plan, str) else plan
    return [
        node["Relation Name"]
        for node in _nodes(read[0]["Plan"])
        if node["Node Type"] == "Seq Scan"
        and node["Relation Name"].startswith("position")
        and node["Actual Rows"] + node.get("Rows Removed by Filter", 0) > 0
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)
