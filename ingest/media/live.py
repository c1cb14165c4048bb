"""WS /media/v1/live: one socket a window, all its tiles multiplexed, tickets per tile."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Annotated, Literal

from fastapi import APIRouter, WebSocket
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ingest.media.metrics import WALL_BYTES, WALL_SOCKETS
from ingest.media.node import MediaNode
from ingest.media.outbox import Outbox
from ingest.media.sockets import in_parts, sender_of
from ingest.media.tickets import Ticket, require_camera
from ingest.media.wall import Wall
from ingest.media.windows import REVOKED, TileNumber, read_wish, until_one_ends
from models.kit.errors import CentreError, Unauthenticated, problem
from models.observations import StreamKind

_TOO_SLOW = 4408


class _Message(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Add(_Message):
    """Show a camera on a tile."""

    type: Literal["add"]
    tile: TileNumber
    ticket: str
    stream: Literal["main", "sub"] = "sub"
    key_only: bool = False


class Remove(_Message):
    """Take a tile off the wall."""

    type: Literal["remove"]
    tile: TileNumber


class Focus(_Message):
    """Send one tile's pictures without waiting for others; null focuses none."""

    type: Literal["focus"]
    tile: TileNumber | None


_MESSAGE: TypeAdapter[Add | Remove | Focus] = TypeAdapter(
    Annotated[Add | Remove | Focus, Field(discriminator="type")]
)


def parse(text: str) -> Add | Remove | Focus:
    """Read one message of a wall.

    Raises:
        InvalidInput: naming the field that cannot be meant.
    """
    return read_wish(_MESSAGE, text, "add, remove or focus")


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()

    @router.websocket("/media/v1/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        wall = Wall(Outbox(), node.clock)
        revoked = asyncio.Event()
        with ExitStack() as watches, WALL_SOCKETS.track_inprogress():
            watches.callback(wall.close)
            tasks = [
                asyncio.create_task(_send(socket, wall)),
                asyncio.create_task(_receive(socket, wall, node, watches, revoked)),
                asyncio.create_task(revoked.wait()),
            ]
            there = await until_one_ends(tasks)
        if not there:
            return
        if revoked.is_set():
            await socket.close(REVOKED, "the session was ended")
        elif wall.outbox.overfull:
            await socket.close(_TOO_SLOW, "nothing was read for too long")

    return router


async def _send(socket: WebSocket, wall: Wall) -> None:
    now = sender_of(socket.scope)

    def send_now(parts: Sequence[bytes], size: int) -> bool:
        sent = now(parts, size)
        if sent:
            WALL_BYTES.inc(size)
        return sent

    wall.outbox.send_now = send_now
    while True:
        parts, size = await wall.outbox.take()
        await socket.send(in_parts(parts, size))
        WALL_BYTES.inc(size)


async def _receive(
    socket: WebSocket, wall: Wall, node: MediaNode, watches: ExitStack, revoked: asyncio.Event
) -> None:
    """Obey the window until it goes, is revoked, or stops reading."""
    sessions: set[str] = set()
    while not wall.outbox.overfull:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        tile: int | None = None
        try:
            wish = parse(message.get("text") or "")
            tile = wish.tile
            if isinstance(wish, Add):
                ticket = _add(wish, wall, node)
                if ticket.session not in sessions:
                    sessions.add(ticket.session)
                    watches.enter_context(node.revocations.watch(ticket, revoked.set))
            elif isinstance(wish, Remove):
                wall.remove(wish.tile)
            else:
                wall.focus(wish.tile)
        except CentreError as error:
            await socket.send_json({"type": "error", "tile": tile, "problem": problem(error)})


def _add(wish: Add, wall: Wall, node: MediaNode) -> Ticket:
    """Put a camera on the wall and return the ticket it plays by."""
    ticket = node.admit(wish.ticket)
    if ticket.camera is None:
        msg = "This media ticket is for no camera. Ask for one for the camera of this tile."
        raise Unauthenticated(msg)
    require_camera(ticket, ticket.camera, "live")
    feed = node.feeds.get(ticket.camera, StreamKind(wish.stream))
    wall.add(wish.tile, feed, key_only=wish.key_only)
    return ticket
