"""WebSockets of the media node: a message in parts reaches the kernel without detours."""

from collections.abc import Callable, Mapping, Sequence
from struct import Struct
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

PARTS = "ahual.parts"  # of an ASGI websocket.send message, and of a scope's extensions
_BINARY = 0x82  # the only frame of a binary message
_MEDIUM, _LONG = Struct(">BBH"), Struct(">BBQ")
_SHORTEST_MEDIUM, _SHORTEST_LONG = 126, 1 << 16


def in_parts(parts: Sequence[bytes], size: int) -> dict[str, Any]:
    """Return the ASGI message that sends ``parts``, ``size`` bytes together, as one message."""
    return {"type": "websocket.send", PARTS: parts, "size": size}


def sender_of(scope: Mapping[str, Any]) -> Callable[[Sequence[bytes], int], bool]:
    """Return a socket's ``MediaSockets.send_now`` by its ASGI scope."""
    found: Callable[[Sequence[bytes], int], bool] = scope["extensions"][PARTS]
    return found


class MediaSockets(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, except that binary messages may come in parts.

    The way through it copies a batch of 70 KB three times, which costs more than sending it.
    """

    async def run_asgi(self) -> None:
        extensions: Any = self.scope["extensions"]
        extensions[PARTS] = self.send_now
        await super().run_asgi()

    def send_now(self, parts: Sequence[bytes], size: int) -> bool:
        """Send ``parts`` as one binary message, or return False: ``send`` knows what to do."""
        if not self.writable.is_set() or self.close_sent or self.transport.is_closing():
            return False
        # Joined: for the few pictures of a beat that is cheaper than to hand over each part.
        self.transport.write(b"".join((_head(size), *parts)))
        return True

    async def send(self, message: Any) -> None:
        parts = message.get(PARTS)
        if parts is None or self.close_sent:
            await super().send(message)
            return
        await self.writable.wait()
        if not self.disconnected:
            self.transport.writelines([_head(message["size"]), *parts])
            return
        await super().send({"type": "websocket.send", "bytes": b""})  # raises what it should


def _head(size: int) -> bytes:
    """Return the head of an unmasked binary frame (RFC 6455, 5.2)."""
    if size < _SHORTEST_MEDIUM:
        return bytes((_BINARY, size))
    if size < _SHORTEST_LONG:
        return _MEDIUM.pack(_BINARY, 126, size)
    return _LONG.pack(_BINARY, 127, size)
