"""Bytes of recordings: ranges, versions, few questions to the database, and files that are gone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, update

from ingest.media.segment_places import SegmentPlaces
from ingest.recordings.stored_file import StoredFile
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.errors import NotFound
from models.kit.settings import Settings
from models.recording import Recording
from tests.builders import build_office
from tests.ingest.media import footage
from tests.ingest.media.archive import record
from tests.ingest.media.conftest import KnownFeeds, RunningNode, running

pytestmark = pytest.mark.postgis


@pytest.fixture
async def recording(database: Database, settings: Settings) -> Recording:
    async with database.transaction() as session:
        camera = (await build_office(session)).cameras[0]
        return await record(session, settings.recordings_path, camera)


@pytest.fixture
async def archive_node(
    recording: Recording, settings: Settings, database: Database
) -> AsyncIterator[RunningNode]:
    async with running(KnownFeeds(), database, settings, SystemClock()) as started:
        yield started


def address(node: RunningNode, recording: Recording) -> str:
    ends = {"starts_at": footage.START, "ends_at": footage.START + timedelta(hours=1)}
    ticket = node.ticket("segment", camera=recording.camera_id, **ends)
    return f"/media/v1/segments/{recording.id}.mp4?ticket={ticket}"


async def test_only_what_changed_is_sent(archive_node: RunningNode, recording: Recording) -> None:
    url = address(archive_node, recording)
    whole = await archive_node.http.get(url)
    tag, date = whole.headers["etag"], whole.headers["last-modified"]
    asked = [
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f'"other", W/{tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": date}, 200),
        ({"If-Modified-Since": date}, 304),
        ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "noise"}, 200),
        ({"Range": "bytes=0-9", "If-Range": tag}, 206),
        ({"Range": "bytes=0-9", "If-Range": date}, 206),
        ({"Range": "bytes=0-9", "If-Range": '"other"'}, 200),
        ({"Range": "bytes=-5"}, 206),
        ({"Range": f"bytes={len(whole.content)}-"}, 416),
    ]
    for headers, status in asked:
        answer = await archive_node.http.get(url, headers=headers)
        assert (headers, answer.status_code) == (headers, status)
    assert answer.headers["content-range"] == f"bytes */{len(whole.content)}"


async def test_ranges_of_one_file_ask_the_database_once(
    archive_node: RunningNode, recording: Recording, database: Database
) -> None:
    asked: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def count(_c: object, _k: object, statement: str, *_: object) -> None:
        if "FROM recording" in statement:
            asked.append(statement)

    url = address(archive_node, recording)
    for begin in range(0, 2000, 100):
        part = await archive_node.http.get(url, headers={"Range": f"bytes={begin}-{begin + 99}"})
        assert part.status_code == 206
    assert len(asked) == 1


async def test_a_row_that_is_being_deleted_is_out_of_reach(
    database: Database, recording: Recording
) -> None:
    clock = ManualClock(footage.START)
    places = SegmentPlaces(database, "node-1", clock)
    assert (await places.find(recording.id)).path == recording.path
    async with database.transaction() as session:
        await session.execute(update(Recording).values(deleting_at=func.now()))
    clock.advance(timedelta(minutes=1))
    with pytest.raises(NotFound):
        await places.find(recording.id)


async def test_a_file_that_went_is_asked_about_again(
    archive_node: RunningNode, recording: Recording, settings: Settings
) -> None:
    url = address(archive_node, recording)
    assert (await archive_node.http.get(url)).status_code == 200
    path = settings.recordings_path / recording.path
    content = path.read_bytes()
    path.unlink()
    gone = await archive_node.http.get(url)
    assert (gone.status_code, "not on this node" in gone.json()["detail"]) == (404, True)
    path.write_bytes(content)  # a disk that was away for a moment
    assert (await archive_node.http.get(url)).status_code == 200


async def test_a_camera_that_is_not_there_is_named(archive_node: RunningNode) -> None:
    stranger = UUID(int=9)
    now = SystemClock().now()
    for begin, end, status, word in (
        (now - timedelta(hours=1), now, 404, "no camera"),
        (now + timedelta(hours=1), now + timedelta(hours=2), 422, "still to come"),
        (now - timedelta(days=7), now, 422, "at most 24 hours"),
        (now, now - timedelta(hours=1), 422, "before"),
    ):
        query = {
            "from": begin.isoformat(),
            "to": end.isoformat(),
            "ticket": archive_node.ticket("replay", camera=stranger),
        }
        for door in ("replay.m3u8", "thumbnails"):
            answer = await archive_node.http.get(
                f"/media/v1/cameras/{stranger}/{door}", params=query
            )
            assert (answer.status_code, word in answer.json()["detail"]) == (status, True)


def test_places_are_kept_only_as_long_as_they_are_believed() -> None:
    clock = ManualClock(footage.START)
    places = SegmentPlaces(Database("postgresql://nobody@127.0.0.1:1/none"), "node-1", clock)
    for number in range(100):
        at = footage.START + timedelta(seconds=10 * number)
        file = StoredFile(number, "node-1", f"{number}.mp4", at, at, 700, "avc1.42e01f", b"")
        places.remember(UUID(int=1), [file])
        clock.advance(timedelta(seconds=10))
    assert len(places) <= 4
