"""A media node of a test: a real socket server that speaks the wall's wire format."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from ingest.media.tickets import Ticket, verify
from ingest.media.wire import Config, Flag, Kind, Record, pack, pack_config, pack_notice

KEY = b"k" * 32


class FakeNode:
    """Keeps what viewers asked for; a test sends to them what it likes."""

    def __init__(self) -> None:
        self.port = 0
        self.media_s = datetime.now(UTC).timestamp()
        self.asked: list[dict[str, object]] = []
        self.tickets: dict[int, Ticket] = {}
        self.sockets: list[ServerConnection] = []
        self.heard = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        assert socket.request.path == "/media/v1/live"
        self.sockets.append(socket)
        self.tickets.clear()
        try:
            async for text in socket:
                message = json.loads(text)
                async with self.heard:
                    self.asked.append(message)
                    if message["type"] == "add":
                        ticket = verify(message["ticket"], KEY, datetime.now(UTC))
                        self.tickets[message["tile"]] = ticket
                    self.heard.notify_all()
        except ConnectionClosed:
            pass  # the test dropped it
        finally:
            self.sockets.remove(socket)

    async def until_asked(self, count: int) -> list[dict[str, object]]:
        """Wait until viewers have sent that many messages in all."""
        async with asyncio.timeout(20), self.heard:
            await self.heard.wait_for(lambda: len(self.asked) >= count)
        return self.asked

    async def send(self, message: bytes | str) -> None:
        for socket in list(self.sockets):
            await socket.send(message)

    async def send_config(self, tile: int, avcc_config: bytes) -> None:
        config = pack_config(Config("avc1.42e01e", 640, 360, avcc_config))
        state = pack_notice({"type": "state", "state": "live", "since": "", "detail": ""})
        await self.send(record(tile, Kind.NOTICE, state) + record(tile, Kind.CONFIG, config))

    async def send_picture(self, tile: int, avcc: bytes, flags: Flag = Flag.KEY) -> None:
        """Send a picture that is, by the stream's own time, a second later than the last one."""
        self.media_s += 1.0
        await self.send(pack(Record(tile, Kind.FRAME, flags, self.media_s, self.media_s, avcc)))

    async def send_key_at(self, tile: int, avcc: bytes, media_s: float) -> None:
        await self.send(pack(Record(tile, Kind.FRAME, Flag.KEY, media_s, media_s, avcc)))


def record(tile: int, kind: Kind, payload: bytes, flags: Flag = Flag.NONE) -> bytes:
    now_s = datetime.now(UTC).timestamp()
    return pack(Record(tile, kind, flags, now_s, now_s, payload))


@asynccontextmanager
async def running(
    node: FakeNode, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[FakeNode]:
    async with serve(node.handle, "127.0.0.1", port, compression=None, ssl=tls) as server:
        node.port = next(iter(server.sockets)).getsockname()[1]
        yield node
