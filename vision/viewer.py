"""One more viewer of a media node: pictures of many cameras over one live socket.

Key pictures only, as long as they are close enough together to look at; else all pictures.
"""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from ingest.media.tickets import Ticket, sign
from ingest.media.wire import (
    Config,
    Flag,
    Kind,
    Record,
    WireError,
    unpack,
    unpack_config,
    unpack_notice,
)
from models.kit.clock import Clock
from models.kit.errors import CentreError
from models.kit.log import get
from models.kit.service import wait
from models.observations import StreamKind, StreamState
from vision import metrics
from vision.pace import KeyPace
from vision.slots import CodedPicture
from vision.units import needed

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

    def key(self, picture: CodedPicture) -> None:
        """Take a key picture of a camera that sends them often enough."""

    def follow(self, picture: CodedPicture, *, key: bool, look: bool) -> None:
        """Take one of a camera's pictures that need one another; see Slots.follow."""


@dataclass(slots=True)
class _Tile:
    """A camera on the socket; ``whole``: all its pictures were asked for."""

    camera_id: UUID
    pace: KeyPace
    whole: bool
    stream: StreamKind = StreamKind.SUB
    config: Config | None = None


@dataclass(slots=True)
class _Wanted:
    every_s: float
    stream: StreamKind = StreamKind.SUB
    pace: KeyPace = field(default_factory=KeyPace)


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
        self._wanted: dict[UUID, _Wanted] = {}
        self._changed = asyncio.Event()
        self._tiles: dict[int, _Tile] = {}
        self._not_before: dict[UUID, float] = {}
        self._next_tile = 0
        self.connected = False

    def watch(self, cameras: Mapping[UUID, float], large: Collection[UUID] = ()) -> None:
        """Say which cameras to show and how many seconds apart; at once when connected.

        ``large``: those of which the main stream is to be shown.
        """
        for camera_id, every_s in cameras.items():
            stream = StreamKind.MAIN if camera_id in large else StreamKind.SUB
            wanted = self._wanted.get(camera_id)
            if wanted is None or wanted.stream is not stream:
                self._wanted[camera_id] = _Wanted(every_s, stream)
            else:
                wanted.every_s = every_s
        for gone in self._wanted.keys() - cameras.keys():
            del self._wanted[gone]
        self._changed.set()

    @property
    def paces(self) -> dict[UUID, KeyPace]:
        """How the key pictures of each camera come."""
        return {camera_id: wanted.pace for camera_id, wanted in self._wanted.items()}

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
        for wanted in self._wanted.values():
            wanted.pace.pause()
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
            now = self._clock.monotonic()
            for number, tile in list(self._tiles.items()):
                wanted = self._wanted.get(tile.camera_id)
                if wanted is None or not _fits(tile, wanted, now):
                    del self._tiles[number]
                    await socket.send(json.dumps({"type": "remove", "tile": number}))
            shown = {tile.camera_id for tile in self._tiles.values()}
            for camera_id in sorted(self._wanted.keys() - shown):
                if self._not_before.get(camera_id, now) <= now:
                    await socket.send(self._add(camera_id))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _RECONCILE_S)

    def _add(self, camera_id: UUID) -> str:
        while self._next_tile in self._tiles:
            self._next_tile = (self._next_tile + 1) % _TILES
        number = self._next_tile
        self._next_tile = (number + 1) % _TILES
        wanted = self._wanted[camera_id]
        pace = wanted.pace
        self._tiles[number] = _Tile(camera_id, pace, pace.whole, wanted.stream)
        if pace.whole:
            log.info("camera.all_pictures", camera=str(camera_id), key_interval_s=pace.interval_s)
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
                "stream": wanted.stream.value,
                "key_only": not pace.whole,
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
        elif record.kind is Kind.NOTICE:
            self._on_notice(tile, unpack_notice(record.payload))
        elif record.kind is Kind.FRAME and tile.config is not None:
            self._on_picture(tile, tile.config, record)

    def _on_picture(self, tile: _Tile, config: Config, record: Record) -> None:
        key, now_s = bool(record.flags & Flag.KEY), self._clock.monotonic()
        # A cached picture may be as old as a stalled camera's silence: it is no look.
        cached = bool(record.flags & Flag.CATCH_UP)
        if key:
            tile.pace.key(record.media_time_s, now_s)
        if not (tile.whole and needed(record.payload)) and (cached or not key):
            return
        picture = CodedPicture(
            camera_id=tile.camera_id,
            avcc_config=config.avcc_config,
            avcc=record.payload,
            arrived_at=self._clock.now(),
            arrived_s=now_s,
            node_s=record.server_time_s,
        )
        if tile.whole:
            self._sink.follow(picture, key=key, look=not cached)
        else:
            self._sink.key(picture)

    def _on_notice(self, tile: _Tile, notice: dict[str, object]) -> None:
        if notice.get("type") == "state" and notice.get("state") != StreamState.LIVE:
            tile.pace.pause()

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


def _fits(tile: _Tile, wanted: _Wanted, now_s: float) -> bool:
    """Return whether a tile shows what is wanted: this stream, and as many pictures."""
    return tile.stream is wanted.stream and wanted.pace.judge(wanted.every_s, now_s) is tile.whole
