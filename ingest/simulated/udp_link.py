"""Teltonika over UDP from the tracker's side: a datagram, its answer, again where none came."""

import asyncio
from collections.abc import Sequence
from typing import Any

from ingest.simulated.encoders import teltonika_datagram
from ingest.simulated.link import ANSWER_WITHIN_S, Unheard
from models.observations import PositionFix

_FIXES = 20  # a datagram stays below what networks cut to pieces
_TRIES = 4


class _Answers(asyncio.DatagramProtocol):
    """Keeps what came, also that nobody listens there."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes | OSError] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self.came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.came.put_nowait(exc if isinstance(exc, OSError) else OSError(str(exc)))


class TeltonikaUdpLink:
    """A tracker without a connection: every datagram names it and is acknowledged by number."""

    def __init__(self, host: str, port: int, identifier: str) -> None:
        self._address = (host, port)
        self._identifier = identifier
        self._number = 0
        self._open: tuple[asyncio.DatagramTransport, _Answers] | None = None

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        """Send the oldest, as many as a datagram takes; the same one again until it is answered.

        Raises:
            Unheard: no answer, refused, or taken only in part.
        """
        batch = fixes[:_FIXES]
        self._number = (self._number + 1) & 0xFFFF
        sent = teltonika_datagram(self._identifier, batch, packet=self._number)
        try:
            taken = await self._ask(sent)
        except (OSError, TimeoutError) as error:
            await self.close()
            raise Unheard(str(error) or type(error).__name__) from error
        if taken != len(batch):
            raise Unheard(f"took {taken} of {len(batch)}")
        return len(batch)

    async def _ask(self, sent: bytes) -> int:
        """Return how many records the answer to a datagram acknowledges."""
        if self._open is None:
            loop = asyncio.get_running_loop()
            transport, answers = await loop.create_datagram_endpoint(
                _Answers, remote_addr=self._address
            )
            self._open = transport, answers
        transport, answers = self._open
        for _ in range(_TRIES):
            transport.sendto(sent)
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S / _TRIES):
                    while True:
                        came = await answers.came.get()
                        if isinstance(came, OSError):
                            raise came
                        if came[:-1] == b"\x00\x05" + sent[2:6]:
                            return came[-1]
            except TimeoutError:
                continue  # either the datagram or its answer was lost
        raise TimeoutError(f"no answer to {_TRIES} datagrams")

    async def close(self) -> None:
        if self._open is not None:
            self._open[0].close()
            self._open = None
