"""The GPS receivers of an ingest process: sockets, devices, one writer."""

import asyncio

from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.receivers.wialon_tcp import WialonReceiver
from ingest.gps.store import PositionStore
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings

log = get(__name__)


async def run(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Receive positions until ``stop`` is set.

    Raises:
        OSError: a port is taken.
    """
    store = PositionStore(database, clock)
    intake = Intake(Devices(database, clock), store)
    osmand = OsmandReceiver(intake, clock)
    wialon = WialonReceiver(intake, clock, strict=settings.gps_checksum_strict)
    writing = asyncio.create_task(store.run(stop))
    try:
        osmand_port = await osmand.start(settings.gps_host, settings.osmand_port)
        wialon_port = await wialon.start(settings.gps_host, settings.wialon_port)
        log.info("gps.listening", host=settings.gps_host, osmand=osmand_port, wialon=wialon_port)
        await writing
    finally:
        stopping = asyncio.gather(osmand.close(), wialon.close(), return_exceptions=True)
        await stopping
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
