"""Trackers and phones that keep what nobody acknowledged and send it again, as real ones do."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import httpx

from ingest.simulated.encoders import (
    osmand_json,
    teltonika_login,
    teltonika_packet,
    wialon_black_box,
    wialon_login,
)
from models.kit.clock import SystemClock
from models.observations import PositionFix

PACKET_FIXES = 20
_PATIENCE_S = 25.0  # the receivers give up after 15
_AGAIN_S = 0.3


class NotTaken(Exception):
    """The receiver said something else than that it has stored what was sent."""


class Line(Protocol):
    """A device's connection. Whatever fails, it begins anew with ``connect``."""

    most: int

    async def connect(self, identifier: str) -> None: ...

    async def deliver(self, fixes: Sequence[PositionFix]) -> None:
        """Send fixes; return once they are acknowledged."""

    async def close(self) -> None: ...


class _Tcp:
    """What the lines over TCP share."""

    most = PACKET_FIXES

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None

    async def _ask(self, said: bytes, answer_bytes: int = 0) -> bytes:
        """Send; return so many bytes of the answer, or its line."""
        assert self._writer is not None
        self._writer.write(said)
        if answer_bytes:
            return await self._reader.readexactly(answer_bytes)
        return await self._reader.readline()

    async def _open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()


class TeltonikaLine(_Tcp):
    """A Teltonika device over TCP."""

    async def connect(self, identifier: str) -> None:
        await self._open()
        if await self._ask(teltonika_login(identifier), 1) != b"\x01":
            raise NotTaken("login")

    async def deliver(self, fixes: Sequence[PositionFix]) -> None:
        answer = await self._ask(teltonika_packet(fixes), 4)
        if int.from_bytes(answer, "big") != len(fixes):
            raise NotTaken(answer.hex())


class WialonLine(_Tcp):
    """A Wialon IPS device that empties its black box."""

    async def connect(self, identifier: str) -> None:
        await self._open()
        if await self._ask(wialon_login(identifier)) != b"#AL#1\r\n":
            raise NotTaken("login")

    async def deliver(self, fixes: Sequence[PositionFix]) -> None:
        answer = await self._ask(wialon_black_box(fixes))
        if answer != f"#AB#{len(fixes)}\r\n".encode():
            raise NotTaken(repr(answer))


class OsmandLine:
    """A phone with the Traccar Client: one position a request, the oldest first."""

    most = 1

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/"
        self._client: httpx.AsyncClient | None = None

    async def connect(self, identifier: str) -> None:
        del identifier  # every request says it
        self._client = httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_S)

    async def deliver(self, fixes: Sequence[PositionFix]) -> None:
        assert self._client is not None
        (fix,) = fixes
        answer = await self._client.post(self._url, json=osmand_json(fix))
        if answer.status_code != 200:
            raise NotTaken(str(answer.status_code))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()


LINES: dict[str, Callable[[int], Line]] = {
    "teltonika": TeltonikaLine,
    "wialon": WialonLine,
    "osmand": OsmandLine,
}
_TROUBLE = (OSError, EOFError, TimeoutError, NotTaken, httpx.HTTPError)


@dataclass(slots=True)
class Sender:
    """A device that makes a fix now and then and sends what it has.

    Attributes:
        begins_at: of the first fix; the others follow second by second, whenever they are made.
        outbox: made and not acknowledged.
        acknowledged: in order.
    """

    vehicle_id: UUID
    identifier: str
    line: Line
    begins_at: datetime
    made: int = 0
    outbox: deque[PositionFix] = field(default_factory=deque)
    acknowledged: list[datetime] = field(default_factory=list)
    failures: int = 0

    def make(self) -> None:
        """Measure a position."""
        at = self.begins_at + timedelta(seconds=self.made)
        metres_deg = 1e-5 * self.made
        self.outbox.append(
            PositionFix(self.identifier, at, 43 + metres_deg, 76.9, speed_km_h=4, satellites=9)
        )
        self.made += 1

    async def make_every(self, seconds: float, stop: asyncio.Event) -> None:
        """Make a fix every so often, by the clock, until told to stop."""
        clock = SystemClock()
        begun = clock.monotonic()
        while not stop.is_set():
            while self.made * seconds < clock.monotonic() - begun:
                self.make()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)

    async def send_until(self, stop: asyncio.Event) -> None:
        """Send until told to stop and nothing is left."""
        connected = False
        while not stop.is_set() or self.outbox:
            if not self.outbox:
                await asyncio.sleep(_AGAIN_S / 3)
                continue
            some = [self.outbox[number] for number in range(min(len(self.outbox), self.line.most))]
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    if not connected:
                        await self.line.connect(self.identifier)
                        connected = True
                    await self.line.deliver(some)
            except _TROUBLE:
                self.failures += 1
                connected = False
                await self.line.close()
                await asyncio.sleep(_AGAIN_S)
                continue
            self.acknowledged += [fix.fixed_at for fix in some]
            for _ in some:
                self.outbox.popleft()
        await self.line.close()
