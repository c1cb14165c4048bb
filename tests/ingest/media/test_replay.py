"""Recorded footage through the node's doors: playlist, bytes, picture of an instant."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import av
import cv2
import httpx
import numpy as np
import pytest

from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.recording import RecordingGap
from tests.builders import build_office
from tests.ingest.media import footage
from tests.ingest.media.archive import record
from tests.ingest.media.conftest import KnownFeeds, RunningNode, running

pytestmark = pytest.mark.postgis


def at(seconds: float) -> datetime:
    return footage.START + timedelta(seconds=seconds)


@pytest.fixture
async def camera(database: Database, settings: Settings) -> UUID:
    """4 s of footage, 6 s of none because the camera stalled, 2 s of footage."""
    async with database.transaction() as session:
        office = await build_office(session)
        camera_id = office.cameras[0]
        for start, pictures in ((0, 20), (2, 20), (10, 20)):
            await record(
                session, settings.recordings_path, camera_id, start=at(start), pictures=pictures
            )
        session.add(
            RecordingGap(
                camera_id=camera_id,
                stream_kind="main",
                started_at=at(4),
                ended_at=at(10),
                reason="stalled",
            )
        )
    return camera_id


@pytest.fixture
async def archive_node(
    camera: UUID, settings: Settings, database: Database
) -> AsyncIterator[RunningNode]:
    async with running(KnownFeeds(), database, settings, SystemClock()) as started:
        yield started


async def playlist(
    node: RunningNode, camera: UUID, start: datetime, end: datetime, **ticket: object
) -> httpx.Response:
    query = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "ticket": node.ticket("replay", camera=camera, **ticket),
    }
    return await node.http.get(f"/media/v1/cameras/{camera}/replay.m3u8", params=query)


def segment_urls(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("/media/v1/segments/")]


async def test_a_player_plays_the_interval(archive_node: RunningNode, camera: UUID) -> None:
    answer = await playlist(archive_node, camera, at(1.5), at(3.2))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    url = str(answer.url)

    def play() -> list[float]:
        with av.open(url, "r", options={"allowed_extensions": "ALL"}) as container:
            return [float(f.to_ndarray(format="gray").mean()) for f in container.decode(video=0)]

    seen = await asyncio.to_thread(play)
    # seconds 1 to 4: whole GOPs, from the key picture at or before «from»; each file counts from 0
    numbers = [*range(10, 20), *range(20)]
    assert seen == pytest.approx([footage.brightness(n) for n in numbers], abs=3)


async def test_a_gap_is_a_discontinuity_with_true_times(
    archive_node: RunningNode, camera: UUID
) -> None:
    text = (await playlist(archive_node, camera, at(0), at(12))).text
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    times = [line.partition(":")[2] for line in text.splitlines() if "PROGRAM-DATE" in line]
    seconds = [(datetime.fromisoformat(time) - footage.START).total_seconds() for time in times]
    assert seconds == pytest.approx([0, 1, 2, 3, 10, 11])
    assert len(segment_urls(text)) == 6


async def test_a_long_interval_names_whole_files(archive_node: RunningNode, camera: UUID) -> None:
    text = (await playlist(archive_node, camera, at(-3600), at(7200))).text
    assert [line for line in text.splitlines() if line.startswith("#EXTINF")] == [
        "#EXTINF:2.000,"
    ] * 3
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1


async def test_an_empty_interval_says_why(archive_node: RunningNode, camera: UUID) -> None:
    answer = await playlist(archive_node, camera, at(5), at(8))
    assert answer.status_code == 404
    assert "sent no pictures from 07:00:04 to 07:00:10 UTC" in answer.json()["detail"]
    unknown = await playlist(archive_node, camera, at(500), at(800))
    assert "no gap is known" in unknown.json()["detail"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-19T07:00:00Z", "2026-03-19T07:00:00Z"),
        ("2026-03-19T07:00:01Z", "2026-03-19T07:00:00Z"),
        ("2026-03-19T07:00:00Z", "2026-03-20T07:00:01Z"),
        ("2026-03-19T07:00:00", "2026-03-19T07:00:10Z"),
        ("noise", "2026-03-19T07:00:10Z"),
        ("", ""),
        ("-1e18", "1"),
    ],
)
async def test_an_interval_that_cannot_be_meant(
    archive_node: RunningNode, camera: UUID, start: str, end: str
) -> None:
    ticket = archive_node.ticket("replay", camera=camera)
    query = {"from": start, "to": end, "ticket": ticket}
    answer = await archive_node.http.get(f"/media/v1/cameras/{camera}/replay.m3u8", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"] in ("from", "to")) == (
        422,
        True,
    )


async def test_a_ticket_opens_only_its_interval(archive_node: RunningNode, camera: UUID) -> None:
    only = {"starts_at": at(0), "ends_at": at(2)}
    assert (await playlist(archive_node, camera, at(0), at(2), **only)).status_code == 200
    assert (await playlist(archive_node, camera, at(0), at(3), **only)).status_code == 403
    first = segment_urls((await playlist(archive_node, camera, at(0), at(2), **only)).text)[0]
    other = segment_urls((await playlist(archive_node, camera, at(10), at(11))).text)[0]
    borrowed = other.partition("?")[0] + "?" + first.partition("?")[2]
    assert (await archive_node.http.get(first)).status_code == 200
    assert (await archive_node.http.get(borrowed)).status_code == 403


async def test_bytes_of_a_segment(archive_node: RunningNode, camera: UUID) -> None:
    url = segment_urls((await playlist(archive_node, camera, at(0), at(1))).text)[0]
    whole = await archive_node.http.get(url)
    assert whole.status_code == 200
    assert whole.headers["accept-ranges"] == "bytes"
    part = await archive_node.http.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
    tag = {"If-None-Match": whole.headers["etag"]}
    assert (await archive_node.http.get(url, headers=tag)).status_code == 304
    head = await archive_node.http.head(url)
    assert (head.status_code, head.content) == (200, b"")
    for noise, status in (("bytes=999999999-", 416), ("noise", 400), ("bytes=7-4", 400)):
        answer = await archive_node.http.get(url, headers={"Range": noise})
        assert answer.status_code == status


async def test_a_deleted_file_is_named(
    archive_node: RunningNode, camera: UUID, settings: Settings
) -> None:
    url = segment_urls((await playlist(archive_node, camera, at(0), at(1))).text)[0]
    for path in settings.recordings_path.rglob("*.mp4"):
        path.unlink()
    answer = await archive_node.http.get(url)
    assert (answer.status_code, "not on this node" in answer.json()["detail"]) == (404, True)


async def test_an_unknown_recording(archive_node: RunningNode, camera: UUID) -> None:
    ticket = archive_node.ticket("segment", camera=camera, starts_at=at(0), ends_at=at(9))
    for number in (0, 999_999, 10**30, -1):
        answer = await archive_node.http.get(
            f"/media/v1/segments/{number}.mp4", params={"ticket": ticket}
        )
        assert answer.status_code == 404


@pytest.mark.parametrize(("seconds", "number"), [(0, 0), (1.25, 12), (3.95, 19), (10.5, 5)])
async def test_the_picture_of_an_instant(
    archive_node: RunningNode, camera: UUID, seconds: float, number: int
) -> None:
    query = {
        "at": at(seconds).isoformat(),
        "ticket": archive_node.ticket("replay", camera=camera),
    }
    answer = await archive_node.http.get(f"/media/v1/cameras/{camera}/snapshot.jpg", params=query)
    assert answer.status_code == 200
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert float(picture.mean()) == pytest.approx(footage.brightness(number), abs=3)


async def test_no_picture_inside_a_gap(archive_node: RunningNode, camera: UUID) -> None:
    query = {"at": at(6).isoformat(), "ticket": archive_node.ticket("replay", camera=camera)}
    answer = await archive_node.http.get(f"/media/v1/cameras/{camera}/snapshot.jpg", params=query)
    assert (answer.status_code, "sent no pictures" in answer.json()["detail"]) == (404, True)


async def test_without_its_database_replay_says_so(node: RunningNode) -> None:
    camera = UUID(int=7)
    answer = await playlist(node, camera, at(0), at(1))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
