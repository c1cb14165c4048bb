"""What every simulated device's way to a receiver has; a connection made when it is needed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from models.observations import PositionFix

ANSWER_WITHIN_S = 20.0
BLACK_BOX_FIXES = 50


class Unheard(Exception):
    """Nobody took the fixes: keep them and send again."""


class Link(Protocol):
    """A device's way to the receiver. Returns how many of the oldest fixes were acknowledged."""

    async def send(self, fixes: Sequence[PositionFix]) -> int: ...

    async def close(self) -> None: ...


class Connection:
    """A tracker's TCP connection, made when there is something to send."""

    def __init__(self, host: str, port: int, identifier: str) -> None:
        self._address = (host, port)
        self._identifier = identifier
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def _open(self) -> None:
        self._stream = await asyncio.open_connection(*self._address)

    async def _write(self, content: bytes) -> asyncio.StreamReader:
        if self._stream is None:
            raise ConnectionResetError("not connected")
        reader, writer = self._stream
        writer.write(content)
        await writer.drain()
        return reader

    async def close(self) -> None:
        if self._stream is not None:
            _, writer = self._stream
            self._stream = None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
