"""Two media workers as real processes: one that is killed is back, the other never notices."""

import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from dashboard_api.cli.house import room_specs
from dashboard_api.supervisor import Supervisor
from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated.rtsp_server import SimulatedCameras
from models.camera import Camera, MediaNode, Stream
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from models.recording import Recording, RecordingGap
from tests.builders import NOON, build_office, names
from tests.house import free_ports, until
from tests.ingest.encoded import number_of, shown, write_clip

pytestmark = pytest.mark.postgis
WORKERS = 2
CAMERAS = 4
PICTURES = 40  # of the clip that every camera plays, told apart by their brightness


@dataclass
class Node:
    """A running node of two workers and its cameras, by worker."""

    settings: Settings
    database: Database
    run_dir: Path
    cameras: list[list[UUID]]
    simulated: SimulatedCameras

    def pid(self, worker: int) -> int | None:
        try:
            return int((self.run_dir / f"ingest-{worker}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    async def rows(self, camera_id: UUID) -> list[Recording]:
        async with self.database.read() as session:
            query = select(Recording).where(Recording.camera_id == camera_id)
            return list(await session.scalars(query.order_by(Recording.started_at)))

    async def all_recorded_since(self, cameras: list[UUID], since: datetime) -> bool:
        for camera_id in cameras:
            rows = await self.rows(camera_id)
            if not any(row.started_at > since and row.size_bytes for row in rows):
                return False
        return True


async def add_cameras(database: Database, url: Callable[[str], str]) -> list[list[UUID]]:
    """Add cameras, as many of each worker; each has a main stream of its own."""
    found: list[list[UUID]] = [[] for _ in range(WORKERS)]
    async with database.transaction() as session:
        office = await build_office(session, node_name="elsewhere")
        for number in range(CAMERAS):
            camera_id = next(c for c in iter(new_id, None) if c.int % WORKERS == number % WORKERS)
            session.add(
                Camera(
                    id=camera_id,
                    office_id=office.office_id,
                    code=f"hall-{number}",
                    name=names("hall"),
                    node_name="node-1",
                )
            )
            await session.flush()
            session.add(
                Stream(
                    camera_id=camera_id,
                    kind=StreamKind.MAIN,
                    url=url(f"hall-{number}/main"),
                    recorded=True,
                    state=StreamState.CONNECTING,
                    state_since=NOON,
                )
            )
            found[number % WORKERS].append(camera_id)
    return found


@pytest.fixture
async def node(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Node]:
    clip = write_clip(tmp_path / "clip.mp4", pictures=PICTURES)
    media, osmand, wialon = await _ports()
    options: dict[str, object] = {
        "state_dir": tmp_path,
        "media_port": media,
        "media_workers": WORKERS,
        **{each.port_setting: 0 for each in PROTOCOLS},
        "osmand_port": osmand,
        "wialon_port": wialon,
        "segment_s": 2.0,
        "reserve_bytes": 0,
    }
    for name, value in options.items():
        monkeypatch.setenv(f"AHUAL_{name.upper()}", str(value))
    settings = Settings.model_validate(options)
    async with SimulatedCameras() as simulated:
        for number in range(CAMERAS):
            simulated.add(f"hall-{number}/main", {"plain": clip})
        cameras = await add_cameras(database, simulated.url)
        supervisor = Supervisor(
            log_dir=tmp_path / "log", run_dir=tmp_path / "run", clock=SystemClock()
        )
        try:
            for spec in room_specs(settings, database_url):
                if spec.name.startswith("ingest"):
                    await supervisor.start(spec)
            yield Node(settings, database, tmp_path / "run", cameras, simulated)
        finally:
            await supervisor.stop()


async def _ports() -> tuple[int, int, int]:
    """Return a media port with a free one after it, and two for GPS."""

    async def look() -> tuple[int, int, int] | None:
        ports = free_ports(8)
        for port in ports:
            if port + 1 in ports or _is_free(port + 1):
                others = [p for p in ports if p not in {port, port + 1}]
                return port, others[0], others[1]
        return None

    return await until(look, within_s=10, what="two ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def soon(look: Callable[[], Awaitable[bool]], what: str) -> Awaitable[bool]:
    return until(look, within_s=60, what=what)


async def test_a_killed_worker_is_back_and_the_other_worker_never_stopped(node: Node) -> None:
    everyone = [camera for of_worker in node.cameras for camera in of_worker]
    await soon(lambda: node.all_recorded_since(everyone, NOON), "every camera is recorded")
    async with node.database.read() as session:
        nodes = list(await session.scalars(select(MediaNode).order_by(MediaNode.worker)))
    assert [(row.worker, row.workers, row.port) for row in nodes] == [
        (worker, WORKERS, node.settings.media_port + worker) for worker in range(WORKERS)
    ]
    async with httpx.AsyncClient(trust_env=False) as client:
        for row in nodes:
            answer = await client.get(f"http://127.0.0.1:{row.port}/readyz")
            assert answer.status_code == 200, answer.text

    bystander, victim = node.pid(0), node.pid(1)
    assert victim is not None
    killed_at = SystemClock().now()
    os.kill(victim, signal.SIGKILL)
    await soon(
        lambda: node.all_recorded_since(node.cameras[1], killed_at), "the killed one records again"
    )
    back_at = SystemClock().now()
    await soon(
        lambda: node.all_recorded_since(node.cameras[0], back_at), "the other one goes on recording"
    )
    assert node.pid(1) != victim
    assert node.pid(0) == bystander

    # A farm that gets no processor sends late, and after two seconds as a camera after a freeze:
    # with every picture, but at later times. So pictures are counted, and its own lateness told.
    late_s = node.simulated.late_s()
    for camera_id in node.cameras[0]:
        rows = await node.rows(camera_id)
        root = node.settings.recordings_path
        seen = [one for row in rows if row.closed for one in shown(root / row.path)]
        counted = {(number_of(b) - number_of(a)) % PICTURES for (_, a), (_, b) in pairwise(seen)}
        assert counted == {1}, "a picture is missing"
        steps = {round((b - a) / 900) for (a, _), (b, _) in pairwise(seen)}
        assert max(steps) < 15 + 100 * late_s, "a whole loop of pictures is missing"  # 10 apart
    async with node.database.read() as session:
        gaps = list(await session.scalars(select(RecordingGap)))
    assert {gap.camera_id for gap in gaps} <= set(node.cameras[1])
    for camera_id in node.cameras[1]:
        rows = await node.rows(camera_id)
        before = [row for row in rows if row.started_at < killed_at]
        lost_s = (killed_at - before[-1].ended_at).total_seconds()
        assert lost_s < 1.0 + 0.5 + late_s, "more than a GOP"
        print(f"recording again after {_first_after(rows, killed_at):.2f} s of camera {camera_id}")


def _first_after(rows: list[Recording], at: datetime) -> float:
    return min((row.started_at - at).total_seconds() for row in rows if row.started_at > at)
