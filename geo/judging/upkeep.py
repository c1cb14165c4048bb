"""What judging learns and forgets from day to day: dead zones, and snapshots that grew old."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LEARNED_FROM = timedelta(days=90)
HOURLY_FOR = timedelta(days=7)
DAILY_FOR = timedelta(days=90)
# A van that came back and then told where it had been was silent all the same: its movement is
# withdrawn, and counts until then. Only whole days before this one count, so that a day is judged
# alike at any time of it.
_LEARN = text("""
    WITH silence AS (
        SELECT details ->> 'cell' AS cell, started_at,
               extract(epoch FROM coalesce(ended_at, withdrawn_at) - started_at) AS for_s
        FROM movement
        WHERE kind IN ('lost', 'dead_zone') AND NOT late AND details ->> 'moving' = 'true'
          AND started_at >= :since AND started_at < :before
          AND coalesce(ended_at, withdrawn_at) IS NOT NULL
    ), zone AS (
        SELECT cell, count(*) AS silences, least(max(for_s), 21600) AS longest_s,
               max(started_at) AS last_at
        FROM silence GROUP BY cell
    ), gone AS (
        DELETE FROM dead_zone WHERE decision IS NULL AND cell NOT IN (SELECT cell FROM zone)
    )
    INSERT INTO dead_zone (cell, silences, longest_s, last_at)
    SELECT cell, silences, longest_s, last_at FROM zone
    ON CONFLICT (cell) DO UPDATE SET silences = excluded.silences,
           longest_s = excluded.longest_s, last_at = excluded.last_at
""")
_FORGET = text("""
    DELETE FROM judgement_snapshot
    WHERE at < :days OR (at < :hours AND extract(hour FROM at AT TIME ZONE 'UTC') <> 0)
""")


async def learn_dead_zones(session: AsyncSession, now: datetime) -> None:
    """Count anew where vans fell silent on the days before this one."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await session.execute(_LEARN, {"since": today - LEARNED_FROM, "before": today})


async def forget_snapshots(session: AsyncSession, now: datetime) -> None:
    """Keep every hour for a week, and one a day for as long as late fixes are judged."""
    await session.execute(_FORGET, {"hours": now - HOURLY_FOR, "days": now - DAILY_FOR})
