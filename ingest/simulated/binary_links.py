"""Trackers of the binary protocols common in the region: EGTS, Galileosky, Navtelecom."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence

from ingest.gps.decoders.egts.packet import HEADER_BYTES, PacketType, Result, packet
from ingest.simulated.egts_encoder import egts_identity, egts_packet
from ingest.simulated.galileosky_encoder import galileosky_head, galileosky_packet
from ingest.simulated.link import ANSWER_WITHIN_S, BLACK_BOX_FIXES, Connection, Unheard
from ingest.simulated.navtelecom_encoder import (
    navtelecom_identity,
    navtelecom_negotiation,
    navtelecom_packet,
)
from models.observations import PositionFix

_TERMINAL_DIGITS = 9  # of the IMEI: what an EGTS terminal is numbered by here
_GALILEOSKY_FIXES = 30  # a packet has at most 1000 bytes
_FRAME_BYTES = 16


class BinaryLink(Connection, ABC):
    """A handshake for each connection, then packets that are answered each."""

    fixes_in_packet = BLACK_BOX_FIXES

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        """Send the oldest, as many as a packet takes.

        Raises:
            Unheard: no connection, no answer, or another than a device goes on after.
        """
        batch = fixes[: self.fixes_in_packet]
        try:
            if self._stream is None:
                await self._open()
                await self._introduce()
            await self._deliver(batch)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise Unheard(str(error) or type(error).__name__) from error
        return len(batch)

    @abstractmethod
    async def _introduce(self) -> None:
        """Say who sends; raise ConnectionError where that is refused."""

    @abstractmethod
    async def _deliver(self, batch: Sequence[PositionFix]) -> None:
        """Send one packet; raise ConnectionError where it was not taken."""

    async def _ask(self, content: bytes, answer_bytes: int) -> bytes:
        reader = await self._write(content)
        return await asyncio.wait_for(reader.readexactly(answer_bytes), ANSWER_WITHIN_S)


class EgtsLink(BinaryLink):
    """A terminal: its number and IMEI, told RESULT_CODE, then packets of records."""

    def __init__(self, host: str, port: int, identifier: str) -> None:
        super().__init__(host, port, identifier)
        self._number = 0

    async def _introduce(self) -> None:
        terminal = int(self._identifier[-_TERMINAL_DIGITS:])
        self._number = 1
        await self._confirmed(egts_identity(1, terminal=terminal, imei=self._identifier))
        told = await self._packet(b"")
        answer = told[7:9] + bytes([Result.OK])
        await self._write(packet(0, PacketType.RESPONSE, answer))
        if told[-3] != Result.OK:
            raise ConnectionRefusedError(f"terminal {terminal} was told {told[-3]}")

    async def _deliver(self, batch: Sequence[PositionFix]) -> None:
        self._number = (self._number + 1) & 0xFFFF
        await self._confirmed(egts_packet(self._number, batch))

    async def _confirmed(self, content: bytes) -> None:
        answer = await self._packet(content)
        confirmed = answer[HEADER_BYTES : HEADER_BYTES + 3]
        if confirmed != self._number.to_bytes(2, "little") + bytes([Result.OK]):
            raise ConnectionAbortedError(f"answered {answer!r}")

    async def _packet(self, content: bytes) -> bytes:
        head = await self._ask(content, HEADER_BYTES)
        return head + await self._ask(b"", int.from_bytes(head[5:7], "little") + 2)


class GalileoskyLink(BinaryLink):
    """A tracker: a head packet with the IMEI, then packets of records."""

    fixes_in_packet = _GALILEOSKY_FIXES

    async def _introduce(self) -> None:
        await self._confirmed(galileosky_head(self._identifier))

    async def _deliver(self, batch: Sequence[PositionFix]) -> None:
        await self._confirmed(galileosky_packet(batch))

    async def _confirmed(self, content: bytes) -> None:
        answer = await self._ask(content, 3)
        if answer != b"\x02" + content[-2:]:
            raise ConnectionAbortedError(f"answered {answer!r}")


class NavtelecomLink(BinaryLink):
    """A box: its IMEI, the mask of its fields, then packets of kept records."""

    async def _introduce(self) -> None:
        accepted = await self._ask(navtelecom_identity(self._identifier), _FRAME_BYTES + 3)
        if not accepted.endswith(b"*<S"):
            raise ConnectionRefusedError(f"answered {accepted!r}")
        wished = navtelecom_negotiation()
        agreed = await self._ask(wished, _FRAME_BYTES + 9)
        if agreed[-3:-1] != wished[_FRAME_BYTES + 6 : _FRAME_BYTES + 8]:
            raise ConnectionRefusedError(f"answered {agreed!r}")

    async def _deliver(self, batch: Sequence[PositionFix]) -> None:
        answer = await self._ask(navtelecom_packet(batch), 4)
        if answer[:3] != b"~A" + bytes([len(batch)]):
            raise ConnectionAbortedError(f"answered {answer!r}")
