"""The feeds of this node: one for each stream of the cameras that the database gives it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from ingest.cameras.feed import Feed
from ingest.cameras.reader import StreamReader
from ingest.cameras.source import Opener, RtspSource
from ingest.outage import AWAY
from models.camera import Camera, Stream
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState

log = get(__name__)
_RELOAD_S = 30.0  # also without a notice, in case one was missed
_RETRY_S = 1.0
_STAGGER_S = 0.05  # 20 opens a second, so that a start does not flood the network


@dataclass(frozen=True, slots=True)
class _Wanted:
    url: str
    recorded: bool


class FeedObserver(Protocol):
    """Told on the event loop which feeds there are."""

    def feed_added(self, feed: Feed, *, recorded: bool) -> None: ...

    def feed_removed(self, feed: Feed) -> None:
        """Called before the feed goes down for good, which is no fault of the camera."""


class Feeds:
    """Every feed of this node. Follows the camera table; works on while the database is away."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        observers: Sequence[FeedObserver] = (),
        opener: Opener = RtspSource,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._observers = tuple(observers)
        self._opener = opener
        self._feeds: dict[tuple[UUID, StreamKind], Feed] = {}
        self._wanted: dict[tuple[UUID, StreamKind], _Wanted] = {}
        self._readers: dict[tuple[UUID, StreamKind], asyncio.Task[None]] = {}
        self.loaded = False

    def get(self, camera_id: UUID, kind: StreamKind) -> Feed:
        """Return the feed, live or not.

        Raises:
            NotFound: this node has no such camera or stream.
        """
        feed = self._feeds.get((camera_id, kind))
        if feed is None:
            msg = f"Camera {camera_id} has no {kind} stream on node {self._settings.media_node}."
            raise NotFound(msg)
        return feed

    def all(self) -> list[Feed]:
        return list(self._feeds.values())

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Follow the camera table until ``stop``; ``wake`` says that cameras were edited."""
        try:
            while not stop.is_set():
                wake.clear()
                pause_s = _RELOAD_S
                try:
                    await self.reload()
                except AWAY as error:
                    log.warning("cameras.not_loaded", error=str(error), retry_in_s=_RETRY_S)
                    pause_s = _RETRY_S
                stopping = asyncio.ensure_future(stop.wait())
                waking = asyncio.ensure_future(wake.wait())
                await asyncio.wait(
                    {stopping, waking}, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED
                )
                stopping.cancel()
                waking.cancel()
        finally:
            await self.close()

    async def reload(self) -> None:
        """Make feeds for new streams, drop removed ones, reconnect those whose address changed."""
        wanted = await self._read_wanted()
        for key in [key for key in self._feeds if key not in wanted]:
            await self._remove(key)
        fresh = 0
        for key, want in wanted.items():
            if self._wanted.get(key) == want:
                continue
            known = self._wanted.get(key)
            if known is not None and known.recorded != want.recorded:
                await self._remove(key)
            self._start(key, want, delay_s=fresh * _STAGGER_S)
            fresh += 1
        self.loaded = True

    async def close(self) -> None:
        for key in list(self._feeds):
            await self._remove(key)

    async def _read_wanted(self) -> dict[tuple[UUID, StreamKind], _Wanted]:
        query = (
            select(Stream.camera_id, Stream.kind, Stream.url, Stream.recorded)
            .join(Camera, Camera.id == Stream.camera_id)
            .where(Camera.node_name == self._settings.media_node, Camera.enabled)
            .order_by(Stream.camera_id, Stream.kind)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return {(r.camera_id, StreamKind(r.kind)): _Wanted(r.url, r.recorded) for r in rows}

    def _start(self, key: tuple[UUID, StreamKind], want: _Wanted, *, delay_s: float) -> None:
        feed = self._feeds.get(key)
        if feed is None:
            feed = Feed(*key, self._clock.now())
            self._feeds[key] = feed
            for observer in self._observers:
                observer.feed_added(feed, recorded=want.recorded)
        old = self._readers.pop(key, None)
        if old is not None:
            old.cancel()
        reader = StreamReader(
            feed, want.url, self._opener, self._clock, self._settings.camera_silence_s
        )
        self._wanted[key] = want
        self._readers[key] = asyncio.create_task(_after(delay_s, reader))

    async def _remove(self, key: tuple[UUID, StreamKind]) -> None:
        self._wanted.pop(key, None)
        task = self._readers.pop(key, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        feed = self._feeds.pop(key)
        for observer in self._observers:
            observer.feed_removed(feed)
        feed.enter(StreamState.DOWN, self._clock.now(), "the node stopped reading this stream")


async def _after(delay_s: float, reader: StreamReader) -> None:
    await asyncio.sleep(delay_s)
    await reader.run()
