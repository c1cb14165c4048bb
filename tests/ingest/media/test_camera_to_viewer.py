"""From a camera's RTSP to every kind of viewer, through the whole node: nothing is simulated
but the camera.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import aioice.ice
import av
import pytest
from websockets.asyncio.client import connect

from ingest.media import wire
from ingest.media.wire import Kind, Record
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.secret import load_key
from models.observations import StreamState
from tests.builders import build_office
from tests.ingest.encoded import brightness, write_clip
from tests.ingest.media.conftest import RunningNode, client_of
from tests.ingest.media.test_live import Window
from tests.ingest.media.viewers import brightness_seen, join, viewer
from tests.ingest.test_service import eventually, node_settings, recordings, running, states

pytestmark = pytest.mark.postgis
# What the camera repeats for ever, as grey values of 0 to 255 (its luma is 16 to 235).
CYCLE = [(brightness(number) - 16) * 255 / 219 for number in range(40)]


def is_unbroken(seen: list[float]) -> bool:
    """Tell whether pictures follow each other as the camera shows them, none lost or doubled."""
    numbers = [min(range(40), key=lambda n: abs(CYCLE[n] - value)) for value in seen]
    return all(after == (before + 1) % 40 for before, after in itertools.pairwise(numbers))


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    clip = write_clip(tmp_path / "clip.mp4")
    async with SimulatedCameras() as simulated:
        for kind in ("main", "sub"):
            simulated.add(f"hall-1/{kind}", {"plain": clip})
        yield simulated


@pytest.fixture
async def camera(database: Database, cameras: SimulatedCameras) -> UUID:
    async with database.transaction() as session:
        built = await build_office(session, rtsp_url=cameras.url("hall-1"))
    return built.cameras[0]


@pytest.fixture
async def whole_node(
    database: Database, camera: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningNode]:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    settings = node_settings(tmp_path)
    async with (
        running(settings, database),
        client_of(f"127.0.0.1:{settings.media_port}", SystemClock(), load_key(settings)) as node,
    ):
        await eventually(lambda: states(database), lambda found: found == {StreamState.LIVE})
        yield node


async def test_a_wall_shows_every_picture_and_the_moment_the_camera_stalls(
    whole_node: RunningNode, cameras: SimulatedCameras, camera: UUID
) -> None:
    url = f"ws://{whole_node.host}/media/v1/live"
    async with connect(url, compression=None, proxy=None) as socket:
        window = Window(socket)
        await window.say(type="add", tile=0, ticket=whole_node.ticket(camera=camera))
        frames = await window.until(Kind.FRAME, 30)
        assert is_unbroken(decoded(window.records))
        ages = [frame.server_time_s - frame.media_time_s for frame in frames]
        assert max(ages) < 2, "a picture's time is the time it was sent, not the clip's"
        cameras.stall("hall-1")
        notice = (await window.until(Kind.NOTICE, 2))[-1]
        assert wire.unpack_notice(notice.payload)["state"] == "stalled"


def decoded(records: list[Record]) -> list[float]:
    decoder = av.CodecContext.create("h264", "r")
    config = next(record for record in records if record.kind is Kind.CONFIG)
    decoder.extradata = wire.unpack_config(config.payload).avcc_config
    packets = [av.Packet(record.payload) for record in records if record.kind is Kind.FRAME]
    return [
        float(picture.to_ndarray(format="gray").mean())
        for packet in (*packets, None)
        for picture in decoder.decode(packet)
    ]


async def test_webrtc_shows_every_picture(whole_node: RunningNode, camera: UUID) -> None:
    async with viewer() as connection:
        answer = await join(whole_node, connection, camera=camera)
        assert answer.status_code == 201
        assert is_unbroken(await brightness_seen(connection, 30))


async def test_what_was_recorded_is_replayed_at_its_minute(
    whole_node: RunningNode, database: Database, camera: UUID
) -> None:
    rows = await eventually(lambda: recordings(database), lambda found: len(found) >= 3)
    start, end = rows[0].started_at + timedelta(seconds=1), rows[1].ended_at
    query = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "ticket": whole_node.ticket("replay", camera=camera),
    }
    path = f"/media/v1/cameras/{camera}/replay.m3u8"
    answer = await whole_node.http.get(path, params=query)
    assert answer.status_code == 200
    assert "#EXT-X-DISCONTINUITY\n" not in answer.text
    first = next(line for line in answer.text.splitlines() if "PROGRAM-DATE-TIME" in line)
    assert abs(datetime.fromisoformat(first.partition(":")[2]) - start) <= timedelta(seconds=1)

    def play() -> list[float]:
        with av.open(str(answer.url), "r") as container:
            return [float(f.to_ndarray(format="gray").mean()) for f in container.decode(video=0)]

    seen = await asyncio.to_thread(play)
    assert len(seen) >= 20
    assert is_unbroken(seen)
