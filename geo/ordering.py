"""Days that are over are put in the order of vans, while the vans stand.

Positions are stored as they come, so a van's day lies on as many pages as it has fixes; afterwards
on a fiftieth of them. That matters as soon as a history is larger than the database's memory.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.kit.database import Database
from models.kit.log import get

log = get(__name__)
HOURS_UTC = range(3)  # 05:00 to 08:00 in Kazakhstan: the UTC day is just over, nobody drives yet
_DAY_IS_OVER = timedelta(minutes=15)
_PATIENCE_MS = 2000  # whoever reads or writes that day is not made to wait for its lock
_LOCK_NOT_AVAILABLE = "55P03"
_UNORDERED = text("""
    SELECT c.relname, k.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_index x ON x.indrelid = c.oid AND x.indisprimary AND NOT x.indisclustered
    JOIN pg_class k ON k.oid = x.indexrelid
    WHERE i.inhparent = CAST('position' AS regclass) AND c.relname ~ '^position_[0-9]{8}$'
      AND c.relname < :before
    ORDER BY c.relname DESC LIMIT 1
""")


async def put_in_order(
    database: Database, now: datetime, *, patience_ms: int = _PATIENCE_MS
) -> str | None:
    """Put the newest day that is over and not in order yet; return its partition, None for none.

    Ten seconds for 720 000 fixes. Meanwhile only that day can be neither read nor written. What
    comes for it later lies behind, and finds its way by the key as everything does.
    """
    before = f"position_{(now - _DAY_IS_OVER).astimezone(UTC):%Y%m%d}"
    try:
        async with database.transaction() as session:
            found = (await session.execute(_UNORDERED, {"before": before})).first()
            if found is None:
                return None
            partition, key = found
            for statement in (
                f"SET LOCAL lock_timeout = {patience_ms}",
                "SET LOCAL maintenance_work_mem = '256MB'",
                f"CLUSTER {partition} USING {key}",
                f"ANALYZE {partition}",
            ):
                await session.execute(text(statement))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        log.info("ordering.waiting")
        return None
    return str(partition)
