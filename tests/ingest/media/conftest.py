"""A whole media node on a free port, with real feeds that a test publishes to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import aioice.ice
import httpx
import pytest

from ingest.cameras.feed import Feed
from ingest.media import tickets
from ingest.media.app import create_app
from ingest.media.server import server
from ingest.media.tickets import Purpose, Ticket
from models.kit.clock import Clock, SystemClock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from tests.ingest.media import footage

KEY = b"k" * 32
CAMERA = UUID("0195a000-0000-7000-8000-00000000000a")
NO_DATABASE = "postgresql:///ahual?host=/nonexistent&user=nobody"


class KnownFeeds:
    """The cameras of this node, as a test lists them."""

    def __init__(self, *feeds: Feed, addresses: dict[UUID, str] | None = None) -> None:
        self._feeds = {(feed.camera_id, feed.kind): feed for feed in feeds}
        self._addresses = addresses or {}

    def address(self, camera_id: UUID) -> str:
        try:
            return self._addresses[camera_id]
        except KeyError as error:
            msg = f"no camera {camera_id}"
            raise NotFound(msg) from error

    def get(self, camera_id: UUID, kind: StreamKind) -> Feed:
        try:
            return self._feeds[camera_id, kind]
        except KeyError as error:
            msg = f"no camera {camera_id}"
            raise NotFound(msg) from error


def live_feed(pictures: int = 0, *, b_frames: int = 0, kind: StreamKind = StreamKind.SUB) -> Feed:
    """A feed that is live and has already got ``pictures``."""
    feed = Feed(CAMERA, kind, footage.START)
    feed.enter(StreamState.LIVE, footage.START)
    if pictures:
        parameters, units = footage.clip(pictures, b_frames=b_frames)
        feed.publish_parameters(parameters)
        for unit in units:
            feed.publish(unit)
    return feed


@dataclass
class RunningNode:
    """A node that listens, and what a client of it needs."""

    http: httpx.AsyncClient
    host: str
    clock: Clock
    key: bytes = KEY

    def ticket(
        self, purpose: Purpose = "live", *, camera: UUID | None = CAMERA, **other: object
    ) -> str:
        fresh = Ticket(
            user="aigerim",
            session="s-1",
            camera=camera,
            purpose=purpose,
            starts_at=None,
            ends_at=None,
            expires_at=self.clock.now() + timedelta(seconds=60),
        )
        return tickets.sign(replace(fresh, **other), self.key)  # type: ignore[arg-type]


@asynccontextmanager
async def client_of(host: str, clock: Clock, key: bytes = KEY) -> AsyncIterator[RunningNode]:
    async with httpx.AsyncClient(base_url=f"http://{host}", timeout=20, trust_env=False) as http:
        yield RunningNode(http, host, clock, key)


@asynccontextmanager
async def running(
    feeds: KnownFeeds, database: Database, settings: Settings, clock: Clock
) -> AsyncIterator[RunningNode]:
    app = create_app(feeds=feeds, database=database, settings=settings, key=KEY, clock=clock)
    serving = server(app, settings)
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        await asyncio.sleep(0.01)
    host = f"127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    try:
        async with client_of(host, clock) as client:
            yield client
    finally:
        serving.should_exit = True
        await task


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path, media_port=0, whep_peers_max=2)


@pytest.fixture
async def no_database() -> AsyncIterator[Database]:
    """Live media must work without one."""
    database = Database(NO_DATABASE)
    yield database
    await database.close()


@pytest.fixture
async def feed() -> Feed:
    """A sub stream with 15 pictures: a whole GOP behind it and five pictures into the next."""
    return live_feed(15)


@pytest.fixture
async def node(feed: Feed, settings: Settings, no_database: Database) -> AsyncIterator[RunningNode]:
    async with running(KnownFeeds(feed), no_database, settings, SystemClock()) as started:
        yield started


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """WebRTC over 127.0.0.1 only, so that a test needs no network."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
