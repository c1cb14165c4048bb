"""The GPS receivers of an ingest process: sockets, devices, one writer."""

import asyncio
from collections.abc import Iterator
from typing import Protocol

from ingest.gps.decoders.table import PROTOCOLS, DeviceProtocol
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.receivers.tcp import TcpReceiver
from ingest.gps.receivers.udp import UdpReceiver
from ingest.gps.store import PositionStore
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.settings import Settings

log = get(__name__)


class Receiver(Protocol):
    """Listens for the devices of one protocol on one transport."""

    async def start(self, host: str, port: int) -> int: ...

    async def close(self) -> None: ...


async def run(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Receive positions until ``stop`` is set.

    Raises:
        OSError: a port is taken.
    """
    store = PositionStore(database, clock)
    intake = Intake(Devices(database, clock), store)
    listeners = [
        (name, receiver, getattr(settings, protocol.port_setting))
        for protocol in PROTOCOLS
        for name, receiver in _receivers(
            protocol, intake, clock, strict=settings.gps_checksum_strict
        )
    ]
    writing = asyncio.create_task(store.run(stop))
    try:
        listening = {
            name: await receiver.start(settings.gps_host, port)
            for name, receiver, port in listeners
        }
        log.info("gps.listening", host=settings.gps_host, **listening)
        await writing
    finally:
        closing = (receiver.close() for _, receiver, _ in listeners)
        await asyncio.gather(*closing, return_exceptions=True)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


def _receivers(
    protocol: DeviceProtocol, intake: Intake, clock: Clock, *, strict: bool
) -> Iterator[tuple[str, Receiver]]:
    for transport, reading in protocol.readings.items():
        if transport == "http":
            yield protocol.name, OsmandReceiver(intake, clock)
        elif transport == "tcp":
            yield protocol.name, TcpReceiver(protocol.name, reading, intake, clock, strict=strict)
        else:
            by_udp = UdpReceiver(protocol.name, reading, intake, clock, strict=strict)
            yield f"{protocol.name}_udp", by_udp
