"""Which feeds a worker has: they follow the camera table and outlive what does not concern them."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from ingest.cameras.access_unit import TIMESCALE
from ingest.cameras.feed import Feed
from ingest.cameras.registry import Feeds
from ingest.cameras.source import SourceFault, StreamSource
from models.camera import Stream
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from models.recording import Recording
from models.workers import worker_of
from tests.builders import NOON

pytestmark = pytest.mark.postgis
MAIN, SUB = StreamKind.MAIN, StreamKind.SUB


def no_camera(*_arguments: object) -> StreamSource:
    raise SourceFault("nobody answers")


class Told:
    """An observer that writes down what it hears."""

    def __init__(self) -> None:
        self.said: list[tuple[str, StreamKind, bool | None]] = []

    def feed_added(self, feed: Feed, *, recorded: bool) -> None:
        self.said.append(("added", feed.kind, recorded))

    def feed_changed(self, feed: Feed, *, recorded: bool) -> None:
        self.said.append(("changed", feed.kind, recorded))

    def feed_removed(self, feed: Feed) -> None:
        self.said.append(("removed", feed.kind, None))


def feeds_of(database: Database, folder: Path, told: Told, **changed: int) -> Feeds:
    settings = Settings.model_validate({"state_dir": folder, **changed})
    return Feeds(settings, database, SystemClock(), observers=(told,), opener=no_camera)


async def record(database: Database, kind: StreamKind, *, recorded: bool) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Stream).where(Stream.kind == kind.value).values(recorded=recorded)
        )


async def test_a_stream_that_is_recorded_from_now_on_keeps_its_feed_and_viewers(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    await record(database, SUB, recorded=False)
    told = Told()
    feeds = feeds_of(database, tmp_path, told)
    await feeds.reload()
    before, reader = feeds.get(camera_id, SUB), feeds._readers[(camera_id, SUB)]
    await record(database, SUB, recorded=True)
    await feeds.reload()
    await feeds.reload()
    assert feeds.get(camera_id, SUB) is before
    assert feeds._readers[(camera_id, SUB)] is reader, "the connection stays too"
    await feeds.close()
    assert [said for said in told.said if said[1] is SUB] == [
        ("added", SUB, False),
        ("changed", SUB, True),
        ("removed", SUB, None),
    ]


async def test_a_new_address_keeps_the_feed_too(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    told = Told()
    feeds = feeds_of(database, tmp_path, told)
    await feeds.reload()
    before, reader = feeds.get(camera_id, SUB), feeds._readers[(camera_id, SUB)]
    async with database.transaction() as session:
        stream = (await session.scalars(select(Stream).where(Stream.kind == SUB.value))).one()
        stream.url = "rtsp://127.0.0.1:8554/elsewhere"
    await feeds.reload()
    assert feeds.get(camera_id, SUB) is before
    assert feeds._readers[(camera_id, SUB)] is not reader
    await feeds.close()
    assert ("changed", SUB, True) not in told.said


async def test_a_worker_reads_its_own_cameras_only(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    mine = worker_of(camera_id, 3)
    for worker in range(3):
        feeds = feeds_of(database, tmp_path, Told(), media_workers=3, media_worker=worker)
        await feeds.reload()
        if worker == mine:
            assert feeds.get(camera_id, MAIN)
        else:
            with pytest.raises(NotFound, match=f"node-1/{worker}"):
                feeds.get(camera_id, MAIN)
        await feeds.close()


async def test_a_stream_beyond_the_limit_says_so_and_is_read_when_there_is_room(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    feeds = feeds_of(database, tmp_path, Told(), media_streams_max=1)
    await feeds.reload()
    by_detail = {feed.kind: feed.detail for feed in feeds.all()}
    assert "AHUAL_MEDIA_STREAMS_MAX" in by_detail[SUB], "main comes first"
    assert feeds.get(camera_id, SUB).state is StreamState.DOWN
    async with database.transaction() as session:
        gone = (await session.scalars(select(Stream).where(Stream.kind == MAIN.value))).one()
        await session.delete(gone)
    await feeds.reload()
    await asyncio.sleep(0.05)
    assert feeds.get(camera_id, SUB).detail == "nobody answers"
    await feeds.close()


@pytest.mark.parametrize(
    ("ahead_s", "closed", "goes_on_s"),
    [(-60, True, None), (40, True, 40), (40, False, 50), (2 * 3600, True, None)],
)
async def test_footage_of_a_node_whose_clock_was_set_back_is_gone_on_from(
    database: Database,
    camera_id: UUID,
    tmp_path: Path,
    ahead_s: float,
    goes_on_s: float | None,
    *,
    closed: bool,
) -> None:
    clock = ManualClock(NOON)
    ends_at = NOON + timedelta(seconds=ahead_s)
    async with database.transaction() as session:
        for ended_at in (NOON - timedelta(minutes=5), ends_at):
            session.add(
                Recording(
                    camera_id=camera_id,
                    stream_kind="main",
                    node_name="node-1",
                    path=f"{ended_at:%H%M%S}.mp4",
                    started_at=ended_at - timedelta(seconds=10),
                    ended_at=ended_at,
                    size_bytes=1,
                    init_bytes=1,
                    codec="avc1.42e01f",
                    gops=b"",
                    closed=closed,
                )
            )
    feeds = Feeds(Settings(state_dir=tmp_path), database, clock, opener=no_camera)
    await feeds.reload()
    newest = feeds.get(camera_id, MAIN).newest
    found = None if newest is None else newest.dts / TIMESCALE - NOON.timestamp()
    assert found == (None if goes_on_s is None else pytest.approx(goes_on_s, abs=0.001))
    assert feeds.get(camera_id, SUB).newest is None
    await feeds.close()
