"""How simulated devices reach the receivers: real sockets, answers awaited, like a tracker."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import httpx

from ingest.simulated import encoders, nmea_encoder
from ingest.simulated.binary_links import EgtsLink, GalileoskyLink, NavtelecomLink
from ingest.simulated.link import ANSWER_WITHIN_S, BLACK_BOX_FIXES, Connection, Link, Unheard
from ingest.simulated.udp_link import TeltonikaUdpLink
from models.observations import PositionFix


class OsmandLink:
    """A phone: one request a position, the connection kept open."""

    def __init__(self, host: str, port: int, _identifier: str) -> None:
        self._url = f"http://{host}:{port}/"
        self._client = httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S)

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        """Send the oldest.

        Raises:
            Unheard: no answer, or one that says to send again.
        """
        try:
            answer = await self._client.get(f"{self._url}?{encoders.osmand_query(fixes[0])}")
        except httpx.HTTPError as error:
            raise Unheard(str(error) or type(error).__name__) from error
        if answer.status_code not in (200, 400):
            raise Unheard(f"{answer.status_code} {answer.text}")
        return 1

    async def close(self) -> None:
        await self._client.aclose()


class WialonLink(Connection):
    """A tracker: login, one D line a position, a B line for what was kept meanwhile."""

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        """Send the oldest, or as many as a black box takes.

        Raises:
            Unheard: no connection, no answer, or the login was refused.
        """
        batch = fixes[:BLACK_BOX_FIXES]
        single = len(batch) == 1
        line = encoders.wialon_data(batch[0]) if single else encoders.wialon_black_box(batch)
        try:
            if self._stream is None:
                await self._connect()
            answer = await self._ask(line)
        except (OSError, TimeoutError) as error:
            await self.close()
            raise Unheard(str(error) or type(error).__name__) from error
        if not answer.startswith(b"#AD#" if single else b"#AB#"):
            await self.close()
            raise Unheard(f"answered {answer!r}")
        return len(batch)

    async def _connect(self) -> None:
        await self._open()
        answer = await self._ask(encoders.wialon_login(self._identifier))
        if answer.strip() != b"#AL#1":
            raise ConnectionRefusedError(f"login answered {answer!r}")

    async def _ask(self, line: bytes) -> bytes:
        reader = await self._write(line)
        return await asyncio.wait_for(reader.readline(), ANSWER_WITHIN_S)


class TeltonikaLink(Connection):
    """A tracker: its IMEI once, then packets of Codec 8 Extended."""

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        """Send the oldest, as many as a packet takes.

        Raises:
            Unheard: no connection, no answer, refused, or taken only in part.
        """
        batch = fixes[:BLACK_BOX_FIXES]
        try:
            if self._stream is None:
                await self._open()
                if await self._ask(encoders.teltonika_login(self._identifier), 1) != b"\x01":
                    raise ConnectionRefusedError(f"{self._identifier} was not accepted")
            answer = await self._ask(encoders.teltonika_packet(batch), 4)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            await self.close()
            raise Unheard(str(error) or type(error).__name__) from error
        if int.from_bytes(answer, "big") != len(batch):
            await self.close()
            raise Unheard(f"answered {answer!r}")
        return len(batch)

    async def _ask(self, content: bytes, answer_bytes: int) -> bytes:
        reader = await self._write(content)
        return await asyncio.wait_for(reader.readexactly(answer_bytes), ANSWER_WITHIN_S)


class NmeaLink(Connection):
    """A car PC: RMC and GGA of each fix. NMEA knows no answer, so what was sent counts as taken."""

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        """Send the oldest.

        Raises:
            Unheard: no connection.
        """
        batch = fixes[:BLACK_BOX_FIXES]
        try:
            if self._stream is None:
                await self._open()
            await self._write(b"".join(nmea_encoder.nmea_lines(fix) for fix in batch))
        except OSError as error:
            await self.close()
            raise Unheard(str(error) or type(error).__name__) from error
        return len(batch)


LINKS: Mapping[str, Callable[[str, int, str], Link]] = {
    "osmand": OsmandLink,
    "wialon": WialonLink,
    "teltonika": TeltonikaLink,
    "nmea": NmeaLink,
    "egts": EgtsLink,
    "galileosky": GalileoskyLink,
    "navtelecom": NavtelecomLink,
}
UDP_LINKS: Mapping[str, Callable[[str, int, str], Link]] = {"teltonika": TeltonikaUdpLink}
