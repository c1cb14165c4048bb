"""How well devices report: last heard, last refused and why, checksums, clocks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.devices import LastRejection

REMEMBERED = timedelta(days=7)  # raw messages are kept for as long
_CHECKSUMS_OF = timedelta(days=1)
_FIXES = 50
_HEARD = text("""
    SELECT d.identifier,
           (SELECT max(r.received_at) FROM raw_message r
            WHERE r.device = d.identifier AND r.received_at >= :since),
           (SELECT extract(epoch FROM min(f.received_at - f.fixed_at)) FROM (
                SELECT p.received_at, p.fixed_at FROM position p
                WHERE p.vehicle_id = d.vehicle_id AND p.protocol = d.protocol
                  AND p.fixed_at > :day AND p.received_at > :day
                ORDER BY p.fixed_at DESC LIMIT :fixes) AS f)
    FROM device d WHERE d.identifier = ANY(:identifiers)
""")
_REJECTED = text("""
    SELECT DISTINCT ON (device) device, received_at, rejection,
           count(*) OVER (PARTITION BY device)
    FROM raw_message
    WHERE rejection IS NOT NULL AND received_at >= :since AND device = ANY(:identifiers)
    ORDER BY device, received_at DESC
""")
_CHECKSUMS = text("""
    SELECT device, count(*) FROM raw_message
    WHERE checksum_failed AND received_at >= :day AND device = ANY(:identifiers) GROUP BY device
""")


@dataclass(frozen=True, slots=True)
class Health:
    """See schemas.devices.DeviceOut."""

    heard_at: datetime | None = None
    clock_offset_s: float | None = None
    rejection: LastRejection | None = None
    checksum_failed: int = 0


async def health_of(
    session: AsyncSession, identifiers: Collection[str], now: datetime
) -> dict[str, Health]:
    """Return how well each of these devices reports.

    A late message makes the difference between its two times greater, never smaller: the smallest
    of the last fixes is the clock's own.
    """
    asked = {
        "identifiers": list(identifiers),
        "since": now - REMEMBERED,
        "day": now - _CHECKSUMS_OF,
        "fixes": _FIXES,
    }
    rejected = {row[0]: _rejection(*row[1:]) for row in await session.execute(_REJECTED, asked)}
    checksums = {row[0]: row[1] for row in await session.execute(_CHECKSUMS, asked)}
    return {
        identifier: Health(
            heard_at,
            None if offset_s is None else float(offset_s),
            rejected.get(identifier),
            checksums.get(identifier, 0),
        )
        for identifier, heard_at, offset_s in await session.execute(_HEARD, asked)
    }


def _rejection(at: datetime, sentence: str, count: int) -> LastRejection:
    reason, _, detail = sentence.partition(": ")
    return LastRejection(at=at, reason=reason, detail=detail, count=count)
