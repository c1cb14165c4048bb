"""A strip of key pictures: the right GOP for each stretch, dark where nothing is recorded."""

from datetime import timedelta
from uuid import UUID

import cv2
import httpx
import numpy as np
import pytest

from ingest.media.seek_plan import Spot
from ingest.media.strip import CELL, cells
from ingest.recordings.stored_file import unix_ms
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from tests.builders import build_office
from tests.ingest.media import footage
from tests.ingest.media.archive import record
from tests.ingest.media.conftest import KnownFeeds, RunningNode, running
from tests.ingest.media.test_playlist import a_file

ZERO = unix_ms(footage.START)
FILES = (a_file(1, 0, [1000] * 4), a_file(2, 10_000, [1000] * 2))


def starts_s(spots: list[Spot | None]) -> list[float | None]:
    return [None if spot is None else (spot.gop.at_ms - ZERO) / 1000 for spot in spots]


@pytest.mark.parametrize(
    ("edges_s", "expected"),
    [
        ([0, 2, 4, 6, 8, 10, 12], [0, 2, None, None, None, 10]),
        ([0.2, 0.4, 0.6], [0, 0]),  # shorter than a GOP
        ([-4, -2, 0, 20], [None, None, 0]),
        ([12, 14], [None]),
        ([0, 1000], [0]),
    ],
)
def test_each_stretch_shows_its_first_gop(
    edges_s: list[float], expected: list[float | None]
) -> None:
    edges_ms = [ZERO + round(edge * 1000) for edge in edges_s]
    assert starts_s(cells(FILES, edges_ms)) == expected


async def strip(
    node: RunningNode, camera: UUID, begin_s: float, end_s: float, count: object
) -> httpx.Response:
    query = {
        "from": (footage.START + timedelta(seconds=begin_s)).isoformat(),
        "to": (footage.START + timedelta(seconds=end_s)).isoformat(),
        "count": str(count),
        "ticket": node.ticket("replay", camera=camera),
    }
    return await node.http.get(f"/media/v1/cameras/{camera}/thumbnails", params=query)


@pytest.mark.postgis
async def test_a_strip_of_real_footage(database: Database, settings: Settings) -> None:
    async with database.transaction() as session:
        camera = (await build_office(session)).cameras[0]
        start = footage.START
        await record(session, settings.recordings_path, camera, start=start, pictures=20)
        gone = await record(
            session, settings.recordings_path, camera, start=start + timedelta(seconds=6)
        )
    (settings.recordings_path / gone.path).write_bytes(b"noise")
    async with running(KnownFeeds(), database, settings, SystemClock()) as node:
        for _ in range(2):  # decoded, then remembered
            answer = await strip(node, camera, 0, 8, 8)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
            picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
            assert picture is not None
            assert picture.shape == (CELL[1], 8 * CELL[0])
            middles = [
                float(picture[40:50, n * CELL[0] + 70 : n * CELL[0] + 90].mean()) for n in range(8)
            ]
            seen = [footage.brightness(0), footage.brightness(10), *[11] * 6]
            assert middles == pytest.approx(seen, abs=4)
        assert (await strip(node, camera, 2, 6, 4)).status_code == 404
        for count in (0, 61, "noise"):
            assert (await strip(node, camera, 0, 8, count)).status_code == 422
