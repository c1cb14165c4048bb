"""One leader among the processes of a room, by an advisory lock; the others wait to take over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from models.kit.log import get
from models.kit.service import wait

log = get(__name__)
_RETRY_S = 1.0


class Leadership:
    """The held lock. It is gone as soon as its connection is."""

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection

    @property
    def backend_pid(self) -> int:
        """Return the server's process that holds the lock, as in pg_locks."""
        return self._connection.info.backend_pid

    async def confirm(self) -> None:
        """Ask the server whether we still are connected, and so still lead.

        Raises:
            psycopg.OperationalError: the connection, and with it the lock, is lost.
        """
        await self._connection.execute("SELECT 1")


@asynccontextmanager
async def lead(
    database_url: str, lock: int, stop: asyncio.Event
) -> AsyncIterator[Leadership | None]:
    """Wait for the lock and hold it for the block; yield None when told to stop first.

    ``lock`` is any fixed number that no other room takes.

    Raises:
        psycopg.OperationalError: the database went away.
    """
    connection = await psycopg.AsyncConnection.connect(
        database_url,
        autocommit=True,
        connect_timeout=5,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
    async with connection:
        waited = False
        while not await _try_lock(connection, lock):
            if not waited:
                log.info("leader.waiting", reason="another process leads")
                waited = True
            if await wait(stop, _RETRY_S):
                yield None
                return
        yield Leadership(connection)


async def _try_lock(connection: psycopg.AsyncConnection, lock: int) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (lock,))
    row = await cursor.fetchone()
    return bool(row and row[0])
