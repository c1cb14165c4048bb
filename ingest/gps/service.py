"""The GPS receivers of an ingest process: sockets, devices, one writer."""

import asyncio

from ingest.gps.decoders import teltonika, wialon
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.receivers.tcp import TcpReceiver
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
    strict = settings.gps_checksum_strict
    osmand = OsmandReceiver(intake, clock)
    by_wialon = TcpReceiver(
        wialon.PROTOCOL, wialon.WialonSession, wialon.feed, intake, clock, strict=strict
    )
    by_teltonika = TcpReceiver(
        teltonika.PROTOCOL, teltonika.TeltonikaSession, teltonika.feed, intake, clock, strict=strict
    )
    listeners = (
        (osmand, settings.osmand_port),
        (by_wialon, settings.wialon_port),
        (by_teltonika, settings.teltonika_port),
    )
    writing = asyncio.create_task(store.run(stop))
    try:
        ports = [await each.start(settings.gps_host, port) for each, port in listeners]
        names = ("osmand", wialon.PROTOCOL, teltonika.PROTOCOL)
        listening = dict(zip(names, ports, strict=True))
        log.info("gps.listening", host=settings.gps_host, **listening)
        await writing
    finally:
        closing = (each.close() for each, _ in listeners)
        await asyncio.gather(*closing, return_exceptions=True)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
