"""``python -m dashboard_api.cli.bench.live_load HOST PORT``: windows that only count.

Reads one JSON line from stdin: a list of windows, each a list of tickets. Says ``ready`` once
every tile has shown a picture. A line on stdin begins the count, the next one ends it and is
answered with one JSON line; the end of stdin ends it all.
"""

import asyncio
import json
import struct
import sys
from dataclasses import dataclass, field
from typing import cast

import uvloop

from models.kit.clock import SystemClock

_HANDSHAKE = (
    "GET /media/v1/live HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
_HEAD = struct.Struct(">IHBBdd")
_FRAME, _CATCH_UP, _NOTICE = 1, 2, 2
_JOIN_GAP_S = 0.005
_SHORT, _LONG = 126, 127  # how RFC 6455 says that a longer length follows
_TEXT, _BINARY, _PING, _PONG = 1, 2, 9, 10
_CLOCK = SystemClock()


@dataclass
class Tile:
    """What one tile has got; ``joined_s`` from the wish to the first picture that is drawn."""

    asked_at: float = 0.0
    joined_s: float | None = None
    pictures: int = 0
    previous: float = 0.0
    longest_gap_s: float = 0.0


@dataclass
class Window(asyncio.Protocol):
    """One operator's socket."""

    host: str
    tickets: list[str]
    tiles: list[Tile] = field(default_factory=list)
    drops: int = 0
    messages: int = 0
    octets: int = 0
    refused: str = ""
    _buffer: bytearray = field(default_factory=bytearray)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports only behave as asyncio's, they are not made from them.
        self.transport = cast("asyncio.Transport", transport)
        self.tiles = [Tile() for _ in self.tickets]
        self.transport.write(_HANDSHAKE.format(host=self.host).encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.is_set():
            _, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._buffer = rest
            self.opened.set()
        while (taken := self._take()) > 0:
            del self._buffer[:taken]

    def add(self, number: int) -> None:
        """Ask for a tile."""
        self.tiles[number].asked_at = _CLOCK.monotonic()
        wish = {"type": "add", "tile": number, "ticket": self.tickets[number]}
        self._say(_TEXT, json.dumps(wish).encode())

    def _say(self, what: int, body: bytes) -> None:
        short = len(body) < _SHORT
        size = bytes([0x80 | len(body)]) if short else struct.pack(">BH", 0x80 | _SHORT, len(body))
        # A mask of zeros changes nothing, and clients must send one.
        self.transport.write(bytes([0x80 | what]) + size + bytes(4) + body)

    def _take(self) -> int:
        """Read one whole message at the beginning of the buffer; return its length, or 0."""
        buffer = self._buffer
        if len(buffer) < 2:
            return 0
        length, start = buffer[1], 2
        if length == _SHORT:
            start = 4
        elif length == _LONG:
            start = 10
        if len(buffer) < start:
            return 0
        if start > 2:
            length = int.from_bytes(buffer[2:start], "big")
        end = start + length
        if len(buffer) < end:
            return 0
        what = buffer[0] & 0x0F
        if what == _BINARY:
            self._read(memoryview(buffer)[start:end])
        elif what == _TEXT:
            self.refused = self.refused or buffer[start:end].decode()
        elif what == _PING:
            self._say(_PONG, bytes(buffer[start:end]))
        return end

    def _read(self, message: memoryview) -> None:
        self.messages += 1
        self.octets += len(message)
        at, end = 0, len(message)
        while at < end:
            length, number, kind, flags, _, media_time = _HEAD.unpack_from(message, at)
            at += 4 + length
            if kind == _FRAME and not flags & _CATCH_UP:
                tile = self.tiles[number]
                if tile.joined_s is None:
                    tile.joined_s = _CLOCK.monotonic() - tile.asked_at
                else:
                    tile.longest_gap_s = max(tile.longest_gap_s, media_time - tile.previous)
                tile.previous = media_time
                tile.pictures += 1
            elif kind == _NOTICE:
                self.drops += b'"drop"' in bytes(message[at - length : at])
        message.release()


def _begin(windows: list[Window]) -> None:
    for window in windows:
        window.messages = window.octets = window.drops = 0
        for tile in window.tiles:
            tile.pictures, tile.longest_gap_s = 0, 0.0


def _found(windows: list[Window], seconds: float) -> dict[str, object]:
    tiles = [tile for window in windows for tile in window.tiles]
    return {
        "seconds": seconds,
        "pictures": [tile.pictures for tile in tiles],
        "longest_gap_s": max(tile.longest_gap_s for tile in tiles),
        "join_ms": [(tile.joined_s or 0) * 1000 for tile in tiles],
        "messages": sum(window.messages for window in windows),
        "octets": sum(window.octets for window in windows),
        "drops": sum(window.drops for window in windows),
    }


async def _join(windows: list[Window]) -> None:
    """Ask tile by tile, so that a join measures a join and not a queue of them."""
    for window in windows:
        await window.opened.wait()
        for number in range(len(window.tickets)):
            window.add(number)
            while window.tiles[number].joined_s is None:
                if window.refused or window.transport.is_closing():
                    raise SystemExit(f"the node refused: {window.refused or 'it hung up'}")
                await asyncio.sleep(0.001)
            await asyncio.sleep(_JOIN_GAP_S)


async def _run(host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    windows: list[Window] = []
    for tickets in json.loads(await lines.readline()):
        window = Window(f"{host}:{port}", tickets)
        await loop.create_connection(lambda made=window: made, host, port)  # type: ignore[misc]
        windows.append(window)
    await _join(windows)
    print("ready", flush=True)
    while await lines.readline():
        _begin(windows)
        begun = _CLOCK.monotonic()
        if not await lines.readline():
            return
        print(json.dumps(_found(windows, _CLOCK.monotonic() - begun)), flush=True)


if __name__ == "__main__":
    uvloop.run(_run(sys.argv[1], int(sys.argv[2])))
