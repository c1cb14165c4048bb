"""Daily partitions made ahead; fixes that came before their day's partition move into it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DAYS_AHEAD = 14
TIME_COLUMN = {"position": "fixed_at", "zone_observation": "at", "raw_message": "received_at"}


async def make_partitions(session: AsyncSession, days_ahead: int = DAYS_AHEAD) -> int:
    """Make what is missing from yesterday on; return how many partitions were made.

    A device with a wrong clock, or a fortnight without this process, leaves rows in the default
    partition, and PostgreSQL refuses a partition for days that the default one holds. They are
    set aside first and put back into their own partition, in the same transaction.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('ahual.make_partitions'))"))
    for table, column in TIME_COLUMN.items():
        span = (
            f"{column} >= CAST(current_date - 1 AS timestamp) AT TIME ZONE 'UTC' AND "
            f"{column} < CAST(current_date + {days_ahead + 1} AS timestamp) AT TIME ZONE 'UTC'"
        )
        await session.execute(
            text(
                f"CREATE TEMP TABLE {table}_aside ON COMMIT DROP AS "
                f"SELECT * FROM {table}_default WHERE {span}"
            )
        )
        await session.execute(text(f"DELETE FROM {table}_default WHERE {span}"))
    made: int = (
        await session.execute(text("SELECT make_partitions(:ahead)"), {"ahead": days_ahead})
    ).scalar_one()
    for table in TIME_COLUMN:
        await session.execute(
            text(f"INSERT INTO {table} SELECT * FROM {table}_aside ON CONFLICT DO NOTHING")
        )
    return made
