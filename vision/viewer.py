"""One more viewer of a media node: key pictures of many cameras over one live socket."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from ingest.media.tickets import Ticket, sign
from ingest.media.wire import Config, Flag, Kind, Record, WireError, unpack, unpack_config
from models.kit.clock import Clock
from models.kit.errors import CentreError
from models.kit.log import get
from models.kit.service import wait
from models.observations import StreamKind
from vision import metrics
from vision.slots import KeyPicture

log = get(__name__)
_TICKET_FOR = timedelta(seconds=60)  # for opening; what plays goes on
_RECONCILE_S = 1.0
_ASK_AGAIN_S = 5.0  # after the node refused a tile
_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 4.0
_LONGEST_MESSAGE = 32 * 1024 * 1024
_TILES = 1 << 16

Address = Callable[[], Awaitable[str]]


class PictureSink(Protocol):
    """Takes what arrives; called on the event loop and must return at once."""

    def __call__(self, picture: KeyPicture) -> None: ...


@dataclass(slots=True)
class _Tile:
    camera_id: UUID
    config: Config | None = None


class Viewer:
    """Keeps one socket to one media node and one tile on it for each wanted camera."""

    def __init__(
        self,
        address: Address,
        key: bytes,
        clock: Clock,
        sink: PictureSink,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``address`` returns ws://host:port, or raises CentreError while the node is unknown.

        ``tls`` verifies the node where the address is wss://…; None trusts the system's CAs.
        """
        self._tls = tls
        self._address = address
        self._key = key
        self._clock = clock
        self._sink = sink
        self._wanted: frozenset[UUID] = frozenset()
        self._changed = asyncio.Event()
        self._tiles: dict[int, _Tile] = {}
        self._not_before: dict[UUID, float] = {}
        self._next_tile = 0
        self.connected = False

    def watch(self, cameras: Collection[UUID]) -> None:
        """Say which cameras to show; takes effect at once when connected."""
        self._wanted = frozenset(cameras)
        self._changed.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Stay connected until ``stop``; the node being away is waited out."""
        failures = 0
        while not stop.is_set():
            try:
                url = await self._address() + "/media/v1/live"
                async with connect(
                    url,
                    ssl=self._tls if url.startswith("wss:") else None,
                    compression=None,
                    proxy=None,
                    open_timeout=5,
                    close_timeout=1,
                    ping_interval=5,
                    ping_timeout=10,
                    max_size=_LONGEST_MESSAGE,
                ) as socket:
                    failures = 0
                    await self._serve(socket, stop)
                reason = "closed by the node"
            except (OSError, ConnectionClosed, InvalidHandshake, InvalidURI, CentreError) as error:
                reason = str(error)
            if stop.is_set():
                return
            pause_s = min(_FIRST_RETRY_S * 2**failures, _LONGEST_RETRY_S)
            failures = min(failures + 1, 8)
            log.warning("node.lost", reason=reason, retry_in_s=pause_s)
            await wait(stop, pause_s)

    async def _serve(self, socket: ClientConnection, stop: asyncio.Event) -> None:
        self._tiles.clear()
        self._not_before.clear()
        self.connected = True
        log.info("node.connected", cameras=len(self._wanted))
        jobs = {
            asyncio.create_task(self._receive(socket)),
            asyncio.create_task(self._reconcile(socket)),
            asyncio.create_task(stop.wait()),
        }
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in done:
                job.result()
        finally:
            self.connected = False
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)

    async def _reconcile(self, socket: ClientConnection) -> None:
        """Add and remove tiles until what is shown is what is wanted; then keep it so."""
        while True:
            self._changed.clear()
            for number, tile in list(self._tiles.items()):
                if tile.camera_id not in self._wanted:
                    del self._tiles[number]
                    await socket.send(json.dumps({"type": "remove", "tile": number}))
            shown = {tile.camera_id for tile in self._tiles.values()}
            now = self._clock.monotonic()
            for camera_id in sorted(self._wanted - shown):
                if self._not_before.get(camera_id, now) <= now:
                    await socket.send(self._add(camera_id))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _RECONCILE_S)

    def _add(self, camera_id: UUID) -> str:
        while self._next_tile in self._tiles:
            self._next_tile = (self._next_tile + 1) % _TILES
        number = self._next_tile
        self._next_tile = (number + 1) % _TILES
        self._tiles[number] = _Tile(camera_id)
        ticket = Ticket(
            user="vision",
            session="vision",
            camera=camera_id,
            purpose="live",
            starts_at=None,
            ends_at=None,
            expires_at=self._clock.now() + _TICKET_FOR,
        )
        return json.dumps(
            {
                "type": "add",
                "tile": number,
                "ticket": sign(ticket, self._key),
                "stream": StreamKind.SUB.value,
                "key_only": True,
            }
        )

    async def _receive(self, socket: ClientConnection) -> None:
        async for message in socket:
            try:
                if isinstance(message, str):
                    self._on_text(message)
                else:
                    for record in unpack(message):
                        self._on_record(record)
            except WireError as error:
                metrics.GARBAGE.inc()
                log.warning("node.garbage", error=str(error))

    def _on_record(self, record: Record) -> None:
        tile = self._tiles.get(record.tile)
        if tile is None:
            return  # removed a moment ago
        if record.kind is Kind.CONFIG:
            tile.config = unpack_config(record.payload)
        # A cached picture may be as old as a stalled camera's silence: it is no look.
        elif (
            record.kind is Kind.FRAME
            and record.flags & Flag.KEY
            and not record.flags & Flag.CATCH_UP
            and tile.config is not None
        ):
            picture = KeyPicture(
                camera_id=tile.camera_id,
                avcc_config=tile.config.avcc_config,
                avcc=record.payload,
                arrived_at=self._clock.now(),
                arrived_s=self._clock.monotonic(),
            )
            self._sink(picture)

    def _on_text(self, text: str) -> None:
        """The node refused something: give that tile up and ask again later."""
        try:
            message = json.loads(text)
            number = message.get("tile")
            problem = message.get("problem")
        except (ValueError, AttributeError) as error:
            msg = "a text message must be a JSON object"
            raise WireError(msg) from error
        tile = self._tiles.pop(number, None) if isinstance(number, int) else None
        log.warning("node.refused", camera=tile and str(tile.camera_id), problem=problem)
        if tile is not None:
            self._not_before[tile.camera_id] = self._clock.monotonic() + _ASK_AGAIN_S
