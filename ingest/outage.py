"""How «the database is away» looks, and waking up when it has news."""

import asyncio
from collections.abc import Mapping

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.kit import bus
from models.kit.database import Database
from models.kit.log import get

log = get(__name__)
_RETRY_S = 1.0

AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, OSError)
"""What a transaction raises when the database cannot be reached; the caller keeps its work."""


async def wake_on(database: Database, wakes: Mapping[str, asyncio.Event]) -> None:
    """Set the event of a topic at each change of it, for ever.

    Changes during an outage are not replayed: waiters re-read their rows from time to time anyway.
    """
    while True:
        try:
            async for notice in bus.listen(database, list(wakes)):
                wakes[notice.topic].set()
        except AWAY as error:
            log.warning("bus.lost", error=str(error), retry_in_s=_RETRY_S)
            await asyncio.sleep(_RETRY_S)
