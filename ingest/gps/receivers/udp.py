"""Devices over UDP: a datagram is answered after its commit; what finds no room is not answered."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingest.gps import metrics
from ingest.gps.contact import Contact
from ingest.gps.decoders.reading import AnyReading
from ingest.gps.intake import Intake, Receipt
from models.kit.clock import Clock
from models.kit.errors import Unavailable
from models.kit.log import get

log = get(__name__)
QUEUE_DATAGRAMS = 2000
QUEUE_BYTES = 8 * 1024 * 1024
ANSWERS_WAITING = 2000
SOURCES_LIMIT = 5000
IDLE = timedelta(minutes=15)  # an address that was silent for longer begins anew
_Address = tuple[str, int]


@dataclass(slots=True)
class _Source:
    session: Any
    contact: Contact
    heard_at: datetime


class Inbox(asyncio.DatagramProtocol):
    """Puts datagrams into a queue; devices repeat those that find no room."""

    def __init__(self, protocol: str, clock: Clock) -> None:
        self._waiting: asyncio.Queue[tuple[bytes, _Address, datetime]] = asyncio.Queue(
            QUEUE_DATAGRAMS
        )
        self._waiting_bytes = 0
        self._protocol = protocol
        self._clock = clock

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        if self._waiting.full() or self._waiting_bytes + len(data) > QUEUE_BYTES:
            metrics.DATAGRAMS_DROPPED.labels(self._protocol).inc()
            return
        self._waiting_bytes += len(data)
        self._waiting.put_nowait((data, (addr[0], addr[1]), self._clock.now()))

    async def next(self) -> tuple[bytes, _Address, datetime]:
        """Return the oldest datagram, its sender and when it came."""
        oldest = await self._waiting.get()
        self._waiting_bytes -= len(oldest[0])
        return oldest

    def error_received(self, exc: Exception) -> None:
        log.debug("gps.unreachable", protocol=self._protocol, error=str(exc))


class UdpReceiver:
    """Serves the devices of one protocol until closed. Event loop only."""

    def __init__(
        self,
        protocol: str,
        reading: AnyReading,
        intake: Intake,
        clock: Clock,
        *,
        strict: bool = False,
    ) -> None:
        self._protocol = protocol
        self._reading = reading
        self._intake = intake
        self._clock = clock
        self._strict = strict
        self._sources: OrderedDict[_Address, _Source] = OrderedDict()
        self._room = asyncio.Semaphore(ANSWERS_WAITING)
        self._answering: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, which matters where 0 was asked for."""
        inbox = Inbox(self._protocol, self._clock)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: inbox, local_addr=(host, port)
        )
        self._reader = asyncio.create_task(self._read(inbox, self._transport))
        bound: int = self._transport.get_extra_info("sockname")[1]
        return bound

    async def close(self) -> None:
        """Stop listening; devices send again what was not acknowledged."""
        if self._transport is not None:
            self._transport.close()
        tasks = [*self._answering, *([self._reader] if self._reader else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, inbox: Inbox, transport: asyncio.DatagramTransport) -> None:
        while True:
            received, address, received_at = await inbox.next()
            source = self._source(address, received_at)
            source.session, messages = self._reading.feed(
                source.session, received, received_at, strict=self._strict
            )
            for message in messages:
                try:
                    receipt = await self._intake.take(
                        message, self._protocol, received_at, source.contact
                    )
                except Unavailable as error:
                    log.warning(
                        "gps.not_acknowledged", protocol=self._protocol, reason=error.detail
                    )
                    continue
                if receipt.answer:
                    await self._room.acquire()
                    task = asyncio.create_task(self._answer(receipt, transport, address))
                    self._answering.add(task)
                    task.add_done_callback(self._answered)

    def _source(self, address: _Address, now: datetime) -> _Source:
        source = self._sources.pop(address, None)
        if source is None or now - source.heard_at > IDLE:
            source = _Source(self._reading.begin(), Contact("udp"), now)
        source.heard_at = now
        self._sources[address] = source
        if len(self._sources) > SOURCES_LIMIT:
            self._sources.popitem(last=False)
        return source

    async def _answer(
        self, receipt: Receipt, transport: asyncio.DatagramTransport, address: _Address
    ) -> None:
        try:
            await receipt.wait_committed()
        except Unavailable as error:
            log.warning("gps.not_acknowledged", protocol=self._protocol, reason=error.detail)
            return
        if not transport.is_closing():
            transport.sendto(receipt.answer, address)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        self._room.release()
