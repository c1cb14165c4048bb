"""A camera's loudspeaker: ONVIF's back channel over RTSP, RTP interleaved in its connection.

What goes in are PCMA payloads (G.711 A-law, 8 kHz, mono), handed on byte by byte.
"""

import asyncio
import re
import secrets
import struct
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urljoin

from ingest.cameras.direct import messages
from ingest.cameras.direct.messages import Reply, Target
from models.kit.errors import CentreError, InvalidInput, NotFound, Unavailable

PCMA = 8  # RTP payload type, RFC 3551
_REQUIRE = {"Require": "www.onvif.org/ver20/backchannel"}
_STEP_S = 5.0  # for each reply
_ALIVE_S = 25.0  # cameras announce 60 s
_CHANNEL = 2
_HEAD_LIMIT = 8_192
_OK, _UNAUTHORIZED, _BAD_OPTION = 200, 401, 551
_PACKET = struct.Struct("!cBHBBHII")
_RTP_HEAD = 12
_NO_SPEAKER = "This camera has no loudspeaker that we can speak through (ONVIF back channel, PCMA)."
_FULL_BYTES = 64 * 1024  # four seconds: a camera that does not read gets no more


def speaker_url(sdp: str, base: str) -> str | None:
    """Return the URL of the track that a client sends PCMA on; None: there is none. Pure."""
    for media in re.split(r"(?m)^m=", sdp.replace("\r\n", "\n"))[1:]:
        lines = media.split("\n")
        words = lines[0].split()
        if words[:1] == ["audio"] and str(PCMA) in words[3:] and "a=sendonly" in lines:
            control = next((a[10:] for a in lines if a.startswith("a=control:")), "")
            if control.startswith("rtsp://"):
                return control
            return urljoin(base, control) if base.endswith("/") else f"{base}/{control}"
    return None


async def open_back_channel(url: str, on_end: Callable[[str], None]) -> "BackChannel":
    """Connect to a camera's loudspeaker; ``url`` holds the password, if one is needed.

    Raises:
        NotFound: the camera has no loudspeaker that takes PCMA.
        Unavailable: it cannot be reached, or refuses.
    """
    target = messages.target(url)
    try:
        async with asyncio.timeout(_STEP_S):
            reader, writer = await asyncio.open_connection(
                target.host, target.port, limit=_HEAD_LIMIT
            )
    except (OSError, TimeoutError) as error:
        raise Unavailable("The camera does not answer. Try again shortly.") from error
    channel = BackChannel(target, reader, writer, on_end)
    try:
        await channel.begin()
    except BaseException as error:
        channel.abort()
        if isinstance(error, OSError | EOFError | TimeoutError | asyncio.LimitOverrunError):
            msg = "The camera hung up while its loudspeaker was opened. Try again shortly."
            raise Unavailable(msg) from error
        raise
    return channel


class BackChannel:
    """One connection to a camera's loudspeaker.

    Attributes:
        ended: the camera hung up.
    """

    def __init__(
        self,
        target: Target,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_end: Callable[[str], None],
    ) -> None:
        self._target = target
        self._reader = reader
        self._writer = writer
        self._on_end = on_end
        self._session = ""
        self._demands: tuple[str, ...] = ()
        self._sequence = secrets.randbits(15)
        self._timestamp = secrets.randbits(32)
        self._ssrc = secrets.randbits(32)
        self._cseq = 0
        self._channel = _CHANNEL
        self._first = True
        self._tasks: list[asyncio.Task[None]] = []
        self.ended = False

    def send(self, payload: bytes) -> None:
        """Say a payload; sequence and time go on without a gap. A full line loses it."""
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() < _FULL_BYTES:
            length = _RTP_HEAD + len(payload)
            marked = PCMA | (0x80 if self._first else 0)
            stamp, who = self._timestamp, self._ssrc
            head = _PACKET.pack(
                b"$", self._channel, length, 0x80, marked, self._sequence, stamp, who
            )
            self._writer.write(head + payload)
            self._first = False
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + len(payload)) & 0xFFFFFFFF

    async def begin(self) -> None:
        """Ask for the loudspeaker and start to play.

        Raises:
            NotFound: there is none.
            Unavailable: the camera refuses.
        """
        url = self._target.url
        described, sdp = await self._ask("DESCRIBE", url, {"Accept": "application/sdp", **_REQUIRE})
        if described.status == _BAD_OPTION:
            raise NotFound(_NO_SPEAKER)
        _require_ok(described)
        track = speaker_url(sdp, described.header("content-base") or url)
        if track is None:
            raise NotFound(_NO_SPEAKER)
        transport = f"RTP/AVP/TCP;unicast;interleaved={_CHANNEL}-{_CHANNEL + 1}"
        setup, _ = await self._ask("SETUP", track, {"Transport": transport, **_REQUIRE})
        _require_ok(setup)
        self._session = setup.header("session").partition(";")[0]
        chosen = re.search(r"interleaved=(\d{1,3})", setup.header("transport"))
        if chosen is not None:
            self._channel = int(chosen[1]) & 0xFF
        played, _ = await self._ask("PLAY", url, {"Session": self._session, **_REQUIRE})
        _require_ok(played)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._stay())]

    async def close(self) -> None:
        """Say goodbye and hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self._writer.is_closing():
            self._write("TEARDOWN", self._target.url, {"Session": self._session})
            self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    def abort(self) -> None:
        """Hang up at once."""
        self._writer.transport.abort()

    async def _ask(self, method: str, url: str, headers: dict[str, str]) -> tuple[Reply, str]:
        async with asyncio.timeout(_STEP_S):
            self._write(method, url, headers)
            reply, body = await self._read()
            if reply.status == _UNAUTHORIZED and not self._demands:
                self._demands = reply.headers.get("www-authenticate", ())
                self._write(method, url, headers)
                reply, body = await self._read()
        return reply, body

    def _write(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._cseq += 1
        who = self._target.credentials
        answer = None
        if self._demands and who is not None:
            answer = messages.authorization(self._demands, who, method, url)
        signed = {**headers, "Authorization": answer or ""}
        self._writer.write(messages.request(method, url, self._cseq, signed))

    async def _read(self) -> tuple[Reply, str]:
        """Return the next reply and its body; what the camera plays to us is passed over."""
        while (first := await self._reader.readexactly(1)) == b"$":
            head = await self._reader.readexactly(3)
            await self._reader.readexactly(int.from_bytes(head[1:], "big"))
        head = first + await self._reader.readuntil(b"\r\n\r\n")
        try:
            reply = messages.parse_reply(head.removesuffix(b"\r\n\r\n"))
        except InvalidInput as error:
            raise Unavailable("The camera's answer is not RTSP; check its address.") from error
        body = await self._reader.readexactly(reply.content_length)
        return reply, body.decode("utf-8", "replace")

    async def _listen(self) -> None:
        """Read until the camera hangs up."""
        reason = "the camera hung up"
        try:
            while True:
                await self._read()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass
        except CentreError as error:
            reason = error.detail
        self.ended = True
        self._on_end(reason)

    async def _stay(self) -> None:
        while True:
            await asyncio.sleep(_ALIVE_S)
            self._write("GET_PARAMETER", self._target.url, {"Session": self._session})


def _require_ok(reply: Reply) -> None:
    if reply.status == _UNAUTHORIZED:
        raise Unavailable("The camera refuses its password; an administrator can correct it.")
    if reply.status != _OK:
        raise Unavailable(f"The camera refuses to be spoken through: {reply.status}.")
