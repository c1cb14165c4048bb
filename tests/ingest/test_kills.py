"""kill -9 of recording processes, again and again: what is on disk and in the index afterwards."""

import asyncio
import itertools
import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from multiprocessing.process import BaseProcess
from pathlib import Path, PurePosixPath
from uuid import UUID

import pytest
import uvloop
from sqlalchemy import select

from ingest import service
from ingest.gps.decoders.table import PROTOCOLS
from ingest.recordings.boxes import map_file
from ingest.recordings.disk import disk_of
from ingest.recordings.reconcile import Reconcile
from ingest.recordings.rescan import read_back
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.kit.settings import Settings
from models.recording import Recording, RecordingGap
from tests.builders import build_office
from tests.ingest.encoded import number_of, shown, write_clip
from tests.ingest.outage import away
from tests.ingest.test_service import eventually, node_settings, recordings, running

pytestmark = pytest.mark.postgis
GOP = 5  # pictures: half a second
LOOP = 40
KILLS = 10  # of each of two nodes
# Forked from a server that has the node's modules already: a start costs 0.1 s instead of 3 s.
PROCESSES = multiprocessing.get_context("forkserver")


def record(settings: Settings, database_url: str) -> None:
    """Be a node until killed."""

    async def run() -> None:
        await service.run(settings, Database(database_url), SystemClock(), asyncio.Event())

    uvloop.run(run())


def whole_end_s(path: Path) -> float:
    """Return when the last whole fragment of a file ends, Unix seconds; 0 without one."""
    content = path.read_bytes()
    try:
        found = map_file(lambda at, length: content[at : at + length], len(content))
    except InvalidInput:
        return 0.0  # killed within its first write
    if not found.fragments:
        return 0.0
    last = found.fragments[-1]
    return (last.dts + last.duration) / 90_000


def newest(root: Path, kind: str) -> float:
    return max((whole_end_s(path) for path in root.glob(f"*/{kind}/*/*.mp4")), default=0.0)


async def kill_often(settings: Settings, database_url: str, chance: random.Random) -> list[float]:
    """Start and kill the node; return the seconds that each kill lost of the main stream."""
    lost: list[float] = []
    root = settings.recordings_path
    for _ in range(KILLS):
        begun_s = SystemClock().now().timestamp()
        node: BaseProcess = PROCESSES.Process(target=record, args=(settings, database_url))
        node.start()
        try:

            async def recorded(begun_s: float = begun_s) -> bool:
                return newest(root, "main") > begun_s and newest(root, "sub") > begun_s

            await eventually(recorded, bool)
            await asyncio.sleep(chance.uniform(0, GOP / 10))
            assert node.pid is not None
            os.kill(node.pid, signal.SIGKILL)
            killed_s = SystemClock().now().timestamp()
        finally:
            node.kill()
            await asyncio.to_thread(node.join)
        lost.append(killed_s - newest(root, "main"))
    return lost


async def test_twenty_kills_lose_a_gop_each_and_spoil_no_file(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    PROCESSES.set_forkserver_preload(["ingest.service", "tests.ingest.test_kills"])
    clip = write_clip(tmp_path / "clip.mp4", pictures=LOOP, gop=GOP)
    nodes = [node_settings(tmp_path / name, media_node=name, segment_s=3.0) for name in ("a", "b")]
    async with SimulatedCameras() as cameras:
        for kind in ("main", "sub"):
            cameras.add(f"hall/{kind}", {"plain": clip})
        async with database.transaction() as session:
            for node in nodes:
                await build_office(
                    session,
                    code=node.media_node,
                    node_name=node.media_node,
                    rtsp_url=cameras.url("hall"),
                )
        lost = await asyncio.gather(
            *(kill_often(node, database_url, random.Random(n)) for n, node in enumerate(nodes))
        )
        for node in nodes:
            await _settled(node, database)
    for each in itertools.chain(*lost):
        assert each < GOP / 10 + 0.5, "one GOP, and the pictures on their way"
    for node in nodes:
        for path in sorted(node.recordings_path.glob("*/*/*/*.mp4")):
            _is_whole(path)


async def test_a_node_killed_while_its_database_is_away_keeps_every_reason(
    database: Database, database_url: str, cluster_url: str, tmp_path: Path
) -> None:
    PROCESSES.set_forkserver_preload(["ingest.service", "tests.ingest.test_kills"])
    clip = write_clip(tmp_path / "clip.mp4", pictures=LOOP, gop=GOP)
    settings = node_settings(tmp_path / "a", media_node="a", segment_s=2.0, camera_silence_s=1.0)
    journal = settings.state_dir / "journal-a-0.log"
    root = settings.recordings_path

    def told(word: str) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return journal.exists() and word in journal.read_text()

        return look

    async def recording_on() -> bool:
        return newest(root, "main") > begun_s and newest(root, "sub") > begun_s

    async with SimulatedCameras() as cameras:
        for kind in ("main", "sub"):
            cameras.add(f"hall/{kind}", {"plain": clip})
        async with database.transaction() as session:
            await build_office(session, node_name="a", rtsp_url=cameras.url("hall"))
        begun_s = SystemClock().now().timestamp()
        node = PROCESSES.Process(target=record, args=(settings, database_url))
        node.start()
        await eventually(recording_on, bool)
        with away(cluster_url, database_url):
            cameras.stall("hall")
            await eventually(told('"stalled"'), bool)
            begun_s = SystemClock().now().timestamp()
            cameras.resume("hall")
            await eventually(recording_on, bool)
            await eventually(told('"file"'), bool)
            node.kill()
            await asyncio.to_thread(node.join)
            await asyncio.sleep(1.1)  # from here on it is an absence
            begun_s = SystemClock().now().timestamp()
            node = PROCESSES.Process(target=record, args=(settings, database_url))
            node.start()
            await eventually(recording_on, bool)
            node.kill()
            await asyncio.to_thread(node.join)
        await _settled(settings, database)
    async with database.read() as session:
        gaps = (
            await session.scalars(
                select(RecordingGap)
                .where(RecordingGap.stream_kind == "main")
                .order_by(RecordingGap.started_at)
            )
        ).all()
        rows = (
            await session.scalars(
                select(Recording)
                .where(Recording.stream_kind == "main")
                .order_by(Recording.started_at)
            )
        ).all()
    assert [gap.reason for gap in gaps][:2] == ["stalled", "node_down"]
    assert all(gap.ended_at is not None for gap in gaps)
    holes = [
        (before.ended_at, after.started_at)
        for before, after in itertools.pairwise(rows)
        if (after.started_at - before.ended_at).total_seconds() > 1
    ]
    covered = [(gap.started_at, gap.ended_at) for gap in gaps]
    for hole in holes:
        assert any(
            gap[0] <= hole[0] and gap[1] is not None and hole[1] <= gap[1] for gap in covered
        ), f"nothing says why there is nothing in {hole}"


async def test_the_process_itself_loses_one_fragment_at_most(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    settings = node_settings(tmp_path, segment_s=60.0)
    gps_ports = [each.port_setting for each in PROTOCOLS]
    names = ("state_dir", "media_port", *gps_ports, "segment_s")
    options = {f"AHUAL_{name.upper()}": str(getattr(settings, name)) for name in names}
    environment = {**os.environ, **options, "AHUAL_DATABASE_URL": database_url}
    async with SimulatedCameras() as cameras:
        for kind in ("main", "sub"):
            cameras.add(f"hall/{kind}", {"plain": clip})
        async with database.transaction() as session:
            await build_office(session, rtsp_url=cameras.url("hall"))
        with (tmp_path / "node.log").open("wb") as log:
            node = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "ingest", env=environment, stderr=log
            )
        try:
            await eventually(
                lambda: recordings(database),
                lambda rows: bool(rows) and len(rows[0].gops) >= 3 * 16,
            )
        finally:
            node.kill()
            killed_at = SystemClock().now()
            await node.wait()
        async with running(settings, database):
            await eventually(lambda: recordings(database), lambda rows: rows[0].closed)
    row = (await recordings(database))[0]
    assert row.sha256
    assert len(shown(settings.recordings_path / row.path)) >= 30
    lost_s = (killed_at - row.ended_at).total_seconds()
    assert lost_s < 1.0 + 0.5, "one GOP of a second, and the pictures on their way"


async def _settled(settings: Settings, database: Database) -> None:
    """Let a last run repair what the kills left; then files and rows must agree."""
    async with running(settings, database):

        async def open_rows() -> set[str]:
            async with database.read() as session:
                rows = await session.scalars(
                    select(Recording.path).where(
                        Recording.node_name == settings.media_node, Recording.closed.is_(False)
                    )
                )
                return set(rows)

        async def recorded() -> int:
            return len(await open_rows())

        await eventually(recorded, lambda count: count == 2)
    for path in settings.recordings_path.rglob("*.mp4"):
        os.utime(path, (0, 0))
    disk = disk_of(settings, SystemClock())
    reconcile = Reconcile(disk, settings.media_node, database, SystemClock())
    assert [finding async for finding in reconcile.run(fix=False)] == []


def _is_whole(path: Path) -> None:
    """Every picture decodes, and the counter in it (its brightness) misses none."""
    content = path.read_bytes()
    found = map_file(lambda at, length: content[at : at + length], len(content))
    assert found.whole_bytes == len(content)
    numbers = [number_of(brightness) for _, brightness in shown(path)]
    for before, after in itertools.pairwise(numbers):
        assert (after - before) % LOOP == 1, f"{path.name}: {numbers}"
    place = PurePosixPath(*path.parts[-4:])
    fact = read_back(path.parents[3], place)
    assert fact is not None
    assert fact.stream.camera_id == UUID(path.parts[-4])
