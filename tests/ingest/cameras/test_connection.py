"""A camera that nobody watches is read late, but nothing of it is lost, and a viewer wakes it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.direct.source import open_stream
from ingest.cameras.feed import Feed
from ingest.cameras.pace import Pace
from ingest.cameras.reader import StreamReader
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.clock import SystemClock
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState
from tests.ingest.encoded import write_clip

_LONG_S = 600.0


class Viewer:
    def __init__(self) -> None:
        self.shown = asyncio.Event()

    def on_parameters(self, parameters: StreamParameters) -> None:
        """What it shows does not matter."""

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.shown.set()

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None:
        """Nor its state."""


@pytest.fixture
async def resting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Feed, asyncio.Task[None]]]:
    """A feed that was read once and would be again in ten minutes."""

    def long(_pace: Pace, now_s: float, _length: int) -> float:
        return now_s + _LONG_S

    monkeypatch.setattr(Pace, "after", long)
    clip = write_clip(tmp_path / "clip.mp4")
    async with SimulatedCameras() as cameras:
        cameras.add("plain", {"x": clip})
        feed = Feed(new_id(), StreamKind.MAIN, SystemClock().now())
        reader = StreamReader(feed, cameras.url("plain"), open_stream, SystemClock(), _LONG_S)
        reading = asyncio.create_task(reader.run())
        async with asyncio.timeout(20):
            while feed.newest is None:
                await asyncio.sleep(0.02)
        yield feed, reading
        reading.cancel()
        await asyncio.wait({reading})


async def test_what_came_until_the_end_is_read(resting: tuple[Feed, asyncio.Task[None]]) -> None:
    feed, reading = resting
    before = feed.received_pictures
    await asyncio.sleep(0.5)
    assert feed.received_pictures == before
    reading.cancel()
    await asyncio.wait({reading})
    assert feed.received_pictures > before


async def test_a_viewer_ends_the_rest(resting: tuple[Feed, asyncio.Task[None]]) -> None:
    feed, _ = resting
    viewer = Viewer()
    feed.subscribe(viewer)
    await asyncio.wait_for(viewer.shown.wait(), 10)


async def test_whoever_is_about_to_show_pictures_gets_the_newest(
    resting: tuple[Feed, asyncio.Task[None]],
) -> None:
    feed, _ = resting
    await asyncio.sleep(0.5)
    before = feed.received_pictures
    feed.refresh()
    assert feed.received_pictures > before
