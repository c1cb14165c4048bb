"""Sums van-days up ahead of reports; late fixes strike a sum out.

A sum of a day that is over holds all of it. One of today holds it until the last fix in motion, so
that no stay is cut in two, and is made again now and then; reports add what came since.

Why a sum that exists is right: fixes come with an ``unjudged_span`` in the same transaction. While
the span is there, reports do not use a sum that it reaches into. The judge strikes such sums out
together with the span, in a round under a lock; sums are made under the same lock. So a fix that
was committed after a sum had looked is never judged before that sum can be seen and struck out.
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judging.judge import ROUND_LOCK
from geo.reports.driving import STANDING_KM_H, summed_up
from geo.reports.lines import ZONE, span_of
from models.kit.clock import Clock
from models.kit.database import Database

VANS_AT_ONCE = 50
AGAIN_EVERY_S = 600.0
_FIRST_VAN = UUID(int=0)
_LOCK = text("SELECT pg_advisory_xact_lock(:round)")
# The oldest day that has a partition: whoever sends older fixes is summed up when asked for.
_OLDEST = text("""
    SELECT min(c.relname) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = CAST('position' AS regclass) AND c.relname ~ '^position_[0-9]{8}$'
""")
_MISSING = text("""
    SELECT v.id FROM vehicle v
    WHERE v.id > :after AND NOT EXISTS (
        SELECT FROM van_day d WHERE d.vehicle_id = v.id AND d.day = :day AND d.until_at >= :end)
    ORDER BY v.id LIMIT :most
""")
_IN_MOTION = f"""
    SELECT m.fixed_at FROM position m
    WHERE m.vehicle_id = asked.id AND m.fixed_at >= :begin AND m.fixed_at < :end
      AND cardinality(m.flags) = 0 AND m.speed_km_h >= {STANDING_KM_H}
    ORDER BY m.fixed_at DESC LIMIT 1
"""
_SUM_UP = text(f"""
    INSERT INTO van_day (vehicle_id, day, until_at, fixes, distance_m, unseen_m, moving_s,
                         fastest_km_h, first_at, last_at, stays)
    SELECT asked.id, :day, cut.until_at, whole.*
    FROM unnest(CAST(:vehicle_ids AS uuid[])) AS asked(id)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN CAST(:over AS boolean) THEN :end ELSE ({_IN_MOTION}) END AS until_at
    ) cut
    CROSS JOIN LATERAL ({summed_up("asked.id", ":begin", "p.fixed_at <= cut.until_at")}) whole
    WHERE cut.until_at IS NOT NULL
    ON CONFLICT (vehicle_id, day) DO UPDATE
    SET until_at = excluded.until_at, fixes = excluded.fixes, distance_m = excluded.distance_m,
        unseen_m = excluded.unseen_m, moving_s = excluded.moving_s,
        fastest_km_h = excluded.fastest_km_h, first_at = excluded.first_at,
        last_at = excluded.last_at, stays = excluded.stays
""")


class VanDays:
    """Goes through the days, newest first, a few vans a step; one in a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._days: list[date] = []
        self._after = _FIRST_VAN
        self._due = clock.monotonic()

    async def step(self, database: Database) -> int:
        """Sum up some vans of a day; return how many, 0 where nothing is left to do for now."""
        while True:
            if not self._days:
                if self._clock.monotonic() < self._due:
                    return 0
                self._due = self._clock.monotonic() + AGAIN_EVERY_S
                self._days = await self._all_days(database)
                self._after = _FIRST_VAN
            async with database.transaction() as session:
                vans = await sum_up(session, self._days[0], self._after, self._clock.now())
            if vans:
                self._after = vans[-1]
                return len(vans)
            del self._days[0]
            self._after = _FIRST_VAN

    async def _all_days(self, database: Database) -> list[date]:
        async with database.read() as session:
            oldest: str | None = (await session.execute(_OLDEST)).scalar_one()
        today = self._clock.now().astimezone(ZONE).date()
        if oldest is None:
            return [today]
        first = datetime.strptime(oldest[-8:], "%Y%m%d").replace(tzinfo=UTC).astimezone(ZONE).date()
        return [today - timedelta(days=ago) for ago in range(max((today - first).days, 0) + 1)]


async def sum_up(session: AsyncSession, day: date, after: UUID, now: datetime) -> list[UUID]:
    """Sum up a day of the next vans that lack it; return them, in order of id."""
    begin, end = span_of(day)
    await session.execute(_LOCK, {"round": ROUND_LOCK})
    asked = {"after": after, "day": day, "end": end, "most": VANS_AT_ONCE}
    vans = list((await session.execute(_MISSING, asked)).scalars())
    if vans:
        over = end <= now
        span = {"day": day, "begin": begin, "end": end, "over": over, "vehicle_ids": vans}
        await session.execute(_SUM_UP, span)
    return vans
