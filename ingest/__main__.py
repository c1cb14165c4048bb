"""Runs one worker of the media node: ``python -m ingest``."""

import asyncio
import gc

import uvloop

from ingest import service
from ingest.cameras.direct.source import open_stream
from ingest.cameras.guarded import guarded
from ingest.media.aiortc_inside import offer_only
from ingest.memory import keep_large_apart
from models.kit import log
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import SettingsError
from models.kit.service import end_within, stop_event
from models.kit.settings import Settings
from models.kit.spare import await_turn

_STOP_S = 18.0  # the supervisor kills after twenty, and would not say what hung


async def main() -> None:
    keep_large_apart()
    gc.freeze()  # what was imported stays; the collector then soon finds what viewers leave behind
    settings = Settings()
    name = "ingest" if settings.media_workers == 1 else f"ingest-{settings.media_worker}"
    log.configure(level=settings.log_level, log_format=settings.log_format, process=name)
    if settings.database_url is None:
        msg = "AHUAL_DATABASE_URL is not set. Start the node with ./ahual up, or set it."
        raise SettingsError(msg)
    if settings.media_addresses:
        offer_only(settings.media_addresses)
    database = Database(settings.database_url)
    opener = guarded(settings.camera_networks, open_stream)
    stop = stop_event()
    limit = asyncio.create_task(end_within(stop, _STOP_S))
    try:
        await service.run(settings, database, SystemClock(), stop, opener=opener)
    finally:
        limit.cancel()
        await database.close()


if __name__ == "__main__":
    await_turn()
    uvloop.run(main())
