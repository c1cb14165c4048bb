"""A camera whose every word a test writes: several tracks, UDP, an HTTP tunnel, odd answers."""

import asyncio
import base64
import contextlib
import re
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

_NTP_1900_S = 2_208_988_800
_STATUS = {200: "OK", 302: "Moved", 404: "Not Found", 461: "Unsupported Transport"}
Play = Callable[["Line"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Track:
    """``media`` is the SDP of one track; ``setup`` what its SETUP is answered with."""

    media: str
    setup: int = 200


@dataclass(slots=True)
class Line:
    """Where a client's packets go, by track: told by SETUP."""

    send_tcp: Callable[[bytes], None]
    channels: dict[int, int] = field(default_factory=dict)
    peers: dict[int, tuple[str, int]] = field(default_factory=dict)
    udp: asyncio.DatagramTransport | None = None
    sequences: dict[int, int] = field(default_factory=dict)

    def rtp(self, track: int, kind: int, stamp: int, payload: bytes, *, last: bool = True) -> None:
        number = self.sequences.get(track, 100)
        self.sequences[track] = number + 1
        head = struct.pack(
            "!BBHII", 0x80, kind | (0x80 if last else 0), number, stamp & 0xFFFFFFFF, 7 + track
        )
        self._send(track, head + payload, control=False)

    def sender_report(self, track: int, unix_s: float, stamp: int) -> None:
        whole = int(unix_s)
        body = struct.pack(
            "!BBHIIIIII",
            0x80,
            200,
            6,
            7 + track,
            whole + _NTP_1900_S,
            int((unix_s - whole) * 2**32),
            stamp & 0xFFFFFFFF,
            1,
            1,
        )
        self._send(track, body, control=True)

    def _send(self, track: int, packet: bytes, *, control: bool) -> None:
        if track in self.peers and self.udp is not None:
            host, port = self.peers[track]
            self.udp.sendto(packet, (host, port + control))
        elif track in self.channels:
            channel = self.channels[track] + control
            self.send_tcp(struct.pack("!cBH", b"$", channel, len(packet)) + packet)


class OddCamera:
    """Serves one stream at any path; ``transports`` are those it agrees to.

    ``moved_to`` is where it sends everybody who asks what there is; None: nowhere.
    """

    def __init__(
        self,
        tracks: Sequence[Track],
        play: Play,
        transports: Sequence[str] = ("tcp",),
        moved_to: str | None = None,
    ) -> None:
        self.moved_to = moved_to
        self._tracks = tracks
        self._play = play
        self._transports = transports
        self._tasks: set[asyncio.Task[None]] = set()
        self._tunnels: dict[str, asyncio.StreamWriter] = {}
        self._writers: list[asyncio.StreamWriter] = []
        self._sockets: list[asyncio.DatagramTransport] = []
        self._server: asyncio.Server | None = None
        self.methods: list[str] = []
        self.host = "127.0.0.1"
        self.port = 0
        self.asked = 0  # how often somebody connected

    async def __aenter__(self) -> "OddCamera":
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._connected, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for udp in self._sockets:
            udp.close()
        if self._server is not None:
            self._server.close()
            for writer in self._writers:
                writer.close()  # its reader ends, and so does the connection's task
            for writer in self._writers:
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"rtsp://{self.host}:{self.port}/x"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self.asked += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, out = Line(writer.write), writer
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "replace")
            cookie = re.search(r"x-sessioncookie: (\S+)", head)
            if cookie and head.startswith("GET"):
                if self.moved_to:
                    writer.write(
                        f"HTTP/1.0 302 Moved\r\nLocation: {self.moved_to}\r\n\r\n".encode()
                    )
                    return
                if "http" not in self._transports:
                    writer.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
                    return
                kind = b"Content-Type: application/x-rtsp-tunnelled"
                writer.write(b"HTTP/1.0 200 OK\r\n" + kind + b"\r\n\r\n")
                self._tunnels[cookie[1]] = writer
                await reader.read()
                return
            if cookie:
                out = self._tunnels[cookie[1]]
                line = Line(out.write)
                reader = await self._decoded(reader)
                continue
            head = head[head.find(re.search(r"[A-Z_]+ rtsp", head)[0]) :]  # type: ignore[index]
            out.write(await self._answer(head, line, out))

    async def _decoded(self, reader: asyncio.StreamReader) -> asyncio.StreamReader:
        """Return a reader of what arrives in base64, as a tunnel's POST does."""
        plain = asyncio.StreamReader()

        async def pump() -> None:
            waiting = b""
            while chunk := await reader.read(4096):
                waiting += chunk
                whole = len(waiting) // 4 * 4
                plain.feed_data(base64.b64decode(waiting[:whole]))
                waiting = waiting[whole:]
            plain.feed_eof()

        self._keep(asyncio.create_task(pump()))
        return plain

    async def _answer(self, head: str, line: Line, out: asyncio.StreamWriter) -> bytes:
        method = head.partition(" ")[0]
        self.methods.append(method)
        if method == "DESCRIBE" and self.moved_to:
            return self._reply(302, head, f"Location: {self.moved_to}")
        if method == "DESCRIBE":
            return self._reply(200, head, "Content-Type: application/sdp", self._description())
        if method == "SETUP":
            return await self._setup(head, line)
        if method == "PLAY":
            self._keep(asyncio.create_task(self._run(line, out)))
        return self._reply(200, head, "Session: 1\r\nPublic: DESCRIBE, SETUP, PLAY, TEARDOWN")

    async def _run(self, line: Line, out: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)  # the answer to PLAY goes first
        await self._play(line)

    async def _setup(self, head: str, line: Line) -> bytes:
        number = int(re.search(r"track(\d)", head)[1])  # type: ignore[index]
        track = self._tracks[number]
        ports = re.search(r"client_port=(\d+)", head)
        wanted = "udp" if ports else "tcp"
        agreed = wanted in self._transports or (wanted == "tcp" and "http" in self._transports)
        if track.setup != 200 or not agreed:
            return self._reply(461 if track.setup == 200 else track.setup, head, "Session: 1")
        if ports:
            line.peers[number] = ("127.0.0.1", int(ports[1]))
            if line.udp is None:
                loop = asyncio.get_running_loop()
                line.udp, _ = await loop.create_datagram_endpoint(
                    asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
                )
                self._sockets.append(line.udp)
            mine = line.udp.get_extra_info("sockname")[1]
            transport = f"RTP/AVP;unicast;client_port={ports[1]}-{int(ports[1]) + 1}"
            transport += f";server_port={mine}-{mine + 1}"
        else:
            line.channels[number] = channel = 2 * number
            transport = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        return self._reply(200, head, f"Session: 1\r\nTransport: {transport}")

    def _description(self) -> str:
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=x", "c=IN IP4 0.0.0.0", "t=0 0"]
        for number, track in enumerate(self._tracks):
            lines += [*track.media.splitlines(), f"a=control:track{number}"]
        return "\r\n".join([*lines, ""])

    def _reply(self, status: int, head: str, headers: str, body: str = "") -> bytes:
        cseq = re.search(r"CSeq: (\d+)", head)
        said = f"RTSP/1.0 {status} {_STATUS[status]}\r\n{headers}\r\n"
        said += f"CSeq: {cseq[1] if cseq else 0}\r\n"
        if body:
            said += f"Content-Length: {len(body)}\r\n"
        return f"{said}\r\n{body}".encode()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
