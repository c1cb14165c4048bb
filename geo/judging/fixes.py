"""What is left to judge and the fixes to judge, read in the order that the engine needs."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judgement.fixes import Fix
from models.observations import FixFlag

SPANS_AT_ONCE = 2000
# Flags that a fix earned by itself; whether it is a jump is judged again in the order of time.
_OWN = ",".join((FixFlag.INVALID, FixFlag.ZERO, FixFlag.WEAK))
_WRONG_CLOCK = ",".join((FixFlag.FUTURE, FixFlag.ANCIENT))
_SPANS = text("""
    SELECT id, vehicle_id, CAST(extract(epoch FROM from_at) AS float8),
           CAST(extract(epoch FROM until_at) AS float8)
    FROM unjudged_span WHERE vehicle_id <> ALL(CAST(:later AS uuid[])) ORDER BY id LIMIT :most
""")
# With a span goes the sum of every day that it reaches into (see geo/reports/van_days.py). A local
# day lies within a day of the UTC date.
_FORGET_SPANS = text("""
    WITH judged AS (
        DELETE FROM unjudged_span WHERE id = ANY(CAST(:ids AS bigint[]))
        RETURNING vehicle_id, from_at, until_at
    )
    DELETE FROM van_day d USING judged j
    WHERE d.vehicle_id = j.vehicle_id AND d.until_at >= j.from_at
      AND d.day BETWEEN CAST(j.from_at AS date) - 1 AND CAST(j.until_at AS date) + 1
""")
# The bounds of all vans are said once more as constants: they prune the days that are looked at.
_FIXES = text(f"""
    SELECT p.vehicle_id, CAST(extract(epoch FROM p.fixed_at) AS float8), ST_Y(p.geom),
           ST_X(p.geom), p.speed_km_h, p.course_deg, p.accuracy_m,
           NOT p.flags && CAST('{{{_OWN}}}' AS text[]), p.ignition, p.external_power_v
    FROM unnest(CAST(:vehicle_ids AS uuid[]), CAST(:after AS timestamptz[]),
                CAST(:until AS timestamptz[])) AS asked(vehicle_id, after, until)
    JOIN position p ON p.vehicle_id = asked.vehicle_id
         AND p.fixed_at > asked.after AND p.fixed_at <= asked.until
    WHERE p.fixed_at > :first AND p.fixed_at <= :last
      AND NOT p.flags && CAST('{{{_WRONG_CLOCK}}}' AS text[])
    ORDER BY p.vehicle_id, p.fixed_at
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """New fixes of a van between two times; ``ids`` of the spans that say so."""

    ids: tuple[int, ...]
    since: float
    until: float


async def waiting(session: AsyncSession, later: Collection[UUID]) -> dict[UUID, Waiting]:
    """Return what is left to judge by van, oldest spans first; ``later``: vans to leave alone."""
    answer = await session.execute(_SPANS, {"later": list(later), "most": SPANS_AT_ONCE})
    found: dict[UUID, Waiting] = {}
    for span_id, vehicle_id, since, until in answer:
        known = found.get(vehicle_id)
        found[vehicle_id] = (
            Waiting((span_id,), since, until)
            if known is None
            else Waiting((*known.ids, span_id), min(known.since, since), max(known.until, until))
        )
    return found


async def forget(session: AsyncSession, spans: Mapping[UUID, Waiting]) -> None:
    """Strike out what is judged, and the sums of days that were made before it came."""
    ids = [span_id for span in spans.values() for span_id in span.ids]
    if ids:
        await session.execute(_FORGET_SPANS, {"ids": ids})


async def fixes_between(
    session: AsyncSession, asked: Mapping[UUID, tuple[float, float]]
) -> dict[UUID, list[Fix]]:
    """Return the fixes of vans after the first time until with the second, in order."""
    if not asked:
        return {}
    after = [moment(since) for since, _ in asked.values()]
    until = [moment(last) for _, last in asked.values()]
    answer = await session.execute(
        _FIXES,
        {
            "vehicle_ids": list(asked),
            "after": after,
            "until": until,
            "first": min(after),
            "last": max(until),
        },
    )
    found: dict[UUID, list[Fix]] = defaultdict(list)
    for vehicle_id, *measured in answer:
        found[vehicle_id].append(Fix(*measured))
    return found


def moment(t: float) -> datetime:
    """Return an engine's time as the database has it."""
    return datetime.fromtimestamp(t, UTC)
