"""The whole node over real RTSP, real files and a real database."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from ingest import service
from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated.rtsp_server import SimulatedCameras
from models.camera import Camera, MediaNode, Stream
from models.kit import bus
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from models.recording import Recording, RecordingGap
from tests.builders import build_office
from tests.ingest.cameras.test_reader import ScriptedSource, hangs
from tests.ingest.encoded import coded, shown, write_clip
from tests.ingest.outage import away

pytestmark = pytest.mark.postgis
_PATIENCE_S = 60.0  # a busy machine is no fault of the node
T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


async def eventually(ask: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """Ask until the answer is good; fail with the last answer."""
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    while not good(found := await ask()):
        assert asyncio.get_running_loop().time() < deadline, f"still {found!r}"
        await asyncio.sleep(0.1)
    return found


def node_settings(folder: Path, **changed: object) -> Settings:
    media, osmand, wialon = free_ports(3)
    return Settings.model_validate(
        {
            "state_dir": folder,
            "media_port": media,
            **{each.port_setting: 0 for each in PROTOCOLS},
            "osmand_port": osmand,
            "wialon_port": wialon,
            "segment_s": 2.0,
            "camera_silence_s": 1.5,
            "reserve_bytes": 0,
            **changed,
        }
    )


@asynccontextmanager
async def running(settings: Settings, database: Database) -> AsyncIterator[None]:
    stop = asyncio.Event()
    node = asyncio.create_task(service.run(settings, database, SystemClock(), stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(node, _PATIENCE_S)


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    clip = write_clip(tmp_path / "clip.mp4")
    async with SimulatedCameras() as simulated:
        for kind in ("main", "sub"):
            simulated.add(f"hall-1/{kind}", {"plain": clip})
        yield simulated


@pytest.fixture
async def camera_id(database: Database, cameras: SimulatedCameras) -> UUID:
    async with database.transaction() as session:
        built = await build_office(session, rtsp_url=cameras.url("hall-1"))
    return built.cameras[0]


async def states(database: Database) -> set[str]:
    async with database.read() as session:
        return set((await session.scalars(select(Stream.state))).all())


async def recordings(database: Database, kind: str = "main") -> list[Recording]:
    async with database.read() as session:
        query = (
            select(Recording).where(Recording.stream_kind == kind).order_by(Recording.started_at)
        )
        return list((await session.scalars(query)).all())


async def gaps(database: Database, kind: str = "main") -> list[RecordingGap]:
    async with database.read() as session:
        query = (
            select(RecordingGap)
            .where(RecordingGap.stream_kind == kind)
            .order_by(RecordingGap.started_at)
        )
        return list((await session.scalars(query)).all())


async def test_a_camera_becomes_live_and_recorded(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    settings = node_settings(tmp_path)
    async with running(settings, database):
        await eventually(lambda: states(database), lambda found: found == {StreamState.LIVE})
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 3)
        async with httpx.AsyncClient(trust_env=False) as client:
            ready = await client.get(f"http://127.0.0.1:{settings.media_port}/readyz")
        assert ready.status_code == 200
    rows = await recordings(database)
    assert all(row.closed and row.sha256 for row in rows)
    assert {row.camera_id for row in rows} == {camera_id}
    times = [at for row in rows for at, _ in shown(settings.recordings_path / row.path)]
    steps = {round((b - a) / 900) for a, b in itertools.pairwise(times)}
    assert steps == {10}, "a picture is missing or doubled between files"
    for before, after in itertools.pairwise(rows):
        assert abs((after.started_at - before.ended_at).total_seconds()) < 0.005
    async with database.read() as session:
        node = (await session.scalars(select(MediaNode))).one()
        stream = (await session.scalars(select(Stream).limit(1))).one()
    assert (node.name, node.port) == (settings.media_node, settings.media_port)
    assert (stream.codec, stream.width, stream.height) == (rows[0].codec, 192, 112)


@pytest.mark.parametrize(
    ("fault", "repair", "reason"),
    [("stall", "resume", "stalled"), ("stop_camera", "start_camera", "camera_down")],
)
async def test_a_fault_is_a_state_and_a_gap_and_passes(
    database: Database,
    cameras: SimulatedCameras,
    camera_id: UUID,
    tmp_path: Path,
    fault: str,
    repair: str,
    reason: str,
) -> None:
    async with running(node_settings(tmp_path), database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 2)
        getattr(cameras, fault)("hall-1")
        await eventually(lambda: states(database), lambda found: StreamState.LIVE not in found)
        (opened,) = await eventually(lambda: gaps(database), lambda rows: len(rows) == 1)
        assert (opened.reason, opened.ended_at) == (reason, None)
        getattr(cameras, repair)("hall-1")
        await eventually(lambda: states(database), lambda found: found == {StreamState.LIVE})
        (gap,) = await eventually(lambda: gaps(database), lambda rows: rows[0].ended_at is not None)
        known = len(await recordings(database))
        rows = await eventually(lambda: recordings(database), lambda rows: len(rows) > known)
    assert gap.ended_at is not None
    before = [row for row in rows if row.started_at < gap.started_at]
    after = [row for row in rows if row.started_at >= gap.ended_at]
    assert abs((before[-1].ended_at - gap.started_at).total_seconds()) < 0.005
    assert abs((after[0].started_at - gap.ended_at).total_seconds()) < 0.005


async def test_a_kicked_connection_is_made_again(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    async with running(node_settings(tmp_path), database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
        cameras.kick("hall-1")
        found = await eventually(
            lambda: gaps(database), lambda rows: bool(rows) and rows[0].ended_at is not None
        )
        await eventually(lambda: states(database), lambda seen: seen == {StreamState.LIVE})
    assert found[0].reason == "camera_down"


async def test_the_time_without_a_node_is_a_gap(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    async with running(node_settings(tmp_path), database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
    last = (await recordings(database))[-1]
    await asyncio.sleep(2.1)
    async with running(node_settings(tmp_path), database):
        (gap,) = await eventually(lambda: gaps(database), lambda rows: len(rows) == 1)
        rows = await recordings(database)
    assert gap.reason == "node_down"
    assert gap.started_at == last.ended_at
    assert rows[-1].epoch == last.epoch + 1


async def test_a_removed_camera_is_let_go(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    async with running(node_settings(tmp_path), database):
        await eventually(lambda: states(database), lambda found: found == {StreamState.LIVE})
        async with database.transaction() as session:
            camera = await session.get_one(Camera, camera_id)
            camera.enabled = False
            bus.announce(session, "config", camera_id, {"camera_id": str(camera_id)})

        async def viewers() -> int:
            return cameras.viewers("hall-1")

        await eventually(viewers, lambda count: count == 0)


async def test_recording_goes_on_while_the_database_is_away(
    database: Database,
    database_url: str,
    cluster_url: str,
    cameras: SimulatedCameras,
    camera_id: UUID,
    tmp_path: Path,
) -> None:
    settings = node_settings(tmp_path)

    async def files() -> int:
        return len(list(settings.recordings_path.glob("*/main/*/*.mp4")))

    async with running(settings, database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
        with away(cluster_url, database_url):
            known = await files()
            await eventually(files, lambda count: count >= known + 2)
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= known + 2)
    rows = await recordings(database)
    for before, after in itertools.pairwise(rows):
        assert abs((after.started_at - before.ended_at).total_seconds()) < 0.005
    assert await gaps(database) == []


async def test_a_node_starts_without_its_database_and_waits(
    database: Database,
    database_url: str,
    cluster_url: str,
    cameras: SimulatedCameras,
    camera_id: UUID,
    tmp_path: Path,
) -> None:
    settings = node_settings(tmp_path)
    with away(cluster_url, database_url):
        stop = asyncio.Event()
        node = asyncio.create_task(service.run(settings, database, SystemClock(), stop))
        async with httpx.AsyncClient(trust_env=False) as client:

            async def health() -> str:
                try:
                    address = f"http://127.0.0.1:{settings.media_port}/healthz"
                    return (await client.get(address)).text
                except httpx.TransportError as error:
                    return str(error)

            await eventually(health, lambda text: text == "ok\n")
    try:
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
    finally:
        stop.set()
        await asyncio.wait_for(node, _PATIENCE_S)


async def test_a_stop_writes_the_gop_that_was_being_gathered(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    pictures = coded(tmp_path)[:15]  # a GOP and a half; then the camera falls silent

    def opener(*_: object) -> ScriptedSource:
        return ScriptedSource(pictures, hangs, [])

    settings = node_settings(tmp_path, camera_silence_s=120.0)
    stop = asyncio.Event()
    node = asyncio.create_task(service.run(settings, database, SystemClock(), stop, opener=opener))
    came = 'received_pictures_total{camera="almaty-1-cam-1",kind="main"} 15.0'
    async with httpx.AsyncClient(trust_env=False) as client:

        async def metrics() -> str:
            try:
                return (await client.get(f"http://127.0.0.1:{settings.media_port}/metrics")).text
            except httpx.TransportError as error:
                return str(error)

        await eventually(metrics, lambda text: came in text)
    stop.set()
    await asyncio.wait_for(node, _PATIENCE_S)
    rows = await recordings(database)  # two, where the second GOP was due a file of its own
    assert all(row.closed for row in rows)
    written = [len(shown(settings.recordings_path / row.path)) for row in rows]
    assert sum(written) == len(pictures)


async def test_a_taken_gps_port_does_not_stop_recording(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        settings = node_settings(tmp_path, osmand_port=squatter.getsockname()[1])
        async with running(settings, database):
            await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)


async def test_a_node_that_knew_its_cameras_records_without_the_database(
    database: Database,
    database_url: str,
    cluster_url: str,
    cameras: SimulatedCameras,
    camera_id: UUID,
    tmp_path: Path,
) -> None:
    settings = node_settings(tmp_path)
    async with running(settings, database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)

    async def files() -> int:
        return len(list(settings.recordings_path.glob("*/main/*/*.mp4")))

    known = await files()
    with away(cluster_url, database_url):
        stop = asyncio.Event()
        node = asyncio.create_task(service.run(settings, database, SystemClock(), stop))
        await eventually(files, lambda count: count >= known + 2)
    try:
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= known + 2)
    finally:
        stop.set()
        await asyncio.wait_for(node, _PATIENCE_S)


async def test_a_new_address_is_read_without_stepping_back(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    cameras.add("hall-2/main", {"plain": tmp_path / "clip.mp4"})
    async with running(node_settings(tmp_path), database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
        async with database.transaction() as session:
            stream = (
                await session.scalars(select(Stream).where(Stream.kind == StreamKind.MAIN))
            ).one()
            stream.url = cameras.url("hall-2/main")
            bus.announce(session, "config", camera_id, {"camera_id": str(camera_id)})

        async def viewers() -> int:
            return cameras.viewers("hall-2/main")

        await eventually(viewers, lambda count: count == 1)
        known = len(await recordings(database))
        rows = await eventually(lambda: recordings(database), lambda rows: len(rows) >= known + 2)
    for before, after in itertools.pairwise(rows):
        assert after.started_at >= before.ended_at


async def test_a_camera_that_is_not_h264_says_so_and_harms_no_other(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    odd = write_clip(tmp_path / "odd.mp4", codec="mpeg4")
    cameras.add("odd/sub", {"plain": odd})
    async with database.transaction() as session:
        sub = (await session.scalars(select(Stream).where(Stream.kind == StreamKind.SUB))).one()
        sub.url = cameras.url("odd/sub")
    async with running(node_settings(tmp_path), database):
        wanted = {StreamState.LIVE, StreamState.UNSUPPORTED}
        await eventually(lambda: states(database), lambda found: found == wanted)
        (gap,) = await eventually(lambda: gaps(database, "sub"), lambda rows: len(rows) == 1)
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
        async with database.read() as session:
            sub = (await session.scalars(select(Stream).where(Stream.kind == StreamKind.SUB))).one()
    assert gap.reason == "unsupported"
    assert "set this stream to H.264" in sub.state_detail
