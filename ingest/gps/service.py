"""The GPS receivers of an ingest process: sockets, devices, one writer."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
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
from models.kit.service import wait
from models.kit.settings import Settings

log = get(__name__)
PORT_RETRY_S = 30.0


class Receiver(Protocol):
    """Listens for the devices of one protocol on one transport."""

    async def start(self, host: str, port: int) -> int: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Listener:
    name: str
    receiver: Receiver
    port: int

    async def start(self, host: str) -> int:
        return await self.receiver.start(host, self.port)


async def run(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Receive positions until ``stop`` is set.

    A UDP port that is taken is tried again, meanwhile the others listen: the number is chosen for
    TCP, and any program may have drawn it for datagrams.

    Raises:
        OSError: a TCP port is taken.
    """
    store = PositionStore(database, clock)
    intake = Intake(Devices(database, clock), store)
    host, strict = settings.gps_host, settings.gps_checksum_strict
    listeners = [
        _Listener(name, receiver, getattr(settings, protocol.port_setting))
        for protocol in PROTOCOLS
        for name, receiver in _receivers(protocol, intake, clock, strict=strict)
    ]
    writing = asyncio.create_task(store.run(stop))
    retrying: asyncio.Task[None] | None = None
    try:
        ports: dict[str, int] = {}
        taken: list[_Listener] = []
        for each in listeners:
            try:
                ports[each.name] = await each.start(host)
            except OSError:
                if not isinstance(each.receiver, UdpReceiver):
                    raise
                taken.append(each)
        log.info("gps.listening", host=host, **ports)
        retrying = asyncio.create_task(_start_later(taken, host, stop))
        await writing
    finally:
        tasks = [writing, *([retrying] if retrying else [])]
        closing = (each.receiver.close() for each in listeners)
        await asyncio.gather(*closing, return_exceptions=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _start_later(taken: list[_Listener], host: str, stop: asyncio.Event) -> None:
    while taken:
        for each in taken:
            log.error("gps.port_taken", name=each.name, port=each.port, retry_in_s=PORT_RETRY_S)
        if await wait(stop, PORT_RETRY_S):
            return
        still: list[_Listener] = []
        for each in taken:
            try:
                port = await each.start(host)
            except OSError:
                still.append(each)
            else:
                log.info("gps.listening", host=host, **{each.name: port})
        taken = still


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
