"""The feeds of this node: one for each stream of the cameras that the database gives it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from ingest.cameras.beat import Beat
from ingest.cameras.feed import Feed
from ingest.cameras.reader import StreamReader
from ingest.cameras.roster import Roster, Wanted
from ingest.cameras.source import Opener, RtspSource
from ingest.outage import AWAY
from ingest.wake import any_of
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from models.workers import owned_by, worker_name

log = get(__name__)
_RELOAD_S = 30.0  # also without a notice, in case one was missed
_RETRY_S = 1.0
_LONGEST_AHEAD = timedelta(hours=1)  # further, true times matter more than that none is twice
_STAGGER_S = 0.01  # 100 opens a second, so that a start does not flood the network
_FULL = (
    "this worker already reads its {limit} streams; raise AHUAL_MEDIA_STREAMS_MAX or "
    "AHUAL_MEDIA_WORKERS, or move the camera to another node"
)

_Key = tuple[UUID, StreamKind]


class FeedObserver(Protocol):
    """Told on the event loop which feeds there are."""

    def feed_added(self, feed: Feed, *, recorded: bool) -> None: ...

    def feed_changed(self, feed: Feed, *, recorded: bool) -> None:
        """Called when a feed is to be recorded from now on, or no longer; its viewers stay."""

    def feed_removed(self, feed: Feed) -> None:
        """Called before the feed goes down for good, which is no fault of the camera."""


class Feeds:
    """Every feed of this worker. Follows the camera table; works on without the database.

    Streams beyond ``media_streams_max`` are not read; their state says what to do about it.
    """

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
        self._owns = owned_by(settings)
        self._roster = Roster(settings, database)
        self._clock = clock
        self._observers = tuple(observers)
        self._opener = opener
        self._feeds: dict[_Key, Feed] = {}
        self._wanted: dict[_Key, Wanted] = {}
        self._readers: dict[_Key, asyncio.Task[None]] = {}
        self._beat: Beat | None = None
        self.loaded = False

    def get(self, camera_id: UUID, kind: StreamKind) -> Feed:
        """Return the feed, live or not.

        Raises:
            NotFound: this node has no such camera or stream.
        """
        feed = self._feeds.get((camera_id, kind))
        if feed is None:
            node = worker_name(self._settings.media_node, self._settings.media_worker)
            msg = f"Camera {camera_id} has no {kind} stream on node {node}."
            raise NotFound(msg)
        return feed

    def address(self, camera_id: UUID) -> str:
        """Return the address of a camera's main stream, or of its only one, with its password.

        Raises:
            NotFound: this node has no such camera.
        """
        for kind in (StreamKind.MAIN, StreamKind.SUB):
            want = self._wanted.get((camera_id, kind))
            if want is not None:
                return want.url
        node = worker_name(self._settings.media_node, self._settings.media_worker)
        msg = f"There is no camera {camera_id} on node {node}."
        raise NotFound(msg)

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
                    if not self.loaded:
                        await self._follow(await self._roster.last_known())
                await any_of(stop, wake, timeout_s=pause_s)
        finally:
            await self.close()

    async def reload(self) -> None:
        """Make feeds for new streams, drop removed ones, reconnect those whose address changed."""
        await self._follow(await self._roster.read())
        self.loaded = True

    async def _follow(self, streams: list[Wanted]) -> None:
        wanted = {
            (want.camera_id, want.kind): want for want in streams if self._owns(want.camera_id)
        }
        for key in [key for key in self._feeds if key not in wanted]:
            await self._remove(key)
        ahead = await self._footage_ahead([key for key in wanted if key not in self._feeds])
        fresh = 0
        for key, want in wanted.items():
            known = self._wanted.get(key)
            if known is not None and known.recorded != want.recorded:
                for observer in self._observers:
                    observer.feed_changed(self._feeds[key], recorded=want.recorded)
                self._wanted[key] = known = replace(known, recorded=want.recorded)
            if known != want:
                self._start(key, want, ahead.get(key), delay_s=fresh * _STAGGER_S)
                fresh += 1
        for key, feed in self._feeds.items():
            feed.code, feed.schedule = wanted[key].code, wanted[key].schedule

    async def close(self) -> None:
        readers = list(self._readers.values())
        for reader in readers:  # all at once: each that still reads makes the others wait
            reader.cancel()
        if readers:
            await asyncio.wait(readers)
        for key in list(self._feeds):
            await self._remove(key)

    async def _footage_ahead(self, fresh: list[_Key]) -> dict[_Key, datetime]:
        """Return where footage of new feeds ends that is later than now."""
        if not fresh:
            return {}
        now = self._clock.now()
        try:
            found = await self._roster.footage_ahead(fresh, now)
        except AWAY:  # the list itself came from the copy; reload says so
            return {}
        for (camera_id, kind), until in found.items():
            ahead_s = (until - now).total_seconds()
            log.error("clock.set_back", camera_id=str(camera_id), kind=kind, ahead_s=ahead_s)
        return {key: until for key, until in found.items() if until - now < _LONGEST_AHEAD}

    def _start(
        self, key: _Key, want: Wanted, recorded_until: datetime | None, *, delay_s: float
    ) -> None:
        feed = self._feeds.get(key)
        if feed is None:
            feed = Feed(*key, self._clock.now())
            if recorded_until is not None:
                feed.go_on_from(recorded_until)
            feed.schedule = want.schedule
            self._feeds[key] = feed
            for observer in self._observers:
                observer.feed_added(feed, recorded=want.recorded)
        old = self._readers.pop(key, None)
        if old is not None:
            old.cancel()
        limit = self._settings.media_streams_max
        if len(self._readers) >= limit:  # stays unwanted, so that each reload tries it again
            feed.enter(StreamState.DOWN, self._clock.now(), _FULL.format(limit=limit))
            return
        self._beat = self._beat or Beat()
        reader = StreamReader(
            feed,
            want.url,
            self._opener,
            self._clock,
            self._settings.camera_silence_s,
            transport=want.transport,
            beat=self._beat,
        )
        self._wanted[key] = want
        self._readers[key] = asyncio.create_task(_after(delay_s, reader))

    async def _remove(self, key: _Key) -> None:
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
