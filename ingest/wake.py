"""Waiting for news: from the database's notices, from other tasks, or from the clock."""

import asyncio
from collections.abc import Mapping, Sequence

from ingest.outage import AWAY
from models.kit import bus
from models.kit.database import Database
from models.kit.log import get

log = get(__name__)
_RETRY_S = 1.0


async def wake_on(database: Database, wakes: Mapping[str, Sequence[asyncio.Event]]) -> None:
    """Set the events of a topic at each change of it, for ever.

    Changes during an outage are not replayed: waiters re-read their rows from time to time anyway.
    """
    while True:
        try:
            async for notice in bus.listen(database, list(wakes)):
                for wake in wakes[notice.topic]:
                    wake.set()
        except AWAY as error:
            log.warning("bus.lost", error=str(error), retry_in_s=_RETRY_S)
            await asyncio.sleep(_RETRY_S)


async def any_of(*events: asyncio.Event, timeout_s: float | None = None) -> None:
    """Return as soon as one event is set, at the latest after ``timeout_s``."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
