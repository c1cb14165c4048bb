"""What is forgotten: whole days of raw messages and of positions, each day a partition let go."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from geo.partitions import TIME_COLUMN
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings

log = get(__name__)
_DAY = timedelta(days=1)
_LOCK_WITHIN = "2s"  # whoever reads history is not made to wait for long; there is a next time
_PARTITIONS = text("""
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = CAST(:parent AS regclass) ORDER BY c.relname
""")


def kept_for(settings: Settings) -> dict[str, timedelta]:
    """Return how long each table keeps its days."""
    return {
        "raw_message": timedelta(days=settings.raw_messages_keep_days),
        "position": timedelta(days=settings.positions_keep_days),
    }


async def forget(database: Database, kept: Mapping[str, timedelta], now: datetime) -> list[str]:
    """Let go of the partitions whose every row is older; return their names.

    Each is a transaction of its own. A day that somebody reads just now stays until next time.
    """
    gone: list[str] = []
    for table, keep in kept.items():
        async with database.read() as session:
            names = (await session.execute(_PARTITIONS, {"parent": table})).scalars().all()
        for name in names:
            day = _day(name, table)
            if day is None or day + _DAY > now - keep:
                continue
            if await _let_go(database, table, name):
                gone.append(name)
        await _forget_odd_days(database, table, now - keep)
    return gone


def _day(name: str, table: str) -> datetime | None:
    match = re.fullmatch(rf"{table}_(\d{{8}})", name)
    return datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC) if match else None


async def _let_go(database: Database, table: str, name: str) -> bool:
    try:
        async with database.transaction() as session:
            await session.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WITHIN}'"))
            await session.execute(text(f"ALTER TABLE {table} DETACH PARTITION {name}"))
            await session.execute(text(f"DROP TABLE {name}"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":  # lock not available
            raise
        log.info("retention.waiting", partition=name)
        return False
    return True


async def _forget_odd_days(database: Database, table: str, before: datetime) -> None:
    """Delete what no day's partition took: rows of wrong clocks, by when they were received."""
    column = TIME_COLUMN[table]
    async with database.transaction() as session:
        await session.execute(
            text(f"DELETE FROM {table}_default WHERE received_at < :before AND {column} < :before"),
            {"before": before},
        )
