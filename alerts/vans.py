"""Reads what is to be said of vans now: movements that last, and moments that are not old."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.facts import Place, VanFacts, VanMove
from alerts.rules.van_moves import KINDS

FRESH = timedelta(minutes=15)
# What was found out late sounds no alarm, unless it lasts and the van is heard now. A fence that
# only notes is no rule that anybody could break.
_MOVES = text("""
    SELECT m.vehicle_id, v.office_id, v.plate, m.id, m.kind, m.started_at, m.details, s.name, g.name
    FROM movement m
    JOIN vehicle v ON v.id = m.vehicle_id
    LEFT JOIN last_position p ON p.vehicle_id = m.vehicle_id
    LEFT JOIN stop_visit sv ON sv.trip_id = m.trip_id
         AND sv.sequence = CAST(m.details ->> 'sequence' AS int)
    LEFT JOIN stop s ON s.id = sv.stop_id
    LEFT JOIN geofence g ON g.id = CAST(m.details ->> 'fence_id' AS uuid)
    WHERE m.withdrawn_at IS NULL AND m.kind = ANY(CAST(:kinds AS text[]))
      AND (CAST(:vehicle_id AS uuid) IS NULL OR m.vehicle_id = :vehicle_id)
      AND (m.ended_at IS NULL AND (NOT m.late OR p.fixed_at > :fresh)
           OR m.kind = 'early' AND NOT m.late AND m.started_at > :fresh
              AND (m.details ->> 'leaving') IS NOT NULL)
      AND coalesce(m.details ->> 'rule', '') <> 'note'
    ORDER BY m.vehicle_id, m.started_at, m.id
""")


async def moving_vans(
    session: AsyncSession, now: datetime, vehicle_id: UUID | None = None
) -> list[VanFacts]:
    """Return the vans of which something is to be said, or the one that is asked for."""
    asked = {"kinds": sorted(KINDS), "vehicle_id": vehicle_id, "fresh": now - FRESH}
    moves: dict[UUID, list[VanMove]] = defaultdict(list)
    offices: dict[UUID, UUID | None] = {}
    for (
        van,
        office_id,
        plate,
        movement_id,
        kind,
        since,
        details,
        stop,
        fence,
    ) in await session.execute(_MOVES, asked):
        offices[van] = office_id
        told: dict[str, Any] = {**details, "plate": plate, "movement_id": str(movement_id)}
        if stop is not None:
            told["stop"] = stop
        if fence is not None:
            told["fence"] = fence
        moves[van].append(VanMove(kind, since, bool(details.get("critical")), told))
    if vehicle_id is not None:
        moves.setdefault(vehicle_id, [])
    return [
        VanFacts(Place(f"vehicle:{van}", offices.get(van), vehicle_id=van), tuple(some))
        for van, some in moves.items()
    ]
