"""WS /media/v1/replay: the picture of any recorded instant, on several tiles at once."""

import asyncio
from contextlib import ExitStack
from typing import Any

from fastapi import APIRouter, WebSocket

from ingest.media.metrics import REPLAY_SOCKETS
from ingest.media.node import MediaNode
from ingest.media.seek_files import SeekFiles
from ingest.media.seek_messages import TILES_MAX, Close, Open, parse
from ingest.media.seek_tile import SeekTile
from ingest.media.tickets import require_camera
from ingest.media.windows import REVOKED, until_one_ends
from models.kit.errors import CentreError, NotFound, TooMany, Unauthenticated, problem
from models.observations import StreamKind


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()
    files = SeekFiles(node)

    @router.websocket("/media/v1/replay")
    async def replay(socket: WebSocket) -> None:
        await socket.accept()
        revoked = asyncio.Event()
        with ExitStack() as watches, REPLAY_SOCKETS.track_inprogress():
            window = _Window(socket, node, files, watches, revoked)
            tasks: list[asyncio.Future[Any]] = [
                asyncio.create_task(window.receive()),
                asyncio.create_task(revoked.wait()),
                window.broken,
            ]
            try:
                there = await until_one_ends(tasks)
            finally:
                await window.close()
        if there and revoked.is_set():
            await socket.close(REVOKED, "the session was ended")

    return router


class _Window:
    """One socket and its tiles, each served by a task of its own."""

    def __init__(
        self,
        socket: WebSocket,
        node: MediaNode,
        files: SeekFiles,
        watches: ExitStack,
        revoked: asyncio.Event,
    ) -> None:
        self._socket = socket
        self._node = node
        self._files = files
        self._watches = watches
        self._revoked = revoked
        self._sessions: set[str] = set()
        self._tiles: dict[int, tuple[SeekTile, asyncio.Task[None]]] = {}
        self._sending = asyncio.Lock()
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self) -> None:
        """Obey the window until it goes."""
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            tile: int | None = None
            try:
                wish = parse(message.get("text") or "")
                tile = wish.tile
                if isinstance(wish, Open):
                    await self._open(wish)
                elif isinstance(wish, Close):
                    await self._drop(wish.tile)
                else:
                    for one in self._meant(tile):
                        one.wish(wish)
            except CentreError as error:
                await self._refuse(tile, error)

    async def close(self) -> None:
        for number in list(self._tiles):
            await self._drop(number)

    async def _open(self, wish: Open) -> None:
        ticket = self._node.admit(wish.ticket)
        if ticket.camera is None:
            msg = "This media ticket is for no camera. Ask for one for the camera of this tile."
            raise Unauthenticated(msg)
        require_camera(ticket, ticket.camera, "replay")
        if wish.tile not in self._tiles and len(self._tiles) >= TILES_MAX:
            msg = f"A replay has at most {TILES_MAX} tiles at once. Close one first."
            raise TooMany(msg)
        await self._drop(wish.tile)
        if ticket.session not in self._sessions:
            self._sessions.add(ticket.session)
            self._watches.enter_context(self._node.revocations.watch(ticket, self._revoked.set))
        tile = SeekTile(wish.tile, ticket, StreamKind(wish.stream), self._node, self._files)
        task = asyncio.create_task(tile.serve(self._send, self._refuse))
        task.add_done_callback(self._ended)
        self._tiles[wish.tile] = (tile, task)

    def _meant(self, tile: int | None) -> list[SeekTile]:
        if tile is None:
            return [one for one, _ in self._tiles.values()]
        if tile not in self._tiles:
            msg = f"Nothing is open on tile {tile}. Send «open» with a ticket first."
            raise NotFound(msg)
        return [self._tiles[tile][0]]

    async def _drop(self, number: int) -> None:
        known = self._tiles.pop(number, None)
        if known is not None:
            known[1].cancel()
            await asyncio.gather(known[1], return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """End the window where a tile ended in a way that is no answer."""
        if not task.cancelled() and (error := task.exception()) and not self.broken.done():
            self.broken.set_exception(error)

    async def _send(self, answer: bytes) -> None:
        async with self._sending:
            await self._socket.send_bytes(answer)

    async def _refuse(self, tile: int | None, error: CentreError) -> None:
        async with self._sending:
            await self._socket.send_json({"type": "error", "tile": tile, "problem": problem(error)})
